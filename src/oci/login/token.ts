/**
 * Tokens from the server that a registry's challenge names (distribution, "Token Authentication Specification" and "OAuth2
 * Token Authentication").
 */
import type { Clock, HttpRequest, HttpResponse } from "../../ports.ts";
import { maximumRedirects, redirectOf } from "../registry/redirect.ts";
import {
  type Asked,
  answerError,
  type Elsewhere,
  insecureError,
  invalidError,
  networkError,
  RegistryError,
  unauthorizedError,
} from "../registry/registry-error.ts";
import type { Challenge } from "./challenge.ts";
import type { Credentials } from "./docker-config.ts";

export interface Token {
  readonly token: string;
  /** Milliseconds since 1970 from which on it should not be shown any more. */
  readonly until: number;
}

export interface TokenRequest {
  readonly asked: Asked;
  /** A Bearer challenge. */
  readonly challenge: Challenge;
  readonly login: Credentials | undefined;
  /** The registry itself is reached over plain HTTP. */
  readonly plainHttp: boolean;
}

export interface TokenOptions {
  /** One exchange, on behalf of what is asked; redirects are not followed. */
  readonly send: (asked: Asked, request: HttpRequest) => Promise<HttpResponse>;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** @throws RegistryError where there is none to be had. */
export async function fetchToken(request: TokenRequest, { send, clock, signal }: TokenOptions): Promise<Token> {
  const { asked, login } = request;
  const first = { ...tokenRequest(request), ...(signal && { signal }), maximumBody: 1024 * 1024 };
  const response = await followed(asked, first, (sent) =>
    send(asked, sent).catch((cause) => {
      signal?.throwIfAborted();
      throw cause instanceof RegistryError ? cause : networkError(asked, cause, tokenServer(sent.url, asked));
    }),
  );
  if (response.status === 401) throw unauthorizedError(asked, login !== undefined);
  // Without a login, "denied" is the token server's way to ask for one.
  if (response.status === 403 && login === undefined) throw unauthorizedError(asked, false);
  if (response.status !== 200) throw tokenError(request, response, clock.now());
  return parseToken(asked, response, clock.now());
}

function tokenServer(url: string, asked: Asked): Elsewhere | undefined {
  const { host } = new URL(url);
  return host === asked.host ? undefined : { host, what: "the token server" };
}

/** What a token server refuses says nothing of what is in the registry, nor of what may be pushed there. */
function tokenError({ asked, challenge }: TokenRequest, response: HttpResponse, now: Date): RegistryError {
  const error = answerError(asked, response, now);
  if (error.code !== "missing" && error.code !== "refused") return error;
  const { host, repository } = asked;
  const origin = URL.parse(challenge.parameters.realm ?? "")?.origin;
  return new RegistryError(
    "invalid",
    `the token server of ${host} (${origin}) gave no token for ${repository}: it answered ${response.status}`,
    {
      hint: "check the address that the registry names for logins (the realm of its challenge), and what is in front of it",
      cause: error,
    },
  );
}

/** The login goes along, so that no redirect leads to another origin. */
async function followed(
  asked: Asked,
  first: HttpRequest,
  send: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  let sent = first;
  for (let hops = 0; hops <= maximumRedirects; hops += 1) {
    const response = await send(sent);
    const next = redirectOf({ asked, method: sent.method, url: new URL(sent.url), isLogin: true }, response);
    if (next === undefined) return response;
    sent = { ...sent, url: next.href };
  }
  throw invalidError(asked, `more than ${maximumRedirects} redirects of its token server`);
}

/** A challenge for one repository names it in its scope; Gitea's `*` is for everything. */
export function isForAll({ parameters: { scope } }: Challenge): boolean {
  return scope !== undefined && !scope.includes("repository:");
}

/**
 * The challenge as it would be for another repository: what a registry asks once it asks again. `undefined` where that can't
 * be known, as its names for repositories are others than ours.
 */
export function challengeForAny(challenge: Challenge, { repository }: Asked): Challenge | undefined {
  const { scope, ...others } = challenge.parameters;
  if (scope === undefined || isForAll(challenge)) return challenge;
  const isOfRepository = scope.split(" ").some((each) => each.startsWith(`repository:${repository}:`));
  return isOfRepository ? { ...challenge, parameters: others } : undefined;
}

export function basic(login: Credentials & { readonly kind: "basic" }): string {
  return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
}

function tokenRequest({ asked, challenge, login, plainHttp }: TokenRequest): HttpRequest {
  const { realm = "", service, scope } = challenge.parameters;
  const url = URL.parse(realm);
  // The login goes there: never in the clear, except to a registry that is local and in the clear itself.
  if (url?.protocol === "http:" && !plainHttp) throw insecureError(asked, "a login", url);
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw invalidError(asked, `a login at ${JSON.stringify(realm.slice(0, 200))}, which isn't an https address`);
  }
  // Another host on this machine may be anyone's. docker's own logins go where docker would take them.
  const isGiven = login?.kind === "basic" && login.isGiven === true;
  if (isGiven && url.protocol === "http:" && url.host !== asked.host) {
    throw invalidError(asked, `a login at ${url.origin}, which is another host and not an https address`);
  }
  const scopes = scopesFor(asked, scope);
  if (login?.kind === "identity-token") {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: "image-publish",
      refresh_token: login.token,
    });
    if (service !== undefined) form.set("service", service);
    form.set("scope", scopes.join(" "));
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return { method: "POST", url: url.href, headers, body: form.toString() };
  }
  if (service !== undefined) url.searchParams.set("service", service);
  for (const each of scopes) url.searchParams.append("scope", each);
  return { method: "GET", url: url.href, headers: login === undefined ? {} : { authorization: basic(login) } };
}

/**
 * What the challenge wants, and what we are going to do beyond it: a registry that is only read just now asks for `pull`,
 * and most do not think of the repository that a blob is mounted from.
 */
export function scopesFor({ repository, access, mountFrom }: Asked, challenged = ""): readonly string[] {
  const wanted = new Map([[`repository:${repository}`, access === "push" ? ["pull", "push"] : ["pull"]]]);
  if (mountFrom !== undefined) wanted.set(`repository:${mountFrom}`, ["pull"]);
  const given = challenged.split(" ").filter((each) => each !== "");
  const named = given.map((scope) => [scope.slice(0, scope.lastIndexOf(":")), scope] as const);
  const completed = named.map(([resource, scope]) => {
    const actions = scope.slice(resource.length + 1).split(",");
    const missing = (wanted.get(resource) ?? []).filter((each) => !actions.includes(each) && !actions.includes("*"));
    return [scope, ...missing].join(",");
  });
  // Where it knows our repositories by other names, or by none, it knows best what it wants.
  const isOfRepository = given.length === 0 || named.some(([resource]) => resource === `repository:${repository}`);
  const others = [...wanted].filter(([resource]) => isOfRepository && !named.some(([each]) => each === resource));
  return [...completed, ...others.map(([resource, actions]) => `${resource}:${actions.join(",")}`)];
}

/** What the specification has a token live where the server does not say. */
const defaultLife = 60_000;

function parseToken(asked: Asked, { body }: HttpResponse, now: Date): Token {
  const document = parseObject(body);
  // The OAuth2 name is the other server's only name for it; "token" wins where both are there.
  const token = [document.token, document.access_token].find(
    (each): each is string => typeof each === "string" && /^[\x21-\x7e]+$/.test(each),
  );
  if (token === undefined) throw invalidError(asked, "its token server gave no token");
  const stated = Number(document.expires_in) * 1000;
  const life = stated > 0 && Number.isFinite(stated) ? stated : defaultLife;
  const issued = Date.parse(String(document.issued_at));
  // A server whose clock is not ours would have it dead already, or not born yet.
  const isPlausible = issued <= now.getTime() && issued + life > now.getTime();
  const start = isPlausible ? issued : now.getTime();
  return { token, until: start + life - Math.min(10_000, life / 4) };
}

function parseObject(body: Uint8Array): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof document === "object" && document !== null ? { ...document } : {};
  } catch {
    return {};
  }
}
