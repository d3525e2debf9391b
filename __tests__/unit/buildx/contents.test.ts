import { describe, expect, test } from "@jest/globals";
import { layoutReader, readContents } from "../../../src/buildx/contents.ts";
import { type Digest, digestOf } from "../../../src/model/digest.ts";
import { platform } from "../../../src/model/platform.ts";
import { indexOf, store } from "./store.ts";

const amd64 = platform("linux/amd64");
const arm64 = platform("linux/arm64");

describe("what is in a candidate", () => {
  test("its platforms with their compressed sizes, in the index's order, without attestations", async () => {
    const { digest, read } = indexOf(["linux/arm64", "linux/amd64", "unknown/unknown"]);
    expect(await readContents(digest, [amd64, arm64], read)).toEqual([
      { platform: "linux/arm64", digest: expect.stringMatching(/^sha256:/), size: 1_100 },
      { platform: "linux/amd64", digest: expect.stringMatching(/^sha256:/), size: 1_100 },
    ]);
  });

  test.each<[string, () => { digest: Digest; read: (digest: Digest) => Promise<Uint8Array> }, string]>([
    ["lacks a platform that was wanted", () => indexOf(["linux/amd64"]), "the build made nothing for linux/arm64"],
    ["has none at all", () => indexOf([]), "the build made nothing for linux/amd64, linux/arm64"],
    [
      "is a single manifest",
      () => {
        const only = store();
        return { digest: only.image("linux/amd64").digest, read: only.read };
      },
      "the build made a manifest where an index was asked for",
    ],
    [
      "has other bytes than its digest says",
      () => ({ digest: digestOf("one"), read: async () => Buffer.from("other") }),
      "are other bytes",
    ],
  ])("one that %s is none", async (_, make, message) => {
    const { digest, read } = make();
    await expect(readContents(digest, [amd64, arm64], read)).rejects.toThrow(message);
  });

  test("a layout is read by its blobs' paths", async () => {
    const asked: string[] = [];
    const files = {
      read: async (path: string) => {
        asked.push(path);
        return undefined;
      },
    };
    const reading = layoutReader(files, "/tmp/l")(digestOf(""));
    await expect(reading).rejects.toThrow("is not in the layout");
    expect(asked).toEqual([`/tmp/l/blobs/sha256/${digestOf("").slice(7)}`]);
  });
});
