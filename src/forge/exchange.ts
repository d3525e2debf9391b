/** One question to a forge's API and its answer: login, redirects, limits, retries. Every request to a forge is made here. */
import { type RateLimit, rateLimitOf } from "../lib/http/rate-limit.ts";
import { RateLimited } from "../lib/http/rate-limiter.ts";
import { type RetryPolicy, retry } from "../lib/retry.ts";
import type { HttpRequest, HttpResponse } from "../ports.ts";
import { parsedBody, refusal, refusalText } from "./answer.ts";
import type { ForgeAccess } from "./forge-access.ts";
import { ForgeError } from "./forge-error.ts";

export interface Question {
  readonly method: HttpRequest["method"];
  /** A whole address. */
  readonly url: string;
  /** Beside the login. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What an answer complains of that calls itself a success; GraphQL has such ones. */
  readonly complaint?: (json: unknown) => string | undefined;
  readonly limits?: AskLimits;
}

export interface AskLimits {
  /** Milliseconds for each attempt; 30,000 unless given. */
  readonly timeout?: number;
  /** What is asked again; `forgeRetries` unless given. */
  readonly retries?: RetryPolicy;
}

export interface Answer extends HttpResponse {
  /** The body as JSON; `undefined` where it is none. */
  readonly json: unknown;
}

/** GitHub's secondary limits ask for a minute, its primary ones for up to an hour, which nobody should wait for. */
export const forgeRetries: RetryPolicy = {
  attempts: 5,
  total: 150_000,
  wait: (failures, random, retryAfter) => (retryAfter ?? 0) + 500 * 2 ** failures * random,
  transience: (error) =>
    // A limit on the rate was waited for before it is thrown.
    error instanceof ForgeError && error.code === "unavailable" && !error.isRateLimit ? error : undefined,
};

/** For what need not be known: only a limit on the rate is waited for, as another time isn't better than now for all else. */
export const limitRetries: RetryPolicy = { ...forgeRetries, longestRetryAfter: 60_000, transience: () => undefined };

/** @throws ForgeError where the forge refuses; the signal's reason when aborted. */
export function ask(access: ForgeAccess, question: Question): Promise<Answer> {
  return retry(() => attempt(access, question), question.limits?.retries ?? forgeRetries, access);
}

async function attempt(access: ForgeAccess, question: Question): Promise<Answer> {
  access.signal?.throwIfAborted();
  const response = await follow(access, question).catch((cause: unknown) => {
    access.signal?.throwIfAborted();
    if (cause instanceof RateLimited) return cause.response;
    throw new ForgeError("unavailable", `${new URL(question.url).host} can't be reached`, { cause });
  });
  const error = refusalOf(access, question, response);
  if (error !== undefined) throw error;
  return { ...response, json: parsedBody(response.body) };
}

/** `undefined`: the answer is a success. */
function refusalOf({ clock }: ForgeAccess, question: Question, response: HttpResponse): ForgeError | undefined {
  const { method, url, complaint } = question;
  const json = parsedBody(response.body);
  const isSuccess = response.status >= 200 && response.status < 300;
  const problem = isSuccess ? complaint?.(json) : refusalText(response, json);
  if (problem === undefined) return undefined;
  const now = clock.now();
  return refusal({ response, problem, method, url, now, limit: rateLimitOf(response, now) });
}

const mostRedirects = 5;

/** A renamed repository is elsewhere below the same API. No redirect leads to another origin: the login is for this one. */
async function follow(access: ForgeAccess, question: Question): Promise<HttpResponse> {
  let url = new URL(question.url);
  for (let hops = 0; ; hops += 1) {
    const response = await send(access, question, url);
    const next = redirectOf(question.method, url, response);
    if (next === undefined || hops === mostRedirects) return response;
    url = next;
  }
}

function redirectOf(method: HttpRequest["method"], from: URL, { status, headers }: HttpResponse): URL | undefined {
  // What is not a GET must not become one.
  const isRedirect = status === 307 || status === 308 || (method === "GET" && [301, 302, 303].includes(status));
  const next = isRedirect ? URL.parse(headers.location ?? "", from.href) : null;
  return next !== null && headers.location !== undefined && next.origin === from.origin ? next : undefined;
}

function send(access: ForgeAccess, question: Question, url: URL): Promise<HttpResponse> {
  const { http, limiter, token, signal } = access;
  const { method, headers, body, limits } = question;
  const limitOf = (response: HttpResponse): RateLimit | undefined => {
    const isRedirected = redirectOf(method, url, response) !== undefined;
    const error = isRedirected ? undefined : refusalOf(access, question, response);
    return error?.isRateLimit ? { retryAfter: error.retryAfter } : undefined;
  };
  return limiter.send({ host: url.host, limitOf, policy: limits?.retries ?? forgeRetries, signal }, () =>
    http.send({
      method,
      url: url.href,
      headers: {
        accept: "application/json",
        "user-agent": "image-publish",
        ...headers,
        authorization: `Bearer ${token}`,
      },
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
      timeout: limits?.timeout ?? 30_000,
    }),
  );
}
