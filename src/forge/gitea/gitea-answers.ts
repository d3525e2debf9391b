/** What Gitea and Forgejo answer, as far as it is used. */
import { type Commit, commit } from "../../model/run-context.ts";
import type { Signature } from "../bump-forge.ts";
import type { GiteaApi } from "./gitea-api.ts";

export interface RestCommit {
  readonly sha: string;
  readonly parents: readonly { readonly sha: string }[] | null;
  readonly commit: { readonly message: string; readonly author: Signature; readonly committer: Signature };
}

export interface RestPullRequest {
  readonly number: number;
  readonly html_url: string;
  readonly title: string;
  readonly body: string | null;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly head: RestBranch;
  readonly base: RestBranch;
  readonly labels: readonly RestLabel[] | null;
  readonly assignees: readonly { readonly login: string }[] | null;
}

interface RestBranch {
  /** Its name, which stays when the branch is deleted; `ref` then isn't a branch any more. */
  readonly label: string;
  readonly sha: string;
  readonly repo_id: number;
}

interface RestLabel {
  readonly id: number;
  readonly name: string;
}

/** The commit that is no other's parent; `undefined` for none. */
export function headOf(commits: readonly RestCommit[]): Commit | undefined {
  const parents = new Set(commits.flatMap(({ parents: all }) => (all ?? []).map(({ sha }) => sha)));
  const head = commits.find(({ sha }) => !parents.has(sha));
  return head === undefined ? undefined : commit(head.sha);
}

/** The numbers of labels, as pull requests take them; those that the repository lacks are made. */
export async function labelIds(api: GiteaApi, names: readonly string[]): Promise<readonly number[]> {
  const known: RestLabel[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const list = await api<readonly RestLabel[]>("GET", `labels?limit=${pageSize}&page=${page}`);
    known.push(...list);
    if (list.length < pageSize) break;
  }
  const ids: number[] = [];
  for (const name of names) {
    const label =
      known.find((each) => each.name === name) ?? (await api<RestLabel>("POST", "labels", { name, color: "#ededed" }));
    ids.push(label.id);
  }
  return ids;
}

const pageSize = 50;
const mostPages = 10;
