/** GitHub's own packages and redirects: a header that logs in stays with the host that it is for. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpClient } from "@actions/http-client";
import { BearerCredentialHandler } from "@actions/http-client/lib/auth";
import { afterEach, expect, test } from "@jest/globals";
import { nodeHttp } from "../../../src/adapters/http/http.ts";
import { followNoRedirects } from "../../../src/adapters/toolkit/no-redirects.ts";
import { codeScanning } from "../../../src/forge/github/code-scanning.ts";
import { forgeFacts } from "../../../src/forge/github/forge-facts.ts";
import { limited } from "../lib/http/limited.ts";
import { stillClock } from "../oci/still-clock.ts";

const outside = limited({ http: nodeHttp({}), clock: stillClock(), random: () => 0.5 });

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A host that redirects everything to another port of the same name, and what came there. */
async function redirecting() {
  const shown: (string | undefined)[] = [];
  const other = await serve((request, response) => {
    shown.push(request.headers.authorization);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  const url = await serve(({ url = "" }, response) => void response.writeHead(307, { location: other + url }).end());
  return { url, logins: () => shown.filter((each) => each !== undefined) };
}

test("the forge's API", async () => {
  const { url, logins } = await redirecting();
  await forgeFacts({ ...outside, apiUrl: url, token: "s3cret" })
    .repository("o", "r")
    .catch(() => undefined);
  expect(logins()).toEqual([]);
});

test("code scanning", async () => {
  const { url, logins } = await redirecting();
  await codeScanning({ ...outside, apiUrl: url, token: "s3cret", owner: "o", repo: "r" }).status("1");
  expect(logins()).toEqual([]);
});

test("the cache service and the job's identity, which the toolkit's own client would follow with the token", async () => {
  const { url, logins } = await redirecting();
  await followNoRedirects();
  const client = new HttpClient("test", [new BearerCredentialHandler("s3cret")]);
  const { message } = await client.get(url);
  expect(message.statusCode).toBe(307);
  expect(logins()).toEqual([]);
});
