/**
 * A proxy in front of a registry that lets requests through, or does to them what its rules say. Its host (`127.0.0.1:PORT`) is
 * good wherever a registry's is: for the action, for buildx, for a builder on this machine's network.
 */
import { createServer, type IncomingMessage, request as requestOnward, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Certificate } from "../tls/certificate.ts";

export interface FaultRule {
  /** Any unless told. */
  readonly method?: string;
  /** Of the path with its query; any unless told. */
  readonly path?: RegExp;
  /** The first so many requests that match, after `after` of them; all unless told. */
  readonly times?: number;
  /** How many that match are let through first. */
  readonly after?: number;
  /** Whether it holds just now; always unless told. */
  readonly when?: () => boolean;
  readonly fault: Fault;
}

export type Fault =
  /** An answer of our own; the registry does not hear of the request. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The client is sent elsewhere; the registry does not hear of the request. */
  | { readonly kind: "redirect"; readonly status: number; readonly to: (url: string) => string }
  /** The registry does what it is asked, and its answer is another. */
  | { readonly kind: "rewritten"; readonly rewrite: (answered: Rewritten) => Rewritten }
  /** The connection is reset before the registry hears of the request. */
  | { readonly kind: "reset" }
  /** The registry does what it is asked, and the connection is reset in place of its answer. */
  | { readonly kind: "reset-after" }
  /** The connection is reset in the middle of what the client sends. */
  | { readonly kind: "reset-upload" }
  /** Half of the answer's body, then a reset. */
  | { readonly kind: "reset-body" }
  /** Half of the answer's body, then the connection ends as if all were well. */
  | { readonly kind: "truncated" }
  /** The answer's body with its last byte changed. */
  | { readonly kind: "wrong-bytes" }
  /** The answer's body in ten parts, with so many milliseconds before each. */
  | { readonly kind: "slow"; readonly milliseconds: number }
  /** No answer at all. */
  | { readonly kind: "silence" }
  /** Something happens before the registry hears of the request, which is then let through. */
  | { readonly kind: "meanwhile"; readonly effect: () => Promise<void> };

export interface Rewritten {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface ProxiedRequest {
  readonly method: string;
  readonly url: string;
  /** What was done to it; `undefined` when it was let through. */
  readonly fault: Fault["kind"] | undefined;
}

export interface FaultProxy {
  /** `127.0.0.1:PORT`; of a proxy behind TLS the address that `byConnect` leads to. */
  readonly host: string;
  /** All requests since the last rules, in order. */
  readonly requests: readonly ProxiedRequest[];
  /** From now on these rules, the first that matches; counts begin anew, those of `requests` too. */
  inject(...rules: readonly FaultRule[]): void;
  close(): Promise<void>;
}

/** `tls`: speaks TLS with this certificate, whatever it is worth. */
export async function startFaultProxy(
  upstream: string,
  { tls }: { readonly tls?: Certificate } = {},
): Promise<FaultProxy> {
  const requests: ProxiedRequest[] = [];
  let injected: { readonly rule: FaultRule; seen: number }[] = [];
  const faultFor = (request: IncomingMessage): Fault | undefined => {
    for (const each of injected) {
      const { method, path, after = 0, times = Number.POSITIVE_INFINITY, when, fault } = each.rule;
      if ((method ?? request.method) !== request.method || !(path ?? /^/).test(request.url ?? "")) continue;
      if (when?.() === false) continue;
      each.seen += 1;
      if (each.seen > after && each.seen <= after + times) return fault;
    }
    return undefined;
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const fault = faultFor(request);
    requests.push({ method: request.method ?? "", url: request.url ?? "", fault: fault?.kind });
    // Clients go away in the middle, and so do registries.
    for (const stream of [request, response]) stream.on("error", () => response.destroy());
    answer(fault, request, response, upstream);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  // No connection is closed in the moment in which it is used again, but by a rule.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    inject(...rules) {
      injected = rules.map((rule) => ({ rule, seen: 0 }));
      requests.splice(0);
    },
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * A proxy as HTTPS_PROXY names one: it connects whoever asks for any name to one address, so that a registry behind TLS
 * can have a name.
 */
export async function startConnectProxy(
  target: string,
): Promise<{ readonly host: string; readonly asked: readonly string[]; close(): Promise<void> }> {
  const asked: string[] = [];
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    asked.push(request.url ?? "");
    const [hostname = "", port] = target.split(":");
    const onward = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

function answer(fault: Fault | undefined, request: IncomingMessage, response: ServerResponse, upstream: string): void {
  switch (fault?.kind) {
    case "status":
      request.resume();
      request.on("end", () => response.writeHead(fault.status, fault.headers).end(fault.body));
      return;
    case "redirect":
      request.resume();
      request.on("end", () => response.writeHead(fault.status, { location: fault.to(request.url ?? "") }).end());
      return;
    case "reset":
      request.socket.resetAndDestroy();
      return;
    case "silence":
      request.resume();
      return;
    case "meanwhile":
      fault.effect().then(
        () => answer(undefined, request, response, upstream),
        () => response.destroy(),
      );
      return;
    case "reset-upload":
      request.once("data", () => request.socket.resetAndDestroy());
      request.once("end", () => request.socket.resetAndDestroy());
      return;
    default:
      pass(
        request,
        upstream,
        (answered) => deliver(fault, answered, response),
        () => response.destroy(),
      );
  }
}

function pass(
  request: IncomingMessage,
  upstream: string,
  deliver: (answer: IncomingMessage) => void,
  fail: () => void,
): void {
  const [hostname = "", port = "80"] = upstream.split(":");
  const { method = "GET", url: path = "/", headers } = request;
  // With the host that the client knows: it goes into the addresses that the registry answers with.
  const onward = requestOnward({ hostname, port, method, path, headers }, deliver);
  onward.on("error", fail);
  request.on("close", () => request.complete || onward.destroy());
  request.pipe(onward);
}

type Changing = Exclude<
  Fault,
  { readonly kind: "status" | "redirect" | "reset" | "silence" | "reset-upload" | "meanwhile" }
>;

async function deliver(
  fault: Changing | undefined,
  answered: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { statusCode = 502, headers } = answered;
  answered.on("error", () => response.destroy());
  if (fault === undefined) {
    response.writeHead(statusCode, headers);
    answered.pipe(response);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of answered) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const half = body.subarray(0, Math.floor(body.length / 2));
  if (fault.kind === "reset-after") response.socket?.resetAndDestroy();
  else if (fault.kind === "wrong-bytes") response.writeHead(statusCode, headers).end(spoilt(body));
  else if (fault.kind === "slow") await trickle(response.writeHead(statusCode, headers), body, fault.milliseconds);
  else if (fault.kind === "rewritten") {
    const rewritten = fault.rewrite({ headers, body });
    const length = { "content-length": String(rewritten.body.length) };
    response.writeHead(statusCode, { ...rewritten.headers, ...length }).end(rewritten.body);
  } else {
    response.writeHead(statusCode, headers).write(half);
    await sleep(20);
    if (fault.kind === "reset-body") response.socket?.resetAndDestroy();
    else response.socket?.end();
  }
}

/** Another digest in a document, so that it stays one; else another last byte. */
function spoilt(body: Buffer): Buffer {
  const changed = Buffer.from(body);
  const digest = changed.lastIndexOf("sha256:");
  const place = digest < 0 ? changed.length - 1 : digest + 10;
  if (changed.length > 0) changed[place] = changed[place] === 0x61 ? 0x62 : 0x61;
  return changed;
}

async function trickle(response: ServerResponse, body: Buffer, milliseconds: number): Promise<void> {
  const part = Math.max(1, Math.ceil(body.length / 10));
  for (let at = 0; at < body.length && !response.destroyed; at += part) {
    await sleep(milliseconds);
    response.write(body.subarray(at, at + part));
  }
  response.end();
}
