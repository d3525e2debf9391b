/** What an image is based on, down to what comes from outside. */
import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { type Digest, digestOf } from "../../../../src/model/digest.ts";
import { platform } from "../../../../src/model/platform.ts";
import { repository } from "../../../../src/model/reference.ts";
import { mediaTypes, parseManifest } from "../../../../src/oci/manifest.ts";
import { openBases, type Parent } from "../../../../src/stages/check/image-bases.ts";
import { catalogOf } from "../../changes/catalog-of.ts";

const amd64 = platform("linux/amd64");
const debian = "docker.io/library/debian:13";
const { images } = catalogOf(
  { name: "base", text: "FROM debian:13\n" },
  { name: "app", on: ["base"], text: "FROM base\n" },
  { name: "pinned", text: `FROM debian:13@${digestOf("old")}\n` },
);
const [base, app, pinned] = images;
if (base === undefined || app === undefined || pinned === undefined) throw new Error("there is no image");

/** Every digest is an image whose one layer is named like it. */
function registryWhere(current: Digest | UserError) {
  const asked: string[] = [];
  const config = (of: string) => Buffer.from(JSON.stringify({ rootfs: { diff_ids: [`layer of ${of}`] } }));
  return {
    asked,
    head: async (_: unknown, tag: string) => {
      asked.push(tag);
      if (current instanceof UserError) throw current;
      return current;
    },
    manifest: async (_: unknown, name: string) => {
      asked.push(name);
      const own = { mediaType: "application/vnd.oci.image.config.v1+json", digest: name, size: 1 };
      const bytes = Buffer.from(
        JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.manifest, config: own, layers: [] }),
      );
      return { digest: name as Digest, bytes, mediaType: mediaTypes.manifest, document: parseManifest(bytes) };
    },
    blob: async (_: unknown, { digest }: { readonly digest: Digest }) => config(digest),
  };
}

const nobody = async (): Promise<Parent | undefined> => undefined;
const old = digestOf("old");

describe("a base from outside", () => {
  test.each([
    { when: "is current where its tag names what the build took", now: old, hasMoved: false },
    { when: "has moved where its tag names something else", now: digestOf("new"), hasMoved: true },
    { when: "hasn't moved where nobody can tell", now: new UserError("denied", { hint: "" }), hasMoved: false },
  ])("$when", async ({ now, hasMoved }) => {
    const bases = openBases({ images, registry: registryWhere(now) });
    const found = await bases.basesOf(base, { [debian]: old }, [amd64], nobody);
    expect(found).toEqual([
      { name: "debian:13", isOwn: false, isPinned: false, hasMoved, diffIds: new Map([[amd64, [`layer of ${old}`]]]) },
    ]);
    expect(await bases.moved({ [debian]: old })).toEqual(hasMoved ? ["debian:13"] : []);
  });

  test("is unknown where the build didn't say what it took", async () => {
    const bases = openBases({ images, registry: registryWhere(old) });
    expect(await bases.basesOf(base, {}, [amd64], nobody)).toEqual([]);
  });

  test("that the Dockerfile names by digest is that one, whatever the build took", async () => {
    const bases = openBases({ images, registry: registryWhere(digestOf("new")) });
    const [found] = await bases.basesOf(pinned, { [debian]: digestOf("other") }, [amd64], nobody);
    expect(found).toMatchObject({ isPinned: true, hasMoved: true, diffIds: new Map([[amd64, [`layer of ${old}`]]]) });
  });

  test("is looked up once", async () => {
    const registry = registryWhere(old);
    const bases = openBases({ images, registry });
    await Promise.all([1, 2, 3].map(() => bases.basesOf(base, { [debian]: old }, [amd64], nobody)));
    expect(registry.asked.sort()).toEqual([old, "13"].sort());
  });
});

describe("an image of the repository", () => {
  const digest = digestOf("built base");
  const parents: Readonly<Record<string, Parent>> = {
    built: { repository: repository("ghcr.io/o/r/base"), digest, bases: { [debian]: old } },
    scanned: { layers: new Map([[amd64, [`layer of ${digest}`]]]), bases: { [debian]: old } },
  };
  test.each(Object.entries(parents))("that was %s is first, then what it is based on", async (_, parent) => {
    const bases = openBases({ images, registry: registryWhere(old) });
    const found = await bases.basesOf(app, {}, [amd64], async (name) => (name === "base" ? parent : undefined));
    expect(found.map(({ name, isOwn, diffIds }) => [name, isOwn, diffIds.get(amd64)])).toEqual([
      ["base", true, [`layer of ${digest}`]],
      ["debian:13", false, [`layer of ${old}`]],
    ]);
  });

  test("of which nothing is known ends the search", async () => {
    const bases = openBases({ images, registry: registryWhere(old) });
    expect(await bases.basesOf(app, { [debian]: old }, [amd64], nobody)).toEqual([]);
  });
});
