import { describe, expect, test } from "@jest/globals";
import { obtainDatabase, vulnerabilities } from "../../../../src/scan/trivy/database.ts";
import { stillClock } from "../../oci/still-clock.ts";
import { memory, program, writtenLog } from "./outside.ts";

// The still clock begins on 1 January 1970.
const fresh = JSON.stringify({ NextUpdate: "1970-01-02T00:00:00Z" });
const old = JSON.stringify({ NextUpdate: "1969-12-31T00:00:00Z" });
const metadata = "/store/db/metadata.json";

interface Situation {
  /** What lies there already, or comes from the cache service. */
  readonly there?: string;
  readonly kept?: string;
  /**
   * What Trivy says of each mirror, in turn; `undefined`: it gives the database, and metadata: it gives one of these. The last
   * one stays.
   */
  readonly mirrors: readonly (string | undefined)[];
  readonly repository?: string;
}

function situation({ there, kept, mirrors, repository }: Situation) {
  const files = memory(there === undefined ? {} : { [metadata]: there });
  const log = writtenLog();
  const clock = stillClock();
  const asked: string[] = [];
  const keys: string[] = [];
  const left = [...mirrors];
  const processes = program((args) => {
    asked.push(args[args.indexOf("--db-repository") + 1] ?? "");
    const said = left.length > 1 ? left.shift() : left[0];
    const given = said === undefined ? fresh : said.startsWith("{") ? said : undefined;
    const cache = args[args.indexOf("--cache-dir") + 1];
    if (given !== undefined) files.tree.set(`${cache}/db/metadata.json`, Buffer.from(given));
    return given === undefined ? { code: 1, stderr: `\tFATAL\tFatal error\t${said}` } : {};
  });
  const signal = new AbortController().signal;
  const trivy = { program: "trivy", processes, environment: {}, cwd: "/empty", signal };
  const work: Promise<void>[] = [];
  const obtain = () =>
    obtainDatabase(vulnerabilities, trivy, {
      files,
      log,
      clock,
      signal,
      random: () => 0,
      env: repository === undefined ? {} : { TRIVY_DB_REPOSITORY: repository },
      store: "/store",
      folder: "/run",
      keptFolders: {
        async restore(folder, key, prefix) {
          keys.push(`restore ${key} ${prefix}`);
          if (kept !== undefined) files.tree.set(`${folder}/metadata.json`, Buffer.from(kept));
          return kept === undefined ? undefined : key;
        },
        async keep(_, key) {
          keys.push(`keep ${key}`);
        },
      },
      afterwards: (each) => void work.push(each),
    });
  return { obtain, files, log, clock, asked, keys };
}

const has = (files: { readonly tree: Map<string, Uint8Array> }): string | undefined =>
  files.tree.get(metadata)?.toString();

test("a fresh one that is there is used, and nobody is asked", async () => {
  const { obtain, asked, keys } = situation({ there: fresh, mirrors: [] });
  expect(await obtain()).toBe("/store/db");
  expect([asked, keys]).toEqual([[], []]);
});

test("one of today comes from the cache service", async () => {
  const { obtain, asked, keys } = situation({ kept: fresh, mirrors: [] });
  await obtain();
  expect(asked).toEqual([]);
  expect(keys).toEqual([expect.stringMatching(/^restore (image-publish-trivy-db-[0-9a-f]{8}-)1970-01-01 \1$/)]);
});

test("what is fetched is kept for the day at once", async () => {
  const { obtain, files, asked, keys } = situation({ kept: old, mirrors: [undefined] });
  await obtain();
  expect(has(files)).toBe(fresh);
  expect(asked).toEqual(["mirror.gcr.io/aquasec/trivy-db:2"]);
  expect(keys.at(-1)).toMatch(/^keep image-publish-trivy-db-[0-9a-f]{8}-1970-01-01$/);
});

test("another source has a key of its own", async () => {
  const [one, other] = [
    situation({ mirrors: [undefined] }),
    situation({ mirrors: [undefined], repository: "a/b, c/d" }),
  ];
  await Promise.all([one.obtain(), other.obtain()]);
  expect(one.keys[0]).not.toBe(other.keys[0]);
  expect(other.asked).toEqual(["a/b"]);
});

test("one mirror after the other is asked, and all of them again after a while", async () => {
  const { obtain, asked, clock } = situation({ mirrors: ["refused", "429", "MANIFEST_UNKNOWN", "503", undefined] });
  await obtain();
  expect(asked.map((mirror) => mirror.split("/")[0])).toEqual([
    ...["mirror.gcr.io", "ghcr.io", "public.ecr.aws"],
    ...["mirror.gcr.io", "ghcr.io"],
  ]);
  expect(clock.slept).toEqual([2000]);
});

test.each([
  ["that it is not there", "GET …: MANIFEST_UNKNOWN: manifest unknown", 3],
  ["nothing that would stay so", "connection refused", 12],
])("where every mirror says %s, it is an error with the reasons and a remedy", async (_, failure, times) => {
  const { obtain, asked } = situation({ mirrors: [failure] });
  await expect(obtain()).rejects.toMatchObject({
    message: expect.stringContaining(failure),
    hint: expect.stringContaining("TRIVY_DB_REPOSITORY"),
  });
  expect(asked.length).toBe(times);
});

test.each([
  ["lies there", { there: old }],
  ["the cache service has", { kept: old }],
])("an old one that %s is better than none, and that is said", async (_, situated) => {
  const { obtain, files, log, keys } = situation({ ...situated, mirrors: ["DENIED"] });
  expect(await obtain()).toBe("/store/db");
  expect(has(files)).toBe(old);
  expect(log.warnings).toEqual([expect.stringMatching(/DENIED.*1969-12-31 is used/s)]);
  expect(keys.filter((key) => key.startsWith("keep"))).toEqual([]);
});

describe("a mirror that gives an old one", () => {
  const older = JSON.stringify({ NextUpdate: "1969-12-01T00:00:00Z" });

  test("is not believed while another one has today's", async () => {
    const { obtain, files, log, keys } = situation({ mirrors: [old, undefined] });
    await obtain();
    expect(has(files)).toBe(fresh);
    expect([log.warnings, keys.at(-1)]).toEqual([[], expect.stringMatching(/^keep /)]);
  });

  test.each([
    ["without any other", {}, [older, old, "DENIED"], old],
    ["whatever comes after it", {}, [old, older, "{}"], old],
    ["than an older one that lies there", { there: older }, [old, "DENIED", "DENIED"], old],
    ["but not than a newer one that lies there", { there: old }, [older, "DENIED", "DENIED"], old],
  ])("is better than none %s, is said, and is not kept for the day", async (_, situated, mirrors, used) => {
    const { obtain, files, log, keys, asked, clock } = situation({ ...situated, mirrors });
    expect(await obtain()).toBe("/store/db");
    expect(has(files)).toBe(used);
    expect(log.warnings).toEqual([
      expect.stringMatching(/was to be replaced on 1969-12-\d\d.*\n.*1969-12-31 is used: newer vulnerabilities/s),
    ]);
    expect(keys.filter((key) => key.startsWith("keep"))).toEqual([]);
    // Nothing of it would change within a minute.
    expect([asked.length, clock.slept]).toEqual([3, []]);
  });

  test("is asked once alone while another one is waited for", async () => {
    const { obtain, files, asked } = situation({ mirrors: [old, "503", "503", "503", undefined] });
    await obtain();
    expect(has(files)).toBe(fresh);
    expect(asked.filter((mirror) => mirror.startsWith("mirror.gcr.io"))).toHaveLength(1);
  });
});
