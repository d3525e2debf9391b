import { expect, test } from "@jest/globals";
import { commitLink, compareLink, fileLink } from "../../../../src/report/summary/forge-links.ts";
import { base, commit, forge, hostile } from "../example.ts";

const at = { file: "images/my app/Dockerfile", line: 12 };

test.each([
  ["GitHub", forge, `${forge.repositoryUrl}/blob/${commit}/images/my%20app/Dockerfile#L12`],
  [
    "a Forgejo",
    { kind: "forgejo", repositoryUrl: "https://forge.example:3000/o/r" },
    `https://forge.example:3000/o/r/src/commit/${commit}/images/my%20app/Dockerfile#L12`,
  ],
] as const)("a line of a file on %s", (_, where, url) => {
  expect(fileLink(where, commit, at)).toBe(`[\`images/my app/Dockerfile:12\`](${url})`);
});

test("without a forge, or with an address that is none, the place stands alone", () => {
  expect(fileLink(undefined, commit, at)).toBe("`images/my app/Dockerfile:12`");
  expect(fileLink({ kind: "github", repositoryUrl: "https://x.example) <b>" }, commit, at)).not.toContain("](");
  expect(fileLink({ kind: "github", repositoryUrl: "javascript:alert(1)" }, commit, at)).not.toContain("](");
});

test("commits by their first seven digits", () => {
  expect(commitLink(forge, commit)).toBe(`[\`1a2b3c4\`](${forge.repositoryUrl}/commit/${commit})`);
  expect(compareLink(forge, base, commit, "changes")).toBe(
    `[changes](${forge.repositoryUrl}/compare/${base}...${commit})`,
  );
});

test("a path cannot end the link, whatever it is called", () => {
  const target = fileLink(forge, commit, { file: `a)b/${hostile}\ud800`, line: 1 }).match(/\]\((.*)\)$/)?.[1] ?? "";
  expect(target).toMatch(/^https:\/\/github\.com\/[\w./%~#-]+$/);
});
