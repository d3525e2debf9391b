/** GitHub's two ways of asking, for one repository. */
import { fieldsOf } from "../answer.ts";
import { addressOf, type RepositoryAccess } from "../forge-access.ts";
import { askGitHub } from "./octokit.ts";

export interface GitHubApi {
  readonly names: { readonly owner: string; readonly repo: string };
  /** @returns the answer's body, taken to have the type of the API's description. @throws ForgeError */
  rest<T>(method: "POST" | "PATCH", path: string, body: object): Promise<T>;
  /** The bytes of a file, as it is stored. @throws ForgeError */
  raw(path: string): Promise<Uint8Array>;
  /** GraphQL. @returns `data`, taken for what the document asks for. @throws ForgeError */
  query<T>(document: string, variables: Readonly<Record<string, unknown>>): Promise<T>;
}

export function githubApi(access: RepositoryAccess): GitHubApi {
  const { owner, repo } = access;
  return {
    names: { owner, repo },
    rest: <T>(method: "POST" | "PATCH", path: string, data: object) =>
      askGitHub(access, async (octokit) => {
        const headers = { accept: "application/vnd.github+json" };
        return (await octokit.request({ method, url: addressOf(access, path), headers, data })).data as T;
      }),
    raw: (path) =>
      askGitHub(access, async (octokit) => {
        // Octokit would take them for text, by their type.
        const request = { parseSuccessResponseBody: false };
        const headers = { accept: "application/vnd.github.raw+json" };
        const { data } = await octokit.request({ method: "GET", url: addressOf(access, path), headers, request });
        return new Uint8Array(await new Response(data).arrayBuffer());
      }),
    query: <T>(document: string, variables: Readonly<Record<string, unknown>>) =>
      askGitHub(access, (octokit) =>
        octokit.graphql<T>(document, variables).catch((error: unknown) => {
          // With what is missing below the field that was asked for, which is an answer (`octokit.ts`).
          const { errors, data } = fieldsOf(error);
          if (errors === undefined || data === undefined) throw error;
          return data as T;
        }),
      ),
  };
}
