import { UserError } from "../errors.ts";
import type { Forge } from "../ports.ts";

/**
 * The forge's REST API through GitHub's client, which is loaded when something is asked. Gitea and Forgejo answer
 * `GET /repos/{owner}/{repo}` in the same shape.
 */
export function forgeApi(apiUrl: string, token: string | undefined): Forge {
  return {
    contains: (owner, repo, descendant, ancestor) => contains(apiUrl, token, { owner, repo, descendant, ancestor }),
    openPullRequests: (owner, repo, head) => openPullRequests(apiUrl, token, { owner, repo, head }),
    pullRequestHead: (owner, repo, number) => pullRequestHead(apiUrl, token, { owner, repo, number }),
    hasAttestation: (owner, repo, digest) => hasAttestation(apiUrl, token, { owner, repo, digest }),
    async repository(owner, repo) {
      if (token === undefined) return undefined;
      const { getOctokit } = await import("@actions/github");
      const timeout = AbortSignal.timeout(15_000);
      try {
        const { data } = await getOctokit(token, { baseUrl: apiUrl }).rest.repos.get({
          owner,
          repo,
          request: { signal: timeout },
        });
        // Whatever answers there may not be a forge.
        const known: Partial<typeof data> = data;
        if (typeof known.default_branch !== "string" || typeof known.private !== "boolean") return undefined;
        return { defaultBranch: known.default_branch, isPrivate: known.private };
      } catch (cause) {
        const status = statusOf(cause);
        if (status === 401 || status === 403 || status === 404) return undefined;
        throw new UserError(`${apiUrl} can't be asked about ${owner}/${repo}`, {
          hint: "run again; if it stays so, look at the forge's status page",
          cause,
        });
      }
    },
  };
}

/**
 * Whether the merge base of both is the one (`GET /repos/{owner}/{repo}/compare/{basehead}`). Gitea and Forgejo name none, and
 * of commits without any common history they say what they say of a contained one: that there is nothing between them.
 */
async function contains(
  apiUrl: string,
  token: string | undefined,
  { owner, repo, descendant, ancestor }: Readonly<Record<"owner" | "repo" | "descendant" | "ancestor", string>>,
): Promise<boolean | undefined> {
  if (token === undefined) return undefined;
  const { getOctokit } = await import("@actions/github");
  try {
    const { data } = await getOctokit(token, { baseUrl: apiUrl }).rest.repos.compareCommitsWithBasehead({
      owner,
      repo,
      basehead: `${descendant}...${ancestor}`,
      per_page: 1,
      request: { signal: AbortSignal.timeout(15_000) },
    });
    const known: Partial<typeof data> = data;
    if (typeof known.merge_base_commit?.sha === "string") return known.merge_base_commit.sha === ancestor;
    return typeof known.total_commits === "number" && known.total_commits > 0 ? false : undefined;
  } catch {
    // Whatever it is, nothing is known; the caller has other ways to find out.
    return undefined;
  }
}

/** `GET /repos/{owner}/{repo}/commits/{sha}/pulls`, which also names pull requests that only contain the commit. */
async function openPullRequests(
  apiUrl: string,
  token: string | undefined,
  { owner, repo, head }: Readonly<Record<"owner" | "repo" | "head", string>>,
): Promise<readonly number[] | undefined> {
  if (token === undefined) return undefined;
  const { getOctokit } = await import("@actions/github");
  try {
    const { data } = await getOctokit(token, { baseUrl: apiUrl }).rest.repos.listPullRequestsAssociatedWithCommit({
      owner,
      repo,
      commit_sha: head,
      request: { signal: AbortSignal.timeout(15_000) },
    });
    const known: readonly Partial<(typeof data)[number]>[] = data;
    return known.flatMap(({ number, state, head: at }) =>
      typeof number === "number" && state === "open" && at?.sha === head ? [number] : [],
    );
  } catch {
    // As above: the caller has other ways to find out.
    return undefined;
  }
}

async function pullRequestHead(
  apiUrl: string,
  token: string | undefined,
  { owner, repo, number }: { readonly owner: string; readonly repo: string; readonly number: number },
): Promise<string | undefined> {
  if (token === undefined) return undefined;
  const { getOctokit } = await import("@actions/github");
  try {
    const { data } = await getOctokit(token, { baseUrl: apiUrl }).rest.pulls.get({
      owner,
      repo,
      pull_number: number,
      request: { signal: AbortSignal.timeout(15_000) },
    });
    const known: Partial<typeof data> = data;
    return known.state === "open" ? known.head?.sha : undefined;
  } catch {
    return undefined;
  }
}

/** docs.github.com, REST API, "List attestations". An empty list and 404 both mean that there is none. */
async function hasAttestation(
  apiUrl: string,
  token: string | undefined,
  { owner, repo, digest }: Readonly<Record<"owner" | "repo" | "digest", string>>,
): Promise<boolean | undefined> {
  if (token === undefined) return undefined;
  const { getOctokit } = await import("@actions/github");
  try {
    const { data } = await getOctokit(token, { baseUrl: apiUrl }).request(
      "GET /repos/{owner}/{repo}/attestations/{subject_digest}",
      { owner, repo, subject_digest: digest, request: { signal: AbortSignal.timeout(15_000) } },
    );
    // Whatever answers there may not be GitHub.
    const { attestations }: { readonly attestations?: unknown } = data;
    return Array.isArray(attestations) ? attestations.length > 0 : undefined;
  } catch (cause) {
    return statusOf(cause) === 404 ? false : undefined;
  }
}

function statusOf(error: unknown): number | undefined {
  return typeof error === "object" && error !== null && "status" in error ? Number(error.status) : undefined;
}
