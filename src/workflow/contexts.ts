/** What expressions of a workflow's step may name, for one event: `github`, `inputs`, `env`. */

import { UserError } from "../errors.ts";
import type { Tree, TreeEntry } from "../lib/yaml/yaml-tree.ts";
import type { RunContext, Trigger } from "../model/run-context.ts";
import type { JobStep } from "./find-step.ts";
import { notKnown, others, type Value, type ValueMap } from "./value.ts";
import { evaluate } from "./workflow-expression.ts";
import { workflowInputs } from "./workflow-inputs.ts";

/** What of the event is needed. */
export type ExpressionEvent = Pick<
  RunContext,
  "trigger" | "eventName" | "ref" | "commit" | "owner" | "repo" | "serverUrl" | "apiUrl" | "defaultBranch" | "workspace"
>;

export type Contexts = Readonly<Record<string, Value>>;

export interface StepContexts {
  /** Those of the job's `if`, which has no variables. */
  readonly job: Contexts;
  readonly step: Contexts;
}

export function stepContexts(
  tree: Tree,
  { job, env }: Pick<JobStep, "job" | "env">,
  facts: ExpressionEvent,
): StepContexts {
  const own = workflowInputs(tree, facts.eventName);
  const contexts = { ...unknownContexts, github: githubContext(facts, job, own), inputs: own };
  return { job: contexts, step: { ...contexts, env: envOf(env, contexts) } };
}

/** Variables may be made of the contexts, and not of one another. Those of the runner are unknown. */
function envOf(entries: readonly TreeEntry[], contexts: Contexts): ValueMap {
  const all = entries.map(({ key, value }): readonly [string, Value] => {
    if (value.kind !== "scalar") return [key, notKnown];
    try {
      const found = evaluate(value.value === null ? "" : value.text, contexts);
      return [key, found.kind === "known" ? found.text : notKnown];
    } catch (error) {
      if (error instanceof UserError) return [key, notKnown];
      throw error;
    }
  });
  return { [others]: notKnown, ...Object.fromEntries(all) };
}

/** The `github` context; what a checkout doesn't show of an event is unknown. */
function githubContext(facts: ExpressionEvent, job: string, inputs: ValueMap): ValueMap {
  const { trigger, eventName, ref, commit, owner, repo, serverUrl, apiUrl, workspace } = facts;
  const pull = trigger.kind === "pull-request" ? trigger : undefined;
  return {
    [others]: notKnown,
    event_name: eventName,
    event: payload(facts, inputs),
    ref: ref.full,
    ref_name: ref.kind === "pull" ? ref.full.replace(/^refs\/pull\//, "") : ref.name,
    ref_type: ref.kind === "tag" ? "tag" : "branch",
    sha: commit,
    repository: `${owner}/${repo}`,
    repository_owner: owner,
    base_ref: pull?.baseRef ?? "",
    head_ref: pull === undefined ? "" : notKnown,
    server_url: serverUrl,
    api_url: apiUrl,
    workspace,
    job,
  };
}

function payload({ trigger, ref, commit, owner, repo, defaultBranch }: ExpressionEvent, inputs: ValueMap): ValueMap {
  const repository = {
    [others]: notKnown,
    name: repo,
    full_name: `${owner}/${repo}`,
    default_branch: defaultBranch ?? notKnown,
    owner: { [others]: notKnown, login: owner },
  } as const;
  // These are in the payloads of some events alone: elsewhere they are empty, and not unknown.
  const elsewhere = Object.fromEntries(ofSomeEvents.map((key) => [key, null]));
  return { [others]: notKnown, ...elsewhere, repository, ...payloadOf(trigger, { ref, commit }, inputs) };
}

function payloadOf(
  trigger: Trigger,
  { ref, commit }: Pick<ExpressionEvent, "ref" | "commit">,
  inputs: ValueMap,
): ValueMap {
  switch (trigger.kind) {
    case "push":
      return {
        ref: ref.full,
        before: trigger.before ?? "0".repeat(40),
        after: commit,
        forced: trigger.forced,
        deleted: false,
        head_commit: { [others]: notKnown, id: commit },
        commits: notKnown,
        created: trigger.before === undefined,
        base_ref: notKnown,
      };
    case "release":
      return {
        action: notKnown,
        release: { [others]: notKnown, tag_name: ref.name, prerelease: trigger.prerelease, draft: false },
      };
    case "pull-request":
      return { action: notKnown, number: trigger.number, pull_request: pullRequest(trigger) };
    case "merge-group":
      return { merge_group: { [others]: notKnown, base_sha: trigger.baseCommit, head_sha: trigger.headCommit } };
    case "schedule":
      return { schedule: trigger.cron ?? notKnown };
    default:
      return { ref: ref.full, inputs };
  }
}

function pullRequest({ number, baseRef, baseCommit, headCommit }: Trigger & { kind: "pull-request" }): ValueMap {
  return {
    [others]: notKnown,
    number,
    base: { [others]: notKnown, ref: baseRef, sha: baseCommit },
    head: { [others]: notKnown, sha: headCommit },
  };
}

const ofSomeEvents = [
  "before",
  "after",
  "forced",
  "created",
  "deleted",
  "head_commit",
  "commits",
  "release",
  "pull_request",
  "merge_group",
  "schedule",
  "inputs",
  "number",
  "issue",
  "comment",
  "workflow_run",
  "client_payload",
];

/** Contexts that are filled by secrets, settings of the forge, and what runs before. */
const unknownContexts: Readonly<Record<string, Value>> = Object.fromEntries(
  ["secrets", "vars", "steps", "needs", "matrix", "strategy", "runner", "job", "jobs"].map((name) => [
    name,
    { [others]: notKnown } as ValueMap,
  ]),
);
