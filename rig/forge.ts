/** What tests and the demo make in the rig's Gitea, by its API and git: users, tokens, repositories. */
import { readState } from "./folder.ts";
import { type Gitea, gitea } from "./gitea.ts";
import { run } from "./process.ts";

/** https://docs.gitea.com/1.23/development/oauth2-provider#scopes */
export type Scope = "all" | `${"read" | "write"}:${"repository" | "issue" | "package" | "user" | "organization"}`;

export interface Repository {
  owner: string;
  name: string;
  /** The page, without a slash at its end. */
  url: string;
  defaultBranch: string;
  /** Pushes the folder's branches and tags as they are now. @throws when one would lose commits that the forge has */
  push(): Promise<void>;
}

export interface NewRepository {
  /** Becomes a user if it is none yet. */
  owner: string;
  name: string;
  /** A local git repository: what it holds is pushed. */
  folder: string;
  /** `main` unless told. */
  defaultBranch?: string;
  isPrivate?: boolean;
}

/** Makes a repository and pushes to it, which starts its workflows. */
export async function createRepository(wanted: NewRepository): Promise<Repository> {
  const { owner, name, folder, defaultBranch = "main", isPrivate = false } = wanted;
  await createUser(owner);
  const settings = { name, default_branch: defaultBranch, private: isPrivate };
  await api(`admin/users/${owner}/repos`, { method: "POST", body: settings });
  const url = `${there().url}/${owner}/${name}`;
  const push = (): Promise<void> => pushAll(folder, url);
  await push();
  return { owner, name, url, defaultBranch, push };
}

/** Makes a user without any rights, if there is none of this name. */
export async function createUser(name: string): Promise<void> {
  const known = await request(`users/${name}`);
  if (known.status !== 404) return;
  const user = { username: name, email: `${name}@example.com`, password: readState().password };
  await api("admin/users", { method: "POST", body: { ...user, must_change_password: false } });
}

/** A new token of a user. */
export async function createToken(user: string, scopes: readonly Scope[]): Promise<string> {
  const name = `token-${process.hrtime.bigint()}`;
  const made = await api(`users/${user}/tokens`, { method: "POST", body: { name, scopes }, as: passwordOf(user) });
  return String(new Map(Object.entries(made ?? {})).get("sha1"));
}

/** How a user logs in to pages: everybody has the rig's password. */
export const loginOf = (user: string): { username: string; password: string } => ({
  username: user,
  password: readState().password,
});

export interface Question {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  /** The header `Authorization`; the administrator's token unless told. */
  as?: string;
}

/** Asks the forge's API and returns its answer. @param path after `/api/v1/` @throws with the answer when it refuses */
export async function api(path: string, question: Question = {}): Promise<unknown> {
  const { status, body } = await request(path, question);
  if (status >= 300) throw new Error(`Gitea answers ${question.method ?? "GET"} ${path} with ${status}: ${body}`);
  return body === "" ? undefined : JSON.parse(body);
}

async function request(
  path: string,
  { method = "GET", body, as }: Question = {},
): Promise<{ status: number; body: string }> {
  const { apiUrl, administrator } = there();
  const answer = await fetch(`${apiUrl}/${path}`, {
    method,
    headers: { authorization: as ?? `token ${administrator.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: answer.status, body: await answer.text() };
}

/** By the environment, so that the token is on no command line. */
async function pushAll(folder: string, url: string): Promise<void> {
  const { name, token } = there().administrator;
  const env = {
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${url}.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: ${basic(name, token)}`,
  };
  const refs = ["refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*"];
  await run("git", ["-C", folder, "push", "--quiet", url, ...refs], { env, log: "forge" });
}

const passwordOf = (user: string): string => basic(user, readState().password);

const basic = (name: string, secret: string): string => `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}`;

function there(): Gitea {
  const known = gitea();
  if (known === undefined) throw new Error("Gitea was never started here: `rig/run up gitea`");
  return known;
}
