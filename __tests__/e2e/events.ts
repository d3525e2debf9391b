/** What GitHub tells of the events that happen to a project. */
import type { Project } from "./project.ts";
import type { Happening } from "./run-action.ts";

export const noCommit = "0".repeat(40);

/** A push to a branch, `main` unless told; `before` is the commit that it named. */
export function pushed(before: string, branch = "main"): Happening {
  const isNew = before === noCommit;
  return { event: "push", ref: `refs/heads/${branch}`, payload: { before, created: isNew, deleted: false } };
}

/** The first push of a project. */
export const firstPush = pushed(noCommit);

export function taggedPush(tag: string): Happening {
  return { event: "push", ref: `refs/tags/${tag}`, payload: { before: noCommit, created: true, deleted: false } };
}

/**
 * A pull request from the branch `head`, number 7. The remote gets the merge commit that GitHub makes of it, which is what
 * is checked out. `base` is the commit of main that the payload names, `from` the repository that holds `head`.
 */
export function pullRequest(
  project: Project,
  head: string,
  { base = project.git("rev-parse", "main"), from = project.slug } = {},
): Happening {
  const headCommit = project.git("rev-parse", head);
  const tree = project.git("merge-tree", "--write-tree", "main", head).split("\n")[0] ?? "";
  const merge = project.git("commit-tree", tree, "-p", "main", "-p", head, "-m", "Merge");
  project.git("update-ref", "refs/pull/7/merge", merge);
  return {
    event: "pull_request",
    ref: "refs/pull/7/merge",
    payload: {
      action: "synchronize",
      number: 7,
      pull_request: {
        number: 7,
        base: { ref: "main", sha: base, repo: { full_name: project.slug } },
        head: { ref: head, sha: headCommit, repo: { full_name: from } },
      },
    },
  };
}
