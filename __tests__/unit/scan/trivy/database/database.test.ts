import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../../src/errors.ts";
import { mediaTypes } from "../../../../../src/oci/manifest.ts";
import type { HttpRequest, HttpStream } from "../../../../../src/ports.ts";
import { obtainDatabase } from "../../../../../src/scan/trivy/database/database.ts";
import {
  type DatabaseKind,
  javaArchives,
  vulnerabilities,
} from "../../../../../src/scan/trivy/database/database-kind.ts";
import { limited } from "../../../lib/http/limited.ts";
import { stillClock } from "../../../oci/still-clock.ts";
import { artifact, type PublishedDatabase, publishedDatabase, tarOf } from "../layer.ts";
import { memory, writtenLog } from "../outside.ts";

// The still clock begins on 1 January 1970.
const madeOn = (updated: string, next: string): string => JSON.stringify({ UpdatedAt: updated, NextUpdate: next });
const fresh = publishedDatabase(madeOn("1969-12-31T18:00:00Z", "1970-01-01T18:00:00Z"));
const old = publishedDatabase(madeOn("1969-12-30T00:00:00Z", "1969-12-31T00:00:00Z"));
const older = publishedDatabase(madeOn("1969-11-30T00:00:00Z", "1969-12-01T00:00:00Z"));

/** What a mirror answers: a database, a status with a code, or no answer at all. */
type Answer = PublishedDatabase | "DENIED" | "MANIFEST_UNKNOWN" | "429" | "503" | "refused";

interface Situation {
  readonly kind?: DatabaseKind;
  /** What lies there already, or comes from the cache service. */
  readonly there?: PublishedDatabase;
  readonly kept?: PublishedDatabase | UserError;
  /** What each mirror that is asked for its tag says, in turn. The last one stays. */
  readonly mirrors?: readonly Answer[];
  /** What they say of a digest: `true` where they have it. By default all have what is published here. */
  readonly has?: readonly (boolean | Exclude<Answer, PublishedDatabase>)[];
  readonly repository?: string;
}

function situation({
  kind = vulnerabilities,
  there,
  kept,
  mirrors = ["refused"],
  has = [true],
  repository,
}: Situation) {
  const files = memory();
  const lay = (folder: string, { manifest, layer }: PublishedDatabase): void => {
    files.tree.set(`${folder}/manifest.json`, manifest);
    files.tree.set(`${folder}/layer.tar.gz`, layer);
  };
  if (there !== undefined) lay(`/store/${kind.folder}`, there);
  const log = writtenLog();
  const clock = stillClock();
  const asked: string[] = [];
  const heads: string[] = [];
  const keys: string[] = [];
  const [left, heard] = [[...mirrors], [...has]];
  const next = <T>(answers: T[]): T | undefined => (answers.length > 1 ? answers.shift() : answers[0]);
  const blobs = new Map<string, Buffer>();
  const answer = ({ method, url }: HttpRequest): HttpStream => {
    const [, host = "", path = "", what, name = ""] =
      /^https?:\/\/([^/]+)\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(url) ?? [];
    if (what === "blobs") return said(200, {}, blobs.get(name));
    const isHead = method === "HEAD";
    (isHead ? heads : asked).push(isHead ? `${host} ${name}` : `${host}/${path}`);
    const given = isHead ? next(heard) : next(left);
    if (given === true) return said(200, { "docker-content-digest": name });
    if (given === false || given === undefined) return said(404);
    if (given === "refused") throw Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" });
    if (typeof given === "string") return said(statuses[given], {}, refusal(given));
    blobs.set(String(JSON.parse(given.manifest.toString()).layers[0].digest), given.layer);
    return said(200, { "docker-content-digest": given.digest, "content-type": mediaTypes.manifest }, given.manifest);
  };
  const signal = new AbortController().signal;
  const work: Promise<void>[] = [];
  const obtain = () =>
    obtainDatabase(kind, {
      files,
      log,
      ...limited({ clock, random: () => 0 }),
      signal,
      http: {
        open: async (request) => answer(request),
        async send(request) {
          const { body, ...rest } = answer(request);
          const chunks: Uint8Array[] = [];
          for await (const chunk of body) chunks.push(chunk);
          return { ...rest, body: Buffer.concat(chunks) };
        },
      },
      credentials: { find: async () => undefined },
      env: repository === undefined ? {} : { [kind.variable]: repository },
      store: "/store",
      folder: "/run",
      keptFolders: {
        async restore(folder, key, prefix) {
          keys.push(`restore ${key} ${prefix}`);
          if (kept instanceof UserError) throw kept;
          if (kept !== undefined) lay(folder, kept);
          return kept === undefined ? undefined : key;
        },
        async keep(_, key) {
          keys.push(`keep ${key}`);
        },
      },
      afterwards: (each) => void work.push(each),
    });
  /** What Trivy would read. */
  const used = (place: string): string | undefined => files.tree.get(`${place}/metadata.json`)?.toString();
  return { obtain, used, files, log, clock, asked, heads, keys };
}

const statuses = { DENIED: 403, MANIFEST_UNKNOWN: 404, "429": 429, "503": 503 };
const refusal = (code: string): Buffer => Buffer.from(JSON.stringify({ errors: [{ code, message: "so it is" }] }));

function said(status: number, headers: Record<string, string> = {}, content: Buffer = Buffer.of()): HttpStream {
  const body = (async function* () {
    yield content;
  })();
  return { status, headers: { "content-type": "application/json", ...headers }, body };
}

const metadataOf = (database: PublishedDatabase): string => {
  const found = [fresh, old, older].find((each) => each === database);
  if (found === fresh) return madeOn("1969-12-31T18:00:00Z", "1970-01-01T18:00:00Z");
  return found === old
    ? madeOn("1969-12-30T00:00:00Z", "1969-12-31T00:00:00Z")
    : madeOn("1969-11-30T00:00:00Z", "1969-12-01T00:00:00Z");
};

test("a fresh one that is there is used, and the mirror is asked whether it is its own", async () => {
  const { obtain, used, asked, heads, keys, log } = situation({ there: fresh });
  expect(used(await obtain())).toBe(metadataOf(fresh));
  expect([asked, keys, log.warnings]).toEqual([[], [], []]);
  expect(heads).toEqual([`mirror.gcr.io ${fresh.digest}`]);
});

test("one of today comes from the cache service, and the mirror is asked whether it is its own", async () => {
  const { obtain, used, asked, heads, keys, log } = situation({ kept: fresh });
  expect(used(await obtain())).toBe(metadataOf(fresh));
  expect([asked, log.warnings]).toEqual([[], []]);
  expect(heads).toEqual([`mirror.gcr.io ${fresh.digest}`]);
  expect(keys).toEqual([expect.stringMatching(/^restore (image-publish-trivy-db-[0-9a-f]{8}-)1970-01-01 \1$/)]);
});

test("what is fetched is kept for the day at once, as it was fetched", async () => {
  const { obtain, used, files, asked, keys } = situation({ kept: old, mirrors: [fresh] });
  expect(used(await obtain())).toBe(metadataOf(fresh));
  expect(files.tree.get("/store/db/layer.tar.gz")).toEqual(fresh.layer);
  expect(asked).toEqual(["mirror.gcr.io/aquasec/trivy-db"]);
  expect(keys.at(-1)).toMatch(/^keep image-publish-trivy-db-[0-9a-f]{8}-1970-01-01$/);
});

test("another source has a key of its own", async () => {
  const [one, other] = [
    situation({ mirrors: [fresh] }),
    situation({ mirrors: [fresh], repository: "r.example/a/b, r.example/c/d" }),
  ];
  await Promise.all([one.obtain(), other.obtain()]);
  expect(one.keys[0]).not.toBe(other.keys[0]);
  expect(other.asked).toEqual(["r.example/a/b"]);
});

test("one mirror after the other is asked, and all of them again after a while", async () => {
  const { obtain, asked, clock } = situation({ mirrors: ["refused", "429", "MANIFEST_UNKNOWN", "503", fresh] });
  await obtain();
  expect(asked.map((mirror) => mirror.split("/")[0])).toEqual([
    ...["mirror.gcr.io", "ghcr.io", "public.ecr.aws"],
    ...["mirror.gcr.io", "ghcr.io"],
  ]);
  expect(clock.slept).toEqual([2000]);
});

test.each([
  ["that it is not there", "MANIFEST_UNKNOWN", "ghcr.io/aquasecurity/trivy-db:2: there is no 2", 3],
  ["that it may not be read", "DENIED", "mirror.gcr.io refused the pull of aquasec/trivy-db", 3],
  ["nothing that would stay so", "refused", "connection refused", 12],
  ["that it is asked too often", "429", "limits the rate", 12],
] as const)(
  "where every mirror says %s, it is an error with the reasons and a remedy",
  async (_, answer, message, times) => {
    const { obtain, asked } = situation({ mirrors: [answer] });
    await expect(obtain()).rejects.toMatchObject({
      message: expect.stringContaining(message),
      hint: expect.stringContaining("TRIVY_DB_REPOSITORY"),
    });
    expect(asked.length).toBe(times);
  },
);

test.each([
  ["lies there", { there: old }],
  ["the cache service has", { kept: old }],
])("an old one that %s is better than none, and that is said", async (_, situated) => {
  const { obtain, used, log, keys } = situation({ ...situated, mirrors: ["DENIED"] });
  expect(used(await obtain())).toBe(metadataOf(old));
  expect(log.warnings).toEqual([expect.stringMatching(/refused the pull.*1969-12-31 is used: newer/s)]);
  expect(keys.filter((key) => key.startsWith("keep"))).toEqual([]);
});

describe("a mirror that gives an old one", () => {
  test("is not believed while another one has today's", async () => {
    const { obtain, used, log, keys } = situation({ mirrors: [old, fresh] });
    expect(used(await obtain())).toBe(metadataOf(fresh));
    expect([log.warnings, keys.at(-1)]).toEqual([[], expect.stringMatching(/^keep /)]);
  });

  test.each<[string, Situation, readonly Answer[], PublishedDatabase]>([
    ["without any other", {}, [older, old, "DENIED"], old],
    ["whatever comes after it", {}, [old, older, artifact(gzipSync(tarOf([])))], old],
    ["than an older one that lies there", { there: older }, [old, "DENIED", "DENIED"], old],
    ["but not than a newer one that lies there", { there: old }, [older, "DENIED", "DENIED"], old],
  ])("is better than none %s, is said, and is not kept for the day", async (_, situated, mirrors, expected) => {
    const { obtain, used, log, keys, asked, clock } = situation({ ...situated, mirrors });
    expect(used(await obtain())).toBe(metadataOf(expected));
    expect(log.warnings).toEqual([
      expect.stringMatching(/was to be replaced on 1969-12-\d\d.*\n.*1969-12-31 is used: newer vulnerabilities/s),
    ]);
    expect(keys.filter((key) => key.startsWith("keep"))).toEqual([]);
    // Nothing of it would change within a minute.
    expect([asked.length, clock.slept]).toEqual([3, []]);
  });

  test("is asked once alone while another one is waited for", async () => {
    const { obtain, used, asked } = situation({ mirrors: [old, "503", "503", "503", fresh] });
    expect(used(await obtain())).toBe(metadataOf(fresh));
    expect(asked.filter((mirror) => mirror.startsWith("mirror.gcr.io"))).toHaveLength(1);
  });
});

const forged = publishedDatabase(madeOn("1969-12-31T18:00:00Z", "1970-01-01T18:00:00Z"), "a database without findings");

describe.each(["there", "kept"] as const)("what others put into the cache (%s)", (where) => {
  test.each([
    [
      "another layer than the manifest names",
      { ...fresh, layer: forged.layer },
      /its layer is sha256:|larger than it may be/,
    ],
    ["a layer that was cut off", { ...fresh, layer: fresh.layer.subarray(0, -1) }, /its layer is sha256:/],
    ["a longer layer", { ...fresh, layer: Buffer.concat([fresh.layer, fresh.layer]) }, /larger than it may be/],
    ["no manifest", { ...fresh, manifest: Buffer.from("<html>") }, /not JSON|no JSON|isn't|is no|Unexpected/],
    ["an endless manifest", { ...fresh, manifest: Buffer.alloc(5 * 1024 * 1024, 32) }, /larger than it may be/],
    ["another artifact", artifact(fresh.layer, "application/vnd.oci.image.layer.v1.tar+gzip"), /isn't a vulnerability/],
  ])("%s is not unpacked but fetched anew, with a warning", async (_, planted, reason) => {
    const { obtain, used, log, heads, asked } = situation({ [where]: planted, mirrors: [fresh] });
    expect(used(await obtain())).toBe(metadataOf(fresh));
    expect(log.warnings).toEqual([expect.stringMatching(reason)]);
    expect([heads.length, asked.length]).toEqual([0, 1]);
  });

  test("a database that agrees with itself, and that no mirror has, is fetched anew, and that is no warning", async () => {
    const { obtain, files, log, heads } = situation({ [where]: forged, has: [false], mirrors: [fresh] });
    const place = await obtain();
    expect(files.tree.get(`${place}/trivy.db`)?.toString()).toBe("a database");
    expect(heads.map((head) => head.split(" ")[0])).toEqual(["mirror.gcr.io", "ghcr.io", "public.ecr.aws"]);
    expect(log.warnings).toEqual([]);
    expect(log.infos).toEqual([expect.stringContaining(`doesn't have ${forged.digest}`)]);
  });

  test("nor is it used where nothing else can be had", async () => {
    const { obtain } = situation({ [where]: forged, has: ["refused", false, "503"], mirrors: ["refused"] });
    await expect(obtain()).rejects.toThrow("could not be fetched");
  });

  test("one that some mirror has is used, whatever the others say", async () => {
    const { obtain, asked, log } = situation({ [where]: fresh, has: [false, "503", true] });
    await obtain();
    expect([asked, log.warnings]).toEqual([[], []]);
  });

  test.each([
    { answer: "refused", gets: 0 },
    { answer: "429", gets: 0 },
    { answer: "503", gets: 0 },
    // A HEAD that is refused is asked again as a GET: some registries refuse all HEADs.
    { answer: "DENIED", gets: 3 },
  ] as const)("where the mirrors say $answer it is used, with a warning", async ({ answer, gets }) => {
    const { obtain, used, log, asked, clock } = situation({ [where]: fresh, has: [answer] });
    expect(used(await obtain())).toBe(metadataOf(fresh));
    expect(log.warnings).toEqual([expect.stringMatching(/is used without its mirror's confirmation: /)]);
    expect(asked).toHaveLength(gets);
    expect(clock.slept).toEqual([]);
  });

  test.each<{ kind: DatabaseKind; updated: string; next: string; isUsed: boolean; why?: RegExp }>([
    { kind: vulnerabilities, updated: "1969-12-31T18:00:00Z", next: "1970-01-02T23:59:00Z", isUsed: true },
    {
      kind: vulnerabilities,
      updated: "1969-12-31T18:00:00Z",
      next: "1970-01-03T00:01:00Z",
      isUsed: false,
      why: /2 days/,
    },
    {
      kind: vulnerabilities,
      updated: "1969-12-31T18:00:00Z",
      next: "2999-01-01T00:00:00Z",
      isUsed: false,
      why: /2 days/,
    },
    { kind: vulnerabilities, updated: "1969-12-25T00:01:00Z", next: "1970-01-01T00:01:00Z", isUsed: true },
    { kind: vulnerabilities, updated: "1969-12-24T23:59:00Z", next: "1970-01-01T00:01:00Z", isUsed: false },
    { kind: vulnerabilities, updated: "1970-01-01T00:04:00Z", next: "1970-01-02T00:00:00Z", isUsed: true },
    {
      kind: vulnerabilities,
      updated: "1970-01-01T00:06:00Z",
      next: "1970-01-02T00:00:00Z",
      isUsed: false,
      why: /future/,
    },
    {
      kind: vulnerabilities,
      updated: "yesterday",
      next: "1970-01-02T00:00:00Z",
      isUsed: false,
      why: /when it was made/,
    },
    { kind: javaArchives, updated: "1969-12-31T18:00:00Z", next: "1970-01-08T23:59:00Z", isUsed: true },
    { kind: javaArchives, updated: "1969-12-31T18:00:00Z", next: "1970-01-09T00:01:00Z", isUsed: false, why: /8 days/ },
    { kind: javaArchives, updated: "1969-12-17T00:01:00Z", next: "1970-01-01T00:01:00Z", isUsed: true },
    { kind: javaArchives, updated: "1969-12-16T23:59:00Z", next: "1970-01-01T00:01:00Z", isUsed: false },
    { kind: javaArchives, updated: "1970-01-02T00:00:00Z", next: "1970-01-04T00:00:00Z", isUsed: false, why: /future/ },
  ])("$kind.folder of $updated, the next one on $next: used $isUsed", async ({ kind, updated, next, isUsed, why }) => {
    const pack = (metadata: string): PublishedDatabase => {
      const members = [
        { name: kind.file, content: "x" },
        { name: "metadata.json", content: metadata },
      ];
      return artifact(gzipSync(tarOf(members)), kind.layerType);
    };
    const good = pack(metadataOf(fresh));
    const { obtain, asked, log } = situation({ kind, [where]: pack(madeOn(updated, next)), mirrors: [good] });
    await obtain();
    expect(asked.length).toBe(isUsed ? 0 : 1);
    // That it is old is nobody's doing.
    expect(log.warnings).toEqual(why === undefined ? [] : [expect.stringMatching(why)]);
  });

  test("one that was fetched in the future is not used", async () => {
    const metadata = { UpdatedAt: "1969-12-31T18:00:00Z", NextUpdate: "1970-01-01T18:00:00Z" };
    const planted = publishedDatabase(JSON.stringify({ ...metadata, DownloadedAt: "1970-01-01T01:00:00Z" }));
    const { obtain, asked, log } = situation({ [where]: planted, mirrors: [fresh] });
    await obtain();
    expect([asked.length, log.warnings]).toEqual([1, [expect.stringContaining("fetched in the future")]]);
  });
});

test("an entry of the cache service that is none of ours is a warning, and fetched anew", async () => {
  const kept = new UserError("an entry of the cache service is not one of this action", { hint: "" });
  const { obtain, used, log } = situation({ kept, mirrors: [fresh] });
  expect(used(await obtain())).toBe(metadataOf(fresh));
  expect(log.warnings).toEqual([expect.stringContaining("not one of this action")]);
});

test("what others put on this machine does not keep today's from coming by the cache service", async () => {
  const { obtain, used, log, asked } = situation({ there: { ...fresh, layer: forged.layer }, kept: fresh });
  expect(used(await obtain())).toBe(metadataOf(fresh));
  expect([asked, log.warnings.length]).toEqual([[], 1]);
});

test("a mirror's own that would not be taken from the cache is used, and not put there", async () => {
  const endless = publishedDatabase(madeOn("1969-12-31T18:00:00Z", "2999-01-01T00:00:00Z"));
  const { obtain, log, keys, files } = situation({ mirrors: [endless] });
  await obtain();
  expect([log.warnings, keys.filter((key) => key.startsWith("keep"))]).toEqual([[], []]);
  expect([...files.tree.keys()].filter((path) => path.startsWith("/store"))).toEqual([]);
});
