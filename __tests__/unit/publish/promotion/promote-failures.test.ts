/** Whichever request of a promotion fails: what the result says of the tags is what they name, and the next run completes it. */
import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import type { ImageTag } from "../../../../src/model/image-tags.ts";
import { type Tag, tag } from "../../../../src/model/reference.ts";
import { RegistryError } from "../../../../src/oci/registry/registry-error.ts";
import type { Promotion } from "../../../../src/publish/promotion/promotion.ts";
import {
  exact,
  here,
  made,
  main,
  moving,
  names,
  put,
  releaseTags,
  releasing,
  type Setting,
  setting,
} from "./promotions.ts";

interface Run {
  readonly what: string;
  /** What there is before, by the commit that it was made from. */
  readonly before: Readonly<Record<string, string>>;
  readonly of: string;
  readonly more: Partial<Promotion> & { readonly tags: readonly ImageTag[] };
}

const sourceHash = "a".repeat(64);
const branch = { tags: [exact("c0ffee5"), moving("main"), moving("latest")], sourceHash };
const release = { tags: releaseTags("1.2.3"), identity: releasing("1.2.3"), sourceHash };

const runs: readonly Run[] = [
  { what: "a first push", before: {}, of: "main-5", more: branch },
  { what: "a push", before: { main: "main-4", latest: "main-4" }, of: "main-5", more: branch },
  { what: "a push after a revert", before: { main: "main-4", latest: "main-4" }, of: "main-3", more: branch },
  {
    what: "a commit that is built anew",
    before: { c0ffee5: "main-5", main: "main-4" },
    of: "main-5 again",
    more: {
      tags: [{ ...exact("c0ffee5"), of: "commit" }, moving("main")],
      identity: { ...main, isRebuild: true },
      sourceHash,
    },
  },
  { what: "a first release", before: {}, of: "release-1.2.3", more: release },
  {
    what: "a release after another",
    before: { "1.2.2": "main-1", "1.2": "main-1", latest: "main-1" },
    of: "release-1.2.3",
    more: release,
  },
  {
    what: "a patch of an old line",
    before: { "1.3.0": "main-2", "1": "main-2", latest: "main-2" },
    of: "release-1.2.3",
    more: release,
  },
  { what: "a release that is there in part", before: { "1.2.3": "release-1.2.3" }, of: "release-1.2.3", more: release },
];

function prepared({ before }: Run): Setting {
  const where = setting();
  for (const [name, revision] of Object.entries(before)) where.registry.hold(here, made(revision), tag(name));
  return where;
}

/** What the result says is so, each tag is in it once, and no tag was pushed before all that have to be there first. */
function expectTruth(
  where: Setting,
  { before, more: { tags } }: Run,
  result: Awaited<ReturnType<typeof put>>,
  broken: string | undefined,
): void {
  for (const each of result.tags) expect([each.tag, each.digest]).toEqual([each.tag, names(where, each.tag)]);
  const shown = result.tags.map((each) => each.tag);
  expect(new Set(shown).size).toBe(shown.length);
  const pushed = tags.map((each) => each.tag).filter((name) => names(where, name) === result.digest);
  const isNew = (name: Tag) => before[name] === undefined || made(before[name]).digest !== result.digest;
  expect(pushed.filter((name) => isNew(name) && !shown.includes(name) && broken !== name)).toEqual([]);
  const isDone = (name: Tag) => pushed.includes(name) || shown.includes(name);
  const first = (...which: readonly ((each: ImageTag) => boolean)[]) =>
    which.map((is) => tags.filter(is).map((each) => each.tag));
  const [immutable = [], mutable = [], latest = []] = first(
    ({ moves }) => !moves,
    ({ moves, tag }) => moves && tag !== "latest",
    ({ tag }) => tag === "latest",
  );
  if (mutable.some((name) => pushed.includes(name))) expect(immutable.filter((name) => !isDone(name))).toEqual([]);
  if (latest.some((name) => pushed.includes(name))) expect(mutable.filter((name) => !isDone(name))).toEqual([]);
}

describe.each(runs)("$what", (run) => {
  const subject = made(run.of);

  /** Breaks one request after the other, until there is none to break any more. */
  async function breakEach(
    breaks: (
      where: Setting,
      at: number,
    ) => { readonly registry: Setting["registry"]; readonly broken: () => string | undefined },
  ) {
    for (let at = 0; ; at++) {
      let isOver = false;
      const where = prepared(run);
      const { registry, broken } = breaks(where, at);
      const switched = new Proxy(registry, { get: (from, key) => Reflect.get(isOver ? where.registry : from, key) });
      const result = await put(where, subject, { ...run.more, registry: switched });
      const name = broken();
      // A list that fails at the last look at the tags shows no reason against them.
      const isHarmless = name === undefined || (name === "the list" && result.tags.length === run.more.tags.length);
      if (!isHarmless) expect(result.error).toBeInstanceOf(UserError);
      expectTruth(where, run, result, name);
      isOver = true;
      const next = await put(where, subject, { ...run.more, registry: switched });
      expect(next.error).toBeUndefined();
      expect(next.tags).toHaveLength(run.more.tags.length);
      expectTruth(where, run, next, undefined);
      if (name === undefined) {
        expect(result.error).toBeUndefined();
        return at;
      }
    }
  }
  const failure = () => new RegistryError("unavailable", "it is broken", { hint: "run again" });

  test("whichever request is refused", async () => {
    const count = await breakEach((where, at) => {
      let [seen, broken] = [0, undefined as string | undefined];
      const { registry } = where;
      const refuse =
        <A extends readonly [unknown, ...unknown[]], R>(
          call: (...args: A) => Promise<R>,
          nameOf: (args: A) => unknown,
        ) =>
        async (...args: A): Promise<R> => {
          if (seen++ !== at) return call(...args);
          broken = String(nameOf(args));
          throw failure();
        };
      return {
        broken: () => broken,
        registry: {
          ...registry,
          head: refuse(registry.head, ([, name]) => name),
          manifest: refuse(registry.manifest, ([, name]) => name),
          tags: refuse(registry.tags, () => "the list"),
          putManifest: refuse(registry.putManifest, ([, , name]) => name),
        },
      };
    });
    expect(count).toBeGreaterThan(6);
  });

  test("whichever push is stored without an answer", async () => {
    const count = await breakEach((where, at) => {
      let [seen, broken] = [0, undefined as string | undefined];
      const putManifest: Setting["registry"]["putManifest"] = async (...args) => {
        const digest = await where.registry.putManifest(...args);
        if (seen++ !== at) return digest;
        broken = args[2];
        throw failure();
      };
      return { broken: () => broken, registry: { ...where.registry, putManifest } };
    });
    expect(count).toBeGreaterThan(1);
  });
});

describe("a tag that was overtaken after its push, and can't be corrected, is not in the result, and the run fails", () => {
  const rows: readonly {
    readonly when: string;
    readonly more: Run["more"] & Pick<Promotion, "check">;
    /** What another run pushes after this one's push of `latest`. */
    readonly theirs: { readonly revision: string; readonly under: Tag };
    readonly message: RegExp;
    readonly others: readonly string[];
  }[] = [
    {
      when: "its second push is refused",
      more: { ...branch, check: async () => undefined },
      theirs: { revision: "main-4", under: tag("latest") },
      message: /^it is broken$/,
      others: ["c0ffee5", "main"],
    },
    {
      when: "the higher release doesn't pass the checks of this run",
      more: { ...release, check: async () => new UserError("it has a finding", { hint: "fix it" }) },
      theirs: { revision: "release-1.3.0", under: tag("1.3.0") },
      message: /:(?:latest|1) names sha256:\w+, as the higher release 1\.3\.0 can't get it: it has a finding$/,
      others: ["1.2.3", "1.2"],
    },
  ];

  test.each(rows)("$when", async ({ more, theirs, message, others }) => {
    const where = setting();
    const { registry } = where;
    let isPushed = false;
    const putManifest: typeof registry.putManifest = async (...args) => {
      if (args[2] !== "latest") return registry.putManifest(...args);
      if (isPushed) throw new RegistryError("unavailable", "it is broken", { hint: "run again" });
      isPushed = true;
      const digest = await registry.putManifest(...args);
      registry.hold(here, made(theirs.revision), theirs.under);
      return digest;
    };
    const own = made(more.identity === undefined ? "main-5" : "release-1.2.3");
    const { error, tags } = await put(where, own, { ...more, registry: { ...registry, putManifest } });
    expect(error?.message).toMatch(message);
    expect(tags.map((each) => each.tag)).toEqual(others);
  });
});
