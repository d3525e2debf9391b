/** One request to a registry, with all that stands between asking and an answer: address, login, redirects, retries. */
import { UserError } from "../../errors.ts";
import { rateLimitOf } from "../../lib/http/rate-limit.ts";
import { RateLimited, type RateLimiter } from "../../lib/http/rate-limiter.ts";
import { type RetryPolicy, retry } from "../../lib/retry.ts";
import type { Clock, Http, HttpRequest, HttpResponse, HttpStream, HttpStreams } from "../../ports.ts";
import { authorization, type Shown } from "../login/authorization.ts";
import type { Credentials } from "../login/docker-config.ts";
import { givenUp, registryLimits, registryRetries } from "../retry-policy.ts";
import { decoded, unknownEncoding } from "./content-encoding.ts";
import { maximumRedirects, redirectOf } from "./redirect.ts";
import {
  type Asked,
  answerError,
  type Elsewhere,
  encodedError,
  invalidError,
  isExpired,
  networkError,
  RegistryError,
  transient,
  unnamedError,
} from "./registry-error.ts";

export interface RegistryOptions {
  readonly http: Http & HttpStreams;
  /** The process's one. */
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  /** Uniform in [0, 1): the jitter of waits. */
  readonly random: () => number;
  /** `refused`: what it returned before and is no longer accepted, so that there may be another one. */
  readonly credentials: (host: string, refused?: Credentials) => Promise<Credentials | undefined>;
  readonly signal?: AbortSignal;
  /** What to do where a host requires a login and there is none; `undefined`: the usual. */
  readonly remedy?: (host: string) => string | undefined;
}

export interface RegistryRequest extends Pick<HttpRequest, "method" | "body" | "maximumBody" | "timeout" | "stall"> {
  readonly asked: Asked;
  /** Below `/v2/`, or an address that the registry gave. */
  readonly path: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Beside the client's own. */
  readonly signal?: AbortSignal | undefined;
  /** Statuses that are answers; every other one is thrown as a `RegistryError`. */
  readonly expected: readonly number[];
  /** Looks at the answer within the retries: what it throws as transient is asked for again. */
  readonly check?: (response: HttpResponse) => void | Promise<void>;
  /**
   * Which answers may only mean that what was pushed a moment ago isn't there yet: they are asked for again. One that is expected is
   * returned if it stays.
   */
  readonly isNotYetThere?: (response: HttpResponse) => boolean;
  /** Not asked again but for a login: the caller has retries of its own. */
  readonly once?: boolean;
  /** No login is shown, and a 401 is an answer. */
  readonly withoutLogin?: boolean;
}

export interface RegistryExchange {
  send(request: RegistryRequest): Promise<HttpResponse>;
  /** Reads with a body that comes as it is read, which the caller retries. */
  open(request: RegistryRequest): Promise<HttpStream>;
  /** How many requests went out, by the registry on whose behalf; those to token servers and storage included. */
  requests(): ReadonlyMap<string, number>;
}

/** How servers refuse a HEAD that they would answer as a GET. */
export const headRefusals: readonly number[] = [400, 403, 405, 501];

interface Answer extends HttpResponse {
  readonly stream?: HttpStream["body"];
}

/** An expected answer that may be another one in a moment. */
class NotYetThere extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super("not there yet");
    this.answer = answer;
  }
}

const retries: RetryPolicy = {
  ...registryRetries,
  transience: (error) => (error instanceof NotYetThere ? {} : registryRetries.transience(error)),
};

type Transfer = (request: RegistryRequest, sent: HttpRequest) => Promise<Answer>;

/** Of a body that was sent in an encoding. */
const maximumDecoded = 64 * 1024 * 1024;
/** What is read of an answer that is no stream of what was asked for. */
const maximumRefusal = 64 * 1024;

export function registryExchange(options: RegistryOptions): RegistryExchange {
  const counts = new Map<string, number>();
  const count = ({ host }: Asked) => counts.set(host, (counts.get(host) ?? 0) + 1);
  const limited = async <R extends Answer>(
    { asked, once = false }: Pick<RegistryRequest, "asked" | "once">,
    { url, body, signal }: HttpRequest,
    exchanged: () => Promise<R>,
  ): Promise<R> => {
    const { clock, limiter } = options;
    const limitOf = (response: R) => rateLimitOf(response, clock.now(), asked.repository);
    // Its bytes may come from the same host.
    const isUpload = typeof body === "object" && "open" in body;
    const request = { once, isUpload, signal, limitOf, host: new URL(url).host, policy: registryLimits };
    try {
      return await limiter.send(request, () => {
        count(asked);
        return exchanged();
      });
    } catch (error) {
      throw error instanceof RateLimited ? limitError(asked, error, clock.now()) : error;
    }
  };
  const plain = async (sent: HttpRequest) => decoded(await options.http.send(sent), sent.maximumBody ?? maximumDecoded);
  const authorized = authorization({
    ...options,
    send: (asked, sent) => limited({ asked }, sent, () => plain(sent)),
  });
  const send: Transfer = (request, sent) => limited(request, sent, () => plain(sent));
  const open: Transfer = (request, sent) =>
    limited(request, sent, async (): Promise<Answer> => {
      const { status, headers, body } = await options.http.open(sent);
      if (request.expected.includes(status)) return { status, headers, body: new Uint8Array(), stream: body };
      return decoded({ status, headers, body: await beginningOf(body) }, maximumDecoded);
    });
  const attempt = async (request: RegistryRequest, transfer: Transfer): Promise<Answer> => {
    const { asked } = request;
    const url = addressOf(request);
    // An upload may be taken elsewhere, which is then no place for the login.
    const isOwn = url.origin === registryOrigin(asked.host) && !request.withoutLogin;
    let shown = isOwn ? await authorized.known(asked) : undefined;
    let response = await follow(request, url, shown?.header, transfer, options);
    const show = async (next: Shown): Promise<void> => {
      // The same again would be refused again.
      if (next.header !== shown?.header) response = await follow(request, url, next.header, transfer, options);
      shown = next;
    };
    if (response.status === 401 && isOwn) {
      const challenge = response.headers["www-authenticate"] ?? "";
      await show(await authorized.answer(asked, challenge, url.protocol === "http:", shown));
    }
    if (shown !== undefined && isLoginRefused(response)) {
      const other = await authorized.renewed(asked, shown);
      if (other !== undefined) await show(other);
      if (response.status === 401) throw await authorized.refusal(asked, other ?? shown);
    }
    const isLate = request.isNotYetThere?.(response) === true;
    if (!request.expected.includes(response.status)) {
      const error = answerError(asked, response, options.clock.now());
      throw isLate ? transient(error) : error;
    }
    if (isLate) throw new NotYetThere(response);
    const encoding = response.body.byteLength === 0 ? undefined : unknownEncoding(response.headers);
    if (encoding !== undefined) throw encodedError(asked, encoding);
    await request.check?.(response);
    return response;
  };
  const sendWithRetries = async (request: RegistryRequest, transfer: Transfer): Promise<Answer> => {
    const signal = eitherSignal(request.signal, options.signal);
    try {
      return await (request.once
        ? attempt(request, transfer)
        : retry(() => attempt(request, transfer), retries, { ...options, signal }));
    } catch (error) {
      if (error instanceof NotYetThere) return error.answer;
      throw await withRemedy(error, request.asked, options);
    }
  };
  return {
    send: (request) => sendWithRetries(request, send),
    async open(request) {
      const { status, headers, stream = nothing() } = await sendWithRetries(request, open);
      return { status, headers, body: stream };
    },
    requests: () => counts,
  };
}

/** Where a registry's API is. Plain http for this machine alone, as docker and BuildKit do. */
export function registryOrigin(host: string): string {
  if (host === "docker.io") return "https://registry-1.docker.io";
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(host) ? `http://${host}` : `https://${host}`;
}

/** Aborted as soon as one of them is. */
export function eitherSignal(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  return one === undefined || other === undefined ? (one ?? other) : AbortSignal.any([one, other]);
}

function limitError(asked: Asked, { response, tried }: RateLimited, now: Date): RegistryError {
  const error = answerError(asked, response, now);
  return tried === undefined ? error : givenUp(error, tried);
}

/** ECR answers 403 where a login has expired. */
function isLoginRefused(response: HttpResponse): boolean {
  return response.status === 401 || (response.status === 403 && isExpired(response));
}

/** Where a login is missing, and the host is none that the workflow's own may be shown to, that is what to say. */
async function withRemedy(error: unknown, asked: Asked, { remedy, credentials }: RegistryOptions): Promise<unknown> {
  if (!(error instanceof RegistryError) || (error.code !== "unauthorized" && error.code !== "denied")) return error;
  const hint = remedy?.(asked.host);
  if (hint === undefined || (await credentials(asked.host)) !== undefined) return error;
  return unnamedError(asked, hint, error);
}

function addressOf({ asked, path }: RegistryRequest): URL {
  return typeof path === "string" ? new URL(`/v2/${path}`, registryOrigin(asked.host)) : path;
}

/** Sends, and follows redirects. The login goes to the first origin alone, and never again once it was left. */
async function follow(
  request: RegistryRequest,
  start: URL,
  authorizationHeader: string | undefined,
  transfer: Transfer,
  options: RegistryOptions,
): Promise<Answer> {
  const { asked, method } = request;
  let url = start;
  let login = authorizationHeader;
  for (let hops = 0; hops <= maximumRedirects; hops += 1) {
    const response = await exchange(request, url, login, transfer, options);
    const next = redirectOf({ asked, method, url }, response);
    if (next === undefined) {
      // A challenge from elsewhere is not the registry's: nothing is shown to whoever sent it.
      if (response.status === 401 && url.origin !== registryOrigin(asked.host))
        throw invalidError(asked, "a redirect to what wants a login");
      return response;
    }
    if (next.origin !== url.origin) login = undefined;
    url = next;
  }
  throw invalidError(asked, `more than ${maximumRedirects} redirects`);
}

async function exchange(
  request: RegistryRequest,
  url: URL,
  login: string | undefined,
  transfer: Transfer,
  options: RegistryOptions,
): Promise<Answer> {
  const { asked, method, headers, body, maximumBody, timeout, stall } = request;
  const signal = eitherSignal(request.signal, options.signal);
  try {
    return await transfer(request, {
      method,
      url: url.href,
      // Digests are of the bytes as they are stored.
      headers: { "accept-encoding": "identity", ...headers, ...(login === undefined ? {} : { authorization: login }) },
      ...(body === undefined ? {} : { body }),
      ...(maximumBody === undefined ? {} : { maximumBody }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(stall === undefined ? {} : { stall }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    // The body that was sent may have failed first, with its own reason.
    throw cause instanceof UserError ? cause : networkError(asked, cause, redirectedTo(url, asked));
  }
}

function redirectedTo({ origin, host }: URL, asked: Asked): Elsewhere | undefined {
  return origin === registryOrigin(asked.host) ? undefined : { host, what: "a redirect" };
}

async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > maximumRefusal) break;
  }
  return Buffer.concat(chunks);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
