/** GitHub's REST API over the fake's state. Answers are the description's own examples with what matters put in. */
import { githubDescription, type Operation } from "../../openapi.ts";
import type { FakePull } from "./pull-requests.ts";
import { bot, type Refusal, refusalOf, type State, web } from "./state.ts";

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

type Body = Readonly<Record<string, unknown>>;
type Handler = (state: State, parts: readonly string[], body: Body, query: URLSearchParams) => RestAnswer;

const routes: readonly (Operation & { readonly pattern: RegExp; readonly handle: Handler })[] = [
  { method: "post", path: "/pulls", pattern: /^\/pulls$/, handle: openPull },
  { method: "patch", path: "/pulls/{pull_number}", pattern: /^\/pulls\/(\d+)$/, handle: editPull },
  {
    method: "post",
    path: "/pulls/{pull_number}/requested_reviewers",
    pattern: /^\/pulls\/(\d+)\/requested_reviewers$/,
    handle: requestReviews,
  },
  { method: "patch", path: "/issues/{issue_number}", pattern: /^\/issues\/(\d+)$/, handle: editIssue },
  { method: "post", path: "/issues/{issue_number}/comments", pattern: /^\/issues\/(\d+)\/comments$/, handle: comment },
  { method: "post", path: "/git/trees", pattern: /^\/git\/trees$/, handle: makeTree },
  { method: "post", path: "/git/commits", pattern: /^\/git\/commits$/, handle: makeCommit },
  { method: "get", path: "/contents/{path}", pattern: /^\/contents\/(.+)$/, handle: readFile },
].map((route) => ({ ...route, path: `/repos/{owner}/{repo}${route.path}` }) as never);

/** `problems`: what is wrong with the request or, by our own fault, with the answer. */
export function answerRest(
  state: State,
  method: string,
  url: URL,
  body: unknown,
): RestAnswer & { readonly problems: readonly string[] } {
  const below = `/repos/${state.owner}/${state.repo}`;
  const path = url.pathname.startsWith(`${below}/`) ? url.pathname.slice(below.length) : "";
  const route = routes.find((each) => each.method === method.toLowerCase() && each.pattern.test(path));
  if (route === undefined)
    return { ...failure(404, "Not Found"), problems: [`${method} ${url.pathname} is not known`] };
  const parts = (route.pattern.exec(path) ?? []).slice(1).map(decodeURIComponent);
  const answer = route.handle(state, parts, (body ?? {}) as Body, url.searchParams);
  const api = githubDescription();
  // A file comes as it is, of which the description says nothing.
  const isRaw = answer.body instanceof Uint8Array;
  return {
    ...answer,
    problems: [
      ...api.requestProblems(route, body),
      ...(isRaw ? [] : api.answerProblems(route, answer.status, answer.body)),
    ],
  };
}

function failure(status: number, message: string, errors?: Refusal["errors"]): RestAnswer {
  const text = { message, documentation_url: "https://docs.github.com/rest", status: String(status) };
  return { status, body: errors === undefined ? text : { ...text, errors } };
}

function example(path: string, method: Operation["method"], status: number): Record<string, unknown> {
  return githubDescription().example({ method, path: `/repos/{owner}/{repo}${path}` }, status);
}

function openPull(state: State, _: readonly string[], body: Body): RestAnswer {
  const refusal = refusalOf(state, "pulls");
  if (refusal !== undefined) return failure(refusal.status, refusal.message);
  if (!state.rules.mayOpenPulls) {
    return failure(403, "GitHub Actions is not permitted to create or approve pull requests.");
  }
  const { git, branches } = state;
  const [branch, base] = [String(body.head), String(body.base)];
  const [head, from] = [branches.head(branch), branches.head(base)];
  const invalid = (details: object) =>
    failure(422, "Validation Failed", [{ resource: "PullRequest", code: "custom", ...details }]);
  if (head === undefined || from === undefined)
    return invalid({ field: head === undefined ? "head" : "base", code: "invalid" });
  if (git.contains(from, head)) return invalid({ message: `No commits between ${base} and ${branch}` });
  if (branches.pulls.some((each) => isOpenFrom(each, branch, base))) {
    return invalid({ message: `A pull request already exists for ${state.owner}:${branch}.` });
  }
  const pull: FakePull = {
    number: branches.pulls.length + 1,
    branch,
    base,
    state: "OPEN",
    headOid: head,
    title: String(body.title),
    body: String(body.body ?? ""),
    draft: body.draft === true,
    labels: [],
    assignees: [],
    reviewers: [],
    comments: [],
    autoMerge: undefined,
  };
  branches.pulls.push(pull);
  return { status: 201, body: shown(pull, example("/pulls", "post", 201)) };
}

function isOpenFrom(pull: FakePull, branch: string, base: string): boolean {
  return pull.state === "OPEN" && pull.branch === branch && pull.base === base && pull.isOfFork !== true;
}

function shown(pull: FakePull, like: Record<string, unknown>): Record<string, unknown> {
  return {
    ...like,
    number: pull.number,
    node_id: `PR_${pull.number}`,
    html_url: `https://github.com/o/r/pull/${pull.number}`,
    title: pull.title,
    body: pull.body,
    draft: pull.draft,
    state: pull.state === "OPEN" ? "open" : "closed",
    // The description's own example lacks what its schema wants of teams.
    ...("requested_teams" in like ? { requested_teams: [] } : {}),
    ...("head" in like ? { head: { ...(like.head as object), ref: pull.branch, sha: pull.headOid } } : {}),
  };
}

/** Does something to a pull request that is there and may be changed. */
function withPull(state: State, [number]: readonly string[], change: (pull: FakePull) => RestAnswer): RestAnswer {
  const refusal = refusalOf(state, "pulls");
  if (refusal !== undefined) return failure(refusal.status, refusal.message);
  const pull = state.branches.pulls.find((each) => each.number === Number(number));
  return pull === undefined ? failure(404, "Not Found") : change(pull);
}

function editPull(state: State, parts: readonly string[], body: Body): RestAnswer {
  return withPull(state, parts, (pull) => {
    if (body.state === "closed" && pull.state === "OPEN") pull.state = "CLOSED";
    if (body.body !== undefined) pull.body = String(body.body);
    return { status: 200, body: shown(pull, example("/pulls/{pull_number}", "patch", 200)) };
  });
}

function editIssue(state: State, parts: readonly string[], body: Body): RestAnswer {
  return withPull(state, parts, (pull) => {
    if (body.title !== undefined) pull.title = String(body.title);
    if (body.body !== undefined) pull.body = String(body.body);
    if (Array.isArray(body.labels)) pull.labels = body.labels.map(String);
    if (Array.isArray(body.assignees)) pull.assignees = body.assignees.map(String);
    return { status: 200, body: shown(pull, example("/issues/{issue_number}", "patch", 200)) };
  });
}

function requestReviews(state: State, parts: readonly string[], body: Body): RestAnswer {
  return withPull(state, parts, (pull) => {
    const asked = [body.reviewers, body.team_reviewers].flat().map(String);
    if (asked.some((name) => !state.rules.collaborators.includes(name))) {
      return failure(
        422,
        "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the o/r repository.",
      );
    }
    pull.reviewers.push(...asked);
    const like = example("/pulls/{pull_number}/requested_reviewers", "post", 201);
    return { status: 201, body: shown(pull, like) };
  });
}

function comment(state: State, parts: readonly string[], body: Body): RestAnswer {
  return withPull(state, parts, (pull) => {
    pull.comments.push(String(body.body));
    return { status: 201, body: { ...example("/issues/{issue_number}/comments", "post", 201), body: body.body } };
  });
}

function makeTree(state: State, _: readonly string[], body: Body): RestAnswer {
  const refusal = refusalOf(state, "contents");
  if (refusal !== undefined) return failure(refusal.status, refusal.message);
  const files = (body.tree as { path: string; mode: string; content: string }[]).map((each) => ({ ...each }));
  const sha = state.git.tree(String(body.base_tree), files);
  return { status: 201, body: { ...example("/git/trees", "post", 201), sha } };
}

/** A bot's commit that names no author is GitHub's own, signed. */
function makeCommit(state: State, _: readonly string[], body: Body): RestAnswer {
  const parents = (body.parents as unknown[]).map(String);
  if (parents.some((parent) => !state.git.isObject(parent))) return failure(422, "Parent SHA does not exist");
  const sha = state.git.commit(String(body.tree), parents, String(body.message), bot, web);
  return { status: 201, body: { ...example("/git/commits", "post", 201), sha, message: body.message } };
}

function readFile({ git }: State, [path = ""]: readonly string[], _: Body, query: URLSearchParams): RestAnswer {
  const found = git.file(query.get("ref") ?? "HEAD", path);
  return found === undefined ? failure(404, "Not Found") : { status: 200, body: found.bytes };
}
