/** Which images with a problem make a run fail, and which are only reported. */
import { expect, test } from "@jest/globals";
import type { Image } from "../../../src/catalog/catalog.ts";
import type { TroubledImage } from "../../../src/catalog/graph/troubled.ts";
import { UserError } from "../../../src/errors.ts";
import type { Reason } from "../../../src/model/reason.ts";
import { quietProblems, troublesOf } from "../../../src/plan/troubles.ts";

const changed: readonly Reason[] = [{ kind: "asked-for" }];
const notChosen: readonly Reason[] = [{ kind: "not-chosen", detail: "`only` doesn't name it" }];

function troubled(
  name: string,
  waitsFor?: string,
  problem = new UserError(`${name} is wrong\nin two lines`, { hint: "fix it" }),
) {
  const image = { name } as Image;
  const own = waitsFor === undefined ? [problem] : [];
  return { image, kind: "image", isUnplaced: false, problems: own, waitsFor } satisfies TroubledImage;
}

/** One image is in order. */
const catalog = { images: [{ name: "other" } as Image] };
const chain = [troubled("base"), troubled("app", "base"), troubled("site", "app")];

interface Case {
  readonly when: string;
  readonly among?: readonly TroubledImage[];
  readonly isOtherInOrder?: boolean;
  readonly affected: readonly string[];
  readonly left?: readonly string[];
  /** Those that the run fails by. */
  readonly fails: readonly string[];
}

test.each<Case>([
  { when: "no image with a problem is affected", affected: ["other"], fails: [] },
  { when: "the image with the problem is affected", affected: ["base"], fails: ["base"] },
  { when: "all are", affected: ["base", "app", "site"], fails: ["base", "app", "site"] },
  {
    when: "one that waits is affected: it fails by what it waits for",
    affected: ["site"],
    fails: ["base", "app", "site"],
  },
  { when: "one in the middle is affected", affected: ["app"], fails: ["base", "app"] },
  { when: "the run is about other images", affected: ["base", "app"], left: ["base", "app", "site"], fails: [] },
  {
    when: "the run is about the one that waits alone",
    affected: ["base", "site"],
    left: ["base", "app"],
    fails: ["base", "app", "site"],
  },
  {
    when: "two have problems, and one of them is affected",
    among: [...chain, troubled("alone")],
    affected: ["alone"],
    fails: ["alone"],
  },
  {
    when: "each waits for the other",
    among: [troubled("a", "b"), troubled("b", "a")],
    affected: ["a"],
    fails: ["a", "b"],
  },
  {
    when: "no image is in order, and none is affected",
    isOtherInOrder: false,
    affected: [],
    fails: ["base", "app", "site"],
  },
  {
    when: "no image is in order, and the run is about none",
    isOtherInOrder: false,
    affected: ["base"],
    left: ["base", "app", "site"],
    fails: ["base", "app", "site"],
  },
  { when: "there is no image at all", among: [], isOtherInOrder: false, affected: [], fails: [] },
])("$when", ({ among = chain, isOtherInOrder = true, affected, left = [], fails }) => {
  const input = {
    catalog: isOtherInOrder ? catalog : { images: [] },
    troubled: among,
    affected: new Map(affected.map((name) => [name, changed])),
    left: new Map(left.map((name) => [name, notChosen])),
  };
  const found = troublesOf(input).filter((each) => each.fails);
  expect(found.map(({ image }) => image.name)).toEqual(fails);
});

test("the plan states why, and whether the run fails by it", () => {
  const reasons = (affected: readonly string[], left: readonly string[] = []) =>
    troublesOf({
      catalog,
      troubled: chain.slice(0, 2),
      affected: new Map(affected.map((name) => [name, changed])),
      left: new Map(left.map((name) => [name, notChosen])),
    }).map((each) => each.reasons);
  const problem = { kind: "problem", detail: "base is wrong" };
  expect(reasons(["app"])).toEqual([
    [{ ...problem, fails: true }],
    [{ kind: "waits-for", image: "base", fails: true }],
  ]);
  expect(reasons([])).toEqual([[problem], [{ kind: "waits-for", image: "base" }]]);
  expect(reasons(["base"], ["base"])[0]).toEqual([...notChosen, problem]);
});

test("a problem that images share is one, with all that wait for them", () => {
  const shared = new UserError("both are wrong", { hint: "fix it" });
  const among = [
    troubled("a", undefined, shared),
    troubled("b", undefined, shared),
    troubled("c", "b"),
    troubled("d", "c"),
  ];
  const quiet = quietProblems(troublesOf({ catalog, troubled: among, affected: new Map(), left: new Map() }));
  expect(quiet).toEqual([{ problem: shared, file: undefined, images: ["a", "b"], waiting: ["c", "d"] }]);
  const loud = troublesOf({ catalog, troubled: among, affected: new Map([["a", changed]]), left: new Map() });
  expect(quietProblems(loud)).toEqual([]);
});
