/** What a pull request tells of the images that its pins follow, as far as it is known. */
import { describe, expect, test } from "@jest/globals";
import type { MovedFile, PublishedVersion } from "../../../../src/bump/moved.ts";
import { type Digest, digestOf } from "../../../../src/model/digest.ts";
import { type Repository, repository, tag } from "../../../../src/model/reference.ts";
import { mediaTypes, parseManifest, type StoredManifest } from "../../../../src/oci/manifest.ts";
import type { Registry } from "../../../../src/oci/registry/registry-client.ts";
import { RegistryError } from "../../../../src/oci/registry/registry-error.ts";
import { recordAnnotations } from "../../../../src/plan/record.ts";
import { bumpedImages } from "../../../../src/stages/bump/bumped-images.ts";
import { at, recordOf, records } from "../../publish/commits.ts";
import { build, published, release, skipped } from "../../report/example.ts";

const app = repository("ghcr.io/o/r/app");
const head = at("main-9");

interface Stored extends StoredManifest {
  /** The image of its only platform. */
  readonly only: StoredManifest;
}

function stored(mediaType: string, document: object): StoredManifest {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
  return { digest: digestOf(bytes), bytes, mediaType, document: parseManifest(bytes) };
}

/** An image of a size, made from a commit. */
function image(size: number, from: string): Stored {
  const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf("{}"), size: 0 };
  const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: digestOf(`${size}`), size };
  const only = stored(mediaTypes.manifest, { config, layers: [layer] });
  const { mediaType, digest } = only;
  const platform = { os: "linux", architecture: "amd64" };
  const manifests = [{ mediaType, digest, size: only.bytes.length, platform }];
  const annotations = recordAnnotations(recordOf(at(from)));
  return { ...stored(mediaTypes.index, { manifests, annotations }), only };
}

const [now, before] = [image(200, "main-2"), image(100, "main-1")];

function registryWith(held: Readonly<Record<string, Stored>>, isDown = false) {
  const all = Object.values(held).flatMap((each) => [each, each.only]);
  return {
    manifest: async (_: Repository, name: string) => {
      if (isDown) throw new RegistryError("unavailable", "down", { hint: "run again" });
      return held[name] ?? all.find(({ digest }) => digest === name);
    },
  } as unknown as Registry;
}

const version = (digest: Digest): PublishedVersion => ({
  ...{ name: "app", repositories: [app], tags: [tag("1.1.0")], digest, version: "1.1.0", isRelease: true },
});
const pinned = (from: string): readonly MovedFile[] =>
  [{ path: "deploy.yaml", pins: [{ image: "app", from, to: "x", line: 1 }] }] as never;

const bumped = (
  held: Parameters<typeof registryWith>[0],
  from: string,
  results: Parameters<typeof bumpedImages>[3] = [],
) =>
  bumpedImages([version(now.digest)], pinned(from), { registry: registryWith(held), records, commit: head }, results);

describe("size and commits", () => {
  test.each([
    { from: "ghcr.io/o/r/app:1.0.0" },
    { from: "localhost:5000/app:1.0.0@sha256:".padEnd(90, "a") },
    { from: "1.0.0" },
  ])("are those of the two images, where the pin is $from", async ({ from }) => {
    expect(await bumped({ "1.1.0": now, "1.0.0": before }, from)).toEqual([
      {
        ...{ name: "app", digest: now.digest, size: { now: 200, before: 100 } },
        commits: { from: at("main-1"), to: at("main-2") },
      },
    ]);
  });

  test("lead to what is checked out, where this run made the image", async () => {
    const made = published(build("app", release));
    const [found] = await bumped({ "1.1.0": now, "1.0.0": before }, "1.0.0", [made]);
    expect(found?.commits).toEqual({ from: at("main-1"), to: head });
  });

  test("lead to what is published, where this run left the image as it was", async () => {
    const [found] = await bumped({ "1.1.0": now, "1.0.0": before }, "1.0.0", [skipped("app")]);
    expect(found?.commits).toEqual({ from: at("main-1"), to: at("main-2") });
  });

  test("are left out where the pinned image is gone", async () => {
    expect(await bumped({ "1.1.0": now }, "1.0.0")).toEqual([
      { name: "app", digest: now.digest, size: { now: 200, before: undefined } },
    ]);
  });

  test("are left out where the registry doesn't answer", async () => {
    const looking = { registry: registryWith({}, true), records, commit: head };
    expect(await bumpedImages([version(now.digest)], pinned("1.0.0"), looking, [])).toEqual([
      { name: "app", digest: now.digest },
    ]);
  });
});

test("an image of which no version is known is left out, and each is told of once", async () => {
  const files = [...pinned("1.0.0"), ...pinned("1.0.1")] as readonly MovedFile[];
  const looking = { registry: registryWith({ "1.1.0": now }), records, commit: head };
  expect((await bumpedImages([version(now.digest)], files, looking, [])).map(({ name }) => name)).toEqual(["app"]);
  expect(await bumpedImages([], files, looking, [])).toEqual([]);
});
