import { describe, expect, test } from "@jest/globals";
import { credentialStore } from "../../../../src/oci/login/credentials.ts";
import type { Finished, Processes, RunOptions } from "../../../../src/ports.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const me = { kind: "basic", username: "me", password: "pass:word" };
const given = { username: "actor", password: "job-token" };

interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly options: RunOptions;
}

/** Helper programs that answer by server address. */
function helpers(answers: Readonly<Record<string, Partial<Finished>>> = {}): Processes & { readonly calls: Call[] } {
  const calls: Call[] = [];
  const unknown = { code: 1, stdout: Buffer.from("credentials not found in native keychain\n") };
  return {
    calls,
    async run(program, args, options) {
      calls.push({ program, args, options });
      return { code: 0, stdout: new Uint8Array(), stderr: "", ...(answers[String(options.input)] ?? unknown) };
    },
  };
}

function store(config: object | string | undefined, rest: Partial<Parameters<typeof credentialStore>[0]> = {}) {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  const file = config === undefined ? undefined : { text, path: "/home/me/.docker/config.json" };
  return credentialStore({ config: file, env: {}, processes: helpers(), ...rest });
}

describe("logins in docker's config.json", () => {
  test.each([
    ["the host itself", "ghcr.io", { "ghcr.io": { auth: base64("me:pass:word") } }, me],
    ["an address on the host", "ghcr.io", { "https://ghcr.io/v2/": { auth: base64("me:pass:word") } }, me],
    [
      "Docker Hub by its old address",
      "docker.io",
      { "https://index.docker.io/v1/": { auth: base64("me:pass:word") } },
      me,
    ],
    ["Docker Hub by its name", "docker.io", { "docker.io": { auth: base64("me:pass:word") } }, me],
    ["name and password apart", "ghcr.io", { "ghcr.io": { username: "me", password: "pass:word" } }, me],
    [
      "a refresh token",
      "a.io",
      { "a.io": { identitytoken: "t", auth: base64("x:") } },
      { kind: "identity-token", token: "t" },
    ],
    [
      "the exact address before one on the host",
      "a.io",
      { "https://a.io": { auth: base64("no:no") }, "a.io": { auth: base64("me:pass:word") } },
      me,
    ],
    ["a host that ends like another", "ghcr.io", { "notghcr.io": { auth: base64("me:x") } }, undefined],
    ["a host that begins like another", "ghcr.io", { "ghcr.io.evil.example": { auth: base64("me:x") } }, undefined],
    ["another port", "localhost:5000", { "localhost:5001": { auth: base64("me:x") } }, undefined],
    ["an entry that holds nothing", "ghcr.io", { "ghcr.io": {} }, undefined],
  ])("%s", async (_, host, auths, found) => {
    expect(await store({ auths }).find(host)).toEqual(found);
  });

  test.each([
    ["no JSON", '{"auths": {"ghcr.io": {"auth": "c2VjcmV0'],
    ["auths that are a list", { auths: [] }],
    ["no base64 of user and password", { auths: { "ghcr.io": { auth: base64("secret") } } }],
  ])("%s is an error that quotes no secret", (_, config) => {
    expect(() => store(config)).toThrow(/config\.json cannot be read: (?!.*(?:secret|c2VjcmV0))/);
  });

  test("no file, and an empty one, hold none", async () => {
    expect(await store(undefined).find("ghcr.io")).toBeUndefined();
    expect(await store("").find("ghcr.io")).toBeUndefined();
  });

  test("DOCKER_AUTH_CONFIG comes first", async () => {
    const env = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { "ghcr.io": { auth: base64("me:pass:word") } } }) };
    expect(await store({ auths: { "ghcr.io": { auth: base64("no:no") } } }, { env }).find("ghcr.io")).toEqual(me);
  });
});

describe("credential helpers", () => {
  const answer = (Username: string, Secret: string) => ({ stdout: Buffer.from(JSON.stringify({ Username, Secret })) });

  test("are asked by stdin, with nothing of the job's in their environment", async () => {
    const processes = helpers({ "https://index.docker.io/v1/": answer("me", "pass:word") });
    const env = {
      PATH: "/bin",
      HOME: "/home/me",
      AWS_REGION: "x",
      GITHUB_TOKEN: "t",
      "INPUT_REGISTRY-PASSWORD": "p",
      ACTIONS_RUNTIME_TOKEN: "r",
    };
    const found = store({ credsStore: "desktop" }, { processes, env });
    expect(await found.find("docker.io")).toEqual(me);
    expect(await found.find("docker.io")).toEqual(me);
    expect(processes.calls).toMatchObject([
      { program: "docker-credential-desktop", args: ["get"], options: { input: "https://index.docker.io/v1/" } },
    ]);
    expect(processes.calls[0]?.options.env).toEqual({ PATH: "/bin", HOME: "/home/me", AWS_REGION: "x" });
  });

  test.each([
    [
      "one for the host goes before the store",
      { credsStore: "s", credHelpers: { "ghcr.io": "h" } },
      ["docker-credential-h"],
    ],
    ["an empty name means the file", { credsStore: "s", credHelpers: { "ghcr.io": "" } }, []],
    ["one for another host is not asked", { credHelpers: { "a.io": "h" } }, []],
  ])("%s", async (_, config, programs) => {
    const processes = helpers();
    await store(config, { processes }).find("ghcr.io");
    expect(processes.calls.map(({ program }) => program)).toEqual(programs);
  });

  test("are asked again for what is refused, once for requests side by side", async () => {
    const answers = { "ghcr.io": answer("me", "old") };
    const processes = helpers(answers);
    const found = store({ credHelpers: { "ghcr.io": "h" } }, { processes });
    const old = await found.find("ghcr.io");
    answers["ghcr.io"] = answer("me", "new");
    expect(await found.find("ghcr.io")).toBe(old);
    const renewed = await Promise.all([1, 2, 3].map(() => found.find("ghcr.io", old)));
    expect(renewed).toEqual([1, 2, 3].map(() => ({ kind: "basic", username: "me", password: "new" })));
    expect(await found.find("ghcr.io")).toBe(renewed[0]);
    expect(processes.calls).toHaveLength(2);
  });

  test("that have nothing more leave the inputs' login", async () => {
    const answers: Record<string, Partial<Finished>> = { "ghcr.io": answer("me", "old") };
    const logins = [{ hosts: ["ghcr.io"], ...given }];
    const found = store({ credsStore: "h" }, { processes: helpers(answers), logins });
    const old = await found.find("ghcr.io");
    delete answers["ghcr.io"];
    expect(await found.find("ghcr.io", old)).toEqual({ kind: "basic", ...given, isGiven: true });
  });

  test("a refresh token is told by its user name", async () => {
    const processes = helpers({ "ghcr.io": answer("<token>", "t") });
    expect(await store({ credsStore: "s" }, { processes }).find("ghcr.io")).toEqual({
      kind: "identity-token",
      token: "t",
    });
  });

  test.each([
    [
      "fails",
      { code: 1, stdout: Buffer.from("locked"), stderr: "keychain is locked\n" },
      /exit code 1 \(keychain is locked\)/,
    ],
    ["answers nonsense", { stdout: Buffer.from("hello") }, /malformed/],
  ])("one that %s is an error, not a missing login", async (_, answer, message) => {
    const processes = helpers({ "ghcr.io": answer });
    await expect(store({ credsStore: "s" }, { processes }).find("ghcr.io")).rejects.toThrow(message);
  });

  test.each(["../../bin/sh", "a b", "-x"])("no program is called docker-credential-%s", async (credsStore) => {
    const processes = helpers();
    await expect(store({ credsStore }, { processes }).find("ghcr.io")).rejects.toThrow(/cannot be one/);
    expect(processes.calls).toEqual([]);
  });
});

describe("the login from the inputs", () => {
  const login = { hosts: ["ghcr.io", "a.io"], ...given };

  test("is for the hosts it was given for, and only where docker has none", async () => {
    const found = store({ auths: { "a.io": { auth: base64("me:pass:word") } } }, { logins: [login] });
    expect(await found.find("ghcr.io")).toEqual({ kind: "basic", ...given, isGiven: true });
    expect(await found.find("a.io")).toEqual(me);
    expect(await found.find("docker.io")).toBeUndefined();
    const ofChildren = await found.forChildren();
    expect(ofChildren).toMatchObject({ kind: "docker", usesHelpers: false });
    expect(ofChildren.kind === "docker" && [...ofChildren.added.keys()]).toEqual(["ghcr.io"]);
  });

  test.each([
    { host: "ghcr.io.example.com", because: "it only begins like one" },
    { host: "notghcr.io", because: "it only ends like one" },
    { host: "x.ghcr.io", because: "it is below one" },
    { host: "io", because: "it is above one" },
    { host: "ghcr.io:443", because: "it has a port" },
    { host: "localhost:5001", because: "it has another port" },
    { host: "localhost", because: "it has no port" },
  ])("is not for $host, as $because", async ({ host }) => {
    const hosts = ["ghcr.io", "localhost:5000"];
    const found = store(undefined, { logins: [{ ...given, hosts }] });
    expect(await found.find(host)).toBeUndefined();
    const ofChildren = await found.forChildren();
    expect(ofChildren.kind === "docker" && [...ofChildren.added.keys()]).toEqual(hosts);
  });

  test("without a password it is none", async () => {
    expect(await store(undefined, { logins: [{ ...login, password: "" }] }).find("ghcr.io")).toBeUndefined();
  });
});

describe("for an untrusted checkout", () => {
  const login = { hosts: ["ghcr.io", "a.io"], ...given };
  const auths = { "a.io": { auth: base64("me:pass:word") }, "b.io": { auth: base64("me:pass:word") } };
  const env = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { "c.io": { auth: base64("me:pass:word") } } }) };

  test.each<[string, string[], Record<string, unknown>]>([
    ["no login is shown where images are pushed nowhere", [], {}],
    ["docker's own is shown to a host that images are pushed to", ["a.io"], { "a.io": me }],
    ["and that of the inputs", ["ghcr.io"], { "ghcr.io": { kind: "basic", ...given, isGiven: true } }],
    ["and that of DOCKER_AUTH_CONFIG", ["c.io"], { "c.io": me }],
  ])("%s, and to no other", async (_, only, shown) => {
    const found = store({ auths, credsStore: "" }, { logins: [login], env, only: new Set(only) });
    const hosts = ["ghcr.io", "a.io", "b.io", "c.io", "evil.example"];
    const asked = await Promise.all(hosts.map(async (host) => [host, await found.find(host)] as const));
    expect(Object.fromEntries(asked.filter(([, login]) => login !== undefined))).toEqual(shown);
    expect(await found.forChildren()).toEqual({ kind: "only", logins: new Map(Object.entries(shown)) });
  });

  test("a helper is asked for these hosts alone", async () => {
    const processes = helpers();
    const found = store({ credsStore: "s" }, { processes, only: new Set(["a.io"]) });
    for (const host of ["a.io", "evil.example"]) await found.find(host);
    expect(processes.calls.map(({ options }) => options.input)).toEqual(["a.io"]);
  });
});

describe("a credential helper that fails for a moment", () => {
  const login = (password: string) => ({
    code: 0,
    stdout: Buffer.from(JSON.stringify({ Username: "me", Secret: password })),
  });
  const failed = { code: 1, stdout: Buffer.from(""), stderr: "metadata service: timeout" };

  function storeOf(answers: readonly Partial<Finished>[]) {
    let at = 0;
    const processes: Processes = {
      run: async () => ({
        code: 0,
        stdout: new Uint8Array(),
        stderr: "",
        ...answers[Math.min(at++, answers.length - 1)],
      }),
    };
    return { store: store({ credHelpers: { "ghcr.io": "h" } }, { processes }), calls: () => at };
  }

  test("is asked once more", async () => {
    const { store, calls } = storeOf([failed, login("a")]);
    expect(await store.find("ghcr.io")).toMatchObject({ password: "a" });
    expect(calls()).toBe(2);
  });

  test("is asked by the next request whose login was refused, and the error says that it was", async () => {
    const { store } = storeOf([login("a"), failed, failed, login("b")]);
    const first = await store.find("ghcr.io");
    await expect(store.find("ghcr.io", first)).rejects.toThrow(
      /^ghcr\.io no longer accepts the login, and there is no other: docker-credential-h gave no login .*timeout/,
    );
    expect(await store.find("ghcr.io", first)).toMatchObject({ password: "b" });
    expect(await store.find("ghcr.io")).toMatchObject({ password: "b" });
  });

  test("is not asked again where it knows no login", async () => {
    const { store, calls } = storeOf([{ code: 1, stdout: Buffer.from("credentials not found in native keychain") }]);
    expect(await store.find("ghcr.io")).toBeUndefined();
    expect(calls()).toBe(1);
  });
});
