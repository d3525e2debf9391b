/** What expressions of a workflow's step may name: `github` of an event, and the defaults of the workflow's inputs. */
import type { RunContext } from "../model/run-context.ts";
import { others, unknown, type Value, type ValueMap } from "./value.ts";

/** What of the event is needed. */
export type ExpressionEvent = Pick<
  RunContext,
  "trigger" | "eventName" | "ref" | "commit" | "owner" | "repo" | "serverUrl" | "apiUrl" | "defaultBranch" | "workspace"
>;

/** The `github` context; what a checkout doesn't show of an event is unknown. */
export function githubContext(facts: ExpressionEvent, job: string, inputs: ValueMap): ValueMap {
  const { trigger, eventName, ref, commit, owner, repo, serverUrl, apiUrl, workspace } = facts;
  const pull = trigger.kind === "pull-request" ? trigger : undefined;
  return {
    [others]: unknown,
    event_name: eventName,
    event: payload(facts, inputs),
    ref: ref.full,
    ref_name: ref.kind === "pull" ? ref.full.replace(/^refs\/pull\//, "") : ref.name,
    ref_type: ref.kind === "tag" ? "tag" : "branch",
    sha: commit,
    repository: `${owner}/${repo}`,
    repository_owner: owner,
    base_ref: pull?.baseRef ?? "",
    head_ref: pull === undefined ? "" : unknown,
    server_url: serverUrl,
    api_url: apiUrl,
    workspace,
    job,
  };
}

function payload({ trigger, ref, commit, owner, repo, defaultBranch }: ExpressionEvent, inputs: ValueMap): ValueMap {
  const repository = {
    [others]: unknown,
    name: repo,
    full_name: `${owner}/${repo}`,
    default_branch: defaultBranch ?? unknown,
    owner: { [others]: unknown, login: owner },
  } as const;
  const pull = trigger.kind === "pull-request" ? trigger : undefined;
  // These are in the payloads of some events alone: elsewhere they are empty, and not unknown.
  const elsewhere = Object.fromEntries(ofSomeEvents.map((key) => [key, null]));
  const own: Readonly<Record<string, Value>> =
    trigger.kind === "push"
      ? {
          ref: ref.full,
          before: trigger.before ?? "0".repeat(40),
          after: commit,
          forced: trigger.forced,
          deleted: false,
          head_commit: { [others]: unknown, id: commit },
          commits: unknown,
          created: trigger.before === undefined,
          base_ref: unknown,
        }
      : trigger.kind === "release"
        ? {
            action: unknown,
            release: { [others]: unknown, tag_name: ref.name, prerelease: trigger.prerelease, draft: false },
          }
        : pull !== undefined
          ? {
              action: unknown,
              number: pull.number,
              pull_request: {
                [others]: unknown,
                number: pull.number,
                base: { [others]: unknown, ref: pull.baseRef, sha: pull.baseCommit },
                head: { [others]: unknown, sha: pull.headCommit },
              },
            }
          : trigger.kind === "merge-group"
            ? { merge_group: { [others]: unknown, base_sha: trigger.baseCommit, head_sha: trigger.headCommit } }
            : trigger.kind === "schedule"
              ? { schedule: trigger.cron ?? unknown }
              : { ref: ref.full, inputs };
  return { [others]: unknown, ...elsewhere, repository, ...own };
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
export const unknownContexts: Readonly<Record<string, Value>> = Object.fromEntries(
  ["secrets", "vars", "steps", "needs", "matrix", "strategy", "runner", "job", "jobs"].map((name) => [
    name,
    { [others]: unknown } as ValueMap,
  ]),
);
