import { expect, test } from "@jest/globals";
import { noLogins } from "../../../../src/oci/login/credentials.ts";
import type { Credentials } from "../../../../src/oci/login/docker-config.ts";
import { parseDockerConfig } from "../../../../src/oci/login/docker-config.ts";
import { dockerConfigWith, privateDockerConfig } from "../../../../src/oci/login/docker-login.ts";
import type { Files } from "../../../../src/ports.ts";

const login: Credentials = { kind: "basic", username: "me", password: "secret" };
const auth = Buffer.from("me:secret").toString("base64");

test.each([
  ["to none", {}, ["ghcr.io"], { auths: { "ghcr.io": { auth } }, cliPluginsExtraDirs: [] }],
  [
    "beside others, and all else stays",
    { auths: { "a.io": { auth: "eDp5" } }, proxies: { default: {} }, currentContext: "c", cliPluginsExtraDirs: ["/p"] },
    ["ghcr.io"],
    {
      auths: { "a.io": { auth: "eDp5" }, "ghcr.io": { auth } },
      proxies: { default: {} },
      currentContext: "c",
      cliPluginsExtraDirs: ["/p"],
    },
  ],
  [
    "in place of an empty entry, under the name that docker looks for",
    { auths: { "docker.io": {} } },
    ["docker.io"],
    { auths: { "https://index.docker.io/v1/": { auth } }, cliPluginsExtraDirs: [] },
  ],
  [
    "past a credential store",
    { credsStore: "desktop", credHelpers: { "a.io": "h" } },
    ["ghcr.io"],
    {
      auths: { "ghcr.io": { auth } },
      credsStore: "desktop",
      credHelpers: { "a.io": "h", "ghcr.io": "" },
      cliPluginsExtraDirs: [],
    },
  ],
])("a login is added %s", (_, existing, hosts, expected) => {
  const logins = new Map(hosts.map((host) => [host, login] as const));
  const text = dockerConfigWith(logins, { text: JSON.stringify(existing), path: "config.json" });
  expect(JSON.parse(text)).toEqual(expected);
});

test("what is written is read again", () => {
  const logins = new Map<string, Credentials>();
  logins.set("ghcr.io", login).set("a.io", { kind: "identity-token", token: "t" });
  expect(parseDockerConfig(dockerConfigWith(logins), "config.json").auths).toEqual(logins);
});

function filesWith(
  held: Readonly<Record<string, string>>,
): Files & { readonly written: Map<string, [string, boolean]> } {
  const written = new Map<string, [string, boolean]>();
  const none = async () => {};
  return {
    written,
    read: async (path) => (path in held ? Buffer.from(held[path] ?? "") : undefined),
    async list(path) {
      const below = Object.keys(held).filter((each) => each.startsWith(`${path}/`));
      if (below.length === 0) return undefined;
      const names = new Set(below.map((each) => each.slice(path.length + 1).split("/", 1)[0] ?? ""));
      return [...names].map((name) => ({ name, kind: `${path}/${name}` in held ? "file" : "directory" }));
    },
    async write(path, content, options) {
      written.set(path, [String(content), options?.private ?? false]);
    },
    move: none,
    makeDirectory: none,
    remove: none,
  };
}

test("the folder is private, keeps contexts and plugins, and leaves builders where they are", async () => {
  const files = filesWith({ "/d/config.json": "{}", "/d/contexts/meta/x/meta.json": "meta", "/d/buildx/current": "b" });
  const logins = { kind: "docker" as const, added: new Map([["ghcr.io", login] as const]), usesHelpers: false };
  const variables = await privateDockerConfig({
    files,
    folder: "/tmp/p",
    logins,
    env: { DOCKER_CONFIG: "/d", HOME: "/home/me" },
  });
  expect(variables).toEqual({ DOCKER_CONFIG: "/tmp/p", BUILDX_CONFIG: "/d/buildx" });
  expect([...files.written.keys()]).toEqual(["/tmp/p/config.json", "/tmp/p/contexts/meta/x/meta.json"]);
  expect([...files.written.values()].every(([, isPrivate]) => isPrivate)).toBe(true);
  expect(files.written.get("/tmp/p/config.json")?.[0]).toContain("/d/cli-plugins");
});

test.each([
  ["a home", { HOME: "/home/me" }, { DOCKER_CONFIG: "/tmp/p", BUILDX_CONFIG: "/home/me/.docker/buildx" }],
  ["its own place for builders", { HOME: "/h", BUILDX_CONFIG: "/b" }, { DOCKER_CONFIG: "/tmp/p", BUILDX_CONFIG: "/b" }],
  [
    "an engine behind TLS",
    { DOCKER_CONFIG: "/d", DOCKER_TLS_VERIFY: "1" },
    { DOCKER_CONFIG: "/tmp/p", BUILDX_CONFIG: "/d/buildx", DOCKER_CERT_PATH: "/d" },
  ],
  ["no home at all", {}, { DOCKER_CONFIG: "/tmp/p" }],
])("docker finds everything again with %s", async (_, env, variables) => {
  const logins = { kind: "docker" as const, added: new Map([["ghcr.io", login] as const]), usesHelpers: false };
  expect(await privateDockerConfig({ files: filesWith({}), folder: "/tmp/p", logins, env })).toEqual(variables);
});

test("without a login to add nothing is written", async () => {
  const files = filesWith({});
  const logins = { kind: "docker" as const, added: new Map(), usesHelpers: false };
  expect(await privateDockerConfig({ files, folder: "/tmp/p", logins, env: { HOME: "/h" } })).toEqual({});
  expect(files.written.size).toBe(0);
});

const loggedIn = {
  auths: { "ghcr.io": { auth: "c2VjcmV0" } },
  credsStore: "desktop",
  credHelpers: { "a.io": "h" },
  HttpHeaders: { "X-Meta-Auth": "secret" },
  currentContext: "c",
  cliPluginsExtraDirs: ["/p"],
  features: { buildkit: "true" },
  plugins: { x: { token: "secret" } },
};

test.each<[string, object, object]>([
  ["without proxies", {}, {}],
  ["with a proxy", { proxies: { default: { httpProxy: "http://p:1" } } }, { default: { httpProxy: "http://p:1" } }],
  ["with a proxy that holds a password", { proxies: { default: { httpProxy: "http://me:secret@p:1" } } }, {}],
])("builds that get no login find engine, builders and plugins, %s", async (_, more, proxies) => {
  const files = filesWith({ "/d/config.json": JSON.stringify({ ...loggedIn, ...more }), "/d/contexts/m": "meta" });
  const env = { DOCKER_CONFIG: "/d", HOME: "/home/me", DOCKER_AUTH_CONFIG: "{}", DOCKER_TLS_VERIFY: "1" };
  expect(await privateDockerConfig({ files, folder: "/tmp/p", logins: noLogins, env })).toEqual({
    DOCKER_CONFIG: "/tmp/p",
    HOME: "/tmp/p/home",
    DOCKER_AUTH_CONFIG: undefined,
    KUBECONFIG: "/home/me/.kube/config",
    BUILDX_CONFIG: "/d/buildx",
    DOCKER_CERT_PATH: "/d",
  });
  const text = files.written.get("/tmp/p/config.json")?.[0] ?? "";
  expect(JSON.parse(text)).toEqual({
    auths: {},
    currentContext: "c",
    cliPluginsExtraDirs: ["/p", "/d/cli-plugins"],
    features: { buildkit: "true" },
    ...(Object.keys(proxies).length === 0 ? {} : { proxies }),
  });
  expect(text).not.toMatch(/secret|c2VjcmV0/);
  expect([...files.written.keys()]).toContain("/tmp/p/contexts/m");
});

test("the only logins there are stand in the private file, whatever store docker has", async () => {
  const files = filesWith({ "/d/config.json": JSON.stringify(loggedIn) });
  const logins = { kind: "only" as const, logins: new Map([["b.io", login] as const]) };
  await privateDockerConfig({ files, folder: "/tmp/p", logins, env: { DOCKER_CONFIG: "/d" } });
  const { auths, credsStore } = JSON.parse(files.written.get("/tmp/p/config.json")?.[0] ?? "");
  expect({ auths, credsStore }).toEqual({ auths: { "b.io": { auth } }, credsStore: undefined });
});
