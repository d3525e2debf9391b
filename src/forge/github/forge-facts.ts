/**
 * What a forge knows of a repository, for where event and checkout are silent. Gitea and Forgejo answer what is asked here in the
 * same shape as GitHub. Whatever answers may not be a forge, so that no field is there for certain.
 */
import { UserError } from "../../errors.ts";
import { limitRetries } from "../exchange.ts";
import type { ForgeAccess } from "../forge-access.ts";
import { ForgeError } from "../forge-error.ts";
import { askGitHub, type Octokit } from "./octokit.ts";

/** What the forge doesn't answer is `undefined`, and all but `repository` reject for nothing but an abort. */
export interface ForgeFacts {
  /** `undefined` where the forge answers nothing to this token, or to anybody. @throws UserError when it can't be asked. */
  repository(owner: string, repo: string): Promise<ForgeRepository | undefined>;
  /** Whether a commit is an ancestor of another, or the same. */
  contains(owner: string, repo: string, descendant: string, ancestor: string): Promise<boolean | undefined>;
  /** Numbers of the open pull requests whose head is the commit. */
  openPullRequests(owner: string, repo: string, head: string): Promise<readonly number[] | undefined>;
  /** The head of a pull request that is open; `undefined` for another, too. */
  pullRequestHead(owner: string, repo: string, number: number): Promise<string | undefined>;
  /** Whether GitHub lists an attestation of the digest in the repository (`GET /repos/{o}/{r}/attestations/{digest}`). */
  hasAttestation(owner: string, repo: string, digest: string): Promise<boolean | undefined>;
}

export interface ForgeRepository {
  readonly defaultBranch: string;
  readonly isPrivate: boolean;
}

/** Nothing is asked without a token. */
export function forgeFacts(access: Omit<ForgeAccess, "token"> & { readonly token: string | undefined }): ForgeFacts {
  const { token, apiUrl } = access;
  const ask = <T>(question: (api: Octokit["rest"]) => Promise<T>): Promise<T | undefined> =>
    token === undefined
      ? Promise.resolve(undefined)
      : askGitHub({ ...access, token }, ({ rest }) => question(rest), { timeout: 15_000, retries: limitRetries });
  /** For what the caller has other ways to find out. */
  const answered = async <T>(
    question: (api: Octokit["rest"]) => Promise<T>,
    refused: (error: ForgeError) => T | undefined = () => undefined,
  ): Promise<T | undefined> => {
    try {
      return await ask(question);
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      return refused(error);
    }
  };
  return {
    /**
     * "Compare two commits": whether the merge base of both is the one. Gitea and Forgejo name none, and for commits without any
     * common history they answer as for a contained one: there is nothing between them.
     */
    contains: (owner, repo, descendant, ancestor) =>
      answered(async (api) => {
        const basehead = `${descendant}...${ancestor}`;
        const { data } = await api.repos.compareCommitsWithBasehead({ owner, repo, basehead, per_page: 1 });
        const known: Partial<typeof data> = data;
        if (typeof known.merge_base_commit?.sha === "string") return known.merge_base_commit.sha === ancestor;
        return typeof known.total_commits === "number" && known.total_commits > 0 ? false : undefined;
      }),
    /** "List pull requests associated with a commit", which also names those that only contain the commit. */
    openPullRequests: (owner, repo, head) =>
      answered(async (api) => {
        const { data } = await api.repos.listPullRequestsAssociatedWithCommit({ owner, repo, commit_sha: head });
        const known: readonly Partial<(typeof data)[number]>[] = data;
        return known.flatMap(({ number, state, head: at }) =>
          typeof number === "number" && state === "open" && at?.sha === head ? [number] : [],
        );
      }),
    pullRequestHead: (owner, repo, number) =>
      answered(async (api) => {
        const { data } = await api.pulls.get({ owner, repo, pull_number: number });
        const known: Partial<typeof data> = data;
        return known.state === "open" ? known.head?.sha : undefined;
      }),
    /** "List attestations": an empty list and 404 both mean that there is none. */
    hasAttestation: (owner, repo, digest) =>
      answered(
        async (api) => {
          const { data } = await api.repos.listAttestations({ owner, repo, subject_digest: digest });
          const { attestations }: { readonly attestations?: unknown } = data;
          return Array.isArray(attestations) ? attestations.length > 0 : undefined;
        },
        ({ answer }) => (answer?.status === 404 ? false : undefined),
      ),
    async repository(owner, repo) {
      try {
        const found = await ask(async (api) => (await api.repos.get({ owner, repo })).data);
        const known: Partial<NonNullable<typeof found>> = found ?? {};
        if (typeof known.default_branch !== "string" || typeof known.private !== "boolean") return undefined;
        return { defaultBranch: known.default_branch, isPrivate: known.private };
      } catch (cause) {
        if (!(cause instanceof ForgeError)) throw cause;
        if (!cause.isRateLimit && [401, 403, 404].includes(cause.answer?.status ?? 0)) return undefined;
        throw new UserError(`${apiUrl} can't be queried about ${owner}/${repo}`, {
          hint: "run again; if it fails again, check the forge's status page",
          cause,
        });
      }
    },
  };
}
