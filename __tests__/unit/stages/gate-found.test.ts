/** What a run finds passes the same checks as what it makes, as that digest. */
import { describe, expect, test } from "@jest/globals";
import type { Digest } from "../../../src/model/digest.ts";
import { digestOf } from "../../../src/model/digest.ts";
import { platform } from "../../../src/model/platform.ts";
import { repository, tag } from "../../../src/model/reference.ts";
import { mediaTypes, parseManifest, type StoredManifest } from "../../../src/oci/manifest.ts";
import type { Registry } from "../../../src/oci/registry/registry-client.ts";
import { RegistryError } from "../../../src/oci/registry/registry-error.ts";
import { type PublicationRecord, recordAnnotations } from "../../../src/plan/record.ts";
import type { FoundDigest } from "../../../src/publish/promotion/promotion.ts";
import type { CheckName } from "../../../src/results/run-result.ts";
import type { Check } from "../../../src/stages/check/check.ts";
import { type CheckRules, checkFound, passPromoted } from "../../../src/stages/check/image-checks.ts";
import { resultOfScan } from "../../../src/stages/check/scanning.ts";
import { at, recordOf, records } from "../publish/commits.ts";
import { promote as plannedPromote } from "../report/example.ts";
import { scanThat } from "../scan/findings.ts";

const here = repository("ghcr.io/o/r/app");
const wanted = [platform("linux/amd64"), platform("linux/arm64")];

interface Sketch {
  readonly record?: Partial<PublicationRecord> | null;
  readonly platforms?: readonly string[];
  /** What the configs say, where that is something else. */
  readonly configs?: readonly string[];
  readonly size?: number;
}

function stored(document: object, mediaType: string): StoredManifest {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
  return { digest: digestOf(bytes), bytes, mediaType, document: parseManifest(bytes) };
}

/** A registry with one index in it. */
function tagState({ record = {}, platforms = ["linux/amd64", "linux/arm64"], configs = platforms, size = 10 }: Sketch) {
  const found = new Map<string, StoredManifest>();
  const blobs = new Map<Digest, Uint8Array>();
  const manifests = platforms.map((each, place) => {
    const [os, architecture] = each.split("/");
    const [ownOs, ownArchitecture] = (configs[place] ?? each).split("/");
    const config = Buffer.from(JSON.stringify({ os: ownOs, architecture: ownArchitecture }));
    blobs.set(digestOf(config), config);
    const descriptor = { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf(config), size };
    const image = stored({ config: descriptor, layers: [], annotations: { of: each } }, mediaTypes.manifest);
    found.set(image.digest, image);
    return { mediaType: mediaTypes.manifest, digest: image.digest, size: 1, platform: { os, architecture } };
  });
  const annotations = record === null ? {} : recordAnnotations(recordOf(at("main-4"), record));
  const index = stored({ manifests, annotations }, mediaTypes.index);
  found.set(index.digest, index).set("0123456789ab", index);
  const registry: Pick<Registry, "head" | "manifest" | "blob"> = {
    head: async (_, name) => found.get(name)?.digest,
    manifest: async (_, name) => found.get(name),
    blob: async (_, { digest }) => blobs.get(digest) ?? Buffer.from("{}"),
  };
  return { digest: index.digest, registry: registry as Registry };
}

const planned = {
  ...plannedPromote("app"),
  repositories: [here],
  tags: [],
  sourceHash: "a".repeat(64),
  bakedVersion: null,
  platforms: wanted,
};

function rules(registry: Registry, more: Partial<CheckRules> = {}, passes = true): CheckRules {
  const check: Check = async () => resultOfScan(scanThat(passes ? "passed" : "blocked", "app"));
  const { signal } = new AbortController();
  return { maxSize: undefined, registry, records, attested: undefined, scan: check, signal, ...more };
}

interface Case {
  readonly when: string;
  readonly image?: Sketch;
  readonly rules?: Partial<CheckRules>;
  readonly isClean?: boolean;
  readonly by: CheckName;
  readonly why: RegExp;
}

const refusals: readonly Case[] = [
  { when: "other sources", image: { record: { sourceHash: "b".repeat(64) } }, by: "content", why: /other sources/ },
  {
    when: "another version in its bytes",
    image: { record: { bakedVersion: "1.2.3" } },
    by: "content",
    why: /another version/,
  },
  { when: "no record", image: { record: null }, by: "content", why: /no record/ },
  {
    when: "another repository's record",
    image: { record: { repository: "fork/r" } },
    by: "content",
    why: /another repository/,
  },
  {
    when: "a record of the future",
    image: { record: { started: "2126-01-01T00:00:00Z" } },
    by: "content",
    why: /future/,
  },
  { when: "a platform too few", image: { platforms: ["linux/amd64"] }, by: "content", why: /is missing a platform/ },
  {
    when: "a platform that it only says it has",
    image: { configs: ["linux/amd64", "linux/amd64"] },
    by: "platforms",
    why: /lists it as/,
  },
  { when: "too many bytes", image: { size: 1000 }, rules: { maxSize: 999 }, by: "size", why: /larger than `max-size`/ },
  { when: "a finding that counts", isClean: false, by: "scan", why: /./ },
  { when: "no attestation", rules: { attested: async () => false }, by: "attestation", why: /lists no attestation/ },
  {
    when: "an attestation that nobody can ask for",
    rules: { attested: async () => undefined },
    by: "attestation",
    why: /doesn't say/,
  },
];

describe.each(refusals)("an image with $when", ({ image = {}, rules: more, isClean, by, why }) => {
  const { digest, registry } = tagState(image);

  test(`is not promoted, but blocked by the check: ${by}`, async () => {
    const result = await passPromoted({ ...planned, digest }, new Map(), rules(registry, more, isClean));
    expect(result).toMatchObject({
      kind: "blocked",
      by: [{ check: by, error: { message: expect.stringMatching(why) } }],
    });
  });

  test("takes no other's place", async () => {
    const found: FoundDigest = { repository: here, digest, as: "same-content" };
    const result = await checkFound({ ...planned, digest }, found, rules(registry, more, isClean));
    expect(result).toMatchObject({
      kind: "refused",
      by: [{ check: by, error: { message: expect.stringMatching(why), hint: expect.stringMatching(/./) } }],
    });
  });
});

test.each<{ when: string; scanning: boolean }>([
  { when: "that is scanned", scanning: true },
  { when: "that nobody wants scanned", scanning: false },
])("an image of the same sources $when passes", async ({ scanning }) => {
  const { digest, registry } = tagState({});
  const by = rules(registry, scanning ? {} : { scan: undefined });
  expect(await passPromoted({ ...planned, digest }, new Map(), by)).toMatchObject({ kind: "passed" });
  const found = { repository: here, digest, as: "same-content" } as const;
  expect(await checkFound({ ...planned, digest }, found, by)).toMatchObject({ kind: "passed" });
});

test("an image that is gone is not promoted", async () => {
  const { registry } = tagState({});
  const result = await passPromoted({ ...planned, digest: digestOf("gone") }, new Map(), rules(registry));
  expect(result).toMatchObject({ kind: "failed", error: { code: "missing" } });
});

test.each<{ when: string; part: "manifest" | "blob" | "head" }>([
  { when: "its index", part: "manifest" },
  { when: "the config of a platform", part: "blob" },
  { when: "its content tag", part: "head" },
])(
  "where a registry doesn't answer for $when, a check can't be carried out: that is a failure, and no refusal",
  async ({ part }) => {
    const { digest, registry } = tagState({});
    const away = new RegistryError("unreachable", "ghcr.io doesn't answer", { hint: "run again" });
    const silent = { ...registry, [part]: () => Promise.reject(away) };
    const content = { ...planned, tags: [{ tag: tag("0123456789ab"), moves: false, of: "content" as const }], digest };
    const image = part === "head" ? content : { ...planned, digest };
    expect(await passPromoted(image, new Map(), rules(silent))).toEqual({ kind: "failed", error: away });
  },
);

describe("an image under a content tag", () => {
  const content = { ...planned, tags: [{ tag: tag("0123456789ab"), moves: false, of: "content" as const }] };
  test.each<[string, Sketch, Partial<CheckRules>, boolean, string]>([
    ["passes whoever pushed it", { record: null }, {}, true, "passed"],
    ["is blocked with a blocking finding", { record: null }, {}, false, "blocked"],
    ["is blocked where it is too large", { record: null, size: 1000 }, { maxSize: 999 }, true, "blocked"],
    ["is blocked where it lacks a platform", { record: null, platforms: ["linux/amd64"] }, {}, true, "blocked"],
  ])("%s", async (_, image, more, isClean, kind) => {
    const { digest, registry } = tagState(image);
    expect(await passPromoted({ ...content, digest }, new Map(), rules(registry, more, isClean))).toMatchObject({
      kind,
    });
  });

  test("that names another one by now counts for nothing", async () => {
    const { digest, registry } = tagState({ record: null });
    const moved = { ...registry, head: async () => digestOf("another") };
    expect(await passPromoted({ ...content, digest }, new Map(), rules(moved))).toMatchObject({
      kind: "blocked",
      by: [{ check: "content" }],
    });
  });
});

test.each<[string, Sketch, RegExp | undefined]>([
  ["with a record passes, whatever its sources", { record: { sourceHash: "b".repeat(64) } }, undefined],
  ["without a record does not", { record: null }, /no record/],
  ["with another repository's record does not", { record: { repository: "fork/r" } }, /another repository/],
  ["without a platform does not", { platforms: ["linux/amd64"] }, /is missing a platform/],
])("a higher release %s", async (_, image, why) => {
  const { digest, registry } = tagState(image);
  const result = await checkFound(
    { ...planned, digest },
    { repository: here, digest, as: "higher-release" },
    rules(registry),
  );
  if (why === undefined) expect(result.kind).toBe("passed");
  else expect(result).toMatchObject({ kind: "refused", by: [{ error: { message: expect.stringMatching(why) } }] });
});
