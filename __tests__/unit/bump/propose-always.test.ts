/** What holds whatever runs, people and lost connections do, in any order. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readTrailer } from "../../../src/bump/pull-request/marker.ts";
import type { BumpForge } from "../../../src/forge/bump-forge.ts";
import { ForgeError } from "../../../src/forge/forge-error.ts";
import { type MemoryWorld, memoryWorld } from "../../forge/memory-world.ts";
import { start } from "../../forge/stories.ts";
import { bump, openPulls, pair, textOf } from "../../forge/world.ts";

type Event =
  | { readonly kind: "run"; readonly version: number; readonly lostAfter: number | undefined }
  | { readonly kind: "two runs"; readonly versions: readonly [number, number] }
  | { readonly kind: "base"; readonly file: "Dockerfile" | "other" }
  | { readonly kind: "work"; readonly file: "Dockerfile" | "other" }
  | { readonly kind: "merge main" | "merge" | "close" | "delete branch" };

const version = fc.integer({ min: 1, max: 5 });
const file = fc.constantFrom("Dockerfile" as const, "other" as const);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("run" as const),
      version,
      lostAfter: fc.option(fc.nat(8), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("two runs" as const), versions: fc.tuple(version, version) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("base" as const), file }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("work" as const), file }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("merge main", "merge", "close", "delete branch") }),
  },
);

/** After so many requests nothing is heard of the forge any more; whether the last one was done nobody knows. */
function losing(forge: BumpForge, after: number): BumpForge {
  let left = after;
  const lose = new ForgeError("unavailable", "the connection is lost");
  return new Proxy(forge, {
    get:
      (target, name) =>
      async (...rest: readonly unknown[]) => {
        left -= 1;
        if (left < -1) throw lose;
        const method: unknown = Reflect.get(target, name);
        const result: unknown = typeof method === "function" ? await method.apply(target, rest) : undefined;
        if (left < 0) throw lose;
        return result;
      },
  });
}

async function live(world: MemoryWorld, each: Event, step: number): Promise<void> {
  const { person } = world;
  const [open] = await openPulls(world);
  const line = (text: string | undefined, which: number) =>
    (text ?? "")
      .split("\n")
      .map((old, index) => (index === which ? `RUN step ${step}` : old))
      .join("\n");
  if (each.kind === "run") {
    const forge = each.lostAfter === undefined ? world.forge : losing(world.forge, each.lostAfter);
    await bump(world, each.version, { forge, settings: { labels: ["images"] } });
  } else if (each.kind === "two runs") await Promise.all(each.versions.map((one) => bump(world, one)));
  else if (each.kind === "base")
    await person.commit("main", { [each.file]: line(await textOf(world, "main", each.file), 1) });
  else if (each.kind === "delete branch") await person.deleteBranch(pair.branch);
  else if (each.kind === "close" && open !== undefined) await person.closePull(open.number);
  else if (each.kind === "merge" && open !== undefined) await person.mergePull(open.number);
  else if (!world.branches.has(pair.branch)) return;
  else if (each.kind === "merge main") await person.mergeBranch("main", pair.branch);
  else if (each.kind === "work") {
    await person.commit(pair.branch, { [each.file]: line(await textOf(world, pair.branch, each.file), 2) });
  }
}

/** Commits of people that are in no branch any more, though no person deleted the branch that they were on. */
function lost(world: MemoryWorld, deleted: ReadonlySet<string>): readonly string[] {
  const heads = [...world.branches.values()];
  return world.byPeople.flatMap(({ id }) =>
    deleted.has(id) || heads.some((head) => world.contains(head, id)) ? [] : [id],
  );
}

/** Lines of files that our commits changed and that are no pins. */
function otherChanges(world: MemoryWorld): readonly string[] {
  return [...world.commits.values()].flatMap(({ message, parents: [parent], tree }) => {
    const before = parent === undefined ? undefined : world.commits.get(parent)?.tree;
    if (readTrailer(message) === undefined || before === undefined) return [];
    const plain = (text = "") => text.replace(/app:\d+/g, "app");
    return Object.keys({ ...before, ...tree }).filter((path) => plain(before[path]) !== plain(tree[path]));
  });
}

describe("whatever happens", () => {
  test("one pull request at most, nobody's commits lost, nothing but pins moved, and an end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 14 }), version, async (events, last) => {
        const world = memoryWorld({ ...start, Dockerfile: "FROM app:1\nRUN make\nRUN test\n" });
        const deleted = new Set<string>();
        for (const [step, each] of events.entries()) {
          if (each.kind === "delete branch") for (const { id } of world.byPeople) deleted.add(id);
          await live(world, each, step);
          expect((await openPulls(world)).length).toBeLessThanOrEqual(1);
          expect(lost(world, deleted)).toEqual([]);
        }
        expect(otherChanges(world)).toEqual([]);
        await bump(world, last);
        const [calls, changes] = [world.calls(), world.changes()];
        await bump(world, last);
        expect(world.changes()).toBe(changes);
        expect(world.calls() - calls).toBeLessThanOrEqual(3);
      }),
      { numRuns: 400 },
    );
  });
});
