import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { digestOf } from "../../../../src/model/digest.ts";
import type { ImageTag } from "../../../../src/model/image-tags.ts";
import { platform } from "../../../../src/model/platform.ts";
import { type Tag, tag } from "../../../../src/model/reference.ts";
import type { StoredManifest } from "../../../../src/oci/manifest.ts";
import type { RunIdentity } from "../../../../src/publish/guard.ts";
import { promote, subjectOf } from "../../../../src/publish/promotion/promote.ts";
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
  promotion,
  put,
  puts,
  releaseTags,
  releasing,
  setting,
} from "./promotions.ts";

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

  test.each(["1.2.3", "1.2", "latest"])(
    "an exact tag that a run took right after the push of %s is followed",
    async (last) => {
      const where = setting();
      let isPlanted = false;
      const putManifest: typeof where.registry.putManifest = async (...args) => {
        const digest = await where.registry.putManifest(...args);
        if (args[2] === last && !isPlanted) {
          isPlanted = true;
          where.registry.hold(here, theirs, tag("1.2.3"));
        }
        return digest;
      };
      const result = await put(where, own, { ...more, registry: { ...where.registry, putManifest } });
      expect(result).toMatchObject({ digest: theirs.digest, error: undefined });
      for (const name of all) expect(names(where, name)).toBe(theirs.digest);
    },
  );

  test("with `attest`, one that is definitely not attested is replaced", async () => {
    const where = setting();
    where.registry.hold(here, theirs, tag("1.2.3"));
    const history = { ...historyOf(), attested: async () => false };
    const result = await put(where, own, { ...more, history });
    expect(result.error).toBeUndefined();
    for (const name of all) expect(names(where, name)).toBe(own.digest);
  });
});

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

test.each<{ what: string; tag: ImageTag }>([
  { what: "a commit's tag", tag: { ...exact("c0ffee5"), of: "commit" } },
  { what: "a content's tag", tag: { ...exact("0123456789ab"), of: "content" } },
  { what: "a tag of a date", tag: exact("20260701") },
])(
  "$what that is overwritten between its push and the look at it is an error, and no mutable tag moves",
  async (row) => {
    const where = setting();
    const theirs = made("other-1");
    const putManifest: typeof where.registry.putManifest = async (...args) => {
      const digest = await where.registry.putManifest(...args);
      if (args[2] === row.tag.tag) where.registry.hold(here, theirs, row.tag.tag);
      return digest;
    };
    const { error, tags } = await put(where, made("main-5"), {
      tags: [row.tag, moving("main"), moving("latest")],
      registry: { ...where.registry, putManifest },
    });
    expect(error?.message).toBe(
      `${here}:${row.tag.tag} was pushed as ${made("main-5").digest}, and now names ${theirs.digest}`,
    );
    expect(error?.hint).toContain("`concurrency`");
    expect(tags).toEqual([]);
    for (const name of ["main", "latest"]) expect(names(where, name)).toBeUndefined();
  },
);

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

  test("with `attest` keep their digest, as an index with this run's revision is attested by nobody", async () => {
    const where = setting();
    where.registry.hold(here, between, tag("main"));
    const history = { ...historyOf(), attested: async () => true };
    const result = await put(where, old, { tags: [moving("main")], history });
    expect(result.digest).toBe(old.digest);
    expect(puts(where)).toEqual(["main"]);
    expect(names(where, "main")).toBe(old.digest);
  });

  const rebuilt = index({ content: "rebuilt", record: recordOf(at("main-3")) });
  test.each<[string, readonly StoredManifest[], Partial<RunIdentity>]>([
    ["a tag that is free", [], {}],
    ["a tag of an earlier commit", [made("main-2")], {}],
    ["a tag of another build of the same commit", [rebuilt], {}],
    ["a release", [between], releasing("1.2.3")],
    ["a tag that may go back", [between], { mayGoBack: true }],
  ])("keep their digest for %s", async (_, before, more) => {
    const where = setting();
    for (const each of before) where.registry.hold(here, each, tag("main"), tag("latest"));
    const identity = { ...main, ...more };
    const tags = identity.release ? [exact("1.2.3"), moving("latest")] : [moving("main")];
    const result = await put(where, old, { tags, identity });
    expect(result.digest).toBe(old.digest);
    for (const each of tags) expect(names(where, each.tag)).toBe(old.digest);
  });
});

describe("the digest that is decided for all registries is the one that each of them tags", () => {
  const own = made("main-5");
  const theirs = made("other-1");
  const release = { tags: releaseTags("1.2.3"), identity: releasing("1.2.3"), sourceHash: "a".repeat(64) };
  const refuses = async () => new UserError("it has a finding", { hint: "fix it" });
  const cases: readonly {
    readonly when: string;
    readonly held: Readonly<Record<string, StoredManifest>>;
    readonly subject?: StoredManifest;
    readonly more: Partial<Promotion>;
    readonly is: "own" | "another" | "refused";
  }[] = [
    { when: "nothing is there", held: {}, more: { tags: [moving("main")] }, is: "own" },
    {
      when: "an older image is published anew after a revert",
      held: { main: made("main-4") },
      subject: made("main-3"),
      more: { tags: [exact("c0ffee5"), moving("main")] },
      is: "another",
    },
    { when: "the release has the same content already", held: { "1.2.3": theirs }, more: release, is: "another" },
    { when: "the release is this image already", held: { "1.2.3": own }, more: release, is: "own" },
    {
      when: "what the release names doesn't pass",
      held: { "1.2.3": theirs },
      more: { ...release, check: refuses },
      is: "refused",
    },
    {
      when: "the release has other content",
      held: { "1.2.3": index({ content: "planted" }) },
      more: release,
      is: "refused",
    },
  ];

  test.each(cases)("$when: $is", async ({ held, subject = own, more, is }) => {
    const prepared = () => {
      const where = setting();
      for (const [name, manifest] of Object.entries(held)) where.registry.hold(here, manifest, tag(name));
      where.registry.hold(here, subject);
      return where;
    };
    const [alone, whole] = [prepared(), prepared()];
    const decided = await alone.timeline.run(subjectOf(promotion(alone, subject, more)));
    const promoted = await put(whole, subject, more);
    expect(decided.digest).toBe(promoted.digest);
    expect(decided.digest === subject.digest).toBe(is !== "another");
    expect([decided.error?.message, is === "refused"]).toEqual([promoted.error?.message, decided.error !== undefined]);
    expect(puts(alone).filter((each) => each !== "sha256")).toEqual([]);
    for (const each of promoted.tags.filter(({ outcome }) => outcome === "put"))
      expect(each.digest).toBe(decided.digest);
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

test("what was promoted can be read as it was put", async () => {
  const where = setting();
  const subject = made("main-5");
  await put(where, subject, { tags: [moving("main")] });
  expect(digestOf(where.registry.held.get(`${here}:${"main" as Tag}`)?.bytes ?? "")).toBe(subject.digest);
});
