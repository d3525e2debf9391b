import { UserError } from "../errors.ts";
import type { Forge } from "../ports.ts";

/**
 * The forge's REST API through GitHub's client, which is loaded when something is asked. Gitea and Forgejo answer
 * `GET /repos/{owner}/{repo}` in the same shape.
 */
export function forgeApi(apiUrl: string, token: string | undefined): Forge {
  return {
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

function statusOf(error: unknown): number | undefined {
  return typeof error === "object" && error !== null && "status" in error ? Number(error.status) : undefined;
}
