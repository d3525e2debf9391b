/** Sorting images so that parents come first. */
import { formatLocation, UserError } from "../../errors.ts";
import type { Image, ParentEdge } from "../catalog.ts";
import type { Concern } from "./troubled.ts";

/**
 * Parents before children; among those that could come next, the first by name. A parent that is not among the images,
 * because it has a problem of its own, is ignored. @returns the images outside of cycles and of what depends on one,
 * and a problem for each cycle, with its images.
 */
export function topologicalOrder(images: readonly Image[]): {
  readonly images: readonly Image[];
  readonly concerns: readonly Concern[];
} {
  const byName = new Map(images.map((image) => [image.name, image]));
  const missing = new Map<string, number>();
  const children = new Map<string, Image[]>();
  for (const image of images) {
    const parents = new Set(image.parents.map((edge) => edge.parent).filter((parent) => byName.has(parent)));
    missing.set(image.name, parents.size);
    for (const parent of parents) addTo(children, parent, image);
  }
  const ready = images.filter((image) => missing.get(image.name) === 0).sort(byNameDescending);
  const ordered: Image[] = [];
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    ordered.push(next);
    byName.delete(next.name);
    for (const child of children.get(next.name) ?? []) {
      const left = (missing.get(child.name) ?? 0) - 1;
      missing.set(child.name, left);
      if (left === 0) insert(ready, child);
    }
  }
  return { images: ordered, concerns: cyclesAmong(byName) };
}

function addTo(children: Map<string, Image[]>, parent: string, child: Image): void {
  const there = children.get(parent);
  if (there === undefined) children.set(parent, [child]);
  else there.push(child);
}

function byNameDescending(a: Image, b: Image): number {
  return a.name < b.name ? 1 : -1;
}

/** Keeps the list sorted, its end being the first by name. */
function insert(sorted: Image[], image: Image): void {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.name ?? "") > image.name) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, image);
}

/** Every image here has a parent here: following parents from anywhere ends in a cycle. */
function cyclesAmong(left: ReadonlyMap<string, Image>): readonly Concern[] {
  const concerns: Concern[] = [];
  const seen = new Set<string>();
  for (const start of [...left.keys()].sort()) {
    const path: ParentEdge[] = [];
    const onPath = new Map<string, number>();
    let name: string | undefined = start;
    while (name !== undefined && !seen.has(name)) {
      seen.add(name);
      onPath.set(name, path.length);
      const edge: ParentEdge | undefined = left.get(name)?.parents.find(({ parent }) => left.has(parent));
      if (edge === undefined) break;
      path.push(edge);
      name = edge.parent;
    }
    const first = name === undefined ? undefined : onPath.get(name);
    if (name === undefined || first === undefined) continue;
    const edges = path.slice(first);
    concerns.push({ problem: cycle(name, edges), images: edges.map(({ parent }) => parent) });
  }
  return concerns;
}

function cycle(start: string, edges: readonly ParentEdge[]): UserError {
  const [first] = edges;
  const names = [start, ...edges.map((edge) => edge.parent)];
  const lines = edges.map(
    (edge) => `${formatLocation(edge.at)} (${[edge.via, edge.contextName ?? []].flat().join(" ")})`,
  );
  const what =
    edges.length === 1
      ? `the image "${start}" depends on itself`
      : `images depend on one another in a circle: ${names.join(" → ")}`;
  return new UserError(`${what}, by ${lines.join(", ")}`, {
    hint: "take one of these lines out, or pin what it names to an exact tag or digest that is published already",
    ...(first === undefined ? {} : { at: first.at }),
  });
}
