/** Events as the rules see them, for tests. */

import type { SourcedLine } from "../../../src/lib/text/sourced-line.ts";
import type { Commit, GitRef, RunContext, Trigger } from "../../../src/model/run-context.ts";
import { type DerivedTags, deriveTags, type TagFacts } from "../../../src/tags/derive-tags.ts";
import { parseFlavor } from "../../../src/tags/rules/flavor.ts";
import { parseRules } from "../../../src/tags/rules/parse-rules.ts";
import type { EventContext } from "../../../src/tags/tag-event.ts";

export const sha = "e973f3c0123456789abcdef0123456789abcdef0" as Commit;
export const headSha = "ad132f5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" as Commit;
export const short = "e973f3c";

export interface Situation {
  readonly ref: string;
  readonly trigger?: Trigger;
  readonly name?: string;
  readonly names?: readonly string[];
  readonly defaultBranch?: string | undefined;
  readonly tagBaseRef?: string;
  readonly facts?: Partial<TagFacts>;
}

const push: Trigger = { kind: "push", before: undefined, forced: false };
export const schedule: Trigger = { kind: "schedule", cron: "0 23 * * 0" };
export const release: Trigger = { kind: "release", prerelease: false };
export const flaggedRelease: Trigger = { kind: "release", prerelease: true };
export const mergeGroup: Trigger = { kind: "merge-group", baseCommit: sha, headCommit: headSha };
export const dispatch: Trigger = { kind: "dispatch", eventName: "workflow_dispatch" };

export function pullRequest(number: number, target = false): Trigger {
  return {
    kind: "pull-request",
    number,
    baseRef: "main",
    baseCommit: sha,
    headCommit: headSha,
    fromFork: false,
    target,
  };
}

export function context({ ref, trigger = push, ...others }: Situation): RunContext & Pick<EventContext, "tagBaseRef"> {
  return {
    trigger,
    eventName: trigger.kind,
    ref: gitRef(ref),
    commit: sha,
    owner: "MieWeb",
    repo: "opensource-server",
    defaultBranch: "defaultBranch" in others ? others.defaultBranch : "main",
    isPrivate: false,
    description: "Servers & more",
    license: "Apache-2.0",
    serverUrl: "https://github.com",
    apiUrl: "https://api.github.com",
    actor: "someone",
    runUrl: undefined,
    startedAt: new Date("2026-06-14T23:00:05.678Z"),
    workspace: "/checkout",
    temp: "/temp",
    tagBaseRef: others.tagBaseRef,
  };
}

function facts(situation: Situation): TagFacts {
  return {
    context: context(situation),
    name: situation.name ?? "base",
    names: situation.names ?? ["base", "nodejs"],
    commitDate: new Date("2026-06-10T22:30:00Z"),
    ...situation.facts,
  };
}

export function lines(text: string, input = "tags"): readonly SourcedLine[] {
  return text
    .split("\n")
    .map((each, index) => ({ text: each.trim(), input, line: index + 1 }))
    .filter(({ text: each }) => each !== "");
}

/** What the rules make of a situation; a rule that does not parse fails the test. */
export function derive(rules: string, situation: Situation, flavorText = ""): DerivedTags {
  const { values, problems } = parseRules(lines(rules));
  const { flavor, problems: flavorProblems } = parseFlavor(lines(flavorText, "flavor"));
  const [problem] = [...problems, ...flavorProblems];
  if (problem !== undefined) throw problem;
  return deriveTags(values, flavor, facts(situation));
}

export function tags(rules: string, situation: Situation, flavorText = ""): readonly string[] {
  return derive(rules, situation, flavorText).tags.map(({ tag }) => tag);
}

/** The tags that move. */
export function movingTags(rules: string, situation: Situation): readonly string[] {
  return derive(rules, situation)
    .tags.filter(({ moves }) => moves)
    .map(({ tag }) => tag);
}

/** Problems of rules, as `message | hint`. */
export function problemsOf(rules: string): readonly string[] {
  return parseRules(lines(rules)).problems.map(({ message, hint }) => `${message} | ${hint}`);
}

function gitRef(full: string): GitRef {
  const [, kind, name = full] = /^refs\/(heads|tags|pull)\/(.*?)(?:\/merge)?$/.exec(full) ?? [];
  const kinds = { heads: "branch", tags: "tag", pull: "pull" } as const;
  return { full, kind: kind === "heads" || kind === "tags" || kind === "pull" ? kinds[kind] : "other", name };
}
