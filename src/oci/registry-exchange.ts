/** One request to a registry, with all that stands between asking and an answer: address, login, redirects, patience. */
import type { Clock, Http, HttpRequest, HttpResponse } from "../ports.ts";
import { authorization } from "./authorization.ts";
import type { Credentials } from "./docker-config.ts";
import { type Asked, answerError, invalidError, networkError } from "./registry-error.ts";
import { retrying } from "./retry.ts";

export interface RegistryOptions {
  readonly http: Http;
  readonly clock: Clock;
  /** Uniform in [0, 1): the jitter of waits. */
  readonly random: () => number;
  readonly credentials: (host: string) => Promise<Credentials | undefined>;
  readonly signal?: AbortSignal;
}

export interface RegistryRequest {
  readonly asked: Asked;
  readonly method: HttpRequest["method"];
  /** Below `/v2/`, or an address that the registry gave. */
  readonly path: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly maximumBody?: number;
  readonly timeout?: number;
  /** Statuses that are answers; every other one is thrown as a `RegistryError`. */
  readonly expected: readonly number[];
  /** Looks at the answer within the patience: what it throws as transient is asked for again. */
  readonly check?: (response: HttpResponse) => void;
}

export type RegistryExchange = (request: RegistryRequest) => Promise<HttpResponse>;

const maximumRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

export function registryExchange(options: RegistryOptions): RegistryExchange {
  const authorized = authorization(options);
  const attempt = async (request: RegistryRequest): Promise<HttpResponse> => {
    const { asked } = request;
    const url = addressOf(request);
    const shown = await authorized.known(asked);
    let response = await follow(request, url, shown?.header, options);
    if (response.status === 401) {
      const challenge = response.headers["www-authenticate"] ?? "";
      const fresh = await authorized.answer(asked, challenge, url.protocol === "http:", shown);
      response = await follow(request, url, fresh.header, options);
      if (response.status === 401) throw await authorized.refusal(asked, fresh);
    }
    if (!request.expected.includes(response.status)) throw answerError(asked, response, options.clock.now());
    request.check?.(response);
    return response;
  };
  return (request) => retrying(() => attempt(request), options);
}

/** Where a registry's API is. Plain http for this machine alone, as docker and BuildKit do. */
export function registryOrigin(host: string): string {
  if (host === "docker.io") return "https://registry-1.docker.io";
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(host) ? `http://${host}` : `https://${host}`;
}

function addressOf({ asked, path }: RegistryRequest): URL {
  return typeof path === "string" ? new URL(`/v2/${path}`, registryOrigin(asked.host)) : path;
}

/** Sends, and follows redirects of reads. The login goes to the first origin alone, and never again once it was left. */
async function follow(
  request: RegistryRequest,
  start: URL,
  authorizationHeader: string | undefined,
  options: RegistryOptions,
): Promise<HttpResponse> {
  const { asked, method } = request;
  let url = start;
  let login = authorizationHeader;
  for (let hops = 0; hops <= maximumRedirects; hops += 1) {
    const response = await send(request, url, login, options);
    if (!redirects.has(response.status)) {
      // A challenge from elsewhere is not the registry's: nothing is shown to whoever sent it.
      if (response.status === 401 && url.origin !== start.origin)
        throw invalidError(asked, "a redirect to what wants a login");
      return response;
    }
    const next = URL.parse(response.headers.location ?? "", url.href);
    const isSafe = next?.protocol === "https:" || (next?.protocol === "http:" && url.protocol === "http:");
    if ((method !== "GET" && method !== "HEAD") || next === null || !isSafe) {
      throw invalidError(asked, `a redirect of a ${method}${next === null ? "" : ` to ${next.origin}`}`);
    }
    if (next.origin !== url.origin) login = undefined;
    url = next;
  }
  throw invalidError(asked, `more than ${maximumRedirects} redirects`);
}

async function send(
  { asked, method, headers, body, maximumBody, timeout }: RegistryRequest,
  url: URL,
  login: string | undefined,
  { http, signal }: RegistryOptions,
): Promise<HttpResponse> {
  try {
    return await http.send({
      method,
      url: url.href,
      // Digests are of the bytes as they are stored.
      headers: { "accept-encoding": "identity", ...headers, ...(login === undefined ? {} : { authorization: login }) },
      ...(body === undefined ? {} : { body }),
      ...(maximumBody === undefined ? {} : { maximumBody }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw networkError(asked, cause);
  }
}
