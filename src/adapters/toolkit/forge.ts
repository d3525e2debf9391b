import type { getOctokit } from "@actions/github";
import { UserError } from "../../errors.ts";
import type { Forge } from "../../ports.ts";

type Client = ReturnType<typeof getOctokit>;

/**
 * The forge's REST API through GitHub's client, which is loaded when something is asked. Gitea and Forgejo answer
 * `GET /repos/{owner}/{repo}` in the same shape. Whatever answers may not be a forge, so that no field is there for certain.
 */
export function forgeApi(apiUrl: string, token: string | undefined): Forge {
  /** What is found; `undefined` without a token, and where the forge doesn't answer: the caller has other ways to find out. */
  const answered = async <T>(
    ask: (api: Client["rest"], request: RequestLimit) => Promise<T>,
  ): Promise<T | undefined> => {
    if (token === undefined) return undefined;
    try {
      return await ask(await client(apiUrl, token), limited());
    } catch {
      return undefined;
    }
  };
  return {
    /**
     * "Compare two commits": whether the merge base of both is the one. Gitea and Forgejo name none, and of commits without any
     * common history they say what they say of a contained one: that there is nothing between them.
     */
    contains: (owner, repo, descendant, ancestor) =>
      answered(async (api, request) => {
        const basehead = `${descendant}...${ancestor}`;
        const { data } = await api.repos.compareCommitsWithBasehead({ owner, repo, basehead, per_page: 1, request });
        const known: Partial<typeof data> = data;
        if (typeof known.merge_base_commit?.sha === "string") return known.merge_base_commit.sha === ancestor;
        return typeof known.total_commits === "number" && known.total_commits > 0 ? false : undefined;
      }),
    /** "List pull requests associated with a commit", which also names those that only contain the commit. */
    openPullRequests: (owner, repo, head) =>
      answered(async (api, request) => {
        const asked = { owner, repo, commit_sha: head, request };
        const { data } = await api.repos.listPullRequestsAssociatedWithCommit(asked);
        const known: readonly Partial<(typeof data)[number]>[] = data;
        return known.flatMap(({ number, state, head: at }) =>
          typeof number === "number" && state === "open" && at?.sha === head ? [number] : [],
        );
      }),
    pullRequestHead: (owner, repo, number) =>
      answered(async (api, request) => {
        const { data } = await api.pulls.get({ owner, repo, pull_number: number, request });
        const known: Partial<typeof data> = data;
        return known.state === "open" ? known.head?.sha : undefined;
      }),
    /** "List attestations": an empty list and 404 both mean that there is none. */
    hasAttestation: (owner, repo, digest) =>
      answered(async (api, request) => {
        try {
          const asked = { owner, repo, subject_digest: digest, request };
          const { data } = await api.repos.listAttestations(asked);
          const { attestations }: { readonly attestations?: unknown } = data;
          return Array.isArray(attestations) ? attestations.length > 0 : undefined;
        } catch (cause) {
          if (statusOf(cause) === 404) return false;
          throw cause;
        }
      }),
    async repository(owner, repo) {
      if (token === undefined) return undefined;
      try {
        const { data } = await (await client(apiUrl, token)).repos.get({ owner, repo, request: limited() });
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

async function client(apiUrl: string, token: string): Promise<Client["rest"]> {
  const github = await import("@actions/github");
  return github.getOctokit(token, { baseUrl: apiUrl }).rest;
}

interface RequestLimit {
  readonly signal: AbortSignal;
}

function limited(): RequestLimit {
  return { signal: AbortSignal.timeout(15_000) };
}

function statusOf(error: unknown): number | undefined {
  return typeof error === "object" && error !== null && "status" in error ? Number(error.status) : undefined;
}
