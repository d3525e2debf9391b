import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { systemFiles as files } from "../../../src/adapters/files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/files-`);
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what is written is read", async () => {
  await files.write(`${folder}/a`, "one");
  expect(await files.read(`${folder}/a`)).toEqual(Buffer.from("one"));
});

test("nothing there is undefined, also below a file", async () => {
  await files.write(`${folder}/a`, "");
  for (const path of [`${folder}/b`, `${folder}/a/b`]) {
    expect(await files.read(path)).toBeUndefined();
    expect(await files.list(path)).toBeUndefined();
  }
  expect(await files.list(`${folder}/a`)).toBeUndefined();
});

test("a directory's entries, sorted, with what they are", async () => {
  await files.makeDirectory(`${folder}/b/c`);
  await files.write(`${folder}/a`, "");
  await files.write(`${folder}/B`, "");
  symlinkSync("nowhere", `${folder}/é`);
  expect(await files.list(folder)).toEqual([
    { name: "B", kind: "file" },
    { name: "a", kind: "file" },
    { name: "b", kind: "directory" },
    { name: "é", kind: "symlink" },
  ]);
});

test.each([
  ["a new file", false],
  ["one that was open to all", true],
])("a private file is its owner's alone: %s", async (_, isThere) => {
  const path = `${folder}/secret`;
  if (isThere) {
    writeFileSync(path, "old");
    chmodSync(path, 0o666);
  }
  await files.write(path, "secret", { private: true });
  expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
  expect(await files.read(path)).toEqual(Buffer.from("secret"));
});

test("a folder is removed with what is in it, and twice is no error", async () => {
  await files.makeDirectory(`${folder}/b/c`);
  await files.remove(`${folder}/b`);
  await files.remove(`${folder}/b`);
  expect(await files.list(folder)).toEqual([]);
});

test.each([
  ["reading a directory", () => files.read(folder), /cannot read .*: it is a directory/],
  ["reading what no path can be", () => files.read(`${folder}/a\0b`), /cannot read .*: it holds a NUL character/],
  ["writing into nowhere", () => files.write(`${folder}/x/y`, ""), /cannot write .*: its directory is not there/],
])("%s is an error that says why and what to do", async (_, action, message) => {
  await expect(action()).rejects.toMatchObject({ name: "UserError", message: expect.stringMatching(message) });
});

test("a link leads to what is elsewhere, and replaces nothing", async () => {
  await files.write(`${folder}/a`, "one");
  await files.link(`${folder}/a`, `${folder}/b`);
  expect(await files.read(`${folder}/b`)).toEqual(Buffer.from("one"));
  await expect(files.link(`${folder}/b`, `${folder}/a`)).rejects.toThrow(/there is something already/);
});

test("what is made is for its owner alone", async () => {
  await files.makeDirectory(`${folder}/run/images`);
  await files.write(`${folder}/run/plan.json`, "{}");
  const modes = ["run", "run/images", "run/plan.json"].map((each) => statSync(`${folder}/${each}`).mode & 0o777);
  expect(modes).toEqual([0o700, 0o700, 0o600]);
});
