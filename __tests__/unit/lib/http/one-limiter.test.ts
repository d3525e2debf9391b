/** One limiter for a process: who is limited makes all wait who send to that host, whatever they are. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { giteaBumps } from "../../../../src/forge/gitea/gitea.ts";
import { codeScanning } from "../../../../src/forge/github/code-scanning.ts";
import { forgeFacts } from "../../../../src/forge/github/forge-facts.ts";
import { githubBumps } from "../../../../src/forge/github/github.ts";
import { type RateLimiter, rateLimiter } from "../../../../src/lib/http/rate-limiter.ts";
import { repository, tag } from "../../../../src/model/reference.ts";
import { artifactReader } from "../../../../src/oci/registry/artifact-reader.ts";
import { registryClient } from "../../../../src/oci/registry/registry-client.ts";
import type { HttpRequest, HttpResponse } from "../../../../src/ports.ts";
import { verifiedArchive } from "../../../../src/scan/trivy/archive.ts";
import { Timeline } from "../../publish/simulation.ts";
import { memory, writtenLog } from "../../scan/trivy/outside.ts";

// Loading takes real time, of which the timeline knows nothing.
beforeAll(() => import("@actions/github"));

const host = "forge.example";
const branches = { branch: "image-publish/bump", base: "main" };

interface Parts {
  readonly timeline: Timeline;
  readonly limiter: RateLimiter;
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  readonly signal: AbortSignal | undefined;
}

/** Each sends one or more requests to the host. */
const clients: Readonly<Record<string, (parts: Parts) => Promise<unknown>>> = {
  "a registry": (parts) => registryClient(optionsOf(parts)).head(repository(`${host}/o/r`), tag("v1")),
  "another client of the registry": (parts) =>
    registryClient(optionsOf(parts)).manifest(repository(`${host}/o/other`), tag("v1")),
  "a scanner's database": (parts) =>
    artifactReader(optionsOf(parts)).manifest(repository(`${host}/aquasecurity/trivy-db`), tag("2")),
  "the scanner's archive": (parts) => {
    const { clock, http, limiter, random } = optionsOf(parts);
    const signal = parts.signal ?? new AbortController().signal;
    const deps = { clock, http, limiter, random, signal, files: memory({}), log: writtenLog() };
    return verifiedArchive({ url: `https://${host}/trivy.tar.gz`, sha256: "" }, "/kept", deps);
  },
  "GitHub's bumps": (parts) => githubBumps(accessOf(parts)).look(branches),
  "GitHub's code scanning": (parts) => codeScanning(accessOf(parts)).status("1"),
  "a forge's facts": (parts) => forgeFacts(accessOf(parts)).repository("o", "r"),
  "Gitea's bumps": (parts) => giteaBumps(accessOf(parts)).look(branches),
};

function optionsOf({ timeline, limiter, send, signal }: Parts) {
  const open = () => Promise.reject(new Error("nothing is streamed here"));
  const http = { send, open };
  const common = { http, limiter, clock: timeline.clock, random: () => 0, credentials: async () => undefined };
  return signal === undefined ? common : { ...common, signal };
}

function accessOf(parts: Parts) {
  const { http, limiter, clock, random } = optionsOf(parts);
  return {
    ...{ http, limiter, clock, random, apiUrl: `https://${host}/api`, token: "t", owner: "o", repo: "r" },
    ...(parts.signal === undefined ? {} : { signal: parts.signal }),
  };
}

const registryAnswer = { "docker-distribution-api-version": "registry/2.0", "content-type": "application/json" };
const missing: HttpResponse = { status: 404, headers: registryAnswer, body: Buffer.from("{}") };

const limits: Readonly<Record<string, HttpResponse>> = {
  "429": { status: 429, headers: { "retry-after": "30" }, body: new Uint8Array() },
  "a secondary limit": {
    ...{ status: 403, headers: { "retry-after": "30", "content-type": "application/json" } },
    body: Buffer.from(JSON.stringify({ message: "You have exceeded a secondary rate limit." })),
  },
  "a used-up budget": {
    ...{ status: 403, headers: { "x-ratelimit-remaining": "0", "retry-after": "30" } },
    body: new Uint8Array(),
  },
};

/** Lets one be limited by its first answer, and five milliseconds later another one send. */
function situation(limit: HttpResponse) {
  const timeline = new Timeline(() => 1);
  const limiter = rateLimiter({ clock: timeline.clock, random: () => 0 });
  const sent: { readonly by: string; readonly at: number }[] = [];
  const begin = (name: string, signal?: AbortSignal): Promise<unknown> => {
    const send = async ({ signal }: HttpRequest): Promise<HttpResponse> => {
      signal?.throwIfAborted();
      const answer = sent.length === 0 ? limit : missing;
      sent.push({ by: name, at: timeline.now });
      await timeline.leg();
      return answer;
    };
    return (clients[name] ?? (() => Promise.reject()))({ timeline, limiter, send, signal }).catch((error) => error);
  };
  return { timeline, sent, begin };
}

const names = Object.keys(clients);
const pairs = names.flatMap((first) => names.map((second) => ({ first, second })));

describe.each(Object.entries(limits))("%s", (_, limit) => {
  test.each(pairs)("to $first makes $second wait", async ({ first, second }) => {
    const { timeline, sent, begin } = situation(limit);
    const both = [begin(first), timeline.pass(5).then(() => begin(second))];
    await timeline.run(Promise.all(both));
    expect(sent[0]).toEqual({ by: first, at: 0 });
    expect(sent.filter(({ at }) => at > 0 && at < 30_000)).toEqual([]);
    expect(sent.some(({ by, at }) => by === second && at >= 30_000)).toBe(true);
  });
});

test("GraphQL's limit, which is a success by its status, makes a registry wait", async () => {
  const { timeline, sent, begin } = situation({
    status: 200,
    headers: { "content-type": "application/json", "x-ratelimit-remaining": "0", "retry-after": "30" },
    body: Buffer.from(JSON.stringify({ errors: [{ type: "RATE_LIMITED", message: "API rate limit exceeded" }] })),
  });
  const both = [begin("GitHub's bumps"), timeline.pass(5).then(() => begin("a registry"))];
  await timeline.run(Promise.all(both));
  expect(sent.filter(({ at }) => at > 0 && at < 30_000)).toEqual([]);
});

test.each(names)("a signal ends the pause for %s", async (name) => {
  const { timeline, sent, begin } = situation(limits["429"] ?? missing);
  const controller = new AbortController();
  const reason = new Error("canceled");
  const first = begin("another client of the registry", controller.signal);
  const waiting = timeline.pass(5).then(() => begin(name, controller.signal));
  const aborted = timeline.pass(10).then(() => controller.abort(reason));
  await timeline.run(Promise.all([first, waiting, aborted]));
  expect(await waiting).toBe(reason);
  expect(timeline.now).toBeLessThan(1_000);
  expect(sent).toHaveLength(1);
});
