/**
 * Runs a function over a graph, parents first: as soon as a node's parents are done it may start, several at once, and a
 * failure stops only what depends on it. Knows nothing of images.
 */

export interface WalkNode {
  readonly name: string;
  /** Names of nodes of the same graph; one may be named twice. */
  readonly parents: readonly string[];
}

export type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly error: unknown }
  /** `by` is the node that failed, however far up. */
  | { readonly kind: "blocked"; readonly by: string }
  /** The walk was aborted before this node started, or while it ran. */
  | { readonly kind: "cancelled" };

export interface WalkOptions<N> {
  /** How many run at once, at least 1. */
  readonly concurrency: number;
  /** Once aborted, nothing starts any more; what runs is waited for. */
  readonly signal: AbortSignal;
  /**
   * Among the nodes that could start, the highest goes first and the graph's order breaks ties. The default is the number
   * of nodes on the longest chain from this one down, so that the chain that takes longest is never kept waiting.
   */
  readonly priority?: (node: N) => number;
}

/** Does the work of one node. `parents` holds the values of its parents by name. */
export type Visit<N, T> = (node: N, parents: ReadonlyMap<string, T>) => Promise<T>;

/**
 * The outcome of every node, in the graph's order; never rejects for what `visit` throws. A node that rejects with the
 * signal's own reason was cancelled, every other rejection is a failure.
 * @throws Error when names are not unique, a parent isn't a node, or the graph has a cycle: a defect of the caller.
 */
export async function walk<N extends WalkNode, T>(
  graph: readonly N[],
  visit: Visit<N, T>,
  options: WalkOptions<N>,
): Promise<ReadonlyMap<string, Outcome<T>>> {
  const heights = longestPaths(graph);
  const priority = options.priority ?? ((node: N) => heights.get(node.name) ?? 0);
  const outcomes = new Map<string, Outcome<T>>();
  const waiting = byPriority(graph, priority);
  const running = new Map<string, Promise<void>>();

  const start = (node: N): void => {
    waiting.delete(node);
    running.set(
      node.name,
      settle(() => visit(node, valuesOf(node, outcomes)), options.signal).then((outcome) => {
        outcomes.set(node.name, outcome);
        running.delete(node.name);
      }),
    );
  };

  for (;;) {
    closeHopeless(waiting, outcomes);
    for (const node of waiting) {
      if (options.signal.aborted || running.size >= Math.max(1, options.concurrency)) break;
      if (node.parents.every((parent) => outcomes.get(parent)?.kind === "done")) start(node);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  for (const node of waiting) outcomes.set(node.name, { kind: "cancelled" });
  return new Map(graph.map((node) => [node.name, outcomes.get(node.name) ?? { kind: "cancelled" }]));
}

/**
 * The priority that keeps the chain waiting least which takes longest: the seconds from a node's start to the end of all that
 * depends on it. `seconds` says how long a node took the last time; where it doesn't know, a node is taken for as long as the
 * median of those that it knows, and for one second where it knows none.
 * @throws Error as `walk` does.
 */
export function longestFirst<N extends WalkNode>(
  graph: readonly N[],
  seconds: (name: string) => number | undefined,
): (node: N) => number {
  const known = graph.flatMap(({ name }) => usable(seconds(name)) ?? []).sort((a, b) => a - b);
  const otherwise = known[Math.floor(known.length / 2)] ?? 1;
  const lengths = longestPaths(graph, ({ name }) => usable(seconds(name)) ?? otherwise);
  return ({ name }) => lengths.get(name) ?? 0;
}

/** Durations come from what was published once; one that is none must not upset the order. */
function usable(seconds: number | undefined): number | undefined {
  return seconds !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

/**
 * For each node the weight of the heaviest chain that starts with it and leads down to a node without children. A node
 * weighs 1 by default. Given durations in seconds, this is the minimum time that the rest of a walk takes.
 * @throws Error as `walk` does.
 */
export function longestPaths<N extends WalkNode>(
  graph: readonly N[],
  weight: (node: N) => number = () => 1,
): ReadonlyMap<string, number> {
  const children = childrenOf(graph);
  const lengths = new Map<string, number>();
  for (const node of topological(graph, children).reverse()) {
    const below = (children.get(node.name) ?? []).map((child) => lengths.get(child.name) ?? 0);
    lengths.set(node.name, weight(node) + below.reduce((most, each) => Math.max(most, each), 0));
  }
  return lengths;
}

async function settle<T>(work: () => Promise<T>, signal: AbortSignal): Promise<Outcome<T>> {
  try {
    return { kind: "done", value: await work() };
  } catch (error) {
    return signal.aborted && error === signal.reason ? { kind: "cancelled" } : { kind: "failed", error };
  }
}

function valuesOf<T>(node: WalkNode, outcomes: ReadonlyMap<string, Outcome<T>>): ReadonlyMap<string, T> {
  const values = new Map<string, T>();
  for (const parent of node.parents) {
    const outcome = outcomes.get(parent);
    if (outcome?.kind === "done") values.set(parent, outcome.value);
  }
  return values;
}

/** Gives every waiting node that can never start its outcome: below a failure blocked, below a cancelled one cancelled. */
function closeHopeless<N extends WalkNode, T>(waiting: Set<N>, outcomes: Map<string, Outcome<T>>): void {
  for (let closed = true; closed; ) {
    closed = false;
    for (const node of waiting) {
      const outcome = inherited(node, outcomes);
      if (outcome === undefined) continue;
      outcomes.set(node.name, outcome);
      waiting.delete(node);
      closed = true;
    }
  }
}

function inherited<T>(node: WalkNode, outcomes: ReadonlyMap<string, Outcome<T>>): Outcome<T> | undefined {
  let cancelled = false;
  for (const parent of node.parents) {
    const outcome = outcomes.get(parent);
    if (outcome?.kind === "failed") return { kind: "blocked", by: parent };
    if (outcome?.kind === "blocked") return outcome;
    cancelled ||= outcome?.kind === "cancelled";
  }
  return cancelled ? { kind: "cancelled" } : undefined;
}

function byPriority<N extends WalkNode>(graph: readonly N[], priority: (node: N) => number): Set<N> {
  const ranked = graph.map((node) => ({ node, rank: priority(node) }));
  return new Set(ranked.sort((a, b) => b.rank - a.rank).map(({ node }) => node));
}

function childrenOf<N extends WalkNode>(graph: readonly N[]): ReadonlyMap<string, readonly N[]> {
  const children = new Map<string, N[]>(graph.map((node) => [node.name, []]));
  if (children.size !== graph.length) throw new Error("two nodes of the graph have the same name");
  for (const node of graph) {
    for (const parent of new Set(node.parents)) {
      const siblings = children.get(parent);
      if (siblings === undefined) throw new Error(`${node.name} depends on ${parent}, which is not in the graph`);
      siblings.push(node);
    }
  }
  return children;
}

function topological<N extends WalkNode>(graph: readonly N[], children: ReadonlyMap<string, readonly N[]>): N[] {
  const missing = new Map(graph.map((node) => [node.name, new Set(node.parents).size]));
  const order = graph.filter((node) => missing.get(node.name) === 0);
  for (const node of order) {
    for (const child of children.get(node.name) ?? []) {
      const left = (missing.get(child.name) ?? 0) - 1;
      missing.set(child.name, left);
      if (left === 0) order.push(child);
    }
  }
  if (order.length < graph.length) throw new Error("the graph has a cycle");
  return order;
}
