import { gzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { unpackLayer } from "../../../../../src/scan/trivy/database/unpack-layer.ts";
import { type Member, tarOf } from "../layer.ts";
import { memory } from "../outside.ts";

const wanted = {
  "trivy.db": { to: "/run/db/trivy.db", maximum: 4000 },
  "metadata.json": { to: "/run/db/metadata.json", maximum: 1000 },
};
const database: Member = { name: "trivy.db", content: "d".repeat(1500) };
const metadata: Member = { name: "metadata.json", content: "{}" };

async function unpacked(layer: Buffer): Promise<Record<string, string>> {
  const files = memory();
  const chunks = async function* () {
    for (let at = 0; at < layer.length; at += 100) yield layer.subarray(at, at + 100);
  };
  try {
    await unpackLayer(chunks(), wanted, files);
  } finally {
    // Whatever is in the archive, nothing else is ever written.
    expect(Object.values(wanted).map(({ to }) => to)).toEqual(expect.arrayContaining([...files.tree.keys()]));
  }
  return Object.fromEntries([...files.tree].map(([path, bytes]) => [path, bytes.toString()]));
}

const whole = { "/run/db/trivy.db": "d".repeat(1500), "/run/db/metadata.json": "{}" };

test.each<[string, readonly Member[]]>([
  ["as Trivy's are", [database, metadata]],
  [
    "in another order, below a folder of its own",
    [{ name: "./", type: "5" }, { ...metadata, name: "./metadata.json" }, database],
  ],
  [
    "with a header of times, and a note",
    [{ name: "x", type: "x", content: "30 mtime=1.5\n" }, database, { name: "note", content: "n" }, metadata],
  ],
  [
    "with links and paths that lead elsewhere, which are nobody's",
    [
      { name: "../../etc/passwd", content: "root" },
      { name: "/etc/passwd", content: "root" },
      { name: "etc", type: "2", target: "/etc" },
      { name: "etc/trivy.db", content: "root" },
      database,
      metadata,
    ],
  ],
])("an archive %s", async (_, members) => {
  expect(await unpacked(gzipSync(tarOf(members)))).toEqual(whole);
});

test.each<[string, Buffer, RegExp]>([
  ["without a database", gzipSync(tarOf([metadata])), /trivy\.db is missing/],
  ["with two databases", gzipSync(tarOf([database, database])), /missing, or there are two/],
  [
    "whose database is a symbolic link",
    gzipSync(tarOf([{ name: "trivy.db", type: "2", target: "/etc/passwd" }, metadata])),
    /isn.t a regular file/,
  ],
  [
    "whose database is a hard link",
    gzipSync(tarOf([{ name: "trivy.db", type: "1", target: "/etc/passwd" }, metadata])),
    /isn.t a regular file/,
  ],
  [
    "whose metadata is a device",
    gzipSync(tarOf([database, { name: "metadata.json", type: "3" }])),
    /isn.t a regular file/,
  ],
  [
    "whose metadata is a pipe",
    gzipSync(tarOf([database, { name: "metadata.json", type: "6" }])),
    /isn.t a regular file/,
  ],
  [
    "with too large a database",
    gzipSync(tarOf([{ name: "trivy.db", content: "d".repeat(4001) }, metadata])),
    /too large/,
  ],
  [
    "that calls its database larger than it is",
    gzipSync(tarOf([{ ...database, size: 3999 }]).subarray(0, 2048)),
    /ends too early/,
  ],
  [
    "with a large file beside it",
    gzipSync(tarOf([{ name: "x", size: 2 ** 30 }, database, metadata])),
    /another large file/,
  ],
  ["with many files", gzipSync(tarOf(Array.from({ length: 100 }, (_, n) => ({ name: `f${n}` })))), /too many files/],
  [
    "that goes on for ever",
    gzipSync(Buffer.concat([tarOf([database, metadata]), Buffer.alloc(64 * 1024 * 1024)])),
    /goes on after its end/,
  ],
  ["that is cut off", gzipSync(tarOf([database, metadata])).subarray(0, -20), /cut off/],
  ["that is not compressed", tarOf([database, metadata]), /not compressed/],
  ["that is no archive", gzipSync(Buffer.alloc(2048, "x")), /no size|no tar/],
  [
    "whose header was changed",
    gzipSync(Buffer.concat([Buffer.from("T"), tarOf([database, metadata]).subarray(1)])),
    /isn.t a tar archive/,
  ],
  ["of nothing", Buffer.of(), /missing|cut off/],
])("an archive %s is refused", async (_, layer, reason) => {
  await expect(unpacked(layer)).rejects.toThrow(reason);
});
