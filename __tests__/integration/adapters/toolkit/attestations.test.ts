/** What GitHub's API says of attestations, over HTTP. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@jest/globals";
import { nodeHttp } from "../../../../src/adapters/http/http.ts";
import { forgeFacts } from "../../../../src/forge/github/forge-facts.ts";
import { limited } from "../../../unit/lib/http/limited.ts";
import { stillClock } from "../../../unit/oci/still-clock.ts";

const outside = limited({ http: nodeHttp({}), clock: stillClock(), random: () => 0.5 });
const digest = `sha256:${"a".repeat(64)}`;

test.each<{ when: string; status: number; body: string; is: boolean | undefined }>([
  { when: "one is listed", status: 200, body: '{"attestations":[{"bundle":{}}]}', is: true },
  { when: "the list is empty", status: 200, body: '{"attestations":[]}', is: false },
  { when: "there is none", status: 404, body: '{"message":"Not Found"}', is: false },
  { when: "the token may not read them", status: 403, body: '{"message":"Resource not accessible"}', is: undefined },
  { when: "the token is none", status: 401, body: '{"message":"Bad credentials"}', is: undefined },
  { when: "GitHub is down", status: 502, body: "", is: undefined },
  { when: "something else answers", status: 200, body: "<html>", is: undefined },
  { when: "something else answers in JSON", status: 200, body: '{"attestations":{"length":1}}', is: undefined },
])("$when: $is", async ({ status, body, is }) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${decodeURIComponent(request.url ?? "")}`);
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect(await forgeFacts({ ...outside, apiUrl: url, token: "token" }).hasAttestation("o", "r", digest)).toBe(is);
    expect(new Set(asked)).toEqual(new Set([`GET /repos/o/r/attestations/${digest}`]));
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("without a token nobody is asked", async () => {
  expect(
    await forgeFacts({ ...outside, apiUrl: "http://127.0.0.1:1", token: undefined }).hasAttestation("o", "r", digest),
  ).toBeUndefined();
});
