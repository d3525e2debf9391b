import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { nodeHttp } from "../../../../src/adapters/http/http.ts";
import { type Digest, digestOf } from "../../../../src/model/digest.ts";
import type { Credentials } from "../../../../src/oci/login/docker-config.ts";
import { mediaTypes } from "../../../../src/oci/manifest.ts";
import { type RegistryClient, registryClient } from "../../../../src/oci/registry/registry-client.ts";
import { limited } from "../../lib/http/limited.ts";
import { answer, errorBody, type FakeRegistry, type Fault, fakeRegistry } from "../fake-registry.ts";
import { stillClock } from "../still-clock.ts";

const login: Credentials = { kind: "basic", username: "me", password: "secret" };
let one: FakeRegistry;
let other: FakeRegistry;
let clock: ReturnType<typeof stillClock>;

beforeEach(async () => {
  [one, other] = await Promise.all([fakeRegistry(), fakeRegistry()]);
  one.isStrict = true;
  other.isStrict = true;
  clock = stillClock();
});
afterEach(() => Promise.all([one.close(), other.close()]));

function client(credentials?: Credentials): RegistryClient {
  return registryClient({
    http: nodeHttp({}),
    ...limited({ clock, random: () => 1 }),
    credentials: async () => credentials,
  });
}

const shared = randomBytes(300_000);

/** An index of two platforms that share a layer, with an attestation each; it has no tag. */
function publish(path: string, seed: string): { readonly digest: Digest; readonly platforms: readonly Digest[] } {
  const blob = (content: Buffer | string, mediaType: string) => {
    const bytes = Buffer.from(content);
    return { mediaType, digest: one.storeBlob(path, bytes), size: bytes.length };
  };
  const layer = (content: Buffer | string) => blob(content, "application/vnd.oci.image.layer.v1.tar+gzip");
  const manifest = (what: string, layers: object[]) => {
    const config = blob(`config ${seed} ${what}`, "application/vnd.oci.image.config.v1+json");
    const document = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers };
    const { length: size } = JSON.stringify(document);
    return { mediaType: mediaTypes.manifest, digest: one.store(path, document), size };
  };
  const platforms = ["amd64", "arm64"].map((architecture) => ({
    ...manifest(architecture, [layer(shared), layer(`layer ${seed} ${architecture}`)]),
    platform: { os: "linux", architecture },
  }));
  const attestations = platforms.map(({ digest }) => ({
    ...manifest(`attestation of ${digest}`, [blob(`statement ${seed} ${digest}`, "application/vnd.in-toto+json")]),
    platform: { os: "unknown", architecture: "unknown" },
    annotations: { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": digest },
  }));
  const manifests = [...platforms, ...attestations];
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests, annotations: { kept: "yes" } };
  return { digest: one.store(path, index), platforms: platforms.map(({ digest }) => digest) };
}

const toOther = (digest: Digest) => ({ from: one.repository("o/r"), to: other.repository("p/r"), digest });
const wrote = ({ seen }: FakeRegistry): readonly string[] =>
  seen.filter(({ method }) => method === "PUT").map(({ url }) => url.replace(/\?.*/, "").replace(/.*\/v2\//, ""));

/** Everything that belongs to the copy is there, as it was, and nothing has a tag. */
function expectComplete(registry: FakeRegistry, path: string, source = "o/r"): void {
  const names = (held: ReadonlyMap<string, unknown> | undefined) => [...(held?.keys() ?? [])].sort();
  expect(names(registry.manifests.get(path))).toEqual(names(one.manifests.get(source)));
  expect(names(registry.manifests.get(path)).filter((name) => !name.startsWith("sha256:"))).toEqual([]);
  expect(names(registry.blobs.get(path))).toEqual(names(one.blobs.get(source)));
  // Both registries take nothing under another digest than its own.
}

describe("into another registry", () => {
  test("everything is sent once, parts before what refers to them, under the same digest and no tag", async () => {
    const { digest } = publish("o/r", "a");
    const result = await client().copyImage(toOther(digest));
    const bytes = [...(one.blobs.get("o/r")?.values() ?? [])].reduce((sum, { length }) => sum + length, 0);
    expect(result).toEqual({ blobs: { present: 0, mounted: 0, sent: 9 }, bytes });
    expectComplete(other, "p/r");
    expect(wrote(other).at(-1)).toBe(`p/r/manifests/${digest}`);
    expect(new Set(wrote(other)).size).toBe(wrote(other).length);
    expect(one.seen.every(({ method }) => method === "GET")).toBe(true);
  });

  test("a lone manifest too", async () => {
    const { platforms } = publish("o/r", "a");
    const [digest] = platforms;
    if (digest === undefined) throw new Error("no platform");
    expect(await client().copyImage(toOther(digest))).toMatchObject({ blobs: { sent: 3 } });
    expect([...(other.manifests.get("p/r")?.keys() ?? [])]).toEqual([digest]);
  });

  test("what is there is not sent, and the blobs of a manifest that is there are not looked at", async () => {
    const { digest, platforms } = publish("o/r", "a");
    await client().copyImage(toOther(digest));
    other.manifests.get("p/r")?.delete(digest);
    other.manifests.get("p/r")?.delete(platforms[1] ?? "");
    other.seen.splice(0);
    expect(await client().copyImage(toOther(digest))).toEqual({ blobs: { present: 3, mounted: 0, sent: 0 }, bytes: 0 });
    expect(wrote(other)).toEqual([`p/r/manifests/${platforms[1]}`, `p/r/manifests/${digest}`]);
    expectComplete(other, "p/r");
  });

  test("a layer that one image has brought is mounted by the next", async () => {
    const first = publish("o/base", "base");
    const second = publish("o/r", "child");
    const registry = client();
    const copy = { from: one.repository("o/base"), to: other.repository("p/base"), digest: first.digest };
    await registry.copyImage(copy);
    expect(await registry.copyImage(toOther(second.digest))).toMatchObject({ blobs: { mounted: 1, sent: 8 } });
    expectComplete(other, "p/r");
  });

  test("layers that no registry may hold are left where they are", async () => {
    const urls = ["https://example.com/layer"];
    const config = {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: one.storeBlob("o/r", "{}"),
      size: 2,
    };
    const foreign = {
      mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
      digest: digestOf("f"),
      size: 1,
      urls,
    };
    const digest = one.store("o/r", { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [foreign] });
    expect(await client().copyImage(toOther(digest))).toMatchObject({ blobs: { sent: 1 } });
    expectComplete(other, "p/r");
  });

  test("bytes go on as they come: no layer is held as a whole", async () => {
    const { digest } = publish("o/r", "a");
    let arrived = 0;
    one.faults.push((seen, response) => {
      if (seen.method !== "GET" || !seen.url.includes(digestOf(shared))) return false;
      response.writeHead(200, { "content-length": String(shared.length) }).write(shared.subarray(0, 250_000));
      const look = setInterval(() => {
        arrived = other.received();
        if (arrived < 150_000) return;
        clearInterval(look);
        response.end(shared.subarray(250_000));
      }, 5);
      return true;
    });
    expect(await client().copyImage(toOther(digest))).toMatchObject({ blobs: { sent: 9 } });
    expect(arrived).toBeGreaterThanOrEqual(150_000);
    expectComplete(other, "p/r");
  });

  test("with a login of its own for each, and one token for reading and writing", async () => {
    const { digest } = publish("o/r", "a");
    one.auth = "token";
    other.auth = "token";
    await client(login).copyImage(toOther(digest));
    expectComplete(other, "p/r");
    const asked = (registry: FakeRegistry) =>
      registry.seen.filter(({ url }) => url.startsWith("/token")).map(({ url }) => url);
    expect(asked(one)).toEqual(["/token?service=fake&scope=repository%3Ao%2Fr%3Apull"]);
    expect(asked(other)).toEqual(["/token?service=fake&scope=repository%3Ap%2Fr%3Apull%2Cpush"]);
  });
});

describe("within a registry", () => {
  const within = (digest: Digest) => ({ from: one.repository("o/r"), to: one.repository("p/r"), digest });

  test("blobs are mounted, and none is read", async () => {
    const { digest } = publish("o/r", "a");
    expect(await client().copyImage(within(digest))).toEqual({ blobs: { present: 0, mounted: 9, sent: 0 }, bytes: 0 });
    expectComplete(one, "p/r");
    expect(one.seen.some(({ method, url }) => method === "GET" && url.includes("/blobs/"))).toBe(false);
  });

  test("the token is for both repositories", async () => {
    const { digest } = publish("o/r", "a");
    one.auth = "token";
    await client(login).copyImage(within(digest));
    expect(one.seen.map(({ url }) => decodeURIComponent(url))).toContain(
      "/token?service=fake&scope=repository:p/r:pull,push&scope=repository:o/r:pull",
    );
  });

  test.each<[string, Fault]>([
    [
      "begins an upload instead",
      ({ url }, response) => answer(response, 202, { location: `${url.replace(/\?.*/, "")}1?from=mount` }),
    ],
    ["knows of no mounts", (_, response) => answer(response, 404, {}, errorBody("UNSUPPORTED"))],
    ["does not let this login", (_, response) => answer(response, 403, {}, errorBody("DENIED"))],
  ])("a registry that %s gets the bytes", async (_, fault) => {
    const { digest } = publish("o/r", "a");
    one.faults.push(
      ...Array.from(
        { length: 9 },
        (): Fault => (seen, response) => seen.url.includes("?mount=") && fault(seen, response),
      ),
    );
    expect(await client().copyImage(within(digest))).toMatchObject({ blobs: { present: 0, mounted: 0, sent: 9 } });
    expectComplete(one, "p/r");
  });

  test("into the same repository there is nothing to do", async () => {
    const repository = one.repository("o/r");
    await client().copyImage({ from: repository, to: repository, digest: digestOf("x") });
    expect(one.seen).toEqual([]);
  });
});

describe("what goes wrong on the way", () => {
  const isLayer = ({ method, url }: { method: string; url: string }, verb: string): boolean =>
    method === verb && url.includes(encodeURIComponent(digestOf(shared)).slice(9));
  /** The shared layer breaks off in the middle. */
  const broken =
    (how: "reset" | "end", headers: Record<string, string>): Fault =>
    (seen, response) => {
      if (!isLayer(seen, "GET")) return false;
      response.writeHead(200, headers).write(shared.subarray(0, 150_000));
      setTimeout(() => (how === "reset" ? response.socket?.resetAndDestroy() : response.end()), 20);
      return true;
    };
  const length = { "content-length": String(shared.length) };

  test.each<[string, Fault[], RegExp]>([
    ["a reset in mid-body is taken up where it was", [broken("reset", length)], /^bytes=\d{2,}-$/],
    ["a body that ends too early, without notice", [broken("end", {})], /^bytes=150000-$/],
    [
      "a source that knows no ranges",
      [
        broken("end", {}),
        (seen, response) => isLayer(seen, "GET") && seen.range !== undefined && answer(response, 200, length, shared),
      ],
      /^bytes=150000-$/,
    ],
  ])("%s", async (_, faults, range) => {
    const { digest } = publish("o/r", "a");
    one.faults.push(...faults);
    expect(await client().copyImage(toOther(digest))).toMatchObject({ blobs: { sent: 9 } });
    expectComplete(other, "p/r");
    expect(one.seen.flatMap(({ range }) => range ?? [])).toEqual([expect.stringMatching(range)]);
    // The target has noticed nothing.
    expect(wrote(other)).toHaveLength(9 + 5);
  });

  test("a source that breaks off every time is given up, and says so", async () => {
    const { digest } = publish("o/r", "a");
    one.faults.push(
      ...Array.from({ length: 50 }, () => (seen: Parameters<Fault>[0], response: Parameters<Fault>[1]) => {
        if (!isLayer(seen, "GET")) return false;
        response.writeHead(200, length).write("x");
        setTimeout(() => response.socket?.resetAndDestroy(), 5);
        return true;
      }),
    );
    await expect(client().copyImage(toOther(digest))).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`^${one.host} cannot be reached: .*tried 5 times`)),
    });
    expect(wrote(other)).not.toContain(`p/r/manifests/${digest}`);
  });

  test("wrong bytes never make a whole upload", async () => {
    const { digest } = publish("o/r", "a");
    const wrong = Buffer.from(shared).fill("x", 299_999);
    one.blobs.get("o/r")?.set(digestOf(shared), wrong);
    await expect(client().copyImage(toOther(digest))).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(
        new RegExp(`^${one.host} sent an invalid response for o/r: ${digestOf(wrong)} in place of .*tried 5 times`),
      ),
    });
    expect(other.seen.some((seen) => isLayer(seen, "PUT"))).toBe(false);
    expect(wrote(other)).not.toContain(`p/r/manifests/${digest}`);
  });

  test("more bytes than there should be", async () => {
    const { digest } = publish("o/r", "a");
    one.blobs.get("o/r")?.set(digestOf(shared), Buffer.concat([shared, Buffer.from("x")]));
    await expect(client().copyImage(toOther(digest))).rejects.toMatchObject({ code: "invalid" });
    expect(wrote(other)).not.toContain(`p/r/manifests/${digest}`);
  });

  test.each<[string, Fault]>([
    ["503", (_, response) => answer(response, 503)],
    ["429", (_, response) => answer(response, 429, { "retry-after": "1" })],
    ["a limit with the status 403", (_, response) => answer(response, 403, {}, "secondary rate limit")],
    ["a reset", (_, response) => response.socket?.resetAndDestroy() !== undefined],
    ["an upload that was forgotten", (_, response) => answer(response, 404, {}, errorBody("BLOB_UPLOAD_UNKNOWN"))],
    ["bytes that were spoilt", (_, response) => answer(response, 400, {}, errorBody("DIGEST_INVALID"))],
    ["a place that was lost", (_, response) => answer(response, 416)],
  ])("the target's end of an upload: %s is answered by another upload", async (_, fault) => {
    const { digest } = publish("o/r", "a");
    other.faults.push((seen, response) => isLayer(seen, "PUT") && fault(seen, response));
    expect(await client().copyImage(toOther(digest))).toMatchObject({ blobs: { sent: 9 } });
    expectComplete(other, "p/r");
    expect(other.seen.filter(({ method }) => method === "POST").length).toBe(10);
  });

  const unknown =
    (method: string, path: RegExp, code: string): Fault =>
    (seen, response) =>
      seen.method === method &&
      path.test(seen.url) &&
      answer(response, 404, { "docker-distribution-api-version": "registry/2.0" }, errorBody(code));
  test.each<[string, "source" | "target", Fault]>([
    ["a manifest of the source", "source", unknown("GET", /manifests\/sha256/, "MANIFEST_UNKNOWN")],
    ["a blob of the source", "source", unknown("GET", /blobs\/sha256/, "BLOB_UNKNOWN")],
    ["a blob of a manifest that is put", "target", unknown("PUT", /manifests\/sha256/, "MANIFEST_BLOB_UNKNOWN")],
    ["the same by another code", "target", unknown("PUT", /manifests\/sha256/, "BLOB_UNKNOWN")],
  ])("%s that is not there yet is asked for again", async (_, side, fault) => {
    const { digest } = publish("o/r", "a");
    (side === "source" ? one : other).faults.push(fault);
    expect(await client().copyImage(toOther(digest))).toMatchObject({ blobs: { sent: 9 } });
    expectComplete(other, "p/r");
    expect(clock.slept).toHaveLength(1);
  });

  test.each<[string, Fault]>([
    ["409", (_, response) => answer(response, 409, {}, errorBody("UNKNOWN", "layer already exists"))],
    ["400", (_, response) => answer(response, 400, {}, errorBody("UNSUPPORTED"))],
    ["403", (_, response) => answer(response, 403, {}, errorBody("DENIED"))],
    ["404", (_, response) => answer(response, 404, {}, errorBody("BLOB_UPLOAD_UNKNOWN"))],
    ["a reset", (_, response) => response.socket?.resetAndDestroy() !== undefined],
  ])("a layer that another client has sent meanwhile is there, whatever the upload comes to: %s", async (_, fault) => {
    const { digest } = publish("o/r", "a");
    const meanwhile: Fault = (seen, response) => {
      if (!isLayer(seen, "PUT")) return false;
      other.storeBlob("p/r", shared);
      return fault(seen, response);
    };
    other.faults.push(...Array.from({ length: 20 }, () => meanwhile));
    expect(await client().copyImage(toOther(digest))).toMatchObject({ blobs: { present: 1, sent: 8 } });
    expectComplete(other, "p/r");
    expect(other.seen.filter((seen) => isLayer(seen, "PUT"))).toHaveLength(1);
  });

  test("a layer that is refused and not there is an error", async () => {
    const { digest } = publish("o/r", "a");
    other.faults.push((seen, response) => isLayer(seen, "PUT") && answer(response, 409));
    await expect(client().copyImage(toOther(digest))).rejects.toMatchObject({ code: "refused" });
  });

  test.each([400, 403, 405, 501])("a target that refuses a HEAD (%s) is asked by GET", async (status) => {
    const { digest } = publish("o/r", "a");
    other.storeBlob("p/r", shared);
    const refuses: Fault = ({ method }, response) => method === "HEAD" && answer(response, status);
    other.faults.push(...Array.from({ length: 50 }, () => refuses));
    expect(await client().copyImage(toOther(digest))).toMatchObject({ blobs: { present: 1, sent: 8 } });
    expectComplete(other, "p/r");
  });

  test.each<[string, () => Readonly<Record<string, string>>, () => Buffer]>([
    ["encoded on the way", () => ({ "content-encoding": "gzip" }), () => gzipSync(shared)],
    [
      "called encoded by the storage",
      () => ({ "content-encoding": "gzip", "content-length": String(shared.length) }),
      () => shared,
    ],
    ["called encoded and isn't", () => ({ "content-encoding": "gzip" }), () => shared],
  ])("a layer that is %s arrives as it is", async (_, headers, bytes) => {
    const { digest } = publish("o/r", "a");
    one.faults.push((seen, response) => isLayer(seen, "GET") && answer(response, 200, headers(), bytes()));
    expect(await client().copyImage(toOther(digest))).toMatchObject({ blobs: { sent: 9 } });
    expectComplete(other, "p/r");
  });

  test("a layer in an unknown encoding is named", async () => {
    const { digest } = publish("o/r", "a");
    one.faults.push(
      (seen, response) => isLayer(seen, "GET") && answer(response, 200, { "content-encoding": "acme" }, shared),
    );
    await expect(client().copyImage(toOther(digest))).rejects.toMatchObject({
      message: expect.stringContaining('Content-Encoding "acme"'),
    });
  });

  test("a token that expires before an upload ends is replaced, and the bytes are sent again", async () => {
    const { digest } = publish("o/r", "a");
    other.auth = "token";
    other.faults.push((seen, response) => {
      if (!isLayer(seen, "PUT")) return false;
      const challenge = `Bearer realm="http://${other.host}/token",service="fake",scope="repository:p/r:pull,push"`;
      return answer(response, 401, { "www-authenticate": challenge }, errorBody("UNAUTHORIZED"));
    });
    await client(login).copyImage(toOther(digest));
    expectComplete(other, "p/r");
  });

  test.each<[string, Fault, object]>([
    ["denied", (_, response) => answer(response, 403, {}, errorBody("DENIED")), { code: "denied" }],
    ["too large", (_, response) => answer(response, 413), { code: "refused", hint: expect.stringMatching(/limit/) }],
    ["refused", (_, response) => answer(response, 400, {}, errorBody("NAME_INVALID")), { code: "refused" }],
    [
      "stored as something else",
      (_, response) => answer(response, 201, { "docker-content-digest": digestOf("x") }),
      { code: "invalid" },
    ],
  ])("%s is not repeated", async (_, fault, error) => {
    const { digest } = publish("o/r", "a");
    other.faults.push((seen, response) => isLayer(seen, "PUT") && fault(seen, response));
    await expect(client().copyImage(toOther(digest))).rejects.toMatchObject(error);
    expect(other.seen.filter((seen) => isLayer(seen, "PUT"))).toHaveLength(1);
    expect(wrote(other)).not.toContain(`p/r/manifests/${digest}`);
    expect(clock.slept).toEqual([]);
  });

  test.each([
    ["to a place of its own", () => `http://${one.host}/elsewhere?x=1`, true],
    ["to nowhere", () => "http://", false],
    ["that is missing", () => undefined, false],
  ])("an upload %s", async (_, location, works) => {
    const digest = one.store("o/r", {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: one.storeBlob("o/r", "{}"), size: 2 },
      layers: [],
    });
    other.auth = "basic";
    other.isStrict = false;
    other.faults.push(({ method, authorization }, response) => {
      const to = location();
      return (
        method === "POST" &&
        authorization !== undefined &&
        answer(response, 202, to === undefined ? {} : { location: to })
      );
    });
    one.faults.push(({ url }, response) => url.startsWith("/elsewhere") && answer(response, 201));
    const copied = client(login).copyImage(toOther(digest));
    if (!works) return expect(copied).rejects.toMatchObject({ code: "invalid" });
    expect(await copied).toMatchObject({ blobs: { sent: 1 } });
    expect(one.seen.find(({ method }) => method === "PUT")).toMatchObject({
      url: `/elsewhere?x=1&digest=${encodeURIComponent(digestOf("{}"))}`,
      authorization: undefined,
      body: "{}",
    });
  });

  test("a part that the source has not says what is missing where", async () => {
    const { digest, platforms } = publish("o/r", "a");
    one.manifests.get("o/r")?.delete(platforms[0] ?? "");
    await expect(client().copyImage(toOther(digest))).rejects.toMatchObject({
      code: "missing",
      message: `${one.host}/o/r does not hold ${platforms[0]}`,
    });
  });

  test("a cancelled copy stops in the middle of a layer, with the reason", async () => {
    const { digest } = publish("o/r", "a");
    const controller = new AbortController();
    const cancelled = new Error("cancelled");
    one.faults.push((seen, response) => {
      if (!isLayer(seen, "GET")) return false;
      response.writeHead(200, length).write("x");
      setTimeout(() => controller.abort(cancelled), 20);
      return true;
    });
    await expect(client().copyImage({ ...toOther(digest), signal: controller.signal })).rejects.toBe(cancelled);
    // What was on its way arrives, and nothing after it.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { length: before } = other.seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(other.seen.length).toBe(before);
    expect(wrote(other)).not.toContain(`p/r/manifests/${digest}`);
    expect(clock.slept).toEqual([]);
  });
});
