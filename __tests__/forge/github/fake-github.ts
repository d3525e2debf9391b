/**
 * GitHub as far as bumps meet it: HTTP on a local port, a real git repository underneath. What is asked and answered is checked
 * by what GitHub publishes of its APIs; `problems` says what was wrong.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type GitStore, gitStore } from "../git-store.ts";
import { answerGraphql } from "./graphql.ts";
import { branchesOf } from "./pull-requests.ts";
import { answerRest } from "./rest.ts";
import type { State } from "./state.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  /** The name of GraphQL's operation: `Bump`, `Commit`, … */
  readonly operation: string | undefined;
}

/** What goes wrong instead; with `after`, though it was done. */
export interface Fault {
  readonly after?: boolean;
  readonly answer: (response: ServerResponse) => void;
}

export interface FakeGitHub extends State {
  readonly apiUrl: string;
  readonly asked: Asked[];
  readonly problems: string[];
  /** Each is asked about each request, and taken out when it has said what goes wrong. */
  readonly faults: ((asked: Asked) => Fault | undefined)[];
  close(): Promise<void>;
}

/** A repository that is there already, and whose it is. */
export interface Existing {
  readonly git: GitStore;
  readonly owner: string;
  readonly repo: string;
}

/** @param existing it is left there; without it a repository is made, and removed. */
export async function fakeGitHub(existing?: Existing): Promise<FakeGitHub> {
  const { git, owner, repo } = existing ?? { git: gitStore(), owner: "o", repo: "r" };
  const server = createServer((request, response) => {
    serve(fake, request, response).catch((error: unknown) => {
      fake.problems.push(String(error instanceof Error ? error.stack : error));
      response.destroy();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const fake: FakeGitHub = {
    git,
    branches: branchesOf(git),
    owner,
    repo,
    rights: { contents: "write", pulls: "write" },
    rules: {
      mayOpenPulls: true,
      isArchived: false,
      protects: undefined,
      allowsAutoMerge: true,
      collaborators: ["ann", "owners"],
    },
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    problems: [],
    faults: [],
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      if (existing === undefined) git.remove();
    },
  };
  return fake;
}

async function serve(fake: FakeGitHub, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  const url = new URL(request.url ?? "/", fake.apiUrl);
  const method = request.method ?? "";
  // How commits stand to one another is asked beside the bump, and told by git where GitHub is silent.
  if (url.pathname.includes("/compare/")) {
    response.writeHead(404, { "content-type": "application/json" }).end('{"message":"Not Found"}');
    return;
  }
  const asked = { method, path: url.pathname, operation: operationIn(body) };
  fake.asked.push(asked);
  const fault = faultOf(fake, asked);
  if (fault !== undefined && fault.after !== true) return fault.answer(response);
  if (request.headers.authorization !== "Bearer job-token") fake.problems.push("no token, or another one");
  const isGraphql = method === "POST" && url.pathname === "/graphql";
  const answer = isGraphql
    ? { status: 200, ...(await answerGraphql(fake, body as never)) }
    : answerRest(fake, method, url, body);
  fake.problems.push(...answer.problems);
  if (fault !== undefined) return fault.answer(response);
  const isRaw = answer.body instanceof Uint8Array;
  response.writeHead(answer.status, { "content-type": isRaw ? "application/octet-stream" : "application/json" });
  response.end(isRaw ? answer.body : JSON.stringify(answer.body));
}

function operationIn(body: unknown): string | undefined {
  const query = typeof body === "object" && body !== null && "query" in body ? String(body.query) : "";
  return /^\s*(?:query|mutation) (\w+)/.exec(query)?.[1];
}

function faultOf({ faults }: FakeGitHub, asked: Asked): Fault | undefined {
  for (const [index, each] of faults.entries()) {
    const fault = each(asked);
    if (fault === undefined) continue;
    faults.splice(index, 1);
    return fault;
  }
  return undefined;
}
