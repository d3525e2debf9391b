/** GitHub's own client over our Http port: proxies, certificates, limits and retries are those of `forge/exchange.ts`. */
import type { getOctokit } from "@actions/github";
import { fieldsOf, textsOf } from "../answer.ts";
import { type AskLimits, ask } from "../exchange.ts";
import type { ForgeAccess } from "../forge-access.ts";
import { ForgeError } from "../forge-error.ts";

export type Octokit = ReturnType<typeof getOctokit>;

/** The client is loaded when something is asked. @throws ForgeError; the signal's reason when aborted. */
export async function askGitHub<T>(
  access: ForgeAccess,
  question: (octokit: Octokit) => Promise<T>,
  limits: AskLimits = {},
): Promise<T> {
  try {
    const github = await import("@actions/github");
    const request = { fetch: fetchOver(access, limits), log: silent };
    return await question(github.getOctokit(access.token, { baseUrl: access.apiUrl, log: silent, request }));
  } catch (error) {
    access.signal?.throwIfAborted();
    throw forgeErrorOf(error, access);
  }
}

/** Octokit would write the API's deprecation notices to the log as they are. */
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Octokit makes an error of its own of what `fetch` throws. */
function forgeErrorOf(error: unknown, { apiUrl }: ForgeAccess): ForgeError {
  const { cause } = fieldsOf(error);
  const found = [error, cause].find((each) => each instanceof ForgeError);
  return found ?? new ForgeError("unexpected", `the answer of ${new URL(apiUrl).host} can't be read`, { cause: error });
}

function fetchOver(access: ForgeAccess, limits: AskLimits): typeof fetch {
  return async (input, init) => {
    const url = new URL(String(input));
    const method = methods.find((each) => each === init?.method) ?? "GET";
    const isGraphql = method === "POST" && url.pathname.endsWith("/graphql");
    const { status, headers, body, json } = await ask(access, {
      method,
      url: url.href,
      headers: { ...Object.fromEntries(new Headers(init?.headers)), "user-agent": "image-publish", ...versionAt(url) },
      ...(typeof init?.body === "string" ? { body: init.body } : {}),
      ...(isGraphql ? { complaint } : {}),
      limits,
    });
    // As Octokit takes for JSON what calls itself so, and what is between it and a forge may not.
    const type = json === undefined ? {} : { "content-type": "application/json" };
    return new Response(withoutBody.has(status) ? null : new Uint8Array(body), {
      status,
      headers: { ...headers, ...type },
    });
  };
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
/** Of which a `Response` takes none. */
const withoutBody: ReadonlySet<number> = new Set([204, 205]);

/** GitHub Enterprise Server has versions of its own. */
function versionAt({ host }: URL): Readonly<Record<string, string>> {
  return host === "api.github.com" ? { "x-github-api-version": "2022-11-28" } : {};
}

/** An answer of GraphQL counts where the field that was asked for is there, whatever errors its subfields have. */
function complaint(json: unknown): string | undefined {
  const { data, errors } = fieldsOf(json);
  const isWhole = Object.values(fieldsOf(data)).some((value) => value !== null);
  return isWhole ? undefined : textsOf(errors).join("; ") || "no answer";
}
