/** Whatever is asked of a forge: by the way that proxies and certificates say, and again after a limit on the rate. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "@jest/globals";
import { nodeHttp } from "../../../src/adapters/http/http.ts";
import type { BumpForge, PullRequest } from "../../../src/forge/bump-forge.ts";
import type { RepositoryAccess } from "../../../src/forge/forge-access.ts";
import { giteaBumps } from "../../../src/forge/gitea/gitea.ts";
import { codeScanning } from "../../../src/forge/github/code-scanning.ts";
import { forgeFacts } from "../../../src/forge/github/forge-facts.ts";
import { githubBumps } from "../../../src/forge/github/github.ts";
import { repositoryPath } from "../../../src/model/repository-path.ts";
import { commit } from "../../../src/model/run-context.ts";
import { type Certificate, certificate } from "../../tls/certificate.ts";
import { limited } from "../lib/http/limited.ts";
import { stillClock } from "../oci/still-clock.ts";

type Call = (access: RepositoryAccess) => Promise<unknown>;

const head = commit("a".repeat(40));
const digest = `sha256:${"b".repeat(64)}`;
const pull: PullRequest = {
  ...{ number: 1, id: "P", url: "", state: "open", head, labels: [], assignees: [], title: "", body: "" },
};
const branches = { branch: "image-publish/bump", base: "main" };
const file = { path: repositoryPath("a"), before: new Uint8Array(), after: new Uint8Array() };

const facts: Readonly<Record<string, Call>> = {
  "the repository": (access) => forgeFacts(access).repository("o", "r"),
  "whether a commit contains another": (access) => forgeFacts(access).contains("o", "r", head, head),
  "pull requests of a commit": (access) => forgeFacts(access).openPullRequests("o", "r", head),
  "a pull request's head": (access) => forgeFacts(access).pullRequestHead("o", "r", 1),
  "whether an image is attested": (access) => forgeFacts(access).hasAttestation("o", "r", digest),
};

const scans: Readonly<Record<string, Call>> = {
  "an upload to code scanning": (access) =>
    codeScanning(access).upload({
      ...{ ref: "refs/heads/main", commit: head, sarif: new Uint8Array([1]), checkoutUri: "file:///" },
      ...{ startedAt: new Date(0), tool: "image-publish" },
    }),
  "an upload's state": (access) => codeScanning(access).status("1"),
  analyses: (access) => codeScanning(access).analyses("refs/heads/main", "image-publish", 1),
};

const bumpCalls: Readonly<Record<string, (forge: BumpForge) => Promise<unknown>>> = {
  look: (forge) => forge.look(branches),
  read: (forge) => forge.read(head, file.path),
  write: (forge) =>
    forge.write({
      ...{ ...branches, head, parent: head, files: [file], pullRequest: undefined },
      message: { headline: "a", body: "b" },
    }),
  "delete a branch": (forge) => forge.deleteBranch("image-publish/bump", head),
  open: (forge) => forge.open({ ...branches, title: "", body: "", draft: false }),
  edit: (forge) => forge.edit(pull, { title: "", body: "", labels: ["a"], assignees: ["b"] }),
  "ask for reviews": (forge) => forge.requestReviews(pull, ["a"]),
  merge: (forge) => forge.mergeWhenReady(pull, "squash", head),
  close: (forge) => forge.close(pull, "", ""),
};

const calls: Readonly<Record<string, Call>> = {
  ...facts,
  ...scans,
  ...Object.fromEntries(
    Object.entries(bumpCalls).flatMap(([name, call]): [string, Call][] => [
      [`${name}, GitHub`, (access) => call(githubBumps(access))],
      [`${name}, Gitea`, (access) => call(giteaBumps(access))],
    ]),
  ),
};

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

interface Served {
  readonly port: number;
  /** Method and path of what was asked, with the login. */
  readonly asked: string[];
}

type Answer = (response: ServerResponse, count: number) => void;
const nothing: Answer = (response) => response.writeHead(404, { "content-type": "application/json" }).end("{}");

async function serve(host: string, answer: Answer = nothing, tls?: Certificate): Promise<Served> {
  const asked: string[] = [];
  const server = (tls === undefined ? createServer() : createTlsServer(tls)) as Server;
  server.on("request", ({ method, url, headers }, response) => {
    asked.push(`${method} ${url} ${headers.authorization}`);
    answer(response, asked.length);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, host, done));
  return { port: (server.address() as AddressInfo).port, asked };
}

function accessTo(apiUrl: string, env: Readonly<Record<string, string>> = {}) {
  const clock = stillClock();
  const access = limited({
    http: nodeHttp(env),
    clock,
    random: () => 0.5,
    apiUrl,
    token: "t0ken",
    owner: "o",
    repo: "r",
  });
  return { access, slept: clock.slept };
}

/** This machine has 127.0.0.0/8 too, which no proxy is asked for anyway. */
const own = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === "IPv4" && !each.internal)?.address;

(own === undefined ? describe.skip : describe)("NO_PROXY with a CIDR", () => {
  const address = own ?? "";
  const around = `${address.split(".").slice(0, 2).join(".")}.0.0/16`;

  test.each(Object.entries(calls))("%s: a forge in it is asked directly", async (_, call) => {
    const [forge, proxy] = await Promise.all([serve(address), serve("127.0.0.1")]);
    const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: `10.255.255.0/30,${around}` };
    await call(accessTo(`http://${address}:${forge.port}`, env).access).catch(() => {});
    expect(proxy.asked).toEqual([]);
    expect(forge.asked[0]).toContain("Bearer t0ken");
  });

  test.each(Object.entries(calls))("%s: another one by the proxy", async (_, call) => {
    const [forge, proxy] = await Promise.all([serve(address), serve("127.0.0.1")]);
    const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "10.255.255.0/30" };
    await call(accessTo(`http://${address}:${forge.port}`, env).access).catch(() => {});
    expect(forge.asked).toEqual([]);
    expect(proxy.asked[0]).toContain("Bearer t0ken");
  });
});

describe("a certificate of a private authority", () => {
  const authority = certificate({ name: "authority", isAuthority: true });
  const forge = certificate({ name: "forge.test", by: authority });

  test.each(Object.entries(calls))("%s", async (_, call) => {
    const target = await serve("127.0.0.1", nothing, forge);
    const proxy = createServer();
    servers.push(proxy);
    proxy.on("connect", (_, client, first) => {
      const upstream = connect(target.port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.write(first);
        upstream.pipe(client).pipe(upstream);
      });
      for (const socket of [client, upstream]) socket.on("error", () => {});
    });
    await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
    const folder = mkdtempSync(join(tmpdir(), "image-publish-forge-"));
    const trusted = join(folder, "docker/certs.d/forge.test");
    mkdirSync(trusted, { recursive: true });
    writeFileSync(join(trusted, "ca.crt"), authority.cert);
    try {
      const through = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
      await call(accessTo("https://forge.test", { ...through, HOME: folder }).access).catch(() => {});
      expect(target.asked).toEqual([]);
      await call(accessTo("https://forge.test", { ...through, XDG_CONFIG_HOME: folder }).access).catch(() => {});
      expect(target.asked[0]).toContain("Bearer t0ken");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a limit on the rate is waited for, and the same asked again", () => {
  const limits: Readonly<Record<string, readonly [number, Readonly<Record<string, string>>, object, number]>> = {
    "403 with Retry-After": [403, { "retry-after": "7" }, { message: "slow down" }, 7_000],
    "403 with a date": [403, { "retry-after": "Thu, 01 Jan 1970 00:00:09 GMT" }, {}, 9_000],
    "403 with a spent budget": [403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" }, {}, 30_000],
    "403 that only says so": [403, {}, { message: "You have exceeded a secondary rate limit." }, 1],
    "429": [429, {}, {}, 1],
  };

  test.each(
    Object.keys(limits).flatMap((limit) => Object.entries(calls).map(([name, call]) => ({ limit, name, call }))),
  )("$limit: $name", async ({ limit, call }) => {
    const [status, headers, body, least] = limits[limit] ?? [0, {}, {}, 0];
    const forge = await serve("127.0.0.1", (response, count) =>
      count > 1
        ? nothing(response, count)
        : response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body)),
    );
    const { access, slept } = accessTo(`http://127.0.0.1:${forge.port}`);
    await call(access).catch(() => {});
    const timesAsked = (): number => forge.asked.filter((each) => each === forge.asked[0]).length;
    // Of requests side by side, another one's answer may end the call first.
    for (let looks = 0; looks < 200 && timesAsked() < 2; looks += 1) await sleep(5);
    expect(slept[0]).toBeGreaterThanOrEqual(least);
    expect(timesAsked()).toBeGreaterThanOrEqual(2);
  });

  test.each(Object.entries({ ...facts, ...scans }))("%s: not for an hour", async (_, call) => {
    const forge = await serve("127.0.0.1", (response) => response.writeHead(403, { "retry-after": "3600" }).end("{}"));
    const { access, slept } = accessTo(`http://127.0.0.1:${forge.port}`);
    await call(access).catch(() => {});
    expect(slept).toEqual([]);
    expect(forge.asked).toHaveLength(1);
  });

  test("GraphQL's, which is a success with the budget in its headers", async () => {
    const body = JSON.stringify({ errors: [{ type: "RATE_LIMITED", message: "API rate limit exceeded" }] });
    const headers = { "content-type": "application/json", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "20" };
    const forge = await serve("127.0.0.1", (response, count) =>
      count > 1 ? nothing(response, count) : response.writeHead(200, headers).end(body),
    );
    const { access, slept } = accessTo(`http://127.0.0.1:${forge.port}`);
    await githubBumps(access)
      .look(branches)
      .catch(() => {});
    expect(slept[0]).toBeGreaterThanOrEqual(20_000);
    expect(forge.asked).toHaveLength(2);
  });
});

test("a repository that was renamed is found where it is now, with the login; another host is not shown it", async () => {
  const other = await serve("127.0.0.1");
  const forge = await serve("127.0.0.1", (response, count) => {
    if (count === 1) response.writeHead(301, { location: "/repositories/7" }).end("{}");
    else
      response.writeHead(200, { "content-type": "application/json" }).end('{"default_branch":"trunk","private":true}');
  });
  const { access } = accessTo(`http://127.0.0.1:${forge.port}`);
  expect(await forgeFacts(access).repository("o", "r")).toEqual({ defaultBranch: "trunk", isPrivate: true });
  expect(forge.asked).toEqual(["GET /repos/o/r Bearer t0ken", "GET /repositories/7 Bearer t0ken"]);
  const away = await serve("127.0.0.1", (response) =>
    response.writeHead(301, { location: `http://127.0.0.1:${other.port}/` }).end("{}"),
  );
  await expect(forgeFacts(accessTo(`http://127.0.0.1:${away.port}`).access).repository("o", "r")).rejects.toThrow();
  expect(other.asked).toEqual([]);
});

test("an aborted run asks nothing more", async () => {
  const forge = await serve("127.0.0.1");
  const reason = new Error("canceled");
  const { access } = accessTo(`http://127.0.0.1:${forge.port}`);
  for (const call of Object.values(calls))
    await expect(call({ ...access, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(forge.asked).toEqual([]);
});
