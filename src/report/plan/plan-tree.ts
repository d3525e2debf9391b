/** The dependency graph of a plan's images, as a tree for a terminal. */

import { inertLine, plainLine } from "../../lib/plain-text.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";
import { actionStyles, painter } from "../log/paint.ts";

/** The images that each image depends on, skipped images included; a plan alone doesn't have the parents of those. */
export type ParentsByName = ReadonlyMap<string, readonly string[]>;

const worthwhile = 24;

/** Whether the tree is short, and shows more than the table above it. */
export function isTreeWorthwhile(plan: Plan, parents: ParentsByName): boolean {
  return (
    plan.images.length <= worthwhile &&
    plan.images.some((image) => image.kind === "build" && parentsOf(image, parents).length > 0)
  );
}

/** Every image once, indented below the first image it depends on; other parents are named after it. */
export function renderPlanTree(
  plan: Plan,
  parents: ParentsByName = new Map(),
  { colour }: { readonly colour: boolean } = { colour: false },
): string {
  const paint = painter(colour);
  const children = new Map<string, PlannedImage[]>();
  const roots: PlannedImage[] = [];
  const names = new Set(plan.images.map(({ name }) => name));
  for (const image of plan.images) {
    const [first] = parentsOf(image, parents).filter((parent) => names.has(parent));
    if (first === undefined) roots.push(image);
    else children.set(first, [...(children.get(first) ?? []), image]);
  }
  const node = (image: PlannedImage): string => {
    const [, ...others] = parentsOf(image, parents);
    const also = others.length === 0 ? "" : ` (also on ${others.map(plainLine).join(", ")})`;
    const name = plainLine(image.name);
    if (image.kind === "skip") return paint("dim", `${name} (skip)${also}`);
    const action = image.kind === "build" ? "" : paint(actionStyles[image.kind], ` (${image.kind})`);
    return `${paint("bold", name)}${action}${paint("dim", also)}`;
  };
  const lines = (image: PlannedImage, lead: string, branch: string): readonly string[] => {
    const below = children.get(image.name) ?? [];
    return [
      `${paint("dim", `${lead}${branch}`)}${node(image)}`,
      ...below.flatMap((child, index) =>
        lines(child, lead + continuation(branch), index === below.length - 1 ? "└─ " : "├─ "),
      ),
    ];
  };
  return roots
    .flatMap((root) => lines(root, "", ""))
    .map(inertLine)
    .join("\n");
}

function continuation(branch: string): string {
  if (branch === "") return "";
  return branch.startsWith("├") ? "│  " : "   ";
}

function parentsOf(image: PlannedImage, parents: ParentsByName): readonly string[] {
  const own = image.kind === "build" ? image.parents.map((parent) => parent.name) : [];
  return [...new Set(own.length > 0 ? own : parents.get(image.name))];
}
