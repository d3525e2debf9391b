/** GitHub's two ways of asking, for one repository. */
import { addressOf, ask, type ForgeAccess, fieldsOf, textsOf } from "../exchange.ts";

export interface GitHubApi {
  readonly names: { readonly owner: string; readonly repo: string };
  /** @returns the answer's body, taken for what the description says of it. @throws ForgeError */
  rest<T>(method: "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T>;
  /** GraphQL. @returns `data`, taken for what the document asks for. @throws ForgeError */
  query<T>(document: string, variables: Readonly<Record<string, unknown>>): Promise<T>;
}

export function githubApi(access: ForgeAccess): GitHubApi {
  const { apiUrl, owner, repo } = access;
  // GitHub Enterprise Server has /api/v3 and /api/graphql.
  const graphql = apiUrl.endsWith("/api/v3") ? `${apiUrl.slice(0, -"/v3".length)}/graphql` : `${apiUrl}/graphql`;
  return {
    names: { owner, repo },
    async rest<T>(method: "POST" | "PATCH" | "DELETE", path: string, body?: unknown) {
      const accept = "application/vnd.github+json";
      return (await ask(access, { method, url: addressOf(access, path), body, accept })).json as T;
    },
    async query<T>(query: string, variables: Readonly<Record<string, unknown>>) {
      const { json } = await ask(access, { method: "POST", url: graphql, body: { query, variables }, complaint });
      return fieldsOf(json).data as T;
    },
  };
}

/** An answer counts where the field that was asked for is there, whatever is said of what lies below it. */
function complaint(json: unknown): string | undefined {
  const { data, errors } = fieldsOf(json);
  const isWhole = Object.values(fieldsOf(data)).some((value) => value !== null);
  return isWhole ? undefined : textsOf(errors).join("; ") || "no answer";
}
