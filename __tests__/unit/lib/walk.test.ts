import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { longestFirst, longestPaths, type Outcome, type WalkNode, walk } from "../../../src/lib/walk.ts";

const never = new AbortController().signal;

/** Node `i` may depend on nodes before it, and is then put anywhere in the graph. */
const graphs = fc
  .integer({ min: 0, max: 14 })
  .chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, index) =>
        fc.uniqueArray(fc.integer({ min: 0, max: Math.max(0, index - 1) }), { maxLength: Math.min(index, 4) }),
      ),
    ),
  )
  .map((edges) => edges.map((parents, index) => ({ name: `n${index}`, parents: parents.map((each) => `n${each}`) })))
  .chain((nodes) => fc.shuffledSubarray(nodes, { minLength: nodes.length }));

const subsets = fc.array(fc.integer({ min: 0, max: 13 })).map((each) => new Set(each.map((index) => `n${index}`)));

describe("walk, for any graph", () => {
  test("parents are done, with their values at hand, before a child starts", async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs,
        fc.integer({ min: 1, max: 5 }),
        fc.scheduler(),
        async (graph, concurrency, scheduler) => {
          const done = new Set<string>();
          const visit = async (node: WalkNode, parents: ReadonlyMap<string, string>): Promise<string> => {
            expect([...parents.entries()].sort()).toEqual(
              [...new Set(node.parents)].sort().map((each) => [each, `v:${each}`]),
            );
            expect(node.parents.filter((parent) => !done.has(parent))).toEqual([]);
            await scheduler.schedule(Promise.resolve(), node.name);
            done.add(node.name);
            return `v:${node.name}`;
          };
          const outcomes = await scheduler.waitFor(walk(graph, visit, { concurrency, signal: never }));
          expect([...outcomes]).toEqual(graph.map((node) => [node.name, { kind: "done", value: `v:${node.name}` }]));
        },
      ),
    );
  });

  test("never more than the bound at once, and never fewer than could run", async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs,
        fc.integer({ min: 1, max: 5 }),
        fc.scheduler(),
        async (graph, concurrency, scheduler) => {
          const running = new Set<string>();
          const done = new Set<string>();
          const visit = async (node: WalkNode): Promise<void> => {
            running.add(node.name);
            expect(running.size).toBeLessThanOrEqual(concurrency);
            await scheduler.schedule(Promise.resolve(), node.name);
            const ready = graph.filter(
              (each) => !done.has(each.name) && each.parents.every((parent) => done.has(parent)),
            ).length;
            expect(running.size).toBe(Math.min(concurrency, ready));
            running.delete(node.name);
            done.add(node.name);
          };
          const outcomes = await scheduler.waitFor(walk(graph, visit, { concurrency, signal: never }));
          expect(failures(outcomes)).toEqual([]);
        },
      ),
    );
  });

  test("a failure stops its descendants alone, each naming a failed ancestor", async () => {
    await fc.assert(
      fc.asyncProperty(graphs, subsets, fc.integer({ min: 1, max: 5 }), async (graph, broken, concurrency) => {
        const visit = async (node: WalkNode): Promise<string> => {
          if (broken.has(node.name)) throw new Error(node.name);
          return node.name;
        };
        const outcomes = await walk(graph, visit, { concurrency, signal: never });
        for (const node of graph) {
          const outcome = outcomes.get(node.name);
          const culprits = ancestors(graph, node).filter((each) => broken.has(each));
          if (culprits.length > 0) {
            expect(outcome?.kind).toBe("blocked");
            const by = outcome?.kind === "blocked" ? outcome.by : "";
            expect(culprits).toContain(by);
            expect(outcomes.get(by)?.kind).toBe("failed");
          } else expect(outcome?.kind).toBe(broken.has(node.name) ? "failed" : "done");
        }
      }),
    );
  });

  test("nothing starts once aborted, and what runs is waited for", async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs,
        fc.nat(14),
        fc.integer({ min: 1, max: 5 }),
        fc.scheduler(),
        async (graph, after, concurrency, s) => {
          const abort = new AbortController();
          const started = new Set<string>();
          const finished = new Set<string>();
          const visit = async (node: WalkNode): Promise<void> => {
            expect(abort.signal.aborted).toBe(false);
            started.add(node.name);
            if (started.size > after) abort.abort(new Error("stop"));
            await s.schedule(Promise.resolve(), node.name);
            finished.add(node.name);
          };
          const outcomes = await s.waitFor(walk(graph, visit, { concurrency, signal: abort.signal }));
          expect(finished).toEqual(started);
          for (const node of graph)
            expect(outcomes.get(node.name)?.kind).toBe(started.has(node.name) ? "done" : "cancelled");
          expect(started.size).toBe(Math.min(graph.length, after + 1));
        },
      ),
    );
  });
});

describe("walk", () => {
  test("a node that ends because of the abort is cancelled, and so is what builds on it", async () => {
    const abort = new AbortController();
    const visit = async (node: WalkNode): Promise<void> => {
      if (node.name === "broken") throw new Error("broken");
      abort.abort(new Error("stop"));
      throw abort.signal.reason;
    };
    const graph = [
      { name: "broken", parents: [] },
      { name: "base", parents: [] },
      { name: "app", parents: ["base"] },
      { name: "below", parents: ["broken"] },
    ];
    const outcomes = await walk(graph, visit, { concurrency: 2, signal: abort.signal });
    expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(["failed", "cancelled", "cancelled", "blocked"]);
  });

  test("a visit that throws before its first await is a failure like any other", async () => {
    const visit = (): Promise<string> => {
      throw new Error("at once");
    };
    const outcomes = await walk([{ name: "a", parents: [] }], visit, { concurrency: 1, signal: never });
    expect(outcomes.get("a")).toEqual({ kind: "failed", error: new Error("at once") });
  });

  test.each([
    ["the longest chain goes first", undefined, ["base", "node", "lone", "app"]],
    ["equal ranks keep the graph's order", () => 0, ["lone", "base", "node", "app"]],
    ["a given priority rules", (node: WalkNode) => (node.name === "lone" ? 9 : 0), ["lone", "base", "node", "app"]],
  ])("%s", async (_, priority, expected) => {
    const graph = [
      { name: "lone", parents: [] },
      { name: "base", parents: [] },
      { name: "node", parents: ["base"] },
      { name: "app", parents: ["node", "node"] },
    ];
    const order: string[] = [];
    await walk(graph, async (node) => void order.push(node.name), {
      concurrency: 1,
      signal: never,
      ...(priority === undefined ? {} : { priority }),
    });
    expect(order).toEqual(expected);
  });

  test.each([
    [
      "a cycle",
      [
        { name: "a", parents: ["b"] },
        { name: "b", parents: ["a"] },
      ],
      "cycle",
    ],
    ["a parent that is no node", [{ name: "a", parents: ["x"] }], "not in the graph"],
    [
      "a name given twice",
      [
        { name: "a", parents: [] },
        { name: "a", parents: [] },
      ],
      "same name",
    ],
  ])("refuses %s", async (_, graph, message) => {
    await expect(walk(graph, async () => 1, { concurrency: 1, signal: never })).rejects.toThrow(message);
  });

  test.each<[string, Readonly<Record<string, number>>, string[]]>([
    [
      "slow after quick ones goes first by what it took last time",
      { lone: 90, base: 1, node: 1, app: 1 },
      ["lone", "base", "node", "app"],
    ],
    ["a chain counts as a whole", { lone: 5, base: 1, node: 2, app: 3 }, ["base", "lone", "node", "app"]],
    ["what nobody knows is as long as others are", { lone: 10, app: 40 }, ["base", "node", "app", "lone"]],
    ["nothing known: the longest chain", {}, ["base", "node", "lone", "app"]],
    ["a duration that is none counts for nothing", { lone: Number.NaN, app: -1 }, ["base", "node", "lone", "app"]],
  ])("durations: %s", async (_, seconds, expected) => {
    const graph = [
      { name: "lone", parents: [] },
      { name: "base", parents: [] },
      { name: "node", parents: ["base"] },
      { name: "app", parents: ["node"] },
    ];
    const order: string[] = [];
    const priority = longestFirst(graph, (name) => seconds[name]);
    await walk(graph, async (node) => void order.push(node.name), { concurrency: 1, signal: never, priority });
    expect(order).toEqual(expected);
  });

  test("longestPaths adds up weights down the heaviest chain", () => {
    const graph = [
      { name: "a", parents: [], seconds: 1 },
      { name: "b", parents: ["a"], seconds: 10 },
      { name: "c", parents: ["a"], seconds: 2 },
      { name: "d", parents: ["c"], seconds: 3 },
    ];
    expect([...longestPaths(graph, (node) => node.seconds)].sort()).toEqual([
      ["a", 11],
      ["b", 10],
      ["c", 5],
      ["d", 3],
    ]);
  });
});

function failures<T>(outcomes: ReadonlyMap<string, Outcome<T>>): readonly unknown[] {
  return [...outcomes.values()].flatMap((outcome) => (outcome.kind === "failed" ? [outcome.error] : []));
}

function ancestors(graph: readonly WalkNode[], node: WalkNode): readonly string[] {
  return node.parents.flatMap((parent) => {
    const found = graph.find((each) => each.name === parent);
    return found === undefined ? [] : [parent, ...ancestors(graph, found)];
  });
}
