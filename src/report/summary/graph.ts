/** How the images of a run depend on one another, as a Mermaid flowchart. */

import { codeBlock, mermaidLabel } from "../../lib/markdown.ts";
import { count } from "../../lib/quantities.ts";
import type { PlannedImage } from "../../plan/plan.ts";
import { middleCut } from "./abbreviation.ts";
import { type Section, text } from "./sections.ts";

export type NodeState =
  | "published"
  | "promoted"
  | "built"
  | "toBuild"
  | "toPromote"
  | "skipped"
  | "failed"
  | "blocked"
  /** It is there, and has findings for which the run fails. */
  | "withFindings"
  /** It depends on one that failed or is blocked. */
  | "waiting"
  | "cancelled";

export interface GraphNode {
  readonly planned: PlannedImage;
  readonly state: NodeState;
}

/**
 * Images that are built and the published ones that they depend on, where there is a dependency; at most 60, failures first, since a larger
 * picture is read by nobody and Mermaid stops at 50,000 characters or 500 edges. Folded where it is large. Empty without dependencies.
 */
export function graphSection(nodes: readonly GraphNode[]): Section {
  const parents = new Set(nodes.flatMap(({ planned }) => parentsOf(planned)));
  const names = new Set(nodes.map(({ planned }) => planned.name));
  const wanted = nodes.filter(
    ({ planned }) => parents.has(planned.name) || parentsOf(planned).some((parent) => names.has(parent)),
  );
  const chosen = new Set(wanted.toSorted((a, b) => rank[a.state] - rank[b.state]).slice(0, mostNodes));
  const drawn = wanted.filter((node) => chosen.has(node));
  const ids = new Map(drawn.map(({ planned }, index) => [planned.name, `n${index}`]));
  const edges = drawn.flatMap(({ planned }) => edgesInto(planned, ids)).slice(0, mostEdges);
  if (edges.length === 0) return text("");
  const lines = ["flowchart LR", ...drawn.map((node) => nodeLine(node, ids)), ...edges, ...styles(drawn)];
  const left = wanted.length - drawn.length;
  const note = left === 0 ? "" : `\n\n_${count(left, "more image")} not drawn._`;
  const graph = `${codeBlock(lines, "mermaid")}${note}`;
  if (drawn.length <= mostUnfolded) return text(`### Dependency graph\n\n${graph}`);
  return text(
    `<details><summary>Dependency graph (${count(drawn.length, "image")})</summary>\n\n${graph}\n\n</details>`,
  );
}

const mostUnfolded = 12;

const mostNodes = 60;
const mostEdges = 240;
const longestName = 48;

/** What is kept when there is no room for all. */
const rank: Readonly<Record<NodeState, number>> = {
  failed: 0,
  blocked: 0,
  withFindings: 0,
  waiting: 1,
  cancelled: 2,
  published: 3,
  built: 3,
  toBuild: 3,
  promoted: 3,
  toPromote: 3,
  skipped: 4,
};

const marks: Readonly<Record<NodeState, string>> = {
  published: "✅",
  promoted: "🏷️",
  built: "✅",
  toBuild: "🔨",
  toPromote: "🏷️",
  skipped: "➖",
  failed: "❌",
  blocked: "🛑",
  withFindings: "❌",
  waiting: "⛔",
  cancelled: "⏹️",
};

/** Fill, border and text for each state, distinct in light and dark themes; the mark is distinct without colour. */
const colours: Readonly<Record<NodeState, string>> = {
  published: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
  promoted: "fill:#fbefff,stroke:#8250df,color:#1f2328",
  built: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
  toBuild: "fill:#ddf4ff,stroke:#0969da,color:#1f2328",
  toPromote: "fill:#fbefff,stroke:#8250df,color:#1f2328",
  skipped: "fill:#f6f8fa,stroke:#8c959f,color:#59636e",
  failed: "fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:3px",
  blocked: "fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:3px",
  withFindings: "fill:#ffebe9,stroke:#cf222e,color:#1f2328",
  waiting: "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
  cancelled: "fill:#eaeef2,stroke:#57606a,color:#1f2328",
};

function nodeLine({ planned, state }: GraphNode, ids: ReadonlyMap<string, string>): string {
  const label = `${marks[state]} ${mermaidLabel(middleCut(planned.name, longestName))}`;
  return `  ${ids.get(planned.name)}["${label}"]:::${state}`;
}

function edgesInto(planned: PlannedImage, ids: ReadonlyMap<string, string>): readonly string[] {
  const child = ids.get(planned.name);
  return parentsOf(planned)
    .map((parent) => ids.get(parent))
    .filter((parent) => parent !== undefined)
    .map((parent) => `  ${parent} --> ${child}`);
}

/** Images that are not published have a dashed border. */
function styles(drawn: readonly GraphNode[]): readonly string[] {
  const states = [...new Set(drawn.map(({ state }) => state))];
  const unpublished = drawn.flatMap(({ planned }, index) => (planned.repositories.length === 0 ? [`n${index}`] : []));
  return [
    ...states.map((state) => `  classDef ${state} ${colours[state]}`),
    ...unpublished.map((id) => `  style ${id} stroke-dasharray:5 5`),
  ];
}

/** Each parent once, though it may be used in several ways. */
function parentsOf(planned: PlannedImage): readonly string[] {
  return planned.kind === "build" ? [...new Set(planned.parents.map((parent) => parent.name))] : [];
}
