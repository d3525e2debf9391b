import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { nodeHttp } from "../../../../src/adapters/http/http.ts";
import { type Digest, digestOf } from "../../../../src/model/digest.ts";
import { repository, tag } from "../../../../src/model/reference.ts";
import type { Credentials } from "../../../../src/oci/login/docker-config.ts";
import { mediaTypes } from "../../../../src/oci/manifest.ts";
import { type RegistryClient, registryClient } from "../../../../src/oci/registry/registry-client.ts";
import { registryOrigin } from "../../../../src/oci/registry/registry-exchange.ts";
import { limited } from "../../lib/http/limited.ts";
import { imageManifest } from "../example-image.ts";
import { answer, errorBody, type FakeRegistry, type Fault, fakeRegistry } from "../fake-registry.ts";
import { stillClock } from "../still-clock.ts";

const login = { kind: "basic", username: "me", password: "secret" } as const;
let fake: FakeRegistry;
let clock: ReturnType<typeof stillClock>;

beforeEach(async () => {
  fake = await fakeRegistry();
  clock = stillClock();
});
afterEach(() => fake.close());

function client(credentials?: Credentials): RegistryClient {
  return registryClient({
    http: nodeHttp({}),
    ...limited({ clock, random: () => 1 }),
    credentials: async () => credentials,
  });
}
const noStreams = { open: () => Promise.reject(new Error("nothing is streamed here")) };
const base = () => fake.repository("o/r/base");
const one = imageManifest("one");

/** The same fault for every request from now on. */
function always(fault: Fault): void {
  fake.faults.push(...Array.from({ length: 50 }, () => fault));
}

describe("what is there and what is not", () => {
  test("a manifest is found under its tag and its digest, with its very bytes", async () => {
    const digest = fake.store("o/r/base", one, "v1");
    for (const name of [tag("v1"), digest]) {
      const found = await client().manifest(base(), name);
      expect(found).toMatchObject({ digest, bytes: Buffer.from(JSON.stringify(one)) });
      expect(await client().head(base(), name)).toBe(digest);
    }
  });

  test.each([
    ["a tag that is not there", "o/r/base", "v2"],
    ["a repository that is not there", "o/r/other", "v1"],
  ])("%s is undefined", async (_, path, name) => {
    fake.store("o/r/base", one, "v1");
    expect(await client().manifest(fake.repository(path), tag(name))).toBeUndefined();
    expect(await client().head(fake.repository(path), tag(name))).toBeUndefined();
  });

  test("a digest that was read or stored in this run is not fetched again, a tag is", async () => {
    const registry = client();
    const stored = { bytes: Buffer.from(JSON.stringify(one)), mediaType: one.mediaType };
    const digest = await registry.putManifest(base(), stored, tag("v1"));
    const before = fake.seen.length;
    expect(await registry.manifest(base(), digest)).toMatchObject({ digest, bytes: stored.bytes });
    expect(fake.seen.length).toBe(before);
    const other = fake.store("o/r/base", imageManifest("two"), "v1");
    expect((await registry.manifest(base(), tag("v1")))?.digest).toBe(other);
    expect((await registry.manifest(base(), other))?.digest).toBe(other);
    expect(fake.seen.length).toBe(before + 1);
  });

  test("a 404 that some other server sends is an error, also to a HEAD", async () => {
    always((_, response) => answer(response, 404, {}, "<html>Not found</html>"));
    await expect(client().manifest(base(), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
    await expect(client().head(base(), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
  });

  describe("a lookup of what is not there costs one request", () => {
    const absentTwice = async (): Promise<readonly string[]> => {
      const registry = client();
      for (const path of ["o/r/one", "o/r/two"]) {
        expect(await registry.head(fake.repository(path), tag("v1"))).toBeUndefined();
      }
      expect(registry.requests().get(fake.host)).toBe(fake.seen.length);
      return fake.seen.map(({ method }) => method);
    };

    test("where the registry names its API", async () => {
      expect(await absentTwice()).toEqual(["HEAD", "HEAD"]);
    });

    test("where it answers in JSON alone, once it was seen to mean it", async () => {
      fake.headers = { "content-type": "application/json" };
      expect(await absentTwice()).toEqual(["HEAD", "GET", "HEAD"]);
    });

    test("also where it names its API and sends text", async () => {
      fake.headers = { "content-type": "text/plain", "docker-distribution-api-version": "registry/2.0" };
      expect(await absentTwice()).toEqual(["HEAD", "HEAD"]);
    });

    test("but for one that says neither: then its body is always asked for", async () => {
      fake.headers = { "content-type": "text/plain" };
      expect(await absentTwice()).toEqual(["HEAD", "GET", "HEAD", "GET"]);
    });

    test("and what a server in front says in JSON is no proof", async () => {
      fake.headers = { "content-type": "application/json" };
      fake.store("o/r/base", one, "v1");
      always((_, response) => answer(response, 404, fake.headers, '{"message":"no Route matched"}'));
      const registry = client();
      for (let tries = 0; tries < 2; tries += 1) {
        await expect(registry.head(base(), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
      }
    });
  });

  test("a registry that does not tell the digest in a HEAD is asked for the manifest", async () => {
    const digest = fake.store("o/r/base", one, "v1");
    fake.faults.push((_, response) => answer(response, 200));
    expect(await client().head(base(), tag("v1"))).toBe(digest);
  });

  test("a tag is put with the bytes of the digest", async () => {
    const digest = fake.store("o/r/base", one);
    await client().tag(base(), digest, tag("v1"));
    expect(await client().head(base(), tag("v1"))).toBe(digest);
    expect(fake.seen.findLast(({ method }) => method === "PUT")?.body).toBe(JSON.stringify(one));
  });

  test("a tag for a digest that is gone says so", async () => {
    fake.store("o/r/base", one);
    await expect(client().tag(base(), digestOf("gone"), tag("v1"))).rejects.toMatchObject({ code: "missing" });
  });

  test("tags are listed over several pages", async () => {
    fake.faults.push(
      ({ url }, response) =>
        url.includes("n=1000") &&
        answer(response, 200, { link: '</v2/o/r/base/tags/list?last=b>; rel="next"' }, '{"tags":["a","b","no tag!"]}'),
      ({ url }, response) => url.includes("last=b") && answer(response, 200, {}, '{"tags":["c"]}'),
    );
    expect(await client().tags(base())).toEqual(["a", "b", "c"]);
  });

  test.each([
    ["relative to the page", "?last=b"],
    ["from the root", "/v2/o/r/base/tags/list?last=b"],
    ["absolute", "http://HOST/v2/o/r/base/tags/list?last=b"],
  ])("the next page may be told %s", async (_, next) => {
    const link = `<${next.replace("HOST", fake.host)}>; rel="next"`;
    fake.faults.push(
      ({ url }, response) => url.includes("n=1000") && answer(response, 200, { link }, '{"tags":["a","b"]}'),
      ({ url }, response) => url === "/v2/o/r/base/tags/list?last=b" && answer(response, 200, {}, '{"tags":["c"]}'),
    );
    expect(await client().tags(base())).toEqual(["a", "b", "c"]);
  });

  test.each([
    ["the first", "/v2/o/r/base/tags/list?n=1000"],
    ["another one", "/v2/o/r/base/tags/list?last=b"],
  ])("pages that lead back to %s end in an error", async (_, next) => {
    always((_, response) => answer(response, 200, { link: `<${next}>; rel="next"` }, '{"tags":["a","b"]}'));
    await expect(client().tags(base())).rejects.toMatchObject({ code: "invalid" });
    expect(fake.seen.length).toBeLessThan(4);
  });

  test("a next page on another host is not asked for", async () => {
    fake.faults.push((_, response) =>
      answer(response, 200, { link: '<https://evil.example/v2/x>; rel="next"' }, '{"tags":["a"]}'),
    );
    await expect(client().tags(base())).rejects.toMatchObject({ code: "invalid" });
  });

  test("no tags are an empty list, no repository is undefined", async () => {
    fake.faults.push((_, response) => answer(response, 200, {}, '{"tags":null}'));
    expect(await client().tags(base())).toEqual([]);
    expect(await client().tags(base())).toBeUndefined();
  });

  test("a blob is verified", async () => {
    const bytes = Buffer.from("{}");
    const descriptor = { mediaType: "x", digest: fake.storeBlob("o/r/base", bytes), size: 2, annotations: {} };
    expect(await client().blob(base(), descriptor)).toEqual(bytes);
    fake.blobs.get("o/r/base")?.set(descriptor.digest, Buffer.from("[]"));
    await expect(client().blob(base(), descriptor)).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("logging in", () => {
  test.each([
    ["basic", 0],
    ["token", 2], // One for reading, one for writing.
  ] as const)("with %s, refused once and never again", async (auth, tokens) => {
    const digest = fake.store("o/r/base", one, "v1");
    fake.auth = auth;
    const registry = client(login);
    await registry.head(base(), tag("v1"));
    await registry.head(base(), tag("v1"));
    await registry.tag(base(), digest, tag("v2"));
    await registry.head(base(), tag("v2"));
    const refused = fake.seen.filter(({ url, authorization }) => url.startsWith("/v2/") && authorization === undefined);
    expect(refused).toHaveLength(1);
    expect(fake.tokens).toBe(tokens);
    expect(fake.manifests.get("o/r/base")?.has("v2")).toBe(true);
  });

  test("requests side by side ask for one token", async () => {
    fake.store("o/r/base", one, "v1");
    fake.auth = "token";
    const registry = client(login);
    await Promise.all(Array.from({ length: 5 }, () => registry.head(base(), tag("v1"))));
    expect(fake.tokens).toBe(1);
    fake.tokens += 1; // What was issued has expired.
    await Promise.all(Array.from({ length: 5 }, () => registry.head(base(), tag("v1"))));
    expect(fake.tokens).toBe(3);
  });

  test("an expired token for writing is replaced, and not shown again for reading", async () => {
    const digest = fake.store("o/r/base", one, "v1");
    fake.auth = "token";
    const registry = client(login);
    await registry.tag(base(), digest, tag("v2"));
    fake.tokens += 1;
    await registry.head(base(), tag("v1"));
    const before = fake.seen.length;
    expect(await registry.head(base(), tag("v1"))).toBe(digest);
    expect(fake.seen).toHaveLength(before + 1);
  });

  test("the token is asked for with service, scope and login; a refresh token by POST", async () => {
    fake.store("o/r/base", one, "v1");
    fake.auth = "token";
    await client(login).head(base(), tag("v1"));
    expect(fake.seen[1]?.url).toBe("/token?service=fake&scope=repository%3Ao%2Fr%2Fbase%3Apull");
    await client({ kind: "identity-token", token: "identity" }).head(base(), tag("v1"));
    const posted = new URLSearchParams(fake.seen.find(({ method }) => method === "POST")?.body);
    expect(Object.fromEntries(posted)).toEqual({
      grant_type: "refresh_token",
      client_id: "image-publish",
      refresh_token: "identity",
      service: "fake",
      scope: "repository:o/r/base:pull",
    });
  });

  test.each([
    ["no login", "basic", undefined, "give registry-username"],
    ["no login", "token", undefined, "give registry-username"],
    ["a wrong password", "basic", { ...login, password: "wrong" }, "docker/login-action) is valid"],
    ["a wrong password", "token", { ...login, password: "wrong" }, "docker/login-action) is valid"],
  ] as const)("%s at a %s registry fails at once, and says what to do", async (_, auth, credentials, hint) => {
    fake.auth = auth;
    const refused = client(credentials).manifest(base(), tag("v1"));
    await expect(refused).rejects.toMatchObject({ hint: expect.stringContaining(hint) });
    expect(clock.slept).toEqual([]);
    await refused.catch((error: Error) => expect(error.message).not.toMatch(/secret|wrong|token-/));
  });

  describe("a helper's login that expires while the run goes on", () => {
    const old = { kind: "basic", username: "me", password: "expired" } as const;
    /** Knows another login from the moment on that the first one is refused. */
    const helper = (renewed: Credentials) => {
      const calls: (Credentials | undefined)[] = [];
      let known: Credentials = old;
      const credentials = async (_: string, refused?: Credentials) => {
        if (refused !== undefined && refused === known) {
          calls.push(refused);
          known = renewed;
        }
        return known;
      };
      return {
        calls,
        registry: registryClient({ http: nodeHttp({}), ...limited({ clock, random: () => 1 }), credentials }),
      };
    };
    const basicOf = ({ username, password }: { readonly username: string; readonly password: string }) =>
      `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    const refuses = (status: number, body = ""): Fault => {
      return ({ authorization, url }, response) => {
        if (authorization !== basicOf(old) || url === "/v2/") return false;
        return answer(response, status, { "www-authenticate": `Bearer realm="http://${fake.host}/token"` }, body);
      };
    };

    test.each(["basic", "token"] as const)(
      "is replaced once, with %s, also for requests side by side",
      async (auth) => {
        const digest = fake.store("o/r/base", one, "v1");
        fake.auth = auth;
        const { calls, registry } = helper(login);
        const found = await Promise.all(Array.from({ length: 4 }, () => registry.head(base(), tag("v1"))));
        expect(found).toEqual([digest, digest, digest, digest]);
        await registry.tag(base(), digest, tag("v2"));
        expect(calls).toEqual([old]);
      },
    );

    test("is replaced where the registry says 403 and that it has expired", async () => {
      const digest = fake.store("o/r/base", one, "v1");
      fake.auth = "basic";
      fake.faults.push(refuses(403, errorBody("DENIED", "Your authorization token has expired. Reauthenticate")));
      const { registry } = helper(login);
      expect((await registry.manifest(base(), tag("v1")))?.digest).toBe(digest);
    });

    test("ends in an error where the helper has no other, without asking on", async () => {
      fake.auth = "basic";
      const { registry } = helper(old);
      await expect(registry.manifest(base(), tag("v1"))).rejects.toMatchObject({ code: "unauthorized" });
      expect(fake.seen).toHaveLength(2);
    });

    test("is not replaced for a right that it never had", async () => {
      const digest = fake.store("o/r/base", one);
      fake.faults.push(({ method }, response) => method === "PUT" && answer(response, 403, {}, errorBody("DENIED")));
      fake.auth = "basic";
      const calls: unknown[] = [];
      const registry = registryClient({
        ...{ http: nodeHttp({}), ...limited({ clock, random: () => 1 }) },
        credentials: async (_, refused) => {
          if (refused !== undefined) calls.push(refused);
          return login;
        },
      });
      await expect(registry.tag(base(), digest, tag("v1"))).rejects.toMatchObject({ code: "denied" });
      expect(calls).toEqual([]);
    });
  });

  test("a login that may not push is told so", async () => {
    const digest = fake.store("o/r/base", one);
    fake.auth = "token";
    fake.rights = "pull";
    await expect(client(login).tag(base(), digest, tag("v1"))).rejects.toMatchObject({
      code: "denied",
      message: `${fake.host} refused the push of o/r/base`,
    });
  });

  test("the login is not sent to a realm in the clear of a registry that is not local", async () => {
    const sent: string[] = [];
    const registry = registryClient({
      http: {
        ...noStreams,
        async send({ url }) {
          sent.push(url);
          const headers = { "www-authenticate": 'Bearer realm="http://evil.example/token"' };
          return { status: 401, headers, body: new Uint8Array() };
        },
      },
      ...limited({ clock, random: () => 1 }),
      credentials: async () => login,
    });
    await expect(registry.head(repository("ghcr.io/o/r"), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
    expect(sent).toEqual(["https://ghcr.io/v2/o/r/manifests/v1"]);
  });

  test.each([
    ["in the clear", "http://ghcr.io/v2/o/r/blobs/uploads/1"],
    ["that is nowhere", undefined],
  ])("no upload goes to a place %s, which says nothing of the right to push", async (_, location) => {
    const sent: string[] = [];
    const manifest = imageManifest("one");
    const registry = registryClient({
      http: {
        ...noStreams,
        async send({ method, url }) {
          sent.push(`${method} ${new URL(url).protocol}`);
          if (method === "GET") return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(manifest)) };
          const headers = location === undefined ? {} : { location };
          return { status: method === "POST" ? 202 : 404, headers, body: new Uint8Array() };
        },
      },
      ...limited({ clock, random: () => 1 }),
      credentials: async () => undefined,
    });
    const digest = digestOf(JSON.stringify(manifest));
    const copied = registry.copyImage({ from: repository("a.io/o/r"), to: repository("ghcr.io/o/r"), digest });
    await expect(copied).rejects.toMatchObject({ code: "invalid" });
    await registry.checkPush(repository("ghcr.io/o/r"));
    expect(new Set(sent)).toEqual(new Set(["GET https:", "HEAD https:", "POST https:"]));
  });

  test("GitHub's registry names the permission to add", async () => {
    const registry = registryClient({
      http: {
        ...noStreams,
        send: async () => ({ status: 403, headers: {}, body: Buffer.from(errorBody("DENIED", "no\u001b[31m\nway")) }),
      },
      ...limited({ clock, random: () => 1 }),
      credentials: async () => login,
    });
    const put = registry.putManifest(
      repository("ghcr.io/o/r"),
      { bytes: Buffer.from("{}"), mediaType: "x" },
      tag("v1"),
    );
    await expect(put).rejects.toMatchObject({
      code: "denied",
      message: "ghcr.io refused the push of o/r: DENIED no [31m way",
      hint: expect.stringContaining("`packages: write`"),
    });
  });
});

describe("redirects", () => {
  test("a read follows them, without the login once the host is left", async () => {
    const other = await fakeRegistry();
    try {
      const bytes = Buffer.from("{}");
      const descriptor = { mediaType: "x", digest: digestOf(bytes), size: 2, annotations: {} };
      fake.auth = "basic";
      fake.faults.push(
        ({ authorization }, response) =>
          authorization !== undefined && answer(response, 307, { location: `http://${other.host}/away` }),
      );
      other.faults.push(({ url }, response) => url === "/away" && answer(response, 302, { location: "/further" }));
      other.faults.push(({ url }, response) => url === "/further" && answer(response, 200, {}, bytes));
      expect(await client(login).blob(base(), descriptor)).toEqual(bytes);
      expect(other.seen.map(({ url, authorization }) => [url, authorization])).toEqual([
        ["/away", undefined],
        ["/further", undefined],
      ]);
    } finally {
      await other.close();
    }
  });

  test.each([
    ["in circles", "/v2/o/r/base/manifests/v1"],
    ["to nowhere", "http://"],
    ["to a file", "file:///etc/passwd"],
  ])("one that leads %s ends in an error", async (_, location) => {
    always((_, response) => answer(response, 307, { location }));
    await expect(client().manifest(base(), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
  });

  test.each([301, 302, 307, 308])(
    "a write follows one (%s) on its own host, with its body and login",
    async (status) => {
      const digest = fake.store("o/r/base", one);
      fake.auth = "basic";
      fake.faults.push(
        ({ method, authorization }, response) =>
          method === "PUT" &&
          authorization !== undefined &&
          answer(response, status, { location: "/v2/o/r/moved/manifests/v1" }),
      );
      await client(login).tag(base(), digest, tag("v1"));
      expect(fake.manifests.get("o/r/moved")?.has("v1")).toBe(true);
    },
  );

  test.each([
    ["to another host", 307, "http://localhost:1/v2/o/r/base/manifests/v1"],
    ["to another port", 307, "http://127.0.0.1:1/v2/o/r/base/manifests/v1"],
    ["to look at something else", 303, "/v2/o/r/base/manifests/v2"],
    ["to nowhere", 307, ""],
    ["in circles", 307, "/v2/o/r/base/manifests/v1"],
  ])("a write follows none %s", async (_, status, location) => {
    const digest = fake.store("o/r/base", one);
    always(({ method }, response) => method === "PUT" && answer(response, status, location ? { location } : {}));
    await expect(client().tag(base(), digest, tag("v1"))).rejects.toMatchObject({ code: "invalid" });
  });

  describe("of the token server", () => {
    const identity: Credentials = { kind: "identity-token", token: "identity" };
    test.each([
      ["of a login", login],
      ["of a refresh token", identity],
    ])("are followed on its own host, %s", async (_, credentials) => {
      const digest = fake.store("o/r/base", one, "v1");
      fake.auth = "token";
      fake.faults.push(
        ({ url }, response) =>
          url.startsWith("/token") && answer(response, 307, { location: url.replace("/token", "/token/") }),
      );
      expect(await client(credentials).head(base(), tag("v1"))).toBe(digest);
    });

    test("lead no login to another one", async () => {
      const other = await fakeRegistry();
      try {
        fake.store("o/r/base", one, "v1");
        fake.auth = "token";
        always(
          ({ url }, response) =>
            url.startsWith("/token") && answer(response, 307, { location: `http://${other.host}/token` }),
        );
        for (const credentials of [login, identity]) {
          await expect(client(credentials).head(base(), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
        }
        expect(other.seen).toEqual([]);
      } finally {
        await other.close();
      }
    });
  });

  test("a host that a redirect leads to gets no login when it asks for one", async () => {
    const other = await fakeRegistry();
    try {
      other.auth = "basic";
      fake.faults.push((_, response) =>
        answer(response, 307, { location: `http://${other.host}/v2/o/r/base/manifests/v1` }),
      );
      await expect(client(login).manifest(base(), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
      expect(other.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
    } finally {
      await other.close();
    }
  });
});

describe("a HEAD that is refused", () => {
  const refuses =
    (status: number): Fault =>
    ({ method }, response) =>
      method === "HEAD" && answer(response, status);

  test.each([400, 403, 405, 501])("with %s: the same is asked by GET", async (status) => {
    const digest = fake.store("o/r/base", one, "v1");
    always(refuses(status));
    expect(await client().head(base(), tag("v1"))).toBe(digest);
    expect(await client().head(base(), tag("v2"))).toBeUndefined();
  });

  test("and the GET too is an error", async () => {
    always((_, response) => answer(response, 403, {}, errorBody("DENIED")));
    await expect(client().head(base(), tag("v1"))).rejects.toMatchObject({ code: "denied" });
  });
});

describe("a body in an encoding that nobody asked for", () => {
  const text = JSON.stringify(one);
  test.each([
    ["gzip", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateRawSync(text)],
    ["br", brotliCompressSync(text)],
    ["gzip, br", brotliCompressSync(gzipSync(text))],
    ["gzip", Buffer.from(text)],
    ["aws-chunked", Buffer.from(text)],
    ["identity", Buffer.from(text)],
  ])("is decoded: %s", async (encoding, bytes) => {
    const digest = fake.store("o/r/base", one, "v1");
    fake.faults.push((_, response) =>
      answer(response, 200, { "content-encoding": encoding, "docker-content-digest": digest }, bytes),
    );
    expect((await client().manifest(base(), tag("v1")))?.digest).toBe(digest);
  });

  test("is decoded in errors and lists, too", async () => {
    const headers = { "content-encoding": "gzip", "content-type": "application/json" };
    fake.faults.push(
      (_, response) => answer(response, 404, headers, gzipSync(errorBody("TAG_EXPIRED"))),
      (_, response) => answer(response, 200, headers, gzipSync('{"tags":["a"]}')),
    );
    expect(await client().manifest(base(), tag("v1"))).toBeUndefined();
    expect(await client().tags(base())).toEqual(["a"]);
  });

  test("is named where it is unknown", async () => {
    fake.faults.push((_, response) => answer(response, 200, { "content-encoding": "acme" }, text));
    await expect(client().manifest(base(), tag("v1"))).rejects.toMatchObject({
      message: expect.stringContaining('Content-Encoding "acme"'),
      hint: expect.stringContaining("compression"),
    });
  });

  test.each(["br", "gzip", "zstd", "deflate"])(
    "that isn't %s is no trouble of the network, and is not asked for again",
    async (encoding) => {
      const beginning = { gzip: [0x1f, 0x8b], zstd: [0x28, 0xb5, 0x2f, 0xfd] }[encoding] ?? [];
      const bytes = Buffer.concat([
        Buffer.from(beginning),
        Buffer.from("\xff\xff plainly no such thing".repeat(9), "latin1"),
      ]);
      fake.faults.push((_, response) => answer(response, 200, { "content-encoding": encoding }, bytes));
      await expect(client().manifest(base(), tag("v1"))).rejects.toMatchObject({
        code: "invalid",
        message: expect.stringContaining(`isn't ${encoding}, as its Content-Encoding says`),
        hint: expect.stringContaining("compression"),
      });
      expect(fake.seen).toHaveLength(1);
    },
  );

  test("that is cut off is asked for again", async () => {
    const digest = fake.store("o/r/base", one, "v1");
    const cut = gzipSync(text).subarray(0, -9);
    fake.faults.push((_, response) => answer(response, 200, { "content-encoding": "gzip" }, cut));
    expect((await client().manifest(base(), tag("v1")))?.digest).toBe(digest);
  });

  test("is not read past what there may be", async () => {
    const bomb = gzipSync(Buffer.alloc(5 * 1024 * 1024, " "));
    fake.faults.push((_, response) => answer(response, 200, { "content-encoding": "gzip" }, bomb));
    await expect(client().manifest(base(), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("a push whose answer was lost", () => {
  const stored = { bytes: Buffer.from(JSON.stringify(one)), mediaType: one.mediaType };
  const immutable = errorBody("TAG_INVALID", "the tag is immutable");
  /** What is pushed gets there, and the answer doesn't get back; whoever pushes again is refused. */
  const lost = (digest: string): void => {
    always(({ method }, response) => {
      if (method !== "PUT") return false;
      if (fake.manifests.get("o/r/base")?.has("1.0.0")) return answer(response, 400, {}, immutable);
      fake.store("o/r/base", digest === "mine" ? one : imageManifest("two"), "1.0.0");
      response.socket?.resetAndDestroy();
      return true;
    });
  };

  test("of a tag that may not be pushed twice is seen to have got there", async () => {
    lost("mine");
    const digest = await client().putManifest(base(), stored, tag("1.0.0"));
    expect(fake.manifests.get("o/r/base")?.has(digest)).toBe(true);
  });

  test("is refused where another image got there", async () => {
    lost("another's");
    await expect(client().putManifest(base(), stored, tag("1.0.0"))).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("immutable"),
    });
  });

  test("every time is seen, too", async () => {
    always(({ method }, response) => {
      if (method !== "PUT") return false;
      fake.store("o/r/base", one, "v1");
      response.socket?.resetAndDestroy();
      return true;
    });
    await client().putManifest(base(), stored, tag("v1"));
  });

  test("is not looked for where the login is refused", async () => {
    fake.auth = "basic";
    const wrong = client({ kind: "basic", username: "me", password: "wrong" });
    await expect(wrong.putManifest(base(), stored, tag("v1"))).rejects.toMatchObject({ code: "unauthorized" });
    expect(fake.seen.map(({ method }) => method)).toEqual(["PUT", "PUT"]);
  });
});

describe("patience", () => {
  const busy =
    (headers: Record<string, string> = {}): Fault =>
    (_, response) =>
      answer(response, 429, headers);
  const broken: Fault = (_, response) => answer(response, 500);
  const reset: Fault = (_, response) => {
    response.socket?.resetAndDestroy();
    return true;
  };
  const resetInBody: Fault = (_, response) => {
    response.writeHead(200, { "content-length": "1000" }).write("{");
    setTimeout(() => response.socket?.resetAndDestroy(), 5);
    return true;
  };
  const truncated: Fault = (_, response) => {
    response.writeHead(200, { "content-length": "1000" }).write("{");
    setTimeout(() => response.socket?.end(), 5);
    return true;
  };
  const wrongBytes: Fault = (_, response) =>
    answer(response, 200, { "docker-content-digest": digestOf("other") }, JSON.stringify(one));

  test.each([
    ["429 without Retry-After", busy(), [500]],
    ["429 with Retry-After in seconds, and some jitter", busy({ "retry-after": "7" }), [7500]],
    ["429 with Retry-After as a date", busy({ "retry-after": "Thu, 01 Jan 1970 00:00:03 GMT" }), [3500]],
    [
      "403 with a limit in its body",
      (_, response) => answer(response, 403, { "retry-after": "0.25" }, '{"message":"secondary rate limit"}'),
      [750],
    ],
    ["500", broken, [500]],
    ["503", (_, response) => answer(response, 503), [500]],
    ["a connection reset before the answer", reset, [500]],
    ["a connection reset in the body", resetInBody, [500]],
    ["a truncated body", truncated, [500]],
    ["bytes that are not those of the digest", wrongBytes, [500]],
  ] as [string, Fault, number[]][])("%s: asked once more", async (_, fault, slept) => {
    const digest = fake.store("o/r/base", one, "v1");
    fake.faults.push(fault);
    expect((await client().manifest(base(), tag("v1")))?.digest).toBe(digest);
    expect(clock.slept).toEqual(slept);
  });

  test("waits grow, up to an end that says how often and how long it was tried", async () => {
    always(broken);
    await expect(client().manifest(base(), tag("v1"))).rejects.toMatchObject({
      code: "unavailable",
      message: `${fake.host} answered 500 for o/r/base (tried 5 times in 8 s)`,
    });
    expect(clock.slept).toEqual([500, 1000, 2000, 4000]);
  });

  test.each(["me", undefined])("a limit of the token server is one as well (login: %s)", async (user) => {
    fake.auth = "token";
    const digest = fake.store("o/r/base", one, "v1");
    fake.faults.push(({ url }, response) => url.startsWith("/token") && answer(response, 403, { "retry-after": "2" }));
    const found = client(user === undefined ? undefined : login).head(base(), tag("v1"));
    if (user === undefined) await expect(found).rejects.toMatchObject({ code: "unauthorized" });
    else expect(await found).toBe(digest);
    expect(clock.slept).toEqual([2500]);
  });

  test("a wait of an hour is not begun", async () => {
    always(busy({ "retry-after": "3600" }));
    await expect(client().manifest(base(), tag("v1"))).rejects.toMatchObject({
      code: "rate-limited",
      message: expect.stringContaining("asks to wait 3600 s"),
    });
    expect(clock.slept).toEqual([]);
  });

  test("waits that the registry asks for end before they add up to more than the limit", async () => {
    always(busy({ "retry-after": "60" }));
    await expect(client().manifest(base(), tag("v1"))).rejects.toMatchObject({ code: "rate-limited" });
    expect(clock.slept).toHaveLength(2);
  });

  test("bytes that are wrong every time are refused", async () => {
    always(wrongBytes);
    await expect(client().manifest(base(), tag("v1"))).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining(digestOf("other")),
    });
  });

  test("a put is repeated too", async () => {
    const digest = fake.store("o/r/base", one);
    fake.faults.push(({ method }, response) => method === "PUT" && answer(response, 502));
    await client().tag(base(), digest, tag("v1"));
    expect(await client().head(base(), tag("v1"))).toBe(digest);
  });

  test("what is refused for good is not repeated", async () => {
    fake.faults.push((_, response) => answer(response, 400, {}, errorBody("TAG_INVALID", "immutable")));
    const put = client().putManifest(base(), { bytes: Buffer.from("{}"), mediaType: "x" }, tag("v1"));
    await expect(put).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("TAG_INVALID immutable"),
    });
    // What is there is looked at once, in case an answer was lost.
    expect(fake.seen.map(({ method }) => method)).toEqual(["PUT", "GET"]);
  });

  test.each([
    {
      who: "the host of a redirect",
      fault: { status: 307, headers: { location: "http://127.0.0.1:1/x" } },
      says: /^127\.0\.0\.1:1, a redirect of 127\.0\.0\.1:\d+, cannot be reached: .*ECONNREFUSED/,
    },
    {
      who: "the token server",
      fault: { status: 401, headers: { "www-authenticate": 'Bearer realm="http://127.0.0.1:1/token"' } },
      says: /^127\.0\.0\.1:1, the token server of 127\.0\.0\.1:\d+, cannot be reached: .*ECONNREFUSED/,
    },
  ])("$who isn't there, which is named", async ({ fault: { status, headers }, says }) => {
    always((_, response) => answer(response, status, headers as Record<string, string>, ""));
    await expect(client().manifest(base(), tag("v1"))).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringMatching(says),
      hint: expect.stringMatching(/^check that 127\.0\.0\.1:\d+ names the right address/),
    });
  });

  test("nobody there", async () => {
    await fake.close();
    await expect(client().manifest(base(), tag("v1"))).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringMatching(/cannot be reached: .*ECONNREFUSED.*tried 5 times/),
    });
    fake = await fakeRegistry();
  });

  test("a cancelled run waits for nothing", async () => {
    always(broken);
    const controller = new AbortController();
    const cancelled = new Error("cancelled");
    controller.abort(cancelled);
    const { signal } = controller;
    const registry = registryClient({
      http: nodeHttp({}),
      ...limited({ clock, random: () => 1 }),
      credentials: async () => undefined,
      signal,
    });
    await expect(registry.head(base(), tag("v1"))).rejects.toBe(cancelled);
  });

  test("a manifest of many megabytes is not read", async () => {
    fake.faults.push((_, response) => answer(response, 200, {}, Buffer.alloc(5 * 1024 * 1024, " ")));
    await expect(client().manifest(base(), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
  });

  test("TLS with what does not speak it", async () => {
    const http = {
      ...noStreams,
      send: ({ url }: { url: string }) =>
        nodeHttp({}).send({ method: "GET", url: url.replace("tls.example", fake.host) }),
    };
    const registry = registryClient({
      http,
      ...limited({ clock, random: () => 1 }),
      credentials: async () => undefined,
    });
    await expect(registry.head(repository("tls.example/o/r"), tag("v1"))).rejects.toMatchObject({ code: "tls" });
  });
});

test("a list of tags that couldn't be had is asked for once whenever it is wanted again, also side by side", async () => {
  fake.store("o/r/base", one, "v1");
  const registry = client();
  fake.faults.push(...Array.from({ length: 8 }, (): Fault => (_, response) => answer(response, 500)));
  await expect(registry.tags(base())).rejects.toThrow("tried 5 times");
  const again = await Promise.allSettled([registry.tags(base()), registry.tags(base())]);
  expect(again.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(registry.tags(base())).rejects.toThrow("answered 500");
  expect(clock.slept).toHaveLength(4);
  expect(await registry.tags(base())).toEqual(["v1"]);
});

describe("what was pushed a moment ago and is not there yet", () => {
  const unknown =
    (method: string, status: number, code: string): Fault =>
    (request, response) =>
      request.method === method &&
      answer(
        response,
        status,
        { "docker-distribution-api-version": "registry/2.0", "content-type": "application/json" },
        errorBody(code),
      );
  const index = (child: Digest) => ({
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [
      { mediaType: mediaTypes.manifest, digest: child, size: 1, platform: { os: "linux", architecture: "amd64" } },
    ],
  });

  test.each([1, 2, 4])("a manifest by digest that is not there %d times is asked for again", async (times) => {
    const digest = fake.store("o/r/base", one);
    for (let at = 0; at < times; at += 1) fake.faults.push(unknown("GET", 404, "MANIFEST_UNKNOWN"));
    expect((await client().manifest(base(), digest))?.digest).toBe(digest);
    expect(clock.slept).toEqual([500, 1000, 2000, 4000].slice(0, times));
  });

  test("so is one that something in front of the registry has not", async () => {
    const digest = fake.store("o/r/base", one);
    fake.faults.push((_, response) => answer(response, 404, { "content-type": "text/html" }, "<html>"));
    expect((await client().manifest(base(), digest))?.digest).toBe(digest);
    always((_, response) => answer(response, 404, { "content-type": "text/html" }, "<html>"));
    await expect(client().manifest(base(), digest)).rejects.toThrow("a 404 that is not a registry's");
  });

  test("a manifest by digest that stays away is missing", async () => {
    always(unknown("GET", 404, "MANIFEST_UNKNOWN"));
    expect(await client().manifest(base(), digestOf("gone"))).toBeUndefined();
    expect(clock.slept).toHaveLength(4);
  });

  test("a tag that is not there is missing at once, as is a digest that is only looked for", async () => {
    expect(await client().manifest(base(), tag("v1"))).toBeUndefined();
    expect(await client().head(base(), digestOf("gone"))).toBeUndefined();
    expect(clock.slept).toEqual([]);
  });

  test.each([
    [400, "MANIFEST_BLOB_UNKNOWN"],
    [404, "MANIFEST_BLOB_UNKNOWN"],
    [400, "BLOB_UNKNOWN"],
    [404, "BLOB_UNKNOWN"],
    [404, "MANIFEST_UNKNOWN"],
  ])("a put that is answered %d %s is repeated", async (status, code) => {
    const child = fake.store("o/r/base", one);
    fake.faults.push(unknown("PUT", status, code));
    const bytes = Buffer.from(JSON.stringify(index(child)));
    const put = { bytes, mediaType: mediaTypes.index };
    expect(await client().putManifest(base(), put, tag("v1"))).toBe(digestOf(bytes));
    expect(clock.slept).toEqual([500]);
  });

  test("a put whose parts stay away is an error that says so", async () => {
    always(unknown("PUT", 404, "MANIFEST_BLOB_UNKNOWN"));
    const put = client().putManifest(
      base(),
      { bytes: Buffer.from(JSON.stringify(one)), mediaType: mediaTypes.manifest },
      tag("v1"),
    );
    await expect(put).rejects.toMatchObject({ message: expect.stringMatching(/MANIFEST_BLOB_UNKNOWN.*tried 5 times/) });
  });

  test("a config is asked for again", async () => {
    const digest = fake.storeBlob("o/r/base", "{}");
    fake.faults.push(unknown("GET", 404, "BLOB_UNKNOWN"));
    const descriptor = { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: 2, annotations: {} };
    expect(Buffer.from(await client().blob(base(), descriptor)).toString()).toBe("{}");
    expect(clock.slept).toEqual([500]);
  });
});

test.each([
  ["docker.io", "https://registry-1.docker.io"],
  ["ghcr.io", "https://ghcr.io"],
  ["localhost:5000", "http://localhost:5000"],
  ["127.0.0.1:5000", "http://127.0.0.1:5000"],
  ["[::1]:5000", "http://[::1]:5000"],
  ["localhost.example", "https://localhost.example"],
  ["127.0.0.1.example", "https://127.0.0.1.example"],
])("the API of %s is at %s", (host, origin) => {
  expect(registryOrigin(host)).toBe(origin);
});
