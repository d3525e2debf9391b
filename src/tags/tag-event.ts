/** What the rules know of an event: the ref that they match, the commit, and the values of expressions. */
import { type Commit, type RunContext, sourceCommit } from "../model/run-context.ts";
import type { MetadataVariables } from "./metadata-variables.ts";
import { type ReleaseNames, readReleaseTag } from "./versions/release-tag.ts";

/** The part of the context that rules, labels and names use. */
export type EventContext = Pick<
  RunContext,
  "trigger" | "ref" | "commit" | "owner" | "repo" | "tagBaseRef" | "defaultBranch" | "startedAt"
>;

export interface EventFacts extends ReleaseNames {
  readonly context: EventContext;
  /** What the image is called in public. */
  readonly name: string;
  /** By what it is built; `undefined`: by a Dockerfile. */
  readonly variant?: "dockerfile" | "nix" | undefined;
  readonly variables?: MetadataVariables | undefined;
}

export type EventRef =
  | { readonly kind: "branch"; readonly branch: string }
  | {
      readonly kind: "tag";
      /** Without the image's name, where the tag releases one image. */
      readonly tag: string;
      readonly fullTag: string;
    }
  | { readonly kind: "pull"; readonly number: string }
  | { readonly kind: "other" };

export interface TagEvent {
  readonly ref: EventRef;
  /** The commit that tags name: a pull request's head, since its merge commit is nobody's. */
  readonly commit: Commit;
  /** Its first digits. */
  readonly shortCommit: string;
  readonly isSchedule: boolean;
  readonly isDefaultBranch: boolean;
  /** A release that its author flagged as prerelease, whatever its version says. */
  readonly isFlaggedPrerelease: boolean;
  /** Why no rule gives a tag at all, as a clause; `undefined` where they may. */
  readonly givesNone: string | undefined;
}

/** How many digits of a commit make its short form where nobody says, as in the reference. */
export const usualShortLength = 7;

export function readEvent(facts: EventFacts): TagEvent {
  const { context, name } = facts;
  const { trigger } = context;
  const release = context.ref.kind === "tag" ? readReleaseTag(context.ref.name, name, facts) : undefined;
  const ref = eventRef(context, release?.kind === "released" ? release.tag : undefined);
  const commit = sourceCommit(context);
  return {
    ref,
    commit,
    shortCommit: commit.slice(0, facts.variables?.shortCommitLength ?? usualShortLength),
    isSchedule: trigger.kind === "schedule",
    isDefaultBranch: ref.kind === "branch" && ref.branch === context.defaultBranch,
    isFlaggedPrerelease: trigger.kind === "release" && trigger.prerelease,
    givesNone: ref.kind === "tag" && release?.kind === "left" ? release.because : tagless(trigger),
  };
}

function tagless({ kind }: EventContext["trigger"]): string | undefined {
  if (kind === "merge-group") return "what a merge group builds is nobody's yet";
  return kind === "gone" ? "there is nothing to be done" : undefined;
}

/** The values of expressions, but for `version`, which the rules themselves make. */
export function eventValues(facts: EventFacts, event: TagEvent): ReadonlyMap<string, string> {
  const { context } = facts;
  const { ref } = event;
  const isRelease = context.trigger.kind === "release" && !context.trigger.prerelease;
  return new Map([
    ["branch", ref.kind === "branch" ? ref.branch : ""],
    ["tag", ref.kind === "tag" ? ref.tag : ""],
    ["sha", event.shortCommit],
    ["base_ref", baseRef(facts, ref)],
    ["is_default_branch", `${event.isDefaultBranch}`],
    ["is_not_default_branch", `${!event.isDefaultBranch}`],
    ["is_release", `${isRelease}`],
    ["owner", context.owner],
    ["repo", context.repo],
    ["name", facts.name],
  ]);
}

/** A pull request's ref is its own even where the event runs on the base branch (`pull_request_target`). */
function eventRef({ trigger, ref }: EventContext, tag: string | undefined): EventRef {
  if (trigger.kind === "pull-request") return { kind: "pull", number: `${trigger.number}` };
  switch (ref.kind) {
    case "branch":
      return { kind: "branch", branch: ref.name };
    case "tag":
      return { kind: "tag", tag: tag ?? ref.name, fullTag: ref.name };
    case "pull":
      return { kind: "pull", number: ref.name };
    case "commit":
    case "other":
      return { kind: "other" };
  }
}

function baseRef({ context }: EventFacts, ref: EventRef): string {
  if (context.trigger.kind === "pull-request") return context.trigger.baseRef;
  return ref.kind === "tag" ? (context.tagBaseRef ?? "") : "";
}
