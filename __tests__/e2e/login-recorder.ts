/** Registries on this machine that record which login they were shown: one that works, and those that only want to know it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "@jest/globals";
import { pass } from "./http-server.ts";

export interface LoginRecorder {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** How many requests there were. */
  requests(): number;
  /** Each login that it was shown, once: `user:password`, or the header as it came. */
  logins(): readonly string[];
}

const open: (() => Promise<void>)[] = [];

afterAll(() => Promise.all(open.map((close) => close())));

/** `true` when it has answered. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Hands on to `upstream` what `answer` doesn't answer. */
export async function recordLogins(answer: Answer, upstream = ""): Promise<LoginRecorder> {
  const shown = new Set<string>();
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const { authorization } = request.headers;
    if (authorization !== undefined) shown.add(readable(authorization));
    if (answer(request, response)) request.resume();
    else pass(request, response, upstream);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  open.push(async () => {
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, requests: () => requests, logins: () => [...shown] };
}

/** Asks everyone for a password, and takes none. */
export function curious(): Promise<LoginRecorder> {
  return recordLogins((_, response) => {
    response.writeHead(401, { "www-authenticate": 'Basic realm="curious"', "content-type": "application/json" });
    response.end('{"errors":[{"code":"UNAUTHORIZED","message":"who are you?"}]}');
    return true;
  });
}

function readable(authorization: string): string {
  const [scheme, value = ""] = authorization.split(" ");
  return scheme?.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString() : authorization;
}
