/** Contexts of the events by which images usually get their tags, as if they happened to this run's commit. */
import { gitRef, type RunContext } from "../model/run-context.ts";

/** The commit was pushed to a branch. */
export function asPushed(context: RunContext, branch: string): RunContext {
  const trigger = { kind: "push", before: undefined, forced: false } as const;
  return { ...context, eventName: "push", trigger, ref: gitRef(`refs/heads/${branch}`) };
}

export interface UsualEvent {
  /** As a sentence has it: "a push to main". */
  readonly what: string;
  readonly context: RunContext;
}

/** The version of the release stands for every other. */
const release = "v1.2.3";

export function usualEvents(context: RunContext): readonly UsualEvent[] {
  const branch = context.defaultBranch ?? "main";
  const pushed = asPushed(context, branch);
  const number = 1;
  return [
    { what: `a push to ${branch}`, context: pushed },
    {
      what: `the release ${release}`,
      context: {
        ...context,
        eventName: "release",
        trigger: { kind: "release", prerelease: false },
        ref: gitRef(`refs/tags/${release}`),
        tagBaseRef: branch,
      },
    },
    {
      what: "a schedule",
      context: { ...pushed, eventName: "schedule", trigger: { kind: "schedule", cron: undefined } },
    },
    {
      what: "a pull request",
      context: {
        ...context,
        eventName: "pull_request",
        trigger: {
          ...{ kind: "pull-request", number, baseRef: branch, baseCommit: context.commit },
          ...{ headCommit: context.commit, fromFork: false, target: false },
        },
        ref: gitRef(`refs/pull/${number}/merge`),
      },
    },
  ];
}
