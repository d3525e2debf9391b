import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { UserError } from "../../../src/errors.ts";
import { digestOf } from "../../../src/model/digest.ts";
import type { ImageTag } from "../../../src/model/image-tags.ts";
import { platform } from "../../../src/model/platform.ts";
import { repository, type Tag, tag } from "../../../src/model/reference.ts";
import type { StoredManifest } from "../../../src/oci/manifest.ts";
import { releaseOf } from "../../../src/plan/version-line.ts";
import type { RunIdentity } from "../../../src/publish/guard.ts";
import { promote } from "../../../src/publish/promote.ts";
import type { Promotion, PromotionResult } from "../../../src/publish/promotion.ts";
import { at, historyOf, recordOf, records } from "./commits.ts";
import { index, type SimulatedRegistry, simulatedRegistry, Timeline } from "./simulation.ts";

const here = repository("ghcr.io/o/r/base");
const exact = (text: string): ImageTag => ({ tag: tag(text), moves: false });
const moving = (text: string): ImageTag => ({ tag: tag(text), moves: true });

const main: RunIdentity = {
  commit: at("main-5"),
  ref: "refs/heads/main",
  isRebuild: false,
  mayGoBack: false,
  release: undefined,
  platforms: [],
};

function made(revision: string, ref = "refs/heads/main"): StoredManifest {
  return index({ content: `made from ${revision}`, record: recordOf(at(revision), { ref }) });
}

function releasing(version: string): RunIdentity {
  const release = releaseOf(version, [exact(version)]);
  return { ...main, commit: at(`release-${version}`), ref: `refs/tags/v${version}`, release };
}

const releaseTags = (version: string): ImageTag[] => {
  const [major, minor] = version.split(".");
  return [moving("latest"), moving(`${major}.${minor}`), exact(version), moving(`${major}`)];
};

interface Setting {
  readonly timeline: Timeline;
  readonly registry: SimulatedRegistry;
}

function setting(isBroken?: (request: string) => boolean, late?: (name: string) => number): Setting {
  const timeline = new Timeline();
  return { timeline, registry: simulatedRegistry(timeline, isBroken, late) };
}

function promotion({ timeline, registry }: Setting, digest: StoredManifest, more: Partial<Promotion>): Promotion {
  return {
    registry,
    clock: timeline.clock,
    repository: here,
    digest: digest.digest,
    tags: [],
    sourceHash: null,
    identity: main,
    history: historyOf(),
    records,
    bakedVersion: null,
    check: async () => undefined,
    onWait: () => {},
    ...more,
  };
}

function put(where: Setting, subject: StoredManifest, more: Partial<Promotion>): Promise<PromotionResult> {
  where.registry.hold(here, subject);
  return where.timeline.run(promote(promotion(where, subject, more)));
}

const puts = ({ registry }: Setting) =>
  registry.requests.filter((each) => each.startsWith("PUT")).map((each) => each.split(":")[1]);
const names = ({ registry }: Setting, name: string) => registry.held.get(`${here}:${name}`)?.digest;
const outcomes = (result: PromotionResult) => result.tags.map((each) => `${each.tag} ${each.outcome}`);

describe("the order of promotion", () => {
  test("exact tags come first, latest last", async () => {
    const where = setting();
    const result = await put(where, made("release-1.2.3"), {
      tags: releaseTags("1.2.3"),
      identity: releasing("1.2.3"),
    });
    expect(puts(where)).toEqual(["1.2.3", "1.2", "1", "latest"]);
    expect(outcomes(result)).toEqual(["1.2.3 put", "1.2 put", "1 put", "latest put"]);
    expect(result.error).toBeUndefined();
  });

  test("the tag of the source hash is put with the exact ones, and nobody is told", async () => {
    const where = setting();
    const result = await put(where, made("main-5"), { tags: [moving("main")], sourceHash: "a".repeat(64) });
    expect(puts(where)).toEqual(["src-aaaaaaaaaaaaaaaa", "main"]);
    expect(outcomes(result)).toEqual(["main put"]);
  });

  test("what a pull request made is never found by its sources", async () => {
    const where = setting();
    const identity = { ...main, ref: "refs/pull/7/merge" };
    await put(where, made("main-5"), { tags: [moving("pr-7")], sourceHash: "a".repeat(64), identity });
    expect(puts(where)).toEqual(["pr-7"]);
  });

  test("what is there already is not written again", async () => {
    const where = setting();
    const subject = where.registry.hold(here, made("main-5"), tag("main"));
    const result = await put(where, subject, { tags: [moving("main"), moving("latest")] });
    expect(puts(where)).toEqual(["latest"]);
    expect(outcomes(result)).toEqual(["main already-there", "latest put"]);
  });

  test("where a step fails the next is not begun, and what was put is told", async () => {
    const where = setting((request) => request === `PUT ${here}:1`);
    const result = await put(where, made("release-1.2.3"), {
      tags: releaseTags("1.2.3"),
      identity: releasing("1.2.3"),
    });
    expect(puts(where)).toEqual(["1.2.3", "1.2", "1"]);
    expect(outcomes(result)).toEqual(["1.2.3 put", "1.2 put"]);
    expect(result.error).toMatchObject({ code: "unavailable" });
  });

  test("an exact tag that cannot be asked for is neither missing nor put", async () => {
    const where = setting((request) => request === `HEAD ${here}:1.2.3`);
    const result = await put(where, made("release-1.2.3"), {
      tags: releaseTags("1.2.3"),
      identity: releasing("1.2.3"),
    });
    expect(puts(where)).toEqual([]);
    expect(result.error).toBeDefined();
  });

  test("a digest that is not there gets no tags", async () => {
    const where = setting();
    const result = await where.timeline.run(promote(promotion(where, made("main-5"), { tags: [moving("main")] })));
    expect(puts(where)).toEqual([]);
    expect(result.error).toMatchObject({ code: "missing" });
  });

  test("a defect of ours is not taken for the registry's", async () => {
    const where = setting();
    const registry = { ...where.registry, manifest: () => Promise.reject(new TypeError("defect")) };
    await expect(promote({ ...promotion(where, made("main-5"), {}), registry })).rejects.toThrow(TypeError);
  });
});

describe("tags that stay", () => {
  test("an exact tag on other bytes is held, with the reason", async () => {
    const where = setting();
    where.registry.hold(here, made("main-3"), tag("1.2.3"));
    const result = await put(where, made("main-5"), { tags: [exact("1.2.3"), moving("main")] });
    expect(outcomes(result)).toEqual(["1.2.3 held", "main put"]);
    expect(result.tags[0]).toMatchObject({
      digest: made("main-3").digest,
      because: expect.stringContaining("made from"),
    });
  });

  test("a release whose version names other content fails, and no tag of its line follows", async () => {
    const where = setting();
    const first = where.registry.hold(here, made("release-0"), tag("1.2.3"), tag("1.2"));
    const again = made("release-1.2.3");
    const more = { tags: releaseTags("1.2.3"), identity: releasing("1.2.3"), sourceHash: "b".repeat(64) };
    const result = await put(where, again, more);
    expect(outcomes(result)).toEqual(["1.2.3 held"]);
    expect(result.error?.message).toMatch(
      /1\.2\.3 names sha256:\w+, and latest, 1\.2, and 1 were not moved to it: .*other sources/,
    );
    expect(puts(where)).toEqual([]);
    expect(names(where, "1.2")).toBe(first.digest);
  });

  test("a branch that nobody can compare is an error that names the remedy, after the exact tags", async () => {
    const where = setting();
    where.registry.hold(here, made("gone-1"), tag("main"));
    const result = await put(where, made("main-5"), { tags: [exact("c0ffee5"), moving("main")] });
    expect(outcomes(result)).toEqual(["c0ffee5 put"]);
    expect(result.error?.hint).toContain("fetch-depth: 0");
  });
});

describe("a release whose version names another image of the same sources", () => {
  const theirs = made("other-1");
  const own = made("release-1.2.3");
  const tags = releaseTags("1.2.3");
  const more = { tags, identity: releasing("1.2.3"), sourceHash: "a".repeat(64) };
  const all = ["1.2.3", "1.2", "1", "latest"];

  test("is that image, once it has passed the checks of this run", async () => {
    const where = setting();
    where.registry.hold(here, theirs, tag("1.2.3"));
    const checked: unknown[] = [];
    const check = async (found: unknown) => void checked.push(found);
    const result = await put(where, own, { ...more, check });
    expect(result).toMatchObject({ digest: theirs.digest, error: undefined });
    for (const name of all) expect(names(where, name)).toBe(theirs.digest);
    expect(checked).toEqual([{ repository: here, digest: theirs.digest, as: "same-content" }]);
  });

  test("fails where that doesn't pass, and no tag is put", async () => {
    const where = setting();
    where.registry.hold(here, theirs, tag("1.2.3"));
    const check = async () => new UserError("it has a finding that counts", { hint: "mend it" });
    const result = await put(where, own, { ...more, check });
    expect(result.error).toMatchObject({ message: expect.stringContaining("a finding that counts"), hint: "mend it" });
    expect(puts(where)).toEqual([]);
  });

  test("an exact tag that a run took at the same moment is followed", async () => {
    const where = setting();
    let isPlanted = false;
    const putManifest: typeof where.registry.putManifest = async (...args) => {
      const digest = await where.registry.putManifest(...args);
      if (args[2] === "1.2.3" && !isPlanted) {
        isPlanted = true;
        where.registry.hold(here, theirs, tag("1.2.3"));
      }
      return digest;
    };
    const result = await put(where, own, { ...more, registry: { ...where.registry, putManifest } });
    expect(result).toMatchObject({ digest: theirs.digest, error: undefined });
    for (const name of all) expect(names(where, name)).toBe(theirs.digest);
  });

  test("with `attest`, one that is definitely not attested is replaced", async () => {
    const where = setting();
    where.registry.hold(here, theirs, tag("1.2.3"));
    const history = { ...historyOf(), attested: async () => false };
    const result = await put(where, own, { ...more, history });
    expect(result.error).toBeUndefined();
    for (const name of all) expect(names(where, name)).toBe(own.digest);
  });
});

/** At every request of a promotion, another image appears under every tag that it reads. */
test("a release whose exact tag another run takes right after it was put fails, and no tag of its line moves", async () => {
  const where = setting();
  const planted = index({ content: "planted", record: recordOf(at("main-1"), { sourceHash: "b".repeat(64) }) });
  const registry: typeof where.registry = {
    ...where.registry,
    putManifest: async (...args) => {
      const digest = await where.registry.putManifest(...args);
      if (args[2] === "1.2.3") where.registry.hold(here, planted, tag("1.2.3"));
      return digest;
    },
  };
  const more = { tags: releaseTags("1.2.3"), identity: releasing("1.2.3"), sourceHash: "a".repeat(64), registry };
  const { error } = await put(where, made("main-5"), more);
  expect(error?.message).toMatch(/and latest, 1\.2, and 1 were not moved to it: /);
  for (const name of ["1.2", "1", "latest"]) expect(names(where, name)).toBeUndefined();
});

test("the tag of the source hash moves from an index that lacks a platform", async () => {
  const where = setting();
  const platforms = ["linux/amd64", "linux/arm64"];
  const small = index({ content: "planted", record: recordOf(at("main-4")) });
  where.registry.hold(here, small, tag("src-aaaaaaaaaaaaaaaa"));
  const whole = index({ content: "whole", platforms, record: recordOf(at("main-5")) });
  const identity = { ...main, platforms: platforms.map(platform) };
  await put(where, whole, { tags: [moving("main")], sourceHash: "a".repeat(64), identity });
  expect(names(where, "src-aaaaaaaaaaaaaaaa")).toBe(whole.digest);
});

describe("an image that is planted at any moment gets no tag that it wasn't given, unless it passes", () => {
  const planted: Readonly<Record<string, StoredManifest>> = {
    "without a record": index({ content: "planted" }),
    "of other sources": index({ content: "planted", record: recordOf(at("main-1"), { sourceHash: "b".repeat(64) }) }),
    "of the same sources": index({ content: "planted", record: recordOf(at("main-1")) }),
    "of another repository": index({ content: "planted", record: recordOf(at("main-1"), { repository: "f/r" }) }),
    "of the future": index({ content: "planted", record: recordOf(at("main-1"), { started: "2126-01-01T00:00:00Z" }) }),
    "of a commit that descends": index({ content: "planted", record: recordOf(at("main-6")) }),
  };
  const own = made("main-5");
  const runs: Readonly<Record<string, Partial<Promotion>>> = {
    "a branch": { tags: [exact("c0ffee5"), moving("main"), moving("latest")], sourceHash: "a".repeat(64) },
    "a release": { tags: releaseTags("1.2.3"), identity: releasing("1.2.3"), sourceHash: "a".repeat(64) },
  };
  const cases = Object.keys(planted).flatMap((kind) =>
    Object.keys(runs).flatMap((run) =>
      ["1.2.3", "1.3.0", "main", "src-aaaaaaaaaaaaaaaa"].map((at) => ({ kind, run, at })),
    ),
  );

  test.each(cases)("$kind under $at, in the run of $run", async ({ kind, run, at: name }) => {
    const bad = planted[kind] ?? own;
    for (let moment = 0; ; moment++) {
      const where = setting();
      const given = new Set<string>();
      let count = 0;
      const plant = async <T>(effect: () => Promise<T>): Promise<T> => {
        if (count++ === moment) where.registry.hold(here, bad, tag(name));
        return effect();
      };
      const registry: typeof where.registry = {
        ...where.registry,
        head: (...args) => plant(() => where.registry.head(...args)),
        manifest: (...args) => plant(() => where.registry.manifest(...args)),
        tags: (...args) => plant(() => where.registry.tags(...args)),
        putManifest: (...args) =>
          plant(() => {
            given.add(`${args[2]} ${digestOf(args[1].bytes)}`);
            return where.registry.putManifest(...args);
          }),
      };
      const check = async () => new UserError("it doesn't pass", { hint: "mend it" });
      const result = await put(where, own, { ...runs[run], registry, check });
      expect([...given].filter((each) => each.endsWith(bad.digest) && !each.startsWith("sha256:"))).toEqual([]);
      if (count <= moment) {
        expect(result.error).toBeUndefined();
        return;
      }
    }
  });
});

describe("bytes that were published before", () => {
  const old = made("main-3");
  const between = made("main-4");

  test("after a revert, get an index with this run's revision: a slow run in between doesn't pass for newer", async () => {
    const where = setting();
    where.registry.hold(here, old);
    where.registry.hold(here, between, tag("main"));
    const result = await put(where, old, { tags: [exact("c0ffee5"), moving("main"), moving("latest")] });
    expect(result.digest).not.toBe(old.digest);
    for (const name of ["c0ffee5", "main", "latest"]) expect(names(where, name)).toBe(result.digest);
    const now = where.registry.held.get(`${here}:main`)?.document;
    expect(now).toMatchObject({ annotations: { "io.image-publish.revision": at("main-5") } });
    expect(now?.kind === "index" && now.manifests).toEqual(old.document.kind === "index" && old.document.manifests);
    const slow = await where.timeline.run(
      promote(promotion(where, between, { tags: [moving("main")], identity: { ...main, commit: at("main-4") } })),
    );
    expect(outcomes(slow)).toEqual(["main held"]);
  });

  test.each<[string, readonly string[], Partial<RunIdentity>]>([
    ["a tag that nobody holds", [], {}],
    ["a tag that an earlier commit holds", ["main-2"], {}],
    ["a release", ["main-4"], releasing("1.2.3")],
  ])("keep their digest for %s", async (_, tagStates, more) => {
    const where = setting();
    for (const each of tagStates) where.registry.hold(here, made(each), tag("main"));
    const identity = { ...main, ...more };
    const tags = identity.release ? [exact("1.2.3"), moving("latest")] : [moving("main")];
    const result = await put(where, old, { tags, identity });
    expect(result.digest).toBe(old.digest);
    for (const each of tags) expect(names(where, each.tag)).toBe(old.digest);
  });
});

describe("a release without the list of tags", () => {
  const isList = (request: string) => request.startsWith("LIST");
  const own = made("release-1.2.3");
  const more = { tags: releaseTags("1.2.3"), identity: releasing("1.2.3"), sourceHash: "a".repeat(64) };
  const older = made("main-1");

  test.each<readonly Tag[]>([[], [tag("latest")], [tag("latest"), tag("1.2"), tag("1")]])(
    "gets its exact tag; its line stays, and the error says so (%s %s %s)",
    async (...held) => {
      const where = setting(isList);
      where.registry.hold(here, older, ...held);
      const { tags, error } = await put(where, own, more);
      expect(names(where, "1.2.3")).toBe(own.digest);
      expect(names(where, "src-aaaaaaaaaaaaaaaa")).toBe(own.digest);
      for (const name of ["1.2", "1", "latest"]) {
        expect(names(where, name)).toBe(held.some((each) => each === name) ? older.digest : undefined);
      }
      expect(tags.map((each) => `${each.tag} ${each.outcome}`)).toEqual(["1.2.3 put"]);
      expect(error?.message).toMatch(
        /^the tags 1\.2, 1, and latest of \S+ were not moved: .* without the list of tags: /,
      );
      expect(error?.hint).toBe("run again. `move: any` moves the tags without the list");
    },
  );

  test("is complete in the next run, which has it", async () => {
    let isBroken = true;
    const where = setting((request) => isBroken && isList(request));
    await put(where, own, more);
    isBroken = false;
    expect((await put(where, own, more)).error).toBeUndefined();
    for (const name of ["1.2.3", "1.2", "1", "latest"]) expect(names(where, name)).toBe(own.digest);
    expect(puts(where).filter((each) => each === "1.2.3")).toHaveLength(1);
  });

  test("with `move: any` gets all its tags", async () => {
    const where = setting(isList);
    where.registry.hold(here, older, tag("latest"));
    const { error } = await put(where, own, { ...more, identity: { ...more.identity, mayGoBack: true } });
    expect(error).toBeUndefined();
    for (const name of ["1.2.3", "1.2", "1", "latest"]) expect(names(where, name)).toBe(own.digest);
  });

  test("that has all its tags needs none", async () => {
    const where = setting(isList);
    where.registry.hold(here, own, ...more.tags.map((each) => each.tag));
    expect((await put(where, own, more)).error).toBeUndefined();
  });

  test("with exact tags alone needs none", async () => {
    const where = setting(isList);
    expect((await put(where, own, { ...more, tags: [exact("1.2.3")] })).error).toBeUndefined();
    expect(where.registry.requests.some(isList)).toBe(false);
  });

  test("knows better than a registry that lists no repository where tags are", async () => {
    const where = setting();
    where.registry.hold(here, older, tag("latest"));
    const registry = { ...where.registry, tags: async () => undefined };
    const { error } = await put(where, own, { ...more, tags: [exact("1.2.3"), moving("latest")], registry });
    expect(error?.message).toMatch(/^\S+:latest was not moved: .*lists no tags of the repository, though it has some/);
    expect(names(where, "latest")).toBe(older.digest);
    expect(names(where, "1.2.3")).toBe(own.digest);
  });

  test("that fails only while the tags settle has moved them rightly", async () => {
    let lists = 0;
    const where = setting((request) => isList(request) && lists++ >= 3);
    expect((await put(where, own, more)).error).toBeUndefined();
    for (const name of ["1.2.3", "1.2", "1", "latest"]) expect(names(where, name)).toBe(own.digest);
  });

  test("leaves `latest` where the list comes back after the line stayed", async () => {
    let lists = 0;
    const where = setting((request) => isList(request) && lists++ < 2);
    const { error } = await put(where, own, more);
    expect(error?.message).toContain("1.2, 1, and latest");
    expect(names(where, "latest")).toBeUndefined();
  });
});

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

test("an exact tag that may not be put any more is not put a second time, though what was there is all there is to see", async () => {
  const where = setting(undefined, () => 70_000);
  const before = index({ content: "before", record: recordOf(at("main-5")) });
  where.registry.hold(here, before, tag("c0ffee5"));
  // GitHub lists its attestation late.
  const attested = async () => where.timeline.now > 30_000;
  const tags = [{ ...exact("c0ffee5"), of: "commit" as const }];
  await put(where, made("main-5"), { tags, history: { ...historyOf(), attested } });
  expect(puts(where)).toEqual(["c0ffee5"]);
});

describe("runs that overtake one another", () => {
  /** Each leg of a request takes some time; none takes twice as long as another. */
  const legs = fc.infiniteStream(fc.integer({ min: 5, max: 9 }));
  /** For how long reading gives what was there before. */
  const lateness = fc.constantFrom(0, 0, 15, 200, 3_000, 40_000);

  test("a branch's tags end on the newest commit, whoever comes first", async () => {
    const runs = fc.array(
      fc.record({ commit: fc.integer({ min: 1, max: 5 }), delay: fc.integer({ min: 0, max: 200 }) }),
      {
        minLength: 2,
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(runs, legs, lateness, async (all, times, late) => {
        const timeline = new Timeline(() => times.next().value ?? 5);
        const registry = simulatedRegistry(timeline, undefined, () => late);
        const tags = [moving("main"), moving("latest")];
        const run = async (commit: number, delay: number) => {
          await timeline.pass(delay);
          const subject = registry.hold(here, made(`main-${commit}`));
          const identity = { ...main, commit: at(`main-${commit}`) };
          return promote(promotion({ timeline, registry }, subject, { tags, identity }));
        };
        await timeline.run(Promise.all(all.map(({ commit, delay }) => run(commit, delay))));
        const newest = made(`main-${Math.max(...all.map(({ commit }) => commit))}`).digest;
        for (const { tag } of tags) expect(names({ timeline, registry }, tag)).toBe(newest);
      }),
      { numRuns: 100 },
    );
  });

  test("a release that two events make at once ends as one image, under all its tags", async () => {
    const delays = fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 2, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(delays, legs, lateness, async (wait, times, late) => {
        const timeline = new Timeline(() => times.next().value ?? 5);
        const registry = simulatedRegistry(timeline, undefined, () => late);
        const more = { tags: releaseTags("1.2.3"), identity: releasing("1.2.3"), sourceHash: "a".repeat(64) };
        const run = async (delay: number, number: number) => {
          await timeline.pass(delay);
          const subject = registry.hold(here, index({ content: `run ${number}`, record: recordOf(at("main-5")) }));
          return promote(promotion({ timeline, registry }, subject, more));
        };
        const ended = await timeline.run(Promise.all(wait.map(run)));
        expect(ended.map(({ error }) => error)).toEqual(wait.map(() => undefined));
        const [exactly, ...others] = ["1.2.3", "1.2", "1", "latest"].map((name) => names({ timeline, registry }, name));
        for (const each of others) expect(each).toBe(exactly);
      }),
      { numRuns: 100 },
    );
  });

  test("the tags of a line end on the highest release, whoever comes first", async () => {
    const versions = fc.uniqueArray(fc.constantFrom("1.2.3", "1.2.4", "1.3.0", "2.0.0"), { minLength: 2 });
    const delays = fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(versions, delays, legs, lateness, lateness, async (all, wait, times, late, lateList) => {
        const timeline = new Timeline(() => times.next().value ?? 5);
        const registry = simulatedRegistry(timeline, undefined, () => late, lateList);
        const run = async (version: string, delay: number) => {
          await timeline.pass(delay);
          const subject = registry.hold(here, made(`release-${version}`));
          const more = { tags: releaseTags(version), identity: releasing(version) };
          return promote(promotion({ timeline, registry }, subject, more));
        };
        await timeline.run(Promise.all(all.map((version, at) => run(version, wait[at] ?? 0))));
        const highest = (line: string) =>
          all
            .filter((each) => each.startsWith(line))
            .sort()
            .at(-1);
        for (const [name, line] of [
          ["latest", ""],
          ["1", "1."],
          ["1.2", "1.2."],
          ["2", "2."],
        ] as const) {
          const expected = highest(line);
          if (expected !== undefined)
            expect(names({ timeline, registry }, name)).toBe(made(`release-${expected}`).digest);
        }
      }),
      { numRuns: 100 },
    );
  }, 30_000);
});

test("what was promoted can be read as it was put", async () => {
  const where = setting();
  const subject = made("main-5");
  await put(where, subject, { tags: [moving("main")] });
  expect(digestOf(where.registry.held.get(`${here}:${"main" as Tag}`)?.bytes ?? "")).toBe(subject.digest);
});
