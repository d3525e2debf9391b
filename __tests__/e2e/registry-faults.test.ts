/** The registry client and a real registry, with everything that can go wrong between them. */
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { nodeHttp } from "../../src/adapters/http/http.ts";
import { UserError } from "../../src/errors.ts";
import type { Digest } from "../../src/model/digest.ts";
import { type Repository, repository, tag } from "../../src/model/reference.ts";
import { annotatedIndex } from "../../src/oci/annotated-index.ts";
import { mediaTypes } from "../../src/oci/manifest.ts";
import { type RegistryClient, registryClient } from "../../src/oci/registry/registry-client.ts";
import type { Clock, HttpRequest } from "../../src/ports.ts";
import { certificate } from "../tls/certificate.ts";
import { limited } from "../unit/lib/http/limited.ts";
import { firstPush } from "./events.ts";
import { type Fault, type FaultProxy, type FaultRule, startConnectProxy, startFaultProxy } from "./fault-proxy.ts";
import { makeProject } from "./project.ts";
import { digestsOf, manifestOf, tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(60_000);

/** Real time, but for waits, which are written down and take none. */
const slept: number[] = [];
const clock: Clock = {
  now: () => new Date(),
  async sleep(milliseconds, signal) {
    signal?.throwIfAborted();
    slept.push(milliseconds);
  },
};

/**
 * Where the fault is one of time the client has half a second for what may take half a minute, and for an upload as long as
 * its source may take.
 */
function client(fault?: Fault, env: Readonly<Record<string, string>> = {}): RegistryClient {
  const http = nodeHttp(env);
  const isHurried = fault?.kind === "silence" || fault?.kind === "slow";
  const hurried = (request: HttpRequest): HttpRequest => {
    const isUpload = typeof request.body === "object" && "open" in request.body;
    return isHurried ? { ...request, timeout: isUpload ? 3_000 : 500 } : request;
  };
  return registryClient({
    http: { send: (request) => http.send(hurried(request)), open: (request) => http.open(hurried(request)) },
    ...limited({ clock, random: () => 1 }),
    credentials: async () => undefined,
  });
}

let proxy: FaultProxy;
let other: FaultProxy;
beforeAll(async () => {
  [proxy, other] = await Promise.all([startFaultProxy(rig.registry), startFaultProxy(rig.registry)]);
});
afterAll(() => Promise.all([proxy.close(), other.close()]));

/** A repository with an image under `v1`, and another index over the same manifests without a tag. */
interface Stage {
  /** As the registry knows it. */
  readonly own: string;
  /** By the proxy. */
  readonly there: Repository;
  readonly old: Digest;
  readonly next: Digest;
}

async function stage(): Promise<Stage> {
  const direct = client();
  const path = `faults-${randomBytes(5).toString("hex")}/image`;
  const own = repository(`${rig.registry}/${path}`);
  const busybox = repository(`${rig.registry}/library/busybox`);
  const found = await direct.manifest(busybox, tag("1.37"));
  if (found === undefined) throw new Error("the rig's registry holds no busybox");
  await direct.copyImage({ from: busybox, to: own, digest: found.digest });
  const next = annotatedIndex(found, { version: "2" });
  await direct.putManifest(own, next, next.digest);
  await direct.tag(own, found.digest, tag("v1"));
  return { own, there: repository(`${proxy.host}/${path}`), old: found.digest, next: next.digest };
}

let staged: Stage;
beforeAll(async () => {
  staged = await stage();
});
beforeEach(() => {
  proxy.inject();
  other.inject();
  slept.splice(0);
});

const notFound = { errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] };
const denied = JSON.stringify({ errors: [{ code: "DENIED", message: "no way" }] });
const status = (code: number, headers: Record<string, string> = {}, body = ""): Fault => ({
  kind: "status",
  status: code,
  headers,
  body,
});

/** What, why and what to do; nothing of ours. */
async function failureOf(work: Promise<unknown>): Promise<UserError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error(`no error that a user can read: ${error}`);
  expect(error.hint).toMatch(/^[a-z]/);
  return error;
}

type Passing = readonly [sentence: string, fault: Fault, waits: readonly number[]];

/** A kept connection that is reset may have been closed while nobody used it: then it is asked again at once. */
const onceOrAtOnce: readonly number[] = [-1];

function expectWaits(waits: readonly number[]): void {
  if (waits === onceOrAtOnce) expect([[], [500]]).toContainEqual(slept);
  else expect(slept).toEqual(waits);
}

/** Faults that pass: what is asked for is had in the end. */
const passing: readonly Passing[] = [
  ["429", status(429), [500]],
  ["429 with Retry-After in seconds", status(429, { "retry-after": "2" }), [2500]],
  ["429 with Retry-After that is over", status(429, { "retry-after": "Thu, 01 Jan 1970 00:00:03 GMT" }), [500]],
  ["500", status(500), [500]],
  ["502 of a gateway", status(502, { "content-type": "text/html" }, "<html>bad gateway</html>"), [500]],
  ["503 with Retry-After", status(503, { "retry-after": "1" }), [1500]],
  ["a reset before the answer", { kind: "reset" }, onceOrAtOnce],
  ["silence", { kind: "silence" }, [500]],
];

type Lasting = readonly [sentence: string, fault: Fault, message: RegExp, hint: RegExp];

/** Faults that last: what they are is said, with what to do. */
const lasting: readonly Lasting[] = [
  [
    "401",
    status(401, { "www-authenticate": 'Basic realm="x"' }),
    /requires authentication, and there is no login for it/,
    /registry-username/,
  ],
  [
    "401 without a way to log in",
    status(401),
    /sent an invalid response for [^:]+: 401 with no way to log in/,
    /host is a registry's/,
  ],
  ["403", status(403, {}, denied), /refused the (?:push|pull) of /, /right to (?:push|pull)/],
  ["429", status(429), /limits the rate of requests \(429\) \(tried 5 times/, /run again later/],
  ["429 until tomorrow", status(429, { "retry-after": "86400" }), /it asks to wait 86400 s/, /run again later/],
  ["500", status(500), /answered 500 for .* \(tried 5 times/, /run again/],
  ["502", status(502), /answered 502 for .* \(tried 5 times/, /run again/],
  ["503", status(503), /answered 503 for .* \(tried 5 times/, /run again/],
  ["a reset", { kind: "reset" }, /cannot be reached: .* closed the connection too early \(tried 5 times/, /network/],
];
const silence: Lasting = [
  "silence",
  { kind: "silence" },
  /cannot be reached: no whole answer from .* within 0.5 s \(tried 5 times/,
  /network/,
];

describe("reading", () => {
  const path = /\/manifests\//;
  const bodies: readonly Passing[] = [
    ["a reset in mid-body", { kind: "reset-body" }, [500]],
    ["a truncated body", { kind: "truncated" }, [500]],
    ["bytes that are not those of the digest", { kind: "wrong-bytes" }, [500]],
    ["slow bytes, in time", { kind: "slow", milliseconds: 20 }, []],
    ["slow bytes, too slow", { kind: "slow", milliseconds: 200 }, [500]],
  ];
  test.each([...passing, ...bodies])("%s passes", async (_, fault, waits) => {
    proxy.inject({ path, times: 1, fault });
    const found = await client(fault).manifest(staged.there, tag("v1"));
    expect(found?.digest).toBe(staged.old);
    expectWaits(waits);
  });

  test.each<Lasting>([
    ...lasting,
    silence,
    ["404 of another server", status(404, {}, "<html>"), /a 404 that is not a registry's/, /host is a registry's/],
    [
      "bytes that are never those of the digest",
      { kind: "wrong-bytes" },
      /sha256:\w+ in place of sha256:/,
      /no proxy changes/,
    ],
    ["a body that always breaks off", { kind: "truncated" }, /cannot be reached: .*\(tried 5 times/, /network/],
  ])('%s that lasts is an error, and never "not there"', async (_, fault, message, hint) => {
    proxy.inject({ path, fault });
    for (const name of [tag("v1"), staged.next]) {
      const error = await failureOf(client(fault).manifest(staged.there, name));
      expect(error.message).toMatch(message);
      expect(error.message).toContain(proxy.host);
      expect(error.hint).toMatch(hint);
    }
  });

  test.each(lasting)("%s is no different to a HEAD", async (_, fault) => {
    proxy.inject({ path, fault });
    await failureOf(client(fault).head(staged.there, tag("v1")));
  });

  test("a registry's 404 is no error, and one request", async () => {
    const before = proxy.requests.length;
    expect(await client().head(staged.there, tag("v2"))).toBeUndefined();
    expect(proxy.requests.slice(before).map(({ method }) => method)).toEqual(["HEAD"]);
    expect(await client().manifest(staged.there, tag("v2"))).toBeUndefined();
    proxy.inject({ path, fault: status(404, { "content-type": "application/json" }, JSON.stringify(notFound)) });
    expect(await client().head(staged.there, tag("v1"))).toBeUndefined();
  });
});

describe("putting a tag", () => {
  const rule = (fault: Fault): FaultRule => ({ method: "PUT", path: /\/manifests\/v1$/, fault });
  const answers: readonly Passing[] = [
    ["a reset in mid-request", { kind: "reset-upload" }, onceOrAtOnce],
    ["an answer that is lost after all was done", { kind: "reset-after" }, onceOrAtOnce],
  ];

  test.each([...passing, ...answers])("%s passes, and the tag is where it should be", async (_, fault, waits) => {
    const { own, there, old, next } = await stage();
    proxy.inject({ ...rule(fault), times: 1 });
    expect(await digestsOf(own)).toEqual({ v1: old });
    await client(fault).tag(there, next, tag("v1"));
    expect(await digestsOf(own)).toEqual({ v1: next });
    expectWaits(waits);
  });

  test.each([...lasting, silence])("%s that lasts leaves the tag where it was", async (_, fault, message, hint) => {
    const { own, there, old, next } = await stage();
    proxy.inject(rule(fault));
    const error = await failureOf(client(fault).tag(there, next, tag("v1")));
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(await digestsOf(own)).toEqual({ v1: old });
  });

  test("what is to be tagged and comes with other bytes is not put", async () => {
    const { own, there, old, next } = await stage();
    proxy.inject({ method: "GET", path: /\/manifests\/sha256/, fault: { kind: "wrong-bytes" } });
    expect((await failureOf(client().tag(there, next, tag("v1")))).message).toMatch(/in place of/);
    expect(await digestsOf(own)).toEqual({ v1: old });
  });
});

describe("copying an image", () => {
  /** From the repository behind one proxy into an empty one behind the other: two registries, as far as the client knows. */
  async function copy(fault?: Fault): Promise<{ readonly own: string; readonly copied: Promise<unknown> }> {
    const path = `faults-${randomBytes(5).toString("hex")}/copy`;
    const copied = client(fault).copyImage({
      from: staged.there,
      to: repository(`${other.host}/${path}`),
      digest: staged.old,
    });
    copied.catch(() => {}); // looked at later
    return { own: `${rig.registry}/${path}`, copied };
  }
  const blob = /\/blobs\/sha256/;
  const upload = /\/blobs\/uploads\//;

  test("is complete, has the same digest and no tag", async () => {
    const { own, copied } = await copy();
    expect(await copied).toEqual({ blobs: { present: 0, mounted: 0, sent: 4 }, bytes: expect.any(Number) });
    await expectCopy(own);
  });

  test("within the registry mounts every blob", async () => {
    const path = `faults-${randomBytes(5).toString("hex")}/copy`;
    const before = proxy.requests.length;
    const to = repository(`${proxy.host}/${path}`);
    expect(await client().copyImage({ from: staged.there, to, digest: staged.old })).toEqual({
      blobs: { present: 0, mounted: 4, sent: 0 },
      bytes: 0,
    });
    await expectCopy(`${rig.registry}/${path}`);
    expect(proxy.requests.slice(before).some(({ method, url }) => method === "GET" && blob.test(url))).toBe(false);
  });

  async function expectCopy(own: string): Promise<void> {
    const { digest, document } = await manifestOf(own, staged.old);
    expect(digest).toBe(staged.old);
    for (const each of document.manifests ?? []) {
      const { document: image } = await manifestOf(own, each.digest);
      for (const part of [image.config, ...(image.layers ?? [])]) {
        const bytes = await (await fetch(`http://${own.replace("/", "/v2/")}/blobs/${part?.digest}`)).arrayBuffer();
        expect(`sha256:${createHash("sha256").update(Buffer.from(bytes)).digest("hex")}`).toBe(part?.digest);
      }
    }
    expect(await tagsOf(own)).toEqual([]);
  }

  const places: readonly (readonly [
    string,
    "source" | "target",
    Omit<FaultRule, "fault">,
    readonly Fault["kind"][],
  ])[] = [
    ["a manifest read", "source", { method: "GET", path: /\/manifests\// }, ["reset-body", "truncated", "wrong-bytes"]],
    ["a blob read", "source", { method: "GET", path: blob }, ["reset-body", "truncated", "wrong-bytes"]],
    ["a blob looked for", "target", { method: "HEAD", path: blob }, []],
    ["an upload begun", "target", { method: "POST", path: upload }, ["reset-after"]],
    ["an upload", "target", { method: "PUT", path: upload }, ["reset-upload", "reset-after"]],
    ["a manifest put", "target", { method: "PUT", path: /\/manifests\// }, ["reset-upload", "reset-after"]],
  ];
  const inject = (side: "source" | "target", rule: FaultRule): void => (side === "source" ? proxy : other).inject(rule);
  const few = new Set([
    "429 with Retry-After in seconds",
    "503 with Retry-After",
    "a reset before the answer",
    "silence",
  ]);
  const once = places.flatMap(([place, side, where, kinds]) => [
    ...passing
      .filter(([sentence]) => few.has(sentence))
      .map(([sentence, fault]) => [`${place}: ${sentence}`, side, { ...where, times: 1, fault }] as const),
    ...kinds.map((kind) => [`${place}: ${kind}`, side, { ...where, times: 1, fault: { kind } as Fault }] as const),
  ]);

  test.each(once)("%s passes", async (_, side, rule) => {
    inject(side, rule);
    const { own, copied } = await copy(rule.fault);
    await copied;
    await expectCopy(own);
    expect((side === "source" ? proxy : other).requests.filter(({ fault }) => fault !== undefined).length).toBe(1);
    expect(slept.length).toBeLessThanOrEqual(1);
  });

  const grave = new Set(["401", "403", "429 until tomorrow", "500", "a reset"]);
  const everytime = places.flatMap(([place, side, where]) =>
    lasting
      .filter(([sentence]) => grave.has(sentence))
      // A HEAD that is refused says nothing of what it asks for.
      .filter(([sentence]) => !(sentence === "403" && place === "a blob looked for"))
      .map(([sentence, fault, message]) => [`${place}: ${sentence}`, side, { ...where, fault }, message] as const),
  );
  test.each(everytime)(
    "%s that lasts is told of the right registry, and nothing refers to what is not there",
    async (_, side, rule, message) => {
      inject(side, rule);
      const { own, copied } = await copy(rule.fault);
      const error = await failureOf(copied);
      expect(error.message).toMatch(message);
      expect(error.message).toContain(side === "source" ? proxy.host : other.host);
      const index = await fetch(`http://${own.replace("/", "/v2/")}/manifests/${staged.old}`, {
        headers: { accept: mediaTypes.index },
      });
      expect(index.status).toBe(404);
    },
  );

  test("a blob that is never what its digest says is not stored", async () => {
    proxy.inject({ method: "GET", path: blob, fault: { kind: "wrong-bytes" } });
    const { own, copied } = await copy();
    expect((await failureOf(copied)).message).toMatch(
      /sent an invalid response for faults-.* in place of sha256:.*\(tried 5 times/,
    );
    await expect(manifestOf(own, staged.old)).rejects.toThrow(/404/);
  });

  test("a copy that failed is taken up by the next", async () => {
    other.inject({ method: "PUT", path: /\/manifests\//, fault: status(403) });
    const { own, copied } = await copy();
    await failureOf(copied);
    other.inject();
    const to = repository(own.replace(rig.registry, other.host));
    const again = await client().copyImage({ from: staged.there, to, digest: staged.old });
    expect(again).toMatchObject({ blobs: { present: expect.any(Number), mounted: 0 } });
    expect(again.blobs.present).toBeGreaterThan(0);
    await expectCopy(own);
  });
});

describe("a registry behind TLS", () => {
  const authority = certificate({ name: "an authority", isAuthority: true });
  test.each([
    ["of nobody known", { by: authority }, /is not trusted/, /NODE_EXTRA_CA_CERTS/],
    ["signed by itself", {}, /is not trusted: self-signed certificate/, /NODE_EXTRA_CA_CERTS/],
    ["expired", { until: new Date("2021-01-01") }, /is not trusted/, /fix the certificate/],
  ])("with a certificate %s is not spoken to", async (_, options, message, hint) => {
    const secure = await startFaultProxy(rig.registry, { tls: certificate({ name: "registry.test", ...options }) });
    const connect = await startConnectProxy(secure.host);
    try {
      const registry = client(undefined, { HTTPS_PROXY: connect.host });
      const image = repository("registry.test/o/r");
      const error = await failureOf(registry.tag(image, staged.old, tag("v1")));
      expect(error.message).toMatch(message);
      expect(error.message).toContain("registry.test");
      expect(error.hint).toMatch(hint);
      expect(secure.requests).toEqual([]);
      expect(slept).toEqual([]);
    } finally {
      await Promise.all([connect.close(), secure.close()]);
    }
  });
});

describe("the whole action", () => {
  const images = "{proxy}/{{owner}}/{{repo}}/{{name}}";
  const project = () => makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" });
  const run = (of: ReturnType<typeof makeProject>) =>
    runAction(of, { ...firstPush, inputs: { images: images.replace("{proxy}", proxy.host) } });

  test("publishes through everything that passes, and its tags name one image", async () => {
    const faulty = project();
    const manifests = /\/manifests\//;
    proxy.inject(
      { method: "POST", times: 1, fault: status(429, { "retry-after": "1" }) },
      { method: "HEAD", path: manifests, times: 1, fault: { kind: "reset" } },
      { method: "GET", path: /\/manifests\/sha256:/, times: 1, fault: { kind: "wrong-bytes" } },
      { method: "PUT", path: /\/manifests\/main$/, times: 1, fault: status(503) },
      { method: "PUT", path: /\/manifests\/latest$/, times: 1, fault: { kind: "reset-after" } },
    );
    const ended = await run(faulty);
    expect(ended.log).not.toContain("::error");
    expect(ended.code).toBe(0);
    expect(new Set(proxy.requests.flatMap(({ fault }) => fault ?? []))).toEqual(
      new Set(["status", "reset", "wrong-bytes", "reset-after"]),
    );
    const digests = await digestsOf(`${faulty.own}/web`);
    expect(Object.keys(digests)).toEqual(expect.arrayContaining(["latest", "main"]));
    expect([...new Set(Object.values(digests))]).toEqual([ended.images.web?.digest]);
  });

  test("puts no moving tag where an exact one is refused", async () => {
    const faulty = project();
    proxy.inject({ method: "PUT", path: /\/manifests\/[0-9a-f]{40}$/, fault: status(403) });
    const ended = await run(faulty);
    expect(ended.code).toBe(1);
    expect(await tagsOf(`${faulty.own}/web`)).not.toEqual(expect.arrayContaining(["main"]));
    expect(await tagsOf(`${faulty.own}/web`)).not.toEqual(expect.arrayContaining(["latest"]));
  });
});
