import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { decoded } from "../../../../src/oci/registry/content-encoding.ts";

const body = Buffer.alloc(100_000);

test.each([
  { encoding: "gzip", encode: gzipSync },
  { encoding: "deflate", encode: deflateSync },
  { encoding: "br", encode: brotliCompressSync },
  { encoding: "zstd", encode: zstdCompressSync },
])("what $encoding makes larger than the limit is refused", async ({ encoding, encode }) => {
  const response = { status: 200, headers: { "content-encoding": encoding }, body: encode(body) };
  expect((await decoded(response, body.byteLength)).body.byteLength).toBe(body.byteLength);
  await expect(decoded(response, body.byteLength - 1)).rejects.toMatchObject({ code: "EMSGSIZE" });
});
