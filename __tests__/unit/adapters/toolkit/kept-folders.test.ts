import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { systemFiles } from "../../../../src/adapters/files.ts";
import { unpack } from "../../../../src/adapters/toolkit/kept-folders.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "kept-"));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

async function* parts(text: string, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += length) yield Buffer.from(text.slice(at, at + length), "latin1");
}

const listOf = (...files: readonly object[]): string => `${JSON.stringify(files)}\n`;

test.each([1, 7, 1000])("an entry is unpacked whatever its parts are (%i bytes)", async (length) => {
  const entry = `${listOf({ name: "manifest.json", size: 2 }, { name: "layer.tar.gz", size: 5 }, { name: "none", size: 0 })}{}bytes`;
  await unpack(parts(entry, length), join(root, "to"));
  const read = (name: string): string => readFileSync(join(root, "to", name), "utf8");
  expect(["manifest.json", "layer.tar.gz", "none"].map(read)).toEqual(["{}", "bytes", ""]);
  expect(statSync(join(root, "to", "layer.tar.gz")).mode & 0o777).toBe(0o600);
});

test.each([
  ["a path above", `${listOf({ name: "../evil", size: 1 })}x`],
  ["an absolute path", `${listOf({ name: "/tmp/evil", size: 1 })}x`],
  ["a folder in it", `${listOf({ name: "a/evil", size: 1 })}x`],
  ["a hidden file", `${listOf({ name: ".bashrc", size: 1 })}x`],
  ["nothing as a name", `${listOf({ name: "", size: 1 })}x`],
  ["a name with a NUL", `${listOf({ name: "a\0b", size: 1 })}x`],
  ["the same name twice", `${listOf({ name: "a", size: 1 }, { name: "a", size: 1 })}xx`],
  ["a name that is no text", `${listOf({ name: ["a"], size: 1 })}x`],
  ["a negative size", `${listOf({ name: "a", size: -1 })}x`],
  ["a broken size", `${listOf({ name: "a", size: 0.5 })}x`],
  ["a size that no entry has", `${listOf({ name: "a", size: 2 ** 40 })}x`],
  ["too few bytes", `${listOf({ name: "a", size: 5 })}x`],
  ["too many bytes", `${listOf({ name: "a", size: 1 })}xx`],
  ["many files", `${listOf(...Array.from({ length: 100 }, (_, n) => ({ name: `f${n}`, size: 0 })))}`],
  ["no list", "null\n"],
  ["a list of other things", "[1]\n"],
  ["an archive of tar", "manifest.json".padEnd(9000, "\0")],
  ["nothing", ""],
])("an entry with %s is refused", async (_, entry) => {
  await expect(unpack(parts(entry, 50), join(root, "a/b"))).rejects.toThrow("is not one of this action");
  expect(readdirSync(root).filter((name) => name !== "a")).toEqual([]);
});

test("what lies at a path already is never written through", async () => {
  writeFileSync(join(root, "bait"), "bait");
  mkdirSync(join(root, "to"));
  symlinkSync(join(root, "bait"), join(root, "to", "a"));
  await expect(unpack(parts(`${listOf({ name: "a", size: 4 })}evil`, 50), join(root, "to"))).rejects.toThrow("already");
  expect(readFileSync(join(root, "bait"), "utf8")).toBe("bait");
});

test("a stream is read from a regular file alone", async () => {
  writeFileSync(join(root, "file"), "x".repeat(600_000));
  writeFileSync(join(root, "empty"), "");
  symlinkSync(join(root, "file"), join(root, "link"));
  const lengthOf = async (name: string): Promise<number> => {
    let length = 0;
    for await (const chunk of systemFiles.readStream(join(root, name))) length += chunk.byteLength;
    return length;
  };
  expect(await Promise.all(["file", "empty"].map(lengthOf))).toEqual([600_000, 0]);
  await expect(lengthOf("link")).rejects.toThrow("symbolic link");
  await expect(lengthOf("none")).rejects.toThrow("not there");
  await expect(lengthOf(".")).rejects.toThrow("it is a directory");
});
