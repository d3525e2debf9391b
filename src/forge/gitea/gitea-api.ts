/** Gitea's and Forgejo's API for one repository. */
import { type Commit, commit } from "../../model/run-context.ts";
import { ask, type Question } from "../exchange.ts";
import { addressOf, pathPart, type RepositoryAccess } from "../forge-access.ts";
import { ForgeError, unlessMissing } from "../forge-error.ts";

/** One request below the repository. @returns the answer's body, taken for what the API's description says. @throws ForgeError */
export type GiteaApi = <T>(method: Question["method"], path: string, body?: unknown) => Promise<T>;

export function giteaApi(access: RepositoryAccess): GiteaApi {
  return async <T>(method: Question["method"], path: string, body?: unknown) => {
    try {
      const sent =
        body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      return (await ask(access, { method, url: addressOf(access, path), ...sent })).json as T;
    } catch (error) {
      throw method === "GET" ? error : withTokenHint(error);
    }
  };
}

/** Gitea answers 500 where a job's own token wants to change files, and 403 where it wants to open a pull request. */
function withTokenHint(error: unknown): unknown {
  if (!(error instanceof ForgeError) || (error.code !== "forbidden" && error.code !== "unavailable")) return error;
  return new ForgeError(error.code, error.message, {
    hint: "set `bump-token` to the token of a user who may write to this repository (scopes `write:repository` and `write:issue`): the job's own token can't do this",
    cause: error,
  });
}

/** Where a branch stands; `undefined`: it is not there. */
export async function headAt(api: GiteaApi, branch: string): Promise<Commit | undefined> {
  const found = await unlessMissing(() =>
    api<{ readonly commit: { readonly id: string } }>("GET", `branches/${pathPart(branch)}`),
  );
  return found === undefined ? undefined : commit(found.commit.id);
}

/** @throws ForgeError (overtaken) where the branch is elsewhere: these forges have no other way to ask for that. */
export async function mustBeAt(api: GiteaApi, branch: string, head: Commit): Promise<void> {
  if ((await headAt(api, branch)) !== head) throw new ForgeError("overtaken", `${branch} has moved meanwhile`);
}
