/** The folder that `workdir` names, with real folders and links. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { systemFiles } from "../../../../src/adapters/files.ts";
import { workdirIn } from "../../../../src/run/checkout/workdir.ts";

const outside = realpathSync(mkdtempSync(join(tmpdir(), "workdir-")));
const workspace = join(outside, "workspace");

beforeAll(() => {
  mkdirSync(join(workspace, "source", "below"), { recursive: true });
  mkdirSync(join(outside, "elsewhere"));
  writeFileSync(join(workspace, "file"), "");
  symlinkSync("source", join(workspace, "link"));
  symlinkSync("../elsewhere", join(workspace, "out"));
  symlinkSync("round", join(workspace, "round"));
});
afterAll(() => rmSync(outside, { recursive: true }));

test.each([
  { workdir: undefined, is: "" },
  { workdir: ".", is: "" },
  { workdir: "source/..", is: "" },
  { workdir: "source", is: "/source" },
  { workdir: "./source/below/", is: "/source/below" },
  { workdir: "link", is: "/link" },
])("$workdir is a folder of the workspace", async ({ workdir, is }) => {
  expect(await workdirIn(workspace, workdir, systemFiles)).toBe(`${workspace}${is}`);
});

test("an absolute path may be in it", async () => {
  expect(await workdirIn(workspace, join(workspace, "source"), systemFiles)).toBe(join(workspace, "source"));
});

test.each([
  { workdir: "..", why: /which is outside of the workspace/ },
  { workdir: "../elsewhere", why: /which is outside of the workspace/ },
  { workdir: "out", why: /which leads to .*\/elsewhere, which is outside of the workspace/ },
  { workdir: "round", why: /leads through symbolic links in a circle/ },
  { workdir: "nowhere", why: /which is not there/ },
  { workdir: "file", why: /which is not a folder/ },
])("$workdir is refused", async ({ workdir, why }) => {
  await expect(workdirIn(workspace, workdir, systemFiles)).rejects.toMatchObject({
    message: expect.stringMatching(why),
    input: { name: "workdir", line: 1 },
  });
});

test("a typo has a hint, of folders alone", async () => {
  const hintFor = async (workdir: string) =>
    workdirIn(workspace, workdir, systemFiles).then(
      () => "",
      ({ hint }: { readonly hint: string }) => hint,
    );
  expect(await hintFor("sourec")).toMatch(/did you mean "source"\?$/);
  expect(await hintFor("fil")).not.toMatch(/did you mean/);
});
