/**
 * The `Http` port over Node's own `fetch`, which Node loads when it is first called. A custom certificate authority comes
 * in by NODE_EXTRA_CA_CERTS, which Node reads itself.
 */
import { messageOf, UserError } from "../errors.ts";
import type { Http, HttpRequest, HttpResponse } from "../ports.ts";
import { codeOf } from "./system-error.ts";

const defaultTimeout = 30_000;
const defaultMaximumBody = 64 * 1024 * 1024;

/**
 * `env` is searched for HTTP_PROXY, HTTPS_PROXY and NO_PROXY (either case), which then hold for every `fetch` of this
 * process.
 */
export function fetchHttp(env: Readonly<Record<string, string | undefined>>): Http {
  let proxies: Promise<void> | undefined;
  return {
    async send(request) {
      proxies ??= useProxies(env);
      await proxies;
      return exchange(request);
    },
  };
}

async function exchange(request: HttpRequest): Promise<HttpResponse> {
  request.signal?.throwIfAborted();
  const controller = new AbortController();
  const timeout = request.timeout ?? defaultTimeout;
  const host = new URL(request.url).host;
  const timer = setTimeout(
    () => controller.abort(errorWithCode("ETIMEDOUT", `no answer from ${host} within ${timeout / 1000} s`)),
    timeout,
  );
  const abort = () => controller.abort(request.signal?.reason);
  request.signal?.addEventListener("abort", abort, { once: true });
  try {
    const response = await fetch(request.url, {
      method: request.method,
      redirect: "manual",
      signal: controller.signal,
      ...(request.headers === undefined ? {} : { headers: request.headers }),
      // `fetch` wants bytes over an ArrayBuffer, and a view may lie over a shared one.
      ...(request.body === undefined
        ? {}
        : { body: typeof request.body === "string" ? request.body : Uint8Array.from(request.body) }),
    });
    const body = await bodyOf(response, request.maximumBody ?? defaultMaximumBody, host);
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : withCode(error);
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", abort);
  }
}

async function bodyOf(response: Response, maximum: number, host: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (response.body === null) return new Uint8Array();
  // Leaving the loop by an error cancels the stream and frees its socket.
  for await (const chunk of response.body) {
    length += chunk.byteLength;
    if (length > maximum) throw errorWithCode("EMSGSIZE", `${host} sent more than ${maximum} bytes`);
    chunks.push(chunk);
  }
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}

/** undici's own codes, as the names that the operating system has for the same. */
const systemCodes: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: "ECONNRESET",
  UND_ERR_CONNECT_TIMEOUT: "ETIMEDOUT",
  UND_ERR_HEADERS_TIMEOUT: "ETIMEDOUT",
  UND_ERR_BODY_TIMEOUT: "ETIMEDOUT",
};

/** `fetch` says "fetch failed" or "terminated", and what happened in the innermost cause that has a code. */
function withCode(error: unknown): Error {
  let code: string | undefined;
  let message = messageOf(error);
  for (let each = error; typeof each === "object" && each !== null; each = "cause" in each ? each.cause : undefined) {
    if (codeOf(each) !== "") code = systemCodes[codeOf(each)] ?? codeOf(each);
    // Where several addresses were tried in vain, the message of the whole is empty.
    if ("message" in each && typeof each.message === "string" && each.message !== "") message = each.message;
    else message = code ?? message;
  }
  return errorWithCode(code ?? "EFETCH", message.replace(/^[0-9A-F]+:error:/, "").trim(), error);
}

function errorWithCode(code: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code });
}

/** Go's rule, which docker and BuildKit follow: what is local is never asked for through a proxy. */
const neverProxied = ["localhost", "127.0.0.1", "::1", "[::1]"];

async function useProxies(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const value = (name: string) => env[name.toLowerCase()] || env[name] || undefined;
  const http = value("HTTP_PROXY");
  const https = value("HTTPS_PROXY");
  if (http === undefined && https === undefined) return;
  const { setGlobalProxyFromEnv } = await import("node:http");
  // Came with Node 24.14; the types know no older one.
  if (typeof setGlobalProxyFromEnv !== "function") {
    if (env.NODE_USE_ENV_PROXY === "1") return;
    throw new UserError(`a proxy is set, and Node ${process.version} cannot take it up while it runs`, {
      hint: 'set NODE_USE_ENV_PROXY: "1" in the job\'s env, or update the runner',
    });
  }
  const noProxy = [value("NO_PROXY"), ...neverProxied].filter((each) => each !== undefined).join(",");
  setGlobalProxyFromEnv({
    ...(http === undefined ? {} : { http_proxy: http }),
    ...(https === undefined ? {} : { https_proxy: https }),
    no_proxy: noProxy,
  });
}
