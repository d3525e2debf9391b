/** Bumps on Gitea and Forgejo (`/api/v1`), whose contents API makes a commit of several files. */
import { commit, isCommit } from "../../model/run-context.ts";
import type { BranchFacts, BranchPair, BumpForge, PullRequest } from "../bump-forge.ts";
import { ask, type Question } from "../exchange.ts";
import { addressOf, pathPart, type RepositoryAccess } from "../forge-access.ts";
import { unlessMissing } from "../forge-error.ts";
import { reviewersOf } from "../reviewers.ts";
import { headOf, labelIds, type RestCommit, type RestPullRequest } from "./gitea-answers.ts";
import { type GiteaApi, giteaApi, headAt, mustBeAt } from "./gitea-api.ts";
import { writeGiteaBranch } from "./gitea-write.ts";

export function giteaBumps(access: RepositoryAccess): BumpForge {
  const api = giteaApi(access);
  return {
    look: (pair) => look(api, pair),
    async read(at, path) {
      const question: Question = { method: "GET", url: addressOf(access, `raw/${pathPart(path)}?ref=${at}`) };
      return (await unlessMissing(() => ask(access, question)))?.body;
    },
    write: (write) => writeGiteaBranch(api, write, access),
    async deleteBranch(branch, head) {
      await mustBeAt(api, branch, head);
      await api("DELETE", `branches/${pathPart(branch)}`);
    },
    async open({ branch, base, title, body, draft }) {
      // What these forges have for drafts.
      const text = { title: draft ? `${unready}${title}` : title, body };
      const made = await api<RestPullRequest>("POST", "pulls", { ...text, head: branch, base });
      return { ...pullRequestOf(made), ...text };
    },
    async edit(pull, { title, body, labels, assignees }) {
      const all = [...new Set([...pull.labels, ...labels])];
      await api("PATCH", `pulls/${pull.number}`, {
        title: pull.title.startsWith(unready) ? `${unready}${title}` : title,
        body,
        ...(labels.length === 0 ? {} : { labels: await labelIds(api, all) }),
        ...(assignees.length === 0 ? {} : { assignees: [...new Set([...pull.assignees, ...assignees])] }),
      });
    },
    async requestReviews({ number }, reviewers) {
      await api("POST", `pulls/${number}/requested_reviewers`, reviewersOf(reviewers));
    },
    async mergeWhenReady({ number }, method, head) {
      const merge = { Do: method, merge_when_checks_succeed: true, head_commit_id: head };
      await api("POST", `pulls/${number}/merge`, merge);
    },
    async close({ number }, why, body) {
      await api("POST", `issues/${number}/comments`, { body: why });
      await api("PATCH", `pulls/${number}`, { state: "closed", body });
    },
  };
}

const unready = "WIP: ";

/** Two requests where the branch is there and has something that its base has not. */
async function look(api: GiteaApi, { branch, base }: BranchPair): Promise<BranchFacts> {
  const [compared, pullRequests] = await Promise.all([
    unlessMissing(() =>
      api<{ readonly commits: readonly RestCommit[] | null }>(
        "GET",
        `compare/${pathPart(base)}...${pathPart(branch)}?files=false&verification=false`,
      ),
    ),
    pullRequestsOf(api, { branch, base }),
  ]);
  if (compared === undefined) return { head: undefined, commits: [], pullRequests };
  const commits = (compared.commits ?? []).map(({ sha, parents, commit: { message, author, committer } }) => ({
    id: commit(sha),
    message,
    parents: parents?.length ?? 0,
    author,
    committer,
  }));
  return { head: headOf(compared.commits ?? []) ?? (await headAt(api, branch)), commits, pullRequests };
}

/** There is no question for those of one branch: the latest are asked for until an open one is found. */
async function pullRequestsOf(api: GiteaApi, { branch, base }: BranchPair): Promise<readonly PullRequest[]> {
  const found: PullRequest[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const list = await api<readonly RestPullRequest[]>(
      "GET",
      `pulls?state=all&sort=recentupdate&limit=${pageSize}&page=${page}`,
    );
    const ofBranch = list.filter(
      ({ head, base: to }) => head.label === branch && to.label === base && head.repo_id === to.repo_id,
    );
    found.push(...ofBranch.map(pullRequestOf));
    if (list.length < pageSize || found.some(({ state }) => state === "open")) break;
  }
  return found.sort((a, b) => b.number - a.number);
}

const pageSize = 50;
const mostPages = 4;

function pullRequestOf({ number, html_url: url, title, body, state, merged, ...rest }: RestPullRequest): PullRequest {
  return {
    number,
    id: String(number),
    url,
    title,
    body: body ?? "",
    state: merged ? "merged" : state === "open" ? "open" : "closed",
    head: isCommit(rest.head.sha) ? rest.head.sha : undefined,
    labels: (rest.labels ?? []).map(({ name }) => name),
    assignees: (rest.assignees ?? []).map(({ login }) => login),
  };
}
