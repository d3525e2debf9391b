/** Promotion in a registry that shows tags, lists and digests late. */
import { describe, expect, test } from "@jest/globals";
import { type Tag, tag } from "../../../../src/model/reference.ts";
import type { StoredManifest } from "../../../../src/oci/manifest.ts";
import type { Promotion } from "../../../../src/publish/promotion/promotion.ts";
import { at, historyOf, recordOf } from "../commits.ts";
import { index } from "../simulation.ts";
import {
  exact,
  here,
  made,
  main,
  moving,
  names,
  outcomes,
  put,
  puts,
  releaseTags,
  releasing,
  setting,
} from "./promotions.ts";

describe("a registry that shows tags late", () => {
  const runs: readonly { readonly what: string; readonly before: readonly Tag[]; readonly more: Partial<Promotion> }[] =
    [
      { what: "the first push", before: [], more: { tags: [exact("c0ffee5"), moving("main"), moving("latest")] } },
      {
        what: "a push",
        before: [tag("main"), tag("latest")],
        more: { tags: [exact("c0ffee5"), moving("main"), moving("latest")] },
      },
      {
        what: "a commit's tag that is made again",
        before: [tag("c0ffee5"), tag("main")],
        more: { tags: [{ ...exact("c0ffee5"), of: "commit" }, moving("main")], identity: { ...main, isRebuild: true } },
      },
      {
        what: "a release",
        before: [tag("latest")],
        more: { tags: releaseTags("1.2.3"), identity: releasing("1.2.3") },
      },
      { what: "exact tags alone", before: [], more: { tags: [exact("1.2.3")], identity: releasing("1.2.3") } },
    ];
  const lates = [20, 100, 3_000, 30_000, 60_000];
  const cases = runs.flatMap((run) => lates.map((late) => ({ ...run, late })));

  test.each([
    { late: 1_000, lines: [] },
    {
      late: 30_000,
      lines: [
        "ghcr.io/o/r/base:main isn't shown yet as it was pushed",
        "ghcr.io/o/r/base shows tags late: they are read again in",
      ],
    },
  ])("by $late ms is waited for with a line for each wait that is long", async ({ late, lines }) => {
    const where = setting(undefined, () => late);
    const said: string[] = [];
    await put(where, made("main-5"), { tags: [moving("main")], onWait: (what) => said.push(what) });
    for (const [index, line] of lines.entries()) expect(said[index]).toContain(line);
    expect(said).toHaveLength(lines.length);
  });

  function start({ before, more }: (typeof runs)[number], late: (name: string) => number, sourceHash = "a".repeat(64)) {
    const where = setting(undefined, late);
    const revision = more.identity?.isRebuild === true ? "main-5" : "main-3";
    where.registry.hold(here, index({ content: "before", record: recordOf(at(revision)) }), ...before);
    return { where, result: put(where, made("main-5"), { ...more, sourceHash }) };
  }

  test.each(cases)("by $late ms gets all tags of $what, each put once", async ({ late, ...run }) => {
    const { where, result } = start(run, () => late);
    expect((await result).error).toBeUndefined();
    const wanted = [...(run.more.tags ?? []).map((each) => each.tag), "src-aaaaaaaaaaaaaaaa"];
    for (const name of wanted) expect(names(where, name)).toBe(made("main-5").digest);
    expect(puts(where).toSorted()).toEqual(wanted.toSorted());
    // Exact tags, then moving ones, and these once more; all of a step side by side.
    expect(where.timeline.now).toBeLessThan(3 * late + 1_000 + late / 2);
  });

  test.each(runs)("by more than a minute gets all tags of $what, put twice at most", async (run) => {
    const { where, result } = start(run, () => 70_000);
    expect((await result).error).toBeUndefined();
    const wanted = [...(run.more.tags ?? []).map((each) => each.tag), "src-aaaaaaaaaaaaaaaa"];
    for (const name of wanted) expect(names(where, name)).toBe(made("main-5").digest);
    expect(puts(where).length).toBeLessThanOrEqual(2 * wanted.length);
  });

  test.each(runs)("for ever is an error that blames no other run, after two puts: $what", async (run) => {
    const { where, result } = start(run, () => Number.POSITIVE_INFINITY);
    const { error } = await result;
    expect(error?.message).toMatch(
      /:\S+ was pushed twice as sha256:\w+, and 60 s after each push the registry still shows (?:no such tag|sha256:\w+, as before)$/,
    );
    expect(error?.hint).not.toMatch(/another run/);
    for (const name of puts(where)) expect(puts(where).filter((each) => each === name)).toHaveLength(2);
  });

  const [, , , aRelease] = runs as [unknown, unknown, unknown, (typeof runs)[number]];
  test("in turn with what is there now is believed as soon as it shows it", async () => {
    let turn = 0;
    const { where, result } = start(aRelease, () => (turn++ % 2 === 0 ? 500 : 0));
    expect((await result).error).toBeUndefined();
    for (const { tag } of releaseTags("1.2.3")) expect(names(where, tag)).toBe(made("main-5").digest);
    expect(new Set(puts(where)).size).toBe(puts(where).length);
  });

  test("is no reason to wait where another run's image is there", async () => {
    const where = setting();
    const theirs = made("main-6");
    const registry: typeof where.registry = {
      ...where.registry,
      putManifest: async (...args) => {
        const digest = await where.registry.putManifest(...args);
        if (args[2] === "main") where.registry.hold(here, theirs, tag("main"));
        return digest;
      },
    };
    const result = await put(where, made("main-5"), { tags: [moving("main")], registry });
    expect(outcomes(result)).toEqual(["main held"]);
    expect(where.timeline.now).toBeLessThan(1_000);
  });
});

describe("a release whose list of tags is late", () => {
  const [older, newest, own] = [
    made("release-1.2.3"),
    made("release-1.3.0", "refs/tags/v1.3.0"),
    made("release-1.2.4"),
  ];
  const more = { tags: releaseTags("1.2.4"), identity: releasing("1.2.4") };

  /** A registry with 1.2.3 and 1.3.0, whose lists are changed by the time when they are asked for. */
  async function release(
    list: (all: readonly Tag[], now: number) => readonly Tag[] | undefined,
    also: readonly Tag[] = [],
  ) {
    const where = setting();
    where.registry.hold(here, older, tag("1.2.3"), tag("1.2"));
    where.registry.hold(here, newest, ...["1.3.0", "1.3", "1", "latest"].map(tag));
    where.registry.hold(here, own, ...also);
    const tags = async () => list((await where.registry.tags(here)) ?? [], where.timeline.now);
    const result = await put(where, own, { ...more, registry: { ...where.registry, tags } });
    return { where, result };
  }

  const without =
    (...names: readonly string[]) =>
    (all: readonly Tag[]) =>
      all.filter((each) => !names.includes(each));
  const lists = [
    { when: "is empty", list: () => [] },
    { when: "knows no such repository", list: () => undefined },
    { when: "lacks this release's own tag", list: without("1.2.4", "1.3.0", "1.3") },
    { when: "lacks a tag that moves", list: without("latest", "1.3.0", "1.3") },
    {
      when: "lacks nothing but the highest release, which `latest` says it is of",
      list: without("1.3.0", "1.3"),
      line: own,
    },
    { when: "is the one of before the highest release", list: () => ["1.2.3", "1.2", "latest"].map(tag) },
  ];

  test.each(lists)("for ever leaves the tags, and fails: the list $when", async ({ list, line = older }) => {
    const { where, result } = await release(list);
    expect(names(where, "1.2.4")).toBe(own.digest);
    expect(names(where, "1.2")).toBe(line.digest);
    for (const name of ["1", "latest"]) expect(names(where, name)).toBe(newest.digest);
    expect(result.error?.message).toMatch(/were not moved: .* without the list of tags: /);
    expect(result.error?.hint).toMatch(/`move: any` moves the tags without the list$/);
    expect(where.timeline.now).toBeGreaterThan(60_000);
    expect(where.timeline.now).toBeLessThan(70_000);
  });

  test.each(lists.flatMap((each) => [20, 3_000, 50_000].map((late) => ({ ...each, late }))))(
    "for $late ms is waited for: the list $when",
    async ({ list, late }) => {
      const { where, result } = await release((all, now) => (now < late ? list(all) : all));
      expect(result.error).toBeUndefined();
      for (const name of ["1.2.4", "1.2"]) expect(names(where, name)).toBe(own.digest);
      for (const name of ["1", "latest"]) expect(names(where, name)).toBe(newest.digest);
      expect(where.timeline.now).toBeLessThan(late + 6_000);
    },
  );

  test("names the tags that it lacks, which the registry has", async () => {
    const { result } = await release(without("1.2.4", "latest"));
    expect(result.error?.message).toMatch(/: for 60 s it lacked 1\.2\.4 and latest, which the registry has$/);
  });

  test("is known to be by what `latest` says it is of, where this release's tag is an old one", async () => {
    const { where, result } = await release(without("1.3.0", "1.3"), [tag("1.2.4")]);
    expect(names(where, "latest")).toBe(newest.digest);
    expect(result.error?.message).toContain("lacked 1.3.0");
  });

  test("is complete without a release that was deleted", async () => {
    const where = setting();
    where.registry.hold(here, newest, tag("latest"));
    expect((await put(where, own, more)).error).toBeUndefined();
    expect(names(where, "latest")).toBe(own.digest);
    expect(where.timeline.now).toBeLessThan(1_000);
  });

  test("is waited for with a line, and not in silence", async () => {
    const where = setting();
    where.registry.hold(here, newest, tag("latest"));
    const said: string[] = [];
    const registry = { ...where.registry, tags: async () => [] };
    await put(where, own, { ...more, registry, onWait: (what) => said.push(what) });
    expect(said).toEqual([`the list of tags of ${here} lacks 1.2.4 and latest`]);
  });

  test("is not waited for with `move: any`", async () => {
    const where = setting();
    where.registry.hold(here, older, tag("latest"));
    const registry = { ...where.registry, tags: async () => [] };
    const { error } = await put(where, own, { ...more, identity: { ...more.identity, mayGoBack: true }, registry });
    expect(error).toBeUndefined();
    expect(where.timeline.now).toBeLessThan(1_000);
  });

  test("and shows a higher release before that is to be read is no reason to leave `latest` below it", async () => {
    const where = setting();
    const isUp = () => names(where, "latest") === own.digest;
    const tags = async () => [...((await where.registry.tags(here)) ?? []), ...(isUp() ? [tag("1.3.0")] : [])];
    const manifest: typeof where.registry.manifest = async (repository, name) => {
      if (name === "1.3.0" && where.timeline.now > 20_000) return where.registry.hold(here, newest, tag("1.3.0"));
      return where.registry.manifest(repository, name);
    };
    const { error } = await put(where, own, { ...more, registry: { ...where.registry, tags, manifest } });
    expect(error).toBeUndefined();
    expect(names(where, "latest")).toBe(newest.digest);
  });

  test("and lists a higher release that is never there fails", async () => {
    const where = setting();
    const isUp = () => names(where, "latest") === own.digest;
    const tags = async () => [...((await where.registry.tags(here)) ?? []), ...(isUp() ? [tag("1.3.0")] : [])];
    const { error } = await put(where, own, { ...more, registry: { ...where.registry, tags } });
    expect(error?.message).toMatch(/:1\.3\.0 is listed, and the registry doesn't have it$/);
  });
});

describe("a registry that shows a digest late", () => {
  const [theirs, before, own] = [made("main-6"), made("main-4"), made("main-5")];
  const foreign = index({ content: "by others" });
  const more = { tags: [exact("c0ffee5"), moving("main"), moving("latest")] };

  /** @param hides whether a manifest is not shown at a time. */
  function push(
    held: StoredManifest,
    hides: (name: string, now: number) => boolean,
    also: Partial<Promotion> = {},
    labels: Readonly<Record<string, string>> = {},
  ) {
    const where = setting();
    where.registry.hold(here, held, tag("main"), tag("latest"));
    const manifest: typeof where.registry.manifest = async (repository, name) =>
      hides(name, where.timeline.now) ? undefined : where.registry.manifest(repository, name);
    const blob = async () => Buffer.from(JSON.stringify({ config: { Labels: labels } }));
    const registry = { ...where.registry, manifest, blob };
    return { where, result: put(where, own, { ...more, ...also, registry }) };
  }
  const byDigest =
    ({ digest }: StoredManifest) =>
    (name: string) =>
      name === digest;
  const inAnyWay =
    ({ digest }: StoredManifest) =>
    (name: string) =>
      [digest, "main", "latest"].includes(name);

  test("but by its tag is read by that", async () => {
    const { where, result } = push(theirs, byDigest(theirs));
    expect(outcomes(await result)).toEqual(["c0ffee5 put", "main held", "latest held"]);
    expect(names(where, "main")).toBe(theirs.digest);
    expect(where.timeline.now).toBeLessThan(1_000);
  });

  test.each([
    { late: 20, held: theirs, isMoved: false },
    { late: 55_000, held: theirs, isMoved: false },
    { late: 55_000, held: before, isMoved: true },
  ])("by $late ms is waited for ($isMoved)", async ({ late, held, isMoved }) => {
    const { where, result } = push(held, (name, now) => now < late && inAnyWay(held)(name));
    expect((await result).error).toBeUndefined();
    for (const name of ["main", "latest"]) expect(names(where, name)).toBe(isMoved ? own.digest : held.digest);
  });

  test("for ever leaves the tags, and fails after a minute", async () => {
    const { where, result } = push(theirs, inAnyWay(theirs), { sourceHash: "a".repeat(64) });
    const { error } = await result;
    expect(error?.message).toMatch(
      /:main was not moved: it names sha256:\w+, whose commit is unknown|the tags main and latest of \S+ were not moved: it names/,
    );
    expect(error?.hint).toContain("`move: any`");
    expect(names(where, "c0ffee5")).toBe(own.digest);
    for (const name of ["main", "latest"]) expect(names(where, name)).toBe(theirs.digest);
    expect(where.timeline.now).toBeLessThan(70_000);
  });

  test("for ever is waited for once, also by a run that reads the tag twice, as after a revert", async () => {
    const identity = { ...main, commit: at("main-6") };
    const { where, result } = push(before, inAnyWay(before), { tags: [moving("main")], identity });
    expect((await result).error?.message).toContain("whose commit is unknown");
    expect(where.timeline.now).toBeLessThan(70_000);
  });

  test.each<[string, Partial<Promotion>]>([
    ["with `move: any`", { identity: { ...main, mayGoBack: true } }],
    ["where the commit is the head of its branch", { history: historyOf(at("main-5")) }],
  ])("for ever moves the tags %s", async (_, also) => {
    const { where, result } = push(theirs, inAnyWay(theirs), also);
    expect((await result).error).toBeUndefined();
    for (const name of ["main", "latest"]) expect(names(where, name)).toBe(own.digest);
  });

  test("of a platform leaves unknown which commit its labels name", async () => {
    const { document } = foreign;
    const parts = document.kind === "index" ? document.manifests.map(({ digest }) => digest as string) : [];
    const { where, result } = push(foreign, (name) => parts.includes(name));
    expect((await result).error?.message).toMatch(/whose commit is unknown: the registry doesn't have all of it$/);
    expect(names(where, "main")).toBe(foreign.digest);
  });

  test("that the release's own tag names is an error that says so", async () => {
    const { where, result } = push(theirs, (name) => [theirs.digest, "1.2.3"].includes(name), {
      tags: releaseTags("1.2.3"),
      identity: releasing("1.2.3"),
    });
    where.registry.hold(here, theirs, tag("1.2.3"));
    const { error } = await result;
    expect(error?.message).toMatch(/:1\.2\.3 names sha256:\w+, and the registry doesn't have it$/);
    expect(names(where, "latest")).toBe(theirs.digest);
  });

  test("that is deleted meanwhile is none any more", async () => {
    const { where, result } = push(theirs, inAnyWay(theirs));
    where.timeline.pass(5_000).then(() => {
      for (const name of ["main", "latest"]) where.registry.held.delete(`${here}:${name}`);
    });
    expect((await result).error).toBeUndefined();
    expect(names(where, "main")).toBe(own.digest);
  });
});
