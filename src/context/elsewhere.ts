/** What a run acts on whose checkout is not of the ref that the event is about. */
import type { RunContext } from "../model/run-context.ts";

/**
 * The context of what is checked out: a commit for itself, to which no rule for branches, git tags or schedules applies. A pull
 * request's and a merge group's stay, as nothing of theirs is a branch's anyway.
 */
export function contextElsewhere(context: RunContext): RunContext {
  const { trigger, commit, eventName } = context;
  switch (trigger.kind) {
    case "pull-request":
    case "merge-group":
    case "gone":
      return context;
    case "push":
    case "release":
    case "schedule":
    case "dispatch": {
      const ref = { full: `refs/commits/${commit}`, kind: "commit", name: commit } as const;
      return { ...context, trigger: { kind: "dispatch", eventName }, ref };
    }
  }
}
