/** What an API says of two commits, over HTTP: what is not certain is unknown. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@jest/globals";
import { nodeHttp } from "../../../src/adapters/http/http.ts";
import { forgeFacts } from "../../../src/forge/github/forge-facts.ts";
import { limited } from "../../unit/lib/http/limited.ts";
import { stillClock } from "../../unit/oci/still-clock.ts";

const outside = limited({ http: nodeHttp({}), clock: stillClock(), random: () => 0.5 });
const ancestor = "a".repeat(40);
const other = "b".repeat(40);

test.each<{ when: string; status?: number; body: object | string; is: boolean | undefined }>([
  { when: "GitHub: contained", body: { merge_base_commit: { sha: ancestor }, total_commits: 0 }, is: true },
  { when: "GitHub: apart", body: { merge_base_commit: { sha: other }, total_commits: 2 }, is: false },
  { when: "GitHub: no common history", status: 404, body: { message: "No common ancestor" }, is: undefined },
  { when: "Gitea: apart", body: { total_commits: 2, commits: [] }, is: false },
  // Gitea says this of a contained commit, and also of one without any common history.
  { when: "Gitea: nothing in between", body: { total_commits: 0, commits: [] }, is: undefined },
  { when: "nobody may ask", status: 403, body: {}, is: undefined },
  { when: "something else answers", body: "<html>", is: undefined },
  { when: "something else answers in JSON", body: { total_commits: "0", merge_base_commit: "x" }, is: undefined },
  { when: "an empty merge base", body: { merge_base_commit: null, total_commits: 0 }, is: undefined },
])("$when: $is", async ({ status = 200, body, is }) => {
  const server = createServer((_, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect(await forgeFacts({ ...outside, apiUrl: url, token: "token" }).contains("o", "r", "main", ancestor)).toBe(is);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
