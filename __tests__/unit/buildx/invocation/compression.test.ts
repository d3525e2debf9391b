import { expect, test } from "@jest/globals";
import { parseCompression } from "../../../../src/buildx/invocation/compression.ts";

test.each([
  ["zstd", "compression=zstd"],
  ["gzip,level=9", "compression=gzip,compression-level=9"],
  ["zstd, level=19, force=true", "compression=zstd,compression-level=19,force-compression=true"],
  ["compression=estargz,force-compression=true", "compression=estargz,force-compression=true"],
  ["uncompressed", "compression=uncompressed"],
])("%s is given to BuildKit as %s", (text, attributes) => {
  expect(parseCompression(text)).toBe(attributes);
});

test.each([
  ["brotli", '"brotli" isn\'t a valid compression', /gzip, zstd, estargz/],
  ["zstd,level=23", 'zstd has no level "23"', /0 to 22/],
  ["gzip,level=high", 'gzip has no level "high"', /0 to 9/],
  ["uncompressed,level=1", 'uncompressed has no level "1"', /leave it out/],
  ["zstd,push=true", '"push=true" says nothing of a compression', /level=NUMBER/],
  ["zstd,force=yes", '"force=yes" says nothing of a compression', /force=true/],
])("%s is refused", (text, message, hint) => {
  let thrown: unknown;
  try {
    parseCompression(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ message, hint: expect.stringMatching(hint) });
});
