/** Questions to a forge's API and their answers, in JSON, with patience. */
import { plainLine, shortened } from "../lib/plain-text.ts";
import type { Clock, Http, HttpResponse } from "../ports.ts";
import { errorCodeOf, ForgeError } from "./forge-error.ts";

export interface ForgeAccess {
  readonly http: Http;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Without a slash at the end: `https://api.github.com`, `https://forge.example/api/v1`. */
  readonly apiUrl: string;
  readonly owner: string;
  readonly repo: string;
  readonly token: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Question {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** A whole address. */
  readonly url: string;
  /** Becomes JSON. */
  readonly body?: unknown;
  readonly accept?: string;
  /** What an answer complains of that calls itself a success; GraphQL has such ones. */
  readonly complaint?: (json: unknown) => string | undefined;
}

export interface Answer {
  readonly bytes: Uint8Array;
  /** The body as JSON; `undefined` where it is none. */
  readonly json: unknown;
}

/** The address of something below the repository. */
export function addressOf({ apiUrl, owner, repo }: ForgeAccess, below: string): string {
  return `${apiUrl}/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repo)}/${below}`;
}

/** A path or branch as part of an address, its slashes kept. */
export function pathPart(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Asks; again and again, a little later each time, where it may work then. @throws ForgeError */
export async function ask(access: ForgeAccess, question: Question): Promise<Answer> {
  const { clock, random, signal } = access;
  const start = clock.now().getTime();
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await once(access, question);
    if (!(outcome instanceof ForgeError)) return outcome;
    const wait = (outcome.retryAfter ?? 0) + Math.round(random() * firstWait * 2 ** attempt);
    const isLate = clock.now().getTime() - start + wait > longest;
    if (outcome.code !== "unavailable" || attempt === attempts || isLate) throw outcome;
    await clock.sleep(wait, signal);
  }
}

const attempts = 5;
const firstWait = 500;
/** From the first attempt on; no wait is begun that would end later. GitHub's secondary limits ask for a minute. */
const longest = 150_000;
const timeout = 30_000;

async function once(access: ForgeAccess, question: Question): Promise<Answer | ForgeError> {
  const { method, url, body, accept = "application/json" } = question;
  const { host } = new URL(url);
  access.signal?.throwIfAborted();
  try {
    const response = await access.http.send({
      method,
      url,
      headers: {
        accept,
        authorization: `Bearer ${access.token}`,
        "user-agent": "image-publish",
        ...(host === "api.github.com" ? { "x-github-api-version": "2022-11-28" } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(access.signal === undefined ? {} : { signal: access.signal }),
      timeout,
    });
    const json = parse(response.body);
    const isSuccess = response.status >= 200 && response.status < 300;
    const problem = isSuccess ? question.complaint?.(json) : complaintOf(response, json);
    return problem === undefined ? { bytes: response.body, json } : refusal(response, problem, question, access.clock);
  } catch (cause) {
    access.signal?.throwIfAborted();
    return new ForgeError("unavailable", `${host} can't be reached`, { cause });
  }
}

function complaintOf({ body }: HttpResponse, json: unknown): string {
  const { message, errors } = fieldsOf(json);
  const text = typeof message === "string" ? message : new TextDecoder().decode(body.subarray(0, 500));
  return [text, ...textsOf(errors)].join(": ");
}

function refusal({ status, headers }: HttpResponse, problem: string, question: Question, clock: Clock): ForgeError {
  const { host, pathname } = new URL(question.url);
  const said = shortened(plainLine(problem).trim(), 300) || `status ${status}`;
  const isSpent = headers["x-ratelimit-remaining"] === "0" && (status === 403 || status === 429);
  const code = isSpent || headers["retry-after"] !== undefined ? "unavailable" : errorCodeOf(status, problem);
  const wait = code === "unavailable" ? waitOf(headers, isSpent, clock) : undefined;
  return new ForgeError(code, `${host} answered ${question.method} ${plainLine(pathname)} with "${said}"`, {
    ...(wait === undefined ? {} : { retryAfter: wait }),
  });
}

/** Milliseconds that the forge asks to wait ("Best practices for using the REST API", GitHub Docs). */
function waitOf(headers: HttpResponse["headers"], isSpent: boolean, clock: Clock): number | undefined {
  const seconds = Number(headers["retry-after"]);
  if (headers["retry-after"] !== undefined && Number.isFinite(seconds)) return Math.max(0, seconds) * 1000;
  const reset = Number(headers["x-ratelimit-reset"]) * 1000;
  return isSpent && Number.isFinite(reset) ? Math.max(0, reset - clock.now().getTime()) : undefined;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** The messages of a list of errors, each a text or something with a kind, a field and a message. */
export function textsOf(errors: unknown): readonly string[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((each) => {
    const { message, type, field, code } = fieldsOf(each);
    return typeof each === "string" ? [each] : [[type, field, code, message].filter(Boolean).join(" ")];
  });
}

/** An object's fields, of which nothing is known; none for what is no object. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
