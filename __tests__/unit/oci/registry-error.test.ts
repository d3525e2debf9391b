import { expect, test } from "@jest/globals";
import { unauthorizedError } from "../../../src/oci/registry-error.ts";

test.each([
  ["a forge of one's own is told that a job's token doesn't do for packages there", "git.example.com", true],
  ["GitHub's registry, for which it does, is not", "ghcr.io", false],
  ["nor is that of GitHub Enterprise Cloud", "containers.octo.ghe.com", false],
])("%s", (_, host, isTold) => {
  const asked = { host, repository: "o/web", access: "push" } as const;
  const { message, hint } = unauthorizedError(asked, true);
  expect(message).toBe(`${host} does not accept the login for o/web`);
  expect(hint).toMatch(/^check the login for /);
  expect(hint.includes("write:package")).toBe(isTold);
});
