import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { nodeHttp } from "../../../../src/adapters/http/http.ts";
import { tag } from "../../../../src/model/reference.ts";
import { isRegistry, meaningOf } from "../../../../src/oci/registry/absence.ts";
import { registryClient } from "../../../../src/oci/registry/registry-client.ts";
import type { HttpResponse } from "../../../../src/ports.ts";
import { limited } from "../../lib/http/limited.ts";
import { imageManifest } from "../example-image.ts";
import { answer, errorBody, type FakeRegistry, fakeRegistry } from "../fake-registry.ts";
import { stillClock } from "../still-clock.ts";

const api = { "docker-distribution-api-version": "registry/2.0" };
const json = { "content-type": "application/json" };
const html = { "content-type": "text/html; charset=utf-8" };
const response = (status: number, headers: Record<string, string>, body = ""): HttpResponse => ({
  status,
  headers,
  body: Buffer.from(body),
});

test.each([
  { when: "a code of the specification", headers: json, body: errorBody("MANIFEST_UNKNOWN"), means: "absent" },
  { when: "a code of Quay's own", headers: json, body: errorBody("TAG_EXPIRED"), means: "absent" },
  { when: "a code that nobody has heard of", headers: {}, body: errorBody("GONE_FISHING"), means: "absent" },
  { when: "codes sent as text", headers: { "content-type": "text/plain" }, body: errorBody("X"), means: "absent" },
  { when: "the API's version and no body", headers: api, body: "", means: "absent" },
  { when: "the API's version and text", headers: api, body: "404 page not found\n", means: "absent" },
  { when: "no body", headers: {}, body: "", means: "silent" },
  { when: "no body, called JSON", headers: json, body: "", means: "silent" },
  { when: "a list without errors", headers: json, body: '{"errors":[]}', means: "doubtful" },
  { when: "errors without codes", headers: json, body: '{"errors":[{"status":404}]}', means: "doubtful" },
  { when: "an empty code", headers: json, body: errorBody(""), means: "doubtful" },
  { when: "a gateway's JSON", headers: json, body: '{"message":"no Route matched"}', means: "doubtful" },
  { when: "text", headers: { "content-type": "text/plain" }, body: "404 page not found", means: "doubtful" },
  { when: "a web server's page", headers: html, body: "<html>", means: "doubtful" },
  { when: "a page without a body", headers: html, body: "", means: "doubtful" },
  { when: "a page that names the API", headers: { ...html, ...api }, body: "<html>", means: "doubtful" },
  { when: "a page with a code in it", headers: html, body: errorBody("MANIFEST_UNKNOWN"), means: "doubtful" },
])("a 404 with $when is $means", ({ headers, body, means }) => {
  expect(meaningOf(response(404, headers, body))).toBe(means);
});

test.each([
  { when: "names the API", answered: response(200, api), is: true },
  { when: "is JSON", answered: response(200, json, "{}"), is: true },
  { when: "asks for a token", answered: response(401, { "www-authenticate": 'Bearer realm="https://a/t"' }), is: true },
  { when: "refuses with a code", answered: response(401, json, errorBody("UNAUTHORIZED")), is: true },
  { when: "names the API and refuses", answered: response(401, { ...api, "www-authenticate": "Basic" }), is: true },
  { when: "is a page", answered: response(200, { ...html, ...api }, "<html>"), is: false },
  { when: "says nothing", answered: response(200, {}), is: false },
  { when: "wants a password", answered: response(401, { "www-authenticate": 'Basic realm="x"' }), is: false },
  { when: "is a 404 itself", answered: response(404, api), is: false },
  { when: "is a failure", answered: response(503, api), is: false },
])("an answer to /v2/ that $when: a registry's? $is", ({ answered, is }) => {
  expect(isRegistry(answered)).toBe(is);
});

describe("a 404 without a body", () => {
  let fake: FakeRegistry;
  beforeEach(async () => {
    fake = await fakeRegistry();
  });
  afterEach(() => fake.close());
  const client = () =>
    registryClient({
      http: nodeHttp({}),
      ...limited({ clock: stillClock(), random: () => 1 }),
      credentials: async () => ({ kind: "basic", username: "me", password: "secret" }),
    });
  /** From now on `/v2/` is answered so, and nothing else is there. */
  const answers = (status: number, headers: Record<string, string>, body = "") =>
    fake.faults.push(
      ...Array.from(
        { length: 20 },
        () =>
          ({ url }: { url: string }, to: Parameters<typeof answer>[0]) =>
            url === "/v2/" ? answer(to, status, headers, body) : answer(to, 404),
      ),
    );

  test("is definite where the host answers as a registry, which is asked once and without the login", async () => {
    answers(401, { "www-authenticate": `Bearer realm="http://${fake.host}/token"` });
    const registry = client();
    for (const name of ["v1", "v2"]) {
      expect(await registry.head(fake.repository("o/r"), tag(name))).toBeUndefined();
      expect(await registry.manifest(fake.repository("o/r"), tag(name))).toBeUndefined();
    }
    expect(await registry.tags(fake.repository("o/r"))).toBeUndefined();
    expect(fake.seen.filter(({ url }) => url === "/v2/").map((each) => each.authorization)).toEqual([undefined]);
    expect(fake.tokens).toBe(0);
  });

  test.each([
    ["has no such API", 404, {}],
    ["answers everything with a page", 200, html],
    ["is in trouble", 400, {}],
  ])("is an error where the host %s", async (_, status, headers) => {
    answers(status, headers);
    const registry = client();
    await expect(registry.head(fake.repository("o/r"), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
    await expect(registry.manifest(fake.repository("o/r"), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
  });
});

test("JSON in front of a registry that names its API in every 404 is not believed", async () => {
  const fake = await fakeRegistry();
  try {
    const registry = registryClient({
      http: nodeHttp({}),
      ...limited({ clock: stillClock(), random: () => 1 }),
      credentials: async () => undefined,
    });
    fake.store("o/r", imageManifest("one"), "v1");
    expect(await registry.manifest(fake.repository("o/r"), tag("v2"))).toBeUndefined();
    const gateway = (_: unknown, to: Parameters<typeof answer>[0]) => answer(to, 404, json, '{"message":"no Route"}');
    fake.faults.push(gateway, gateway);
    await expect(registry.head(fake.repository("o/r"), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
  } finally {
    await fake.close();
  }
});
