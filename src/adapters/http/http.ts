/** The `Http` ports over Node's own client, which is loaded when something is asked for. */
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { Http, HttpBody, HttpRequest, HttpStream, HttpStreams } from "../../ports.ts";
import { codeOf } from "../system-error.ts";
import { type Connections, connections } from "./http-connection.ts";
import { errorWithCode, networkFailure } from "./http-error.ts";
import { type Limits, limitsOf } from "./http-limits.ts";

const defaultMaximumBody = 64 * 1024 * 1024;

/** `env` names proxies (HTTP_PROXY, HTTPS_PROXY, NO_PROXY), and the folders where docker keeps registries' certificates. */
export function nodeHttp(env: Readonly<Record<string, string | undefined>>): Http & HttpStreams {
  const connected = connections(env);
  return {
    open: (request) => open(request, connected),
    async send(request) {
      const { status, headers, body } = await open(request, connected);
      return { status, headers, body: await whole(body, request.maximumBody ?? defaultMaximumBody, request.url) };
    },
  };
}

async function open(request: HttpRequest, connected: Connections): Promise<HttpStream> {
  request.signal?.throwIfAborted();
  const target = new URL(request.url);
  const limits = limitsOf(request, target.host);
  try {
    const { message, response } = await answerTo(request, target, limits, connected);
    const headers = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(", ")] as const);
    return {
      status: response.statusCode ?? 0,
      headers: Object.fromEntries(headers),
      body: bodyOf(message, response, target.host, limits),
    };
  } catch (error) {
    limits.end();
    throw error;
  }
}

/**
 * Sends again where nothing can have been done yet: a kept connection that was closed meanwhile, an unknown authority. How much
 * of a long body has arrived nobody knows: its sender decides.
 */
async function answerTo(
  request: HttpRequest,
  target: URL,
  limits: Limits,
  connected: Connections,
): Promise<{ readonly message: ClientRequest; readonly response: IncomingMessage }> {
  for (;;) {
    const { method, headers } = request;
    const message = await connected.request(target, { method, headers: headersOf(headers, request.body) });
    try {
      return { message, response: await exchange(message, request.body, limits) };
    } catch (error) {
      limits.check();
      if (error instanceof BodyFailure) throw error.cause;
      const code = codeOf(error);
      const isStale = message.reusedSocket && !isStream(request.body) && (code === "ECONNRESET" || code === "EPIPE");
      if (!isStale && !connected.trustMore(target, code)) {
        throw networkFailure(error, target.host, connected.proxyOf(target));
      }
    }
  }
}

function headersOf(headers: HttpRequest["headers"] = {}, body: HttpRequest["body"]): RequestOptions["headers"] {
  return { ...headers, ...(isStream(body) ? { "content-length": body.length } : {}) };
}

function isStream(body: HttpRequest["body"]): body is HttpBody {
  return typeof body === "object" && "open" in body;
}

/** Settles with the head of the answer, which may come before the request's body is sent. */
function exchange(message: ClientRequest, body: HttpRequest["body"], limits: Limits): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    limits.onEnd((reason) => message.destroy(reason));
    message.on("error", reject);
    message.once("response", (response) => {
      limits.touch();
      resolve(response);
    });
    if (isStream(body)) {
      sendBody(message, body, limits).catch((cause: unknown) => {
        reject(new BodyFailure(cause));
        message.destroy();
      });
    } else message.end(body);
  });
}

/** An error of the request's own body, as opposed to those of the connection. */
class BodyFailure extends Error {
  constructor(cause: unknown) {
    super("the body failed", { cause });
  }
}

async function sendBody(message: ClientRequest, body: HttpBody, limits: Limits): Promise<void> {
  let answered = false;
  message.once("response", () => {
    answered = true;
  });
  const unwanted = new AbortController();
  message.once("close", () => unwanted.abort(new Error("the request is over")));
  limits.hold();
  for await (const chunk of body.open(unwanted.signal)) {
    // Whoever answers before it has the whole body does not want it.
    if (answered || message.destroyed) return;
    limits.touch();
    if (!message.write(chunk)) await roomIn(message);
    limits.hold();
  }
  limits.touch();
  message.end();
}

function roomIn(message: ClientRequest): Promise<void> {
  const events = ["drain", "response", "close"] as const;
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) message.off(event, done);
      resolve();
    };
    for (const event of events) message.once(event, done);
  });
}

async function* bodyOf(
  message: ClientRequest,
  response: IncomingMessage,
  host: string,
  limits: Limits,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) {
      limits.touch();
      yield chunk;
    }
  } catch (error) {
    limits.check();
    throw networkFailure(error, host, undefined);
  } finally {
    limits.end();
    // A connection is of no more use once an end of it was not reached.
    if (!response.complete || !message.writableFinished) message.destroy();
  }
}

async function whole(body: AsyncIterable<Uint8Array>, maximum: number, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > maximum) throw errorWithCode("EMSGSIZE", `${new URL(url).host} sent more than ${maximum} bytes`);
    chunks.push(chunk);
  }
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}
