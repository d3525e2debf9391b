/** How the images of a plan build on one another, for a terminal. */
import type { Plan, PlannedImage } from "../plan/plan.ts";
import { inertLine, plainLine } from "./escape.ts";

/**
 * Every image once, indented below the first image it builds on; other parents are named behind it. A plan knows no
 * parents of what it skips, so that stands at the margin.
 */
export function renderPlanTree(plan: Plan): string {
  const children = new Map<string, PlannedImage[]>();
  const roots: PlannedImage[] = [];
  const names = new Set(plan.images.map(({ name }) => name));
  for (const image of plan.images) {
    const [first] = parentsOf(image).filter((parent) => names.has(parent));
    if (first === undefined) roots.push(image);
    else children.set(first, [...(children.get(first) ?? []), image]);
  }
  const lines = (image: PlannedImage, lead: string, branch: string): readonly string[] => {
    const below = children.get(image.name) ?? [];
    return [
      `${lead}${branch}${nodeText(image)}`,
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

function nodeText(image: PlannedImage): string {
  const [, ...others] = parentsOf(image);
  const also = others.length === 0 ? "" : ` (also on ${others.map(plainLine).join(", ")})`;
  return `${plainLine(image.name)}${image.kind === "skip" ? " (skip)" : ""}${also}`;
}

function parentsOf(image: PlannedImage): readonly string[] {
  return image.kind === "build" ? [...new Set(image.parents.map((parent) => parent.name))] : [];
}
