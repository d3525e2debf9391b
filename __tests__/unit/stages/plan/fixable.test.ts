/** `rebuild: fixable`: which images are worth building anew. */
import { expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { repository } from "../../../../src/model/reference.ts";
import type { PublishedScan } from "../../../../src/stages/check/scanning.ts";
import { worthRebuilding } from "../../../../src/stages/plan/fixable.ts";
import { catalogOf, type ImageSketch } from "../../changes/catalog-of.ts";
import { judged, platformScan, scanned, vulnerability } from "../../scan/findings.ts";

const clean = { scan: judged(scanned(platformScan([]))), moved: [] };
const mendable = { scan: judged(scanned(platformScan([vulnerability("CVE-2026-1")]))), moved: [] };
const unscanned = {
  scan: judged({ kind: "unscanned", error: new UserError("no database", { hint: "wait" }) }),
  moved: [],
};
const moved = { ...clean, moved: ["debian:13"] };

/** Of these images, each built on the one before, unless told otherwise, what is built and why. */
async function worth(
  found: Readonly<Record<string, PublishedScan | undefined>>,
  { on, unwanted = [], unaffected = [] }: Situation = {},
) {
  const names = Object.keys(found);
  const sketches = names.map((name, at): ImageSketch => {
    const before = names[at - 1];
    return {
      name,
      repositories: [repository(`ghcr.io/o/r/${name}`)],
      on: on?.[name] ?? (before === undefined ? [] : [before]),
    };
  });
  const affected = new Map(names.filter((name) => !unaffected.includes(name)).map((name) => [name, [weekly]]));
  const { affected: built, left } = await worthRebuilding(
    { catalog: catalogOf(...sketches), affected, left: new Map() },
    { published: async ({ name }) => found[name], isWanted: (name) => !unwanted.includes(name) },
  );
  return {
    built: Object.fromEntries([...built].map(([name, reasons]) => [name, reasons.map(({ kind }) => kind)])),
    left: [...left.keys()],
  };
}

interface Situation {
  readonly on?: Readonly<Record<string, readonly string[]>>;
  readonly unwanted?: readonly string[];
  readonly unaffected?: readonly string[];
}

const weekly = { kind: "scheduled" } as const;

test.each<[string, PublishedScan | undefined, string | undefined]>([
  ["has nothing to mend stays", clean, undefined],
  ["has something to mend is built", mendable, "fixable"],
  ["has a base that moved is built", moved, "base-moved"],
  ["could not be scanned is built, in doubt", unscanned, "unscanned"],
  ["was never published is built", undefined, "never-published"],
])("what %s", async (_, found, reason) => {
  const expected = reason === undefined ? { built: {}, left: ["web"] } : { built: { web: [reason] }, left: [] };
  expect(await worth({ web: found })).toEqual(expected);
});

test("what is built on something that is built is built, too, however far down", async () => {
  expect(await worth({ base: mendable, agent: clean, worker: clean })).toEqual({
    built: { base: ["fixable"], agent: ["builds-on"], worker: ["builds-on"] },
    left: [],
  });
});

test("what has a reason of its own has both", async () => {
  expect((await worth({ base: moved, agent: mendable })).built).toEqual({
    base: ["base-moved"],
    agent: ["fixable", "builds-on"],
  });
});

test("what stands beside it, or below it, stays", async () => {
  const on = { base: [], agent: ["base"], other: ["base"] };
  expect(await worth({ base: clean, agent: mendable, other: clean }, { on })).toEqual({
    built: { agent: ["fixable"] },
    left: ["base", "other"],
  });
});

test("what nobody looks at is built for what brought it here, and what the run is not about is not", async () => {
  expect(
    await worth({ web: clean, api: mendable }, { unwanted: ["web"], unaffected: ["api"], on: { api: [] } }),
  ).toEqual({
    built: { web: ["scheduled"] },
    left: [],
  });
});
