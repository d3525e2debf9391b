import { expect, test } from "@jest/globals";
import { commit, type Trigger } from "../../../../../src/model/run-context.ts";
import { type CheckoutTrust, trusted } from "../../../../../src/model/trust.ts";
import { cacheAccess } from "../../../../../src/stages/analyze/details/cache-access.ts";
import { cacheTokenScopes } from "../../../../../src/stages/analyze/details/cache-token.ts";

const someCommit = commit("a".repeat(40));
const untrusted: CheckoutTrust = {
  kind: "untrusted",
  why: "the checkout holds a fork's commit",
  head: someCommit,
  pullRequest: undefined,
};

const push: Trigger = { kind: "push", before: undefined, forced: false };
const dispatch: Trigger = { kind: "dispatch", eventName: "workflow_run" };
const group: Trigger = { kind: "merge-group", baseCommit: someCommit, headCommit: someCommit };
const pull: Trigger = {
  kind: "pull-request",
  number: 7,
  baseRef: "main",
  baseCommit: someCommit,
  headCommit: someCommit,
  fromFork: true,
  target: false,
};

function token(ac: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part({ ac: typeof ac === "string" ? ac : JSON.stringify(ac) })}.signature`;
}

const scoped = (...refs: readonly string[]): string =>
  token(refs.map((ref, index) => ({ Scope: ref, Permission: index === 0 ? 3 : 1 })));

/** The environment of GitHub's service, with a token that writes to a ref and reads the default branch's. */
const github = (ref: string) => ({
  ACTIONS_CACHE_SERVICE_V2: "true",
  ACTIONS_RUNTIME_TOKEN: scoped(ref, "refs/heads/main"),
});

interface Row {
  readonly of: string;
  readonly trigger: Trigger;
  readonly event: string;
  readonly trust: CheckoutTrust;
  readonly env: Readonly<Record<string, string>>;
  readonly shared: boolean;
  readonly service: boolean;
}

const merge = "refs/pull/7/merge";
const queue = "refs/heads/gh-readonly-queue/main/pr-7-a";
const main = "refs/heads/main";
const rows: readonly Row[] = [
  { of: "a push", trigger: push, event: "push", trust: trusted, env: {}, shared: true, service: true },
  {
    of: "a dispatch",
    trigger: dispatch,
    event: "workflow_dispatch",
    trust: trusted,
    env: {},
    shared: true,
    service: true,
  },
  {
    of: "an own pull request",
    trigger: pull,
    event: "pull_request",
    trust: trusted,
    env: github(merge),
    shared: false,
    service: true,
  },
  {
    of: "a fork's pull request",
    trigger: pull,
    event: "pull_request",
    trust: untrusted,
    env: github(merge),
    shared: false,
    service: true,
  },
  {
    of: "a fork's, with the default branch's token",
    trigger: pull,
    event: "pull_request",
    trust: untrusted,
    env: github(main),
    shared: false,
    service: false,
  },
  {
    of: "pull_request_target",
    trigger: pull,
    event: "pull_request_target",
    trust: untrusted,
    env: github(main),
    shared: false,
    service: false,
  },
  {
    of: "pull_request_target, whatever its token",
    trigger: pull,
    event: "pull_request_target",
    trust: untrusted,
    env: github(merge),
    shared: false,
    service: false,
  },
  {
    of: "pull_request_review",
    trigger: pull,
    event: "pull_request_review",
    trust: untrusted,
    env: github(merge),
    shared: false,
    service: false,
  },
  {
    of: "a merge group",
    trigger: group,
    event: "merge_group",
    trust: trusted,
    env: github(queue),
    shared: false,
    service: true,
  },
  {
    of: "an untrusted merge group",
    trigger: group,
    event: "merge_group",
    trust: untrusted,
    env: github(queue),
    shared: false,
    service: true,
  },
  ...["workflow_run", "issue_comment", "repository_dispatch", "workflow_dispatch"].map((event) => ({
    of: `a fork's head under ${event}`,
    trigger: dispatch,
    event,
    trust: untrusted,
    env: github(main),
    shared: false,
    service: false,
  })),
  {
    of: "a fork's head under schedule",
    trigger: { kind: "schedule", cron: undefined },
    event: "schedule",
    trust: untrusted,
    env: github(main),
    shared: false,
    service: false,
  },
  {
    of: "a fork's head under push",
    trigger: push,
    event: "push",
    trust: untrusted,
    env: github(main),
    shared: false,
    service: false,
  },
  ...Object.entries({
    Gitea: { ...github(merge), GITEA_ACTIONS: "true" },
    Forgejo: { ...github(merge), FORGEJO_ACTIONS: "true" },
    "the first version of the service": {
      ...github(merge),
      ACTIONS_CACHE_SERVICE_V2: "",
      ACTIONS_CACHE_URL: "http://c/",
    },
    "a token without scopes": { ...github(merge), ACTIONS_RUNTIME_TOKEN: token([{ Scope: "", Permission: 3 }]) },
    "a token that only reads": { ...github(merge), ACTIONS_RUNTIME_TOKEN: token([{ Scope: merge, Permission: 1 }]) },
    "a token that is none": { ...github(merge), ACTIONS_RUNTIME_TOKEN: "t" },
    "no service": {},
  }).map(([name, env]) => ({
    of: `an own pull request on ${name}`,
    trigger: pull,
    event: "pull_request",
    trust: trusted,
    env,
    shared: false,
    service: false,
  })),
];

test.each(rows)("$of writes what others read: $shared, and to the cache service: $service", (row) => {
  const { trigger, event, trust, env } = row;
  const access = cacheAccess({ context: { trigger, eventName: event }, trust, push: true, env });
  expect({ shared: access.restriction === undefined, service: access.service }).toEqual({
    shared: row.shared,
    service: row.service,
  });
});

test.each([
  ["no token", "", []],
  ["text", "a.b.c", []],
  ["claims that are no object", `x.${Buffer.from("7").toString("base64url")}.y`, []],
  ["scopes that are no JSON", token("{"), []],
  ["scopes that are no list", token({ Scope: main }), []],
  ["entries that are none", token([null, 7, {}, { Scope: 7, Permission: 3 }, { Scope: main, Permission: "3" }]), []],
  ["the first of two", scoped(main, merge), [main]],
])("%s: the token's scopes", (_, text, scopes) => {
  expect(cacheTokenScopes(text)).toEqual(scopes);
});
