import { describe, expect, test } from "@jest/globals";
import { type Digest, digestOf } from "../../../src/oci/digest.ts";
import { parseManifest } from "../../../src/oci/manifest.ts";
import { repository, type Tag, tag } from "../../../src/oci/reference.ts";
import type { Registry } from "../../../src/oci/registry-client.ts";
import { RegistryError } from "../../../src/oci/registry-error.ts";
import { promote } from "../../../src/publish/promote.ts";
import { publishedDigest, readPlatforms } from "../../../src/publish/published.ts";
import { imageIndex, imageManifest } from "../oci/example-image.ts";

const here = repository("ghcr.io/o/r/base");
const there = repository("docker.io/o/base");

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

const exact = (text: string) => ({ tag: tag(text), moves: false });
const moving = (text: string) => ({ tag: tag(text), moves: true });
const release = [moving("latest"), moving("1.2"), exact("1.2.3"), moving("1")];

describe("promotion", () => {
  async function promoted(
    tags = release,
    before: Readonly<Record<string, Digest>> = {},
    broken?: (name: string) => boolean,
  ) {
    const held = registryOf([imageManifest("new")], broken);
    for (const [name, digest] of Object.entries(before)) held.tags.set(`${here}:${name}`, digest);
    const digest = held.digests[0] ?? digestOf("");
    const result = await promote({ registry: held.registry, repositories: [here], digest, tags, isRelease: false });
    return { ...held, result, digest, outcomes: result.tags.map(({ tag, outcome }) => `${tag} ${outcome}`) };
  }
  const old = digestOf("old");

  test("exact tags come first, latest last", async () => {
    const { puts, outcomes } = await promoted();
    expect(puts.map((each) => each.split(":")[1])).toEqual(["1.2.3", "1.2", "1", "latest"]);
    expect(outcomes).toEqual(["1.2.3 put", "1.2 put", "1 put", "latest put"]);
  });

  test("an exact tag on other bytes is held, a moving one moves", async () => {
    const { result, outcomes, tags } = await promoted(release, { "1.2.3": old, "1.2": old });
    expect(outcomes).toEqual(["1.2.3 held", "1.2 put", "1 put", "latest put"]);
    expect(result.tags[0]?.existing).toBe(old);
    expect(tags.get(`${here}:1.2.3`)).toBe(old);
  });

  test("a release that is run again leaves its version, and the tags of its line with it", async () => {
    const { registry, tags, digests } = registryOf([imageManifest("again"), imageManifest("first")]);
    const [again = old, first = old] = digests;
    tags.set(`${here}:1.2.3`, first).set(`${here}:latest`, first);
    const result = await promote({ registry, repositories: [here], digest: again, tags: release, isRelease: true });
    expect(result.tags.map(({ tag, outcome }) => `${tag} ${outcome}`)).toEqual([
      "1.2.3 held",
      "1.2 held",
      "1 held",
      "latest held",
    ]);
    for (const name of ["1.2.3", "1.2", "1", "latest"]) expect(tags.get(`${here}:${name}`)).toBe(first);
  });

  test("what is there already is not written again", async () => {
    const digest = digestOf(JSON.stringify(imageManifest("new")));
    const { puts, outcomes } = await promoted(release, { "1.2.3": digest, latest: digest });
    expect(puts).toEqual([`${here}:1.2`, `${here}:1`]);
    expect(outcomes).toEqual(["1.2.3 already-there", "1.2 put", "1 put", "latest already-there"]);
  });

  test("an exact tag called latest is no moving one", async () => {
    const { puts } = await promoted([moving("main"), exact("latest")]);
    expect(puts).toEqual([`${here}:latest`, `${here}:main`]);
  });

  test("where a step fails the next is not begun, and what was put is told", async () => {
    const { result, puts, outcomes } = await promoted(release, {}, (name) => name === `${here}:1`);
    expect(puts).toEqual([`${here}:1.2.3`, `${here}:1.2`]);
    expect(outcomes).toEqual(["1.2.3 put", "1.2 put"]);
    expect(result.failures).toMatchObject([{ repository: here, error: { code: "unavailable" } }]);
  });

  test("an exact tag that cannot be asked for is neither missing nor put", async () => {
    const { result, puts } = await promoted(release, {}, (name) => name === `HEAD ${here}:1.2.3`);
    expect(puts).toEqual([]);
    expect(result.failures).toHaveLength(1);
  });

  test("a digest that is not there gets no tags", async () => {
    const { registry, puts } = registryOf([]);
    const result = await promote({ registry, repositories: [here], digest: old, tags: release, isRelease: false });
    expect(puts).toEqual([]);
    expect(result.failures).toMatchObject([{ error: { code: "missing" } }]);
  });

  test("one repository's failure leaves the other's tags complete", async () => {
    const { registry, digests } = registryOf([imageManifest("new")], (name) => name.startsWith(there));
    const digest = digests[0] ?? old;
    const result = await promote({ registry, repositories: [there, here], digest, tags: release, isRelease: false });
    expect(result.failures.map(({ repository }) => repository)).toEqual([there]);
    expect(result.tags.map(({ repository }) => repository)).toEqual([here, here, here, here]);
  });

  test("a tag that another run moved meanwhile is told", async () => {
    const held = registryOf([imageManifest("new")]);
    const digest = held.digests[0] ?? old;
    const registry: Registry = {
      ...held.registry,
      head: async (_, name) => (held.puts.length > 0 && name === "main" ? old : undefined),
    };
    const result = await promote({ registry, repositories: [here], digest, tags: [moving("main")], isRelease: false });
    expect(result.failures).toMatchObject([{ error: { hint: expect.stringContaining("concurrency") } }]);
  });

  test("a defect of ours is not taken for the registry's", async () => {
    const { registry } = registryOf([imageManifest("new")]);
    const manifest = () => Promise.reject(new TypeError("defect"));
    const promotion = promote({
      registry: { ...registry, manifest },
      repositories: [here],
      digest: old,
      tags: release,
      isRelease: false,
    });
    await expect(promotion).rejects.toThrow(TypeError);
  });
});

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
    expect(published).toEqual(found && { digest: digestOf(found), tag: found });
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
