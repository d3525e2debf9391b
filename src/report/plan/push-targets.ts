/** Where a plan's images would be pushed, as few lines as there are folders of registries. */
import type { Plan } from "../../plan/plan.ts";

export interface PushTarget {
  /** Registry and folder, `ghcr.io/o/r/`; the whole repository where it is the only one in its folder. */
  readonly at: string;
  /** The last parts of the repositories in the folder, in the plan's order. */
  readonly names: readonly string[];
}

/** None where the run pushes nothing. */
export function pushTargets({ images, push }: Pick<Plan, "images" | "push">): readonly PushTarget[] {
  if (!push) return [];
  const repositories = images.flatMap((image) => (image.kind === "skip" ? [] : image.repositories));
  const byFolder = Map.groupBy([...new Set(repositories)], (each) => each.slice(0, each.lastIndexOf("/")));
  return Array.from(byFolder, ([folder, all]): PushTarget => {
    const [only, ...others] = all;
    if (only !== undefined && others.length === 0) return { at: only, names: [] };
    return { at: `${folder}/`, names: all.map((each) => each.slice(folder.length + 1)) };
  });
}
