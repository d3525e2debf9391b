import { expect, test } from "@jest/globals";
import { withCodeScanning } from "../../e2e/code-scanning-fake.ts";

const path = "/repos/o/r/code-scanning";
const commit = "a".repeat(40);

test.each([
  ["a query that GitHub doesn't know", "GET", "/analyses?tool=x", undefined, "?tool is not described"],
  ["a page that is no number", "GET", "/analyses?page=x", undefined, "?page must be integer"],
  ["an operation that there is not", "DELETE", "/analyses", undefined, "is not described"],
  [
    "an upload without a ref",
    "POST",
    "/sarifs",
    { commit_sha: commit, sarif: "x" },
    "must have required property 'ref'",
  ],
  ["a short ref", "POST", "/sarifs", { commit_sha: commit, ref: "main", sarif: "x" }, "must match pattern"],
  ["a short commit", "POST", "/sarifs", { commit_sha: "abc", ref: "refs/heads/x", sarif: "x" }, "fewer than 40"],
])("a test fails that asks %s", async (_, method, rest, body, expected) => {
  const fault = () => ({ status: 404, message: "Not Found" });
  const asked = withCodeScanning({ fault }, async ({ apiUrl }) => {
    await fetch(`${apiUrl}${path}${rest}`, body === undefined ? { method } : { method, body: JSON.stringify(body) });
  });
  await expect(asked).rejects.toThrow(expected);
});

test("a test fails where the stand-in answers what GitHub would not", async () => {
  const fault = () => ({ status: 418, message: "I am a teapot" });
  const asked = withCodeScanning({ fault }, async ({ apiUrl }) => void (await fetch(`${apiUrl}${path}/analyses`)));
  await expect(asked).rejects.toThrow("418 is no answer");
});
