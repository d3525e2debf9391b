import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { blobsIn, committedFiles, refsIn } from "../../../src/git/committed-files.ts";

const id = (digit: string): string => digit.repeat(40);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("regular files alone, whatever their names", () => {
  const listing = [
    `100644 blob ${id("1")}\ta.yaml`,
    `100755 blob ${id("2")}\tbin/run me\nnow`,
    `120000 blob ${id("3")}\tlink`,
    `160000 commit ${id("4")}\tsubmodule`,
    `100644 blob ${id("5")}\tö/\t`,
  ];
  expect(committedFiles(bytes(listing.map((each) => `${each}\0`).join("")))).toEqual([
    { path: "a.yaml", blob: id("1") },
    { path: "bin/run me\nnow", blob: id("2") },
    { path: "ö/\t", blob: id("5") },
  ]);
  expect(committedFiles(bytes(""))).toEqual([]);
});

test("blobs come back byte for byte, also those that look like headers", () => {
  const content = fc.oneof(fc.uint8Array(), fc.constant(bytes(`${id("f")} blob 3\n`)), fc.constant(bytes("\n\n")));
  fc.assert(
    fc.property(fc.array(content, { maxLength: 10 }), (all) => {
      const named = all.map((each, index) => [index.toString(16).padStart(40, "0"), each] as const);
      const output = named.flatMap(([name, each]) => [bytes(`${name} blob ${each.length}\n`), each, bytes("\n")]);
      const found = blobsIn(Buffer.concat(output));
      expect([...found].map(([name, each]) => [name, [...each]])).toEqual(
        named.map(([name, each]) => [name, [...each]]),
      );
    }),
  );
});

test.each<[string, string]>([
  ["it was cut off", `${id("1")} blob 10\nshort`],
  ["it was cut off in a header", `${id("1")} bl`],
  ["there is no such blob", `${id("1")} missing\n`],
])("%s: that is no answer", (_, output) => {
  expect(() => blobsIn(bytes(output))).toThrow(/git cat-file/);
});

test("refs of the remote", () => {
  const listing = `${id("1")}\trefs/heads/image-publish/bump-a\n${id("2")}\trefs/heads/image-publish/bump\n`;
  expect([...refsIn(listing)]).toEqual([
    ["refs/heads/image-publish/bump-a", id("1")],
    ["refs/heads/image-publish/bump", id("2")],
  ]);
  expect([...refsIn("")]).toEqual([]);
});
