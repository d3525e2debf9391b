/** Bumps on GitHub: through GraphQL what it can do in one request, the rest through REST. */
import { commit } from "../../model/run-context.ts";
import type { BranchCommit, BranchFacts, BumpForge, PullRequest } from "../bump-forge.ts";
import { pathPart, type RepositoryAccess } from "../forge-access.ts";
import { ForgeError, unlessMissing } from "../forge-error.ts";
import { reviewersOf } from "../reviewers.ts";
import { githubApi } from "./github-api.ts";
import {
  autoMergeMutation,
  type CommitList,
  type LookAnswer,
  lookQuery,
  type PullRequestNode,
  repositoryQuery,
} from "./github-queries.ts";
import { moveBranch, noCommit, writeGitHubBranch } from "./github-write.ts";

/** Pull requests are made and closed as whoever the token belongs to. */
export function githubBumps(access: RepositoryAccess): BumpForge {
  const api = githubApi(access);
  return {
    async look({ branch, base }) {
      const refs = { baseRef: `refs/heads/${base}`, branchRef: `refs/heads/${branch}` };
      const answer = await api.query<LookAnswer>(lookQuery, { ...api.names, base, branch, ...refs });
      if (answer.repository.base === null) {
        throw new ForgeError("missing", `${access.owner}/${access.repo} has no branch ${base}`);
      }
      return stateOf(answer);
    },
    read: (at, path) => unlessMissing(() => api.raw(`contents/${pathPart(path)}?ref=${at}`)),
    write: (write) => writeGitHubBranch(api, write),
    async deleteBranch(branch, head) {
      const { repository } = await api.query<{ readonly repository: { readonly id: string } }>(
        repositoryQuery,
        api.names,
      );
      await moveBranch(api, repository.id, branch, { from: head, to: noCommit });
    },
    async open({ branch, base, title, body, draft }) {
      const made = await api.rest<RestPullRequest>("POST", "pulls", { title, body, head: branch, base, draft });
      return {
        number: made.number,
        id: made.node_id,
        url: made.html_url,
        state: "open",
        head: commit(made.head.sha),
        title,
        body,
        labels: [],
        assignees: [],
      };
    },
    async edit(pull, { title, body, labels, assignees }) {
      await api.rest("PATCH", `issues/${pull.number}`, {
        title,
        body,
        labels: union(pull.labels, labels),
        assignees: union(pull.assignees, assignees),
      });
    },
    async requestReviews({ number }, reviewers) {
      await api.rest("POST", `pulls/${number}/requested_reviewers`, reviewersOf(reviewers));
    },
    async mergeWhenReady({ id }, method, head) {
      const input = { pullRequestId: id, mergeMethod: method.toUpperCase(), expectedHeadOid: head };
      await api.query(autoMergeMutation, { input });
    },
    async close({ number }, why, body) {
      await api.rest("POST", `issues/${number}/comments`, { body: why });
      await api.rest("PATCH", `pulls/${number}`, { state: "closed", body });
    },
  };
}

interface RestPullRequest {
  readonly number: number;
  readonly node_id: string;
  readonly html_url: string;
  readonly head: { readonly sha: string };
}

function stateOf({ repository: { branch, base, pullRequests } }: LookAnswer): BranchFacts {
  const head = branch?.target?.oid;
  return {
    head: head === undefined ? undefined : commit(head),
    // There is nothing to compare where the branch is not there; else GitHub could not, and it may be anybody's.
    commits: head === undefined ? [] : commitsOf(base?.compare?.commits),
    pullRequests: (pullRequests.nodes ?? []).flatMap((node) =>
      node === null || node.isCrossRepository ? [] : [pullRequestOf(node)],
    ),
  };
}

function pullRequestOf({ number, id, url, title, body, ...node }: PullRequestNode): PullRequest {
  return {
    number,
    id,
    url,
    title,
    body,
    state: node.state === "OPEN" ? "open" : node.state === "MERGED" ? "merged" : "closed",
    head: commit(node.headRefOid),
    labels: (node.labels?.nodes ?? []).flatMap((label) => label?.name ?? []),
    assignees: (node.assignees.nodes ?? []).flatMap((person) => person?.login ?? []),
  };
}

function commitsOf(commits: CommitList | undefined): readonly BranchCommit[] | undefined {
  if (commits === undefined) return undefined;
  const nodes = (commits.nodes ?? []).filter((node) => node !== null);
  if (nodes.length < commits.totalCount) return undefined;
  return nodes.map(({ oid, message, parents, author, committer }) => ({
    id: commit(oid),
    message,
    parents: parents.totalCount,
    author: { email: author?.email ?? "", date: author?.date ?? "" },
    committer: { email: committer?.email ?? "", date: committer?.date ?? "" },
  }));
}

function union(some: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set([...some, ...others])];
}
