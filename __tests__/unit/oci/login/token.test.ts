import { describe, expect, test } from "@jest/globals";
import { digestOf } from "../../../../src/model/digest.ts";
import { repository, tag } from "../../../../src/model/reference.ts";
import type { Credentials } from "../../../../src/oci/login/docker-config.ts";
import { scopesFor } from "../../../../src/oci/login/token.ts";
import { type RegistryClient, registryClient } from "../../../../src/oci/registry/registry-client.ts";
import type { Asked } from "../../../../src/oci/registry/registry-error.ts";
import type { HttpRequest } from "../../../../src/ports.ts";
import { limited } from "../../lib/http/limited.ts";
import { stillClock } from "../still-clock.ts";

const login: Credentials & { readonly kind: "basic" } = { kind: "basic", username: "me", password: "secret" };
const digest = `sha256:${"a".repeat(64)}`;
const found = { status: 200, headers: { "docker-content-digest": digest }, body: new Uint8Array() };

interface Scripted extends RegistryClient {
  readonly sent: HttpRequest[];
  readonly clock: ReturnType<typeof stillClock>;
  /** What the registry takes just now. */
  wanted: string;
}

/** A registry that challenges like this until it is shown `wanted`, and a token server that gives what `token` makes. */
function scripted(
  challenge: string,
  token: (nth: number) => object = (nth) => ({ token: `t${nth}` }),
  credentials: Credentials | undefined = login,
): Scripted {
  const sent: HttpRequest[] = [];
  const clock = stillClock();
  let tokens = 0;
  const send = async (request: HttpRequest) => {
    sent.push(request);
    if (!request.url.includes("/v2/o/")) {
      tokens += 1;
      client.wanted = `Bearer t${tokens}`;
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(token(tokens))) };
    }
    if (request.headers?.authorization === client.wanted) return found;
    return { status: 401, headers: { "www-authenticate": challenge }, body: new Uint8Array() };
  };
  const open = () => Promise.reject(new Error("nothing is streamed here"));
  const options = {
    http: { send, open },
    ...limited({ clock, random: () => 1 }),
    credentials: async () => credentials,
  };
  const client = { ...registryClient(options), sent, clock, wanted: "never" };
  return client;
}

// As they are documented or were seen, with the repository of the test.
describe.each([
  [
    "ghcr.io",
    'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:o/r:pull"',
    "https://ghcr.io/token?service=ghcr.io&scope=repository%3Ao%2Fr%3Apull",
  ],
  [
    "docker.io",
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:o/r:pull",error="invalid_token"',
    "https://auth.docker.io/token?service=registry.docker.io&scope=repository%3Ao%2Fr%3Apull",
  ],
  [
    "quay.io",
    'Bearer realm="https://quay.io/v2/auth",service="quay.io",scope="repository:o/r:pull"',
    "https://quay.io/v2/auth?service=quay.io&scope=repository%3Ao%2Fr%3Apull",
  ],
  [
    "registry.gitlab.com",
    'Bearer realm="https://gitlab.com/jwt/auth",service="container_registry",scope="repository:o/r:pull",error="invalid_token"',
    "https://gitlab.com/jwt/auth?service=container_registry&scope=repository%3Ao%2Fr%3Apull",
  ],
  [
    "harbor.example",
    'Bearer realm="https://harbor.example/service/token",service="harbor-registry",scope="repository:o/r:pull"',
    "https://harbor.example/service/token?service=harbor-registry&scope=repository%3Ao%2Fr%3Apull",
  ],
  [
    "gitea.example",
    'Bearer realm="https://gitea.example/v2/token",service="container_registry",scope="*"',
    "https://gitea.example/v2/token?service=container_registry&scope=*",
  ],
  [
    "us-docker.pkg.dev",
    'Bearer realm="https://us-docker.pkg.dev/v2/token",service="us-docker.pkg.dev"',
    "https://us-docker.pkg.dev/v2/token?service=us-docker.pkg.dev&scope=repository%3Ao%2Fr%3Apull",
  ],
  [
    "a registry that offers both",
    'Basic realm="x", Bearer realm="https://a.io/token?account=a"',
    "https://a.io/token?account=a&scope=repository%3Ao%2Fr%3Apull",
  ],
])("%s", (name, challenge, asked) => {
  const host = name.includes(" ") ? "a.io" : name;

  test("gets a token where it says", async () => {
    const client = scripted(challenge);
    expect(await client.head(repository(`${host}/o/r`), tag("v1"))).toBe(digest);
    const authorization = `Basic ${Buffer.from("me:secret").toString("base64")}`;
    expect(client.sent[1]).toMatchObject({ method: "GET", url: asked, headers: { authorization } });
    expect(client.sent).toHaveLength(3);
    expect([...client.requests()]).toEqual([[host, 3]]);
  });
});

test("ECR wants Basic, and gets it for all its repositories after it has refused once", async () => {
  const host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  const client = scripted(`Basic realm="https://${host}/",service="ecr.amazonaws.com"`);
  client.wanted = `Basic ${Buffer.from("me:secret").toString("base64")}`;
  for (const name of ["r", "s"]) await client.head(repository(`${host}/o/${name}`), tag("v1"));
  expect(client.sent.map(({ headers }) => headers?.authorization !== undefined)).toEqual([false, true, true]);
});

describe("a registry that has asked for tokens once", () => {
  const challenge = 'Bearer realm="https://a.io/token",service="s",scope="repository:o/r:pull"';
  const paths = ({ sent }: Scripted) => sent.map(({ url }) => url.replace(/https:\/\/a.io(\/v2)?/, ""));

  test("need not refuse again for another repository", async () => {
    const client = scripted(challenge);
    await client.head(repository("a.io/o/r"), tag("v1"));
    await client.head(repository("a.io/o/s"), tag("v1"));
    expect(paths(client).slice(3)).toEqual(["/token?service=s&scope=repository%3Ao%2Fs%3Apull", "/o/s/manifests/v1"]);
  });

  test("is believed that one token is for everything", async () => {
    const client = scripted('Bearer realm="https://a.io/token",scope="*"');
    await client.head(repository("a.io/o/r"), tag("v1"));
    await client.head(repository("a.io/o/s"), tag("v1"));
    expect(paths(client).slice(3)).toEqual(["/o/s/manifests/v1"]);
  });

  test("is left to say itself what it calls another repository, where its names are not ours", async () => {
    const client = scripted('Bearer realm="https://a.io/token",scope="repository:tenant/o/r:pull"');
    await client.head(repository("a.io/o/r"), tag("v1"));
    await client.head(repository("a.io/o/s"), tag("v1"));
    expect(paths(client)[3]).toBe("/o/s/manifests/v1");
  });

  test("is asked without a token where its server gives none for another repository", async () => {
    const client = scripted(challenge, (nth) => (nth === 1 ? { token: "t1" } : {}));
    await client.head(repository("a.io/o/r"), tag("v1"));
    await expect(client.head(repository("a.io/o/s"), tag("v1"))).rejects.toMatchObject({ code: "invalid" });
    expect(paths(client).at(-2)).toBe("/o/s/manifests/v1");
  });
});

describe("a token", () => {
  const challenge = 'Bearer realm="https://a.io/token",scope="repository:o/r:pull"';
  const date = (seconds: number) => new Date(seconds * 1000).toISOString();
  test.each([
    ["is good for a minute where nothing is said, less ten seconds", {}, 50],
    ["is good as long as its server says, less ten seconds", { expires_in: 300 }, 290],
    ["that is short-lived is good for three quarters", { expires_in: 20 }, 15],
    ["counts from when it was issued", { expires_in: 300, issued_at: date(1000 - 100) }, 190],
    ["of a clock that is late counts from now", { expires_in: 300, issued_at: date(0) }, 290],
    ["of a clock that is early counts from now", { expires_in: 300, issued_at: date(2000) }, 290],
    ["of nonsense is good for a minute", { expires_in: -1, issued_at: "yesterday" }, 50],
  ])("%s", async (_, life, seconds) => {
    const client = scripted(challenge, (nth) => ({ token: `t${nth}`, ...life }));
    await client.clock.sleep(1_000_000);
    const tokensAfter = async (milliseconds: number): Promise<number> => {
      await client.clock.sleep(milliseconds);
      await client.head(repository("a.io/o/r"), tag("v1"));
      return client.sent.filter(({ url }) => url.includes("/token")).length;
    };
    expect(await tokensAfter(0)).toBe(1);
    expect(await tokensAfter(seconds * 1000 - 1)).toBe(1);
    expect(await tokensAfter(1)).toBe(2);
    // Renewed without being refused.
    expect(client.sent).toHaveLength(6);
  });
});

describe("scopes", () => {
  const pull: Asked = { host: "a.io", repository: "o/r", access: "pull" };
  const push: Asked = { ...pull, access: "push" };
  test.each<[string, Asked, string, string]>([
    ["nothing asked for: what we are going to do", push, "", "repository:o/r:pull,push"],
    ["what is asked for is enough", pull, "repository:o/r:pull,push", "repository:o/r:pull,push"],
    ["a push comes next", push, "repository:o/r:pull", "repository:o/r:pull,push"],
    ["all actions are all", push, "repository:o/r:*", "repository:o/r:*"],
    [
      "a mount",
      { ...push, mountFrom: "o/s" },
      "repository:o/r:pull,push",
      "repository:o/r:pull,push repository:o/s:pull",
    ],
    [
      "a mount that the registry has thought of",
      { ...push, mountFrom: "o/s" },
      "repository:o/r:pull,push repository:o/s:pull",
      "repository:o/r:pull,push repository:o/s:pull",
    ],
    ["a registry whose names are others", push, "repository:tenant/o/r:pull", "repository:tenant/o/r:pull"],
    ["everything", { ...push, mountFrom: "o/s" }, "*", "*"],
    ["a path with a port in front", pull, "repository:h:5000/x:pull", "repository:h:5000/x:pull"],
  ])("%s", (_, asked, challenged, expected) => {
    expect(scopesFor(asked, challenged).join(" ")).toBe(expected);
  });
});

describe("a registry in the clear on this machine that names a token server in the clear", () => {
  const login = { kind: "basic", username: "me", password: "secret" } as const;
  const given = { ...login, isGiven: true } as const;
  test.each<[string, string, Credentials, boolean]>([
    ["on another port is not shown the login of the inputs", "http://127.0.0.1:5001", given, false],
    ["on another name is not shown it", "http://localhost:5000", given, false],
    ["elsewhere is not shown it", "http://evil.example", given, false],
    ["of its own is shown it", "http://127.0.0.1:5000", given, true],
    ["that is https is shown it", "https://auth.example", given, true],
    ["is shown docker's own login, as by docker", "http://127.0.0.1:5001", login, true],
  ])("%s", async (_, realm, credentials, isShown) => {
    const client = scripted(`Bearer realm="${realm}/token",service="s"`, undefined, credentials);
    const asked = client.head(repository("127.0.0.1:5000/o/r"), tag("v1"));
    if (isShown) expect(await asked).toBe(digest);
    else await expect(asked).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining(realm) });
    const shown = client.sent.filter(({ headers }) => headers?.authorization?.startsWith("Basic "));
    expect(shown.map(({ url }) => new URL(url).origin)).toEqual(isShown ? [realm] : []);
  });
});

describe("a token server that", () => {
  const challenge = 'Bearer realm="https://auth.example.com/token",service="x"';

  /** @param token what it answers to each login, by its password. */
  function client(token: (password: string) => { readonly status: number; readonly body: string }) {
    const send = async ({ url, headers }: HttpRequest) => {
      if (url.includes("/v2/")) {
        const isKnown = headers?.authorization === "Bearer good";
        return isKnown ? found : { status: 401, headers: { "www-authenticate": challenge }, body: new Uint8Array() };
      }
      const [, password = ""] = Buffer.from(headers?.authorization?.slice(6) ?? "", "base64")
        .toString()
        .split(":");
      const { status, body } = token(password);
      return { status, headers: {}, body: Buffer.from(body) };
    };
    const open = () => Promise.reject(new Error("nothing is streamed here"));
    const credentials = async (_: string, refused?: Credentials): Promise<Credentials> =>
      refused === undefined ? login : { ...login, password: "newer" };
    return registryClient({ http: { send, open }, ...limited({ clock: stillClock(), random: () => 1 }), credentials });
  }

  test.each([400, 404, 405, 410])("answers %i is what is wrong, and nothing in the registry", async (status) => {
    const body = '{"errors":[{"code":"NOT_FOUND","message":""}]}';
    const registry = client(() => ({ status, body }));
    for (const ask of [
      registry.manifest(repository("r.example.com/o/r"), tag("v1")),
      registry.manifest(repository("r.example.com/o/r"), digestOf("x")),
      registry.checkPush(repository("r.example.com/o/r")),
    ]) {
      const error = await ask.then(String, (error: unknown) => error);
      expect(error).toMatchObject({
        code: "invalid",
        message: `the token server of r.example.com (https://auth.example.com) gave no token for o/r: it answered ${status}`,
      });
    }
  });

  test("answers 403 to a login that it knows denies it, and doesn't ask for another", async () => {
    const registry = client(() => ({ status: 403, body: '{"errors":[{"code":"DENIED","message":"not yours"}]}' }));
    await expect(registry.head(repository("r.example.com/o/r"), tag("v1"))).rejects.toMatchObject({ code: "denied" });
  });

  test.each([401, 403])("answers %i to a login that has expired is shown the next one", async (status) => {
    const registry = client((password) =>
      password === "newer" ? { status: 200, body: '{"token":"good"}' } : { status, body: "" },
    );
    expect(await registry.head(repository("r.example.com/o/r"), tag("v1"))).toBe(digest);
  });
});
