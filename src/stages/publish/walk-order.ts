/** In which order images are built that could be built at the same time. */

import { longestFirst, type WalkNode } from "../../lib/walk.ts";
import type { LastBuild } from "../../plan/publish-state.ts";

/**
 * The image that took longest the last time goes first. On a schedule, it is the image that was rebuilt the longest ago, and what
 * it depends on: a job that meets its time limit has then built the most urgent images.
 */
export function orderOf<N extends WalkNode>(
  graph: readonly N[],
  lastBuilds: ReadonlyMap<string, LastBuild>,
  isSchedule: boolean,
): (node: N) => number {
  if (!isSchedule) return longestFirst(graph, (name) => lastBuilds.get(name)?.seconds ?? undefined);
  const ages = oldestBelow(graph, lastBuilds);
  return ({ name }) => ages.get(name) ?? 0;
}

/** For each node how long ago the oldest was built that is it, or that waits for it. What was never built is the oldest. */
function oldestBelow(
  graph: readonly WalkNode[],
  lastBuilds: ReadonlyMap<string, LastBuild>,
): ReadonlyMap<string, number> {
  const ages = new Map<string, number>();
  // Parents stand before their children.
  for (const { name, parents } of graph.toReversed()) {
    const started = lastBuilds.get(name)?.started;
    const own = started ? -Date.parse(started) : Number.MAX_SAFE_INTEGER;
    const age = Math.max(own, ages.get(name) ?? Number.NEGATIVE_INFINITY);
    ages.set(name, age);
    for (const parent of parents) ages.set(parent, Math.max(age, ages.get(parent) ?? Number.NEGATIVE_INFINITY));
  }
  return ages;
}
