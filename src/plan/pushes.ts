import type { RunContext } from "../context/run-context.ts";

/**
 * Whether a run pushes what it builds. Never from a pull request of a fork or in a merge group, whatever is wished; from a pull
 * request of the own repository only on demand.
 */
export function pushes(
  { trigger, ref }: Pick<RunContext, "trigger" | "ref">,
  wish: "auto" | "true" | "false",
): boolean {
  if (wish === "false") return false;
  switch (trigger.kind) {
    case "merge-group":
    case "gone":
      return false;
    case "pull-request":
      return wish === "true" && !trigger.fromFork;
    default:
      return ref.kind === "branch" || ref.kind === "tag";
  }
}
