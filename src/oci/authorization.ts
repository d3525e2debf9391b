/**
 * The header `Authorization` for a registry, got by answering its challenge: Basic directly, Bearer with a token from the
 * realm that it names (distribution, "Token Authentication Specification" and "OAuth2 Token Authentication").
 */
import type { Clock, Http, HttpRequest } from "../ports.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Credentials } from "./docker-config.ts";
import {
  type Asked,
  answerError,
  deniedError,
  invalidError,
  networkError,
  unauthorizedError,
} from "./registry-error.ts";

export interface AuthorizationOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly credentials: (host: string) => Promise<Credentials | undefined>;
  readonly signal?: AbortSignal | undefined;
}

/** A header's value, and its place in the order in which they were got. */
export interface Shown {
  readonly header: string;
  readonly sequence: number;
}

export interface Authorization {
  /** What was got for the same registry, repository and access before. */
  known(asked: Asked): Promise<Shown | undefined>;
  /**
   * Answers a 401. `shown` is what the refused request carried. What comes is newer than that: if it is refused too, the
   * caller gives up. @throws RegistryError when the registry can't be satisfied.
   */
  answer(asked: Asked, challenge: string, plainHttp: boolean, shown: Shown | undefined): Promise<Shown>;
  /** The error for a request that was refused with `shown`, fresh from `answer`. */
  refusal(asked: Asked, shown: Shown): Promise<Error>;
}

/** Keeps what it got by registry, repository and access: a token is asked for once, also by requests side by side. */
export function authorization(options: AuthorizationOptions): Authorization {
  const given = new Map<string, Promise<Shown>>();
  let sequence = 0;
  const key = (asked: Asked) => `${asked.host}/${asked.repository} ${asked.access}`;
  // Basic holds for the whole registry, and who may push may read.
  const keys = (asked: Asked) => [asked.host, key({ ...asked, access: "push" }), key(asked)];
  return {
    async known(asked) {
      return given.get(keys(asked).find((each) => given.has(each)) ?? "");
    },
    async answer(asked, challenge, plainHttp, shown) {
      for (const each of keys(asked)) {
        const held = given.get(each);
        const newer = await held;
        // Another request may have answered meanwhile; what is older has expired as well.
        if (newer !== undefined && newer.sequence > (shown?.sequence ?? 0)) return newer;
        if (given.get(each) === held) given.delete(each);
      }
      const pending = given.get(key(asked));
      if (pending !== undefined) return pending;
      const got = answerChallenge(asked, parseChallenges(challenge), plainHttp, options).then((header) => {
        sequence += 1;
        return { header, sequence };
      });
      given.set(key(asked), got);
      got.then(
        ({ header }) => header.startsWith("Basic ") && given.set(asked.host, got),
        () => given.delete(key(asked)),
      );
      return got;
    },
    async refusal(asked, { header }) {
      for (const each of keys(asked)) given.delete(each);
      const login = await options.credentials(asked.host);
      // A token server that knew the login gave a token without the right; Basic tells of the login itself.
      if (login !== undefined && header.startsWith("Bearer ")) return deniedError(asked);
      return unauthorizedError(asked, login !== undefined);
    },
  };
}

async function answerChallenge(
  asked: Asked,
  challenges: readonly Challenge[],
  plainHttp: boolean,
  options: AuthorizationOptions,
): Promise<string> {
  const login = await options.credentials(asked.host);
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (bearer !== undefined) return `Bearer ${await fetchToken(asked, bearer, login, plainHttp, options)}`;
  if (!challenges.some(({ scheme }) => scheme === "basic")) throw invalidError(asked, "401 with no way to log in");
  if (login?.kind !== "basic") throw unauthorizedError(asked, login !== undefined);
  return basic(login);
}

async function fetchToken(
  asked: Asked,
  challenge: Challenge,
  login: Credentials | undefined,
  plainHttp: boolean,
  { http, clock, signal }: AuthorizationOptions,
): Promise<string> {
  const request = tokenRequest(asked, challenge, login, plainHttp);
  const response = await http
    .send({ ...request, ...(signal && { signal }), maximumBody: 1024 * 1024 })
    .catch((cause) => {
      signal?.throwIfAborted();
      throw networkError(asked, cause);
    });
  if (response.status === 401) throw unauthorizedError(asked, login !== undefined);
  // Without a login, "denied" is the token server's way to ask for one.
  if (response.status === 403 && login === undefined) throw unauthorizedError(asked, false);
  if (response.status >= 300 && response.status < 400) throw invalidError(asked, "its token server redirects");
  if (response.status !== 200) throw answerError(asked, response, clock.now());
  return parseToken(asked, response.body);
}

function tokenRequest(
  asked: Asked,
  challenge: Challenge,
  login: Credentials | undefined,
  plainHttp: boolean,
): HttpRequest {
  const { realm = "", service, scope = scopeOf(asked) } = challenge.parameters;
  const url = URL.parse(realm);
  // The login goes there: never in the clear, except to a registry that is local and in the clear itself.
  if (url === null || !(url.protocol === "https:" || (plainHttp && url.protocol === "http:"))) {
    throw invalidError(asked, `a login at ${JSON.stringify(realm.slice(0, 200))}, which is no https address`);
  }
  const scopes = scope.split(" ").filter((each) => each !== "");
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

function parseToken(asked: Asked, body: Uint8Array): string {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(body));
  } catch {
    document = undefined;
  }
  if (typeof document === "object" && document !== null) {
    // The OAuth2 name is the other server's only name for it; "token" wins where both are there.
    for (const value of ["token" in document && document.token, "access_token" in document && document.access_token]) {
      if (typeof value === "string" && /^[\x21-\x7e]+$/.test(value)) return value;
    }
  }
  throw invalidError(asked, "its token server gave no token");
}

function basic(login: Credentials & { readonly kind: "basic" }): string {
  return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
}

function scopeOf({ repository, access }: Asked): string {
  return `repository:${repository}:${access === "push" ? "pull,push" : "pull"}`;
}
