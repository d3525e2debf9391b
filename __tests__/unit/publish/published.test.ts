import { describe, expect, test } from "@jest/globals";
import { type Digest, digestOf } from "../../../src/model/digest.ts";
import { repository, type Tag, tag } from "../../../src/model/reference.ts";
import { parseManifest } from "../../../src/oci/manifest.ts";
import type { Registry } from "../../../src/oci/registry/registry-client.ts";
import { RegistryError } from "../../../src/oci/registry/registry-error.ts";
import { publishedDigest, readPlatforms } from "../../../src/publish/published.ts";
import { imageIndex, imageManifest } from "../oci/example-image.ts";

const here = repository("ghcr.io/o/r/base");

/** A registry of maps: names to bytes by repository. `puts` tells what was stored in which order. */
function registryOf(documents: readonly object[], broken: (name: string) => boolean = () => false) {
  const bytes = documents.map((each) => Buffer.from(JSON.stringify(each)));
  const names = new Map(bytes.map((each) => [digestOf(each) as string, each]));
  const blobs = new Map<Digest, Buffer>();
  const tags = new Map<string, Digest>();
  const puts: string[] = [];
  const failing = (name: string) => {
    if (broken(name)) throw new RegistryError("unavailable", `${name} is broken`, { hint: "run again" });
  };
  const registry: Registry = {
    async head(repository, name) {
      failing(`HEAD ${repository}:${name}`);
      return tags.get(`${repository}:${name}`);
    },
    async manifest(_, name) {
      const found = names.get(name);
      return found && { digest: digestOf(found), mediaType: "x", bytes: found, document: parseManifest(found) };
    },
    async putManifest(repository, manifest, name) {
      failing(`${repository}:${name}`);
      puts.push(`${repository}:${name}`);
      tags.set(`${repository}:${name}`, digestOf(manifest.bytes));
      return digestOf(manifest.bytes);
    },
    tag: () => Promise.reject(new Error("not used")),
    checkPush: () => Promise.reject(new Error("not used")),
    tags: () => Promise.reject(new Error("not used")),
    async blob(_, { digest }) {
      return blobs.get(digest) ?? Buffer.from("");
    },
  };
  return { registry, tags, puts, blobs, digests: bytes.map(digestOf) };
}

describe("what is published", () => {
  test.each([
    ["the first tag that is there", ["v2", "main", "latest"], "main"],
    ["none", ["v2"], undefined],
  ])("%s", async (_, names, found) => {
    const { registry, tags } = registryOf([]);
    for (const name of ["main", "latest"]) tags.set(`${here}:${name}`, digestOf(name));
    const published = await publishedDigest(
      registry,
      here,
      names.map((name): Tag => tag(name)),
    );
    expect(published).toEqual(found && digestOf(found));
  });

  test("a registry that cannot tell is not one that has nothing", async () => {
    const { registry } = registryOf([], () => true);
    await expect(publishedDigest(registry, here, [tag("main")])).rejects.toMatchObject({ code: "unavailable" });
  });

  test("the platforms of an index, with digest and compressed size", async () => {
    const [amd64, arm64] = [imageManifest("amd64", [100, 20]), imageManifest("arm64", [50])];
    const digests = [amd64, arm64].map((each) => digestOf(JSON.stringify(each)));
    const index = imageIndex([
      { platform: "linux/amd64", digest: digests[0] ?? "" },
      { platform: "linux/arm64", digest: digests[1] ?? "" },
      { platform: "unknown/unknown", digest: digestOf("attestation") },
    ]);
    const { registry } = registryOf([amd64, arm64, index]);
    expect(await readPlatforms(registry, here, digestOf(JSON.stringify(index)))).toEqual([
      { platform: "linux/amd64", digest: digests[0], size: 130 },
      { platform: "linux/arm64", digest: digests[1], size: 60 },
    ]);
  });

  test("a lone manifest is the platform that its config names", async () => {
    const manifest = imageManifest("one", [100]);
    const { registry, blobs, digests } = registryOf([manifest]);
    const digest = digests[0] ?? digestOf("");
    blobs.set(manifest.config.digest, Buffer.from('{"os":"linux","architecture":"arm","variant":"v7"}'));
    expect(await readPlatforms(registry, here, digest)).toEqual([{ platform: "linux/arm/v7", digest, size: 110 }]);
    blobs.set(manifest.config.digest, Buffer.from("{}"));
    await expect(readPlatforms(registry, here, digest)).rejects.toMatchObject({ code: "invalid" });
  });

  test("an index whose platform is gone is no image", async () => {
    const index = imageIndex([{ platform: "linux/amd64", digest: digestOf("gone") }]);
    const { registry, digests } = registryOf([index]);
    await expect(readPlatforms(registry, here, digests[0] ?? digestOf(""))).rejects.toMatchObject({ code: "missing" });
  });
});
