import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { platform } from "../../../../src/model/platform.ts";
import type { CheckoutTrust } from "../../../../src/model/trust.ts";
import { trusted } from "../../../../src/model/trust.ts";
import { credentialStore } from "../../../../src/oci/login/credentials.ts";
import type { Plan, PlannedBuild } from "../../../../src/plan/plan.ts";
import type { HttpRequest, RunOptions } from "../../../../src/ports.ts";
import type { Session } from "../../../../src/run/session.ts";
import { openBuildSession } from "../../../../src/stages/build/build-session.ts";
import { digests, plannedBuild } from "../../buildx/planned.ts";
import { type Answer, scriptedDocker } from "../../buildx/scripted-docker.ts";
import { context } from "../../tags/facts.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const config = JSON.stringify({ auths: { "docker.io": { auth: base64("me:dockers-own") } }, currentContext: "c" });
const job = {
  PATH: "/bin",
  HOME: "/home/me",
  KUBECONFIG: "/k",
  DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { "a.io": { auth: base64("me:by-environment") } } }),
  AWS_SECRET_ACCESS_KEY: "cloud",
  SSH_AUTH_SOCK: "/agent",
  NIX_CONFIG: "access-tokens = github.com=nix",
};
const own = {
  stdout:
    "Name: image-publish-12345678\nDriver: docker-container\n\nName: x0\nEndpoint: x\nStatus: running\nPlatforms: linux/amd64\n",
};
const { commit: head } = context({ ref: "refs/heads/main" });
const fork = { kind: "untrusted", why: "a fork wrote it", head, pullRequest: undefined } as const;

interface Situation {
  readonly driver?: string;
  readonly push?: boolean;
  readonly settings?: object;
  readonly image?: Partial<PlannedBuild>;
  readonly env?: Readonly<Record<string, string>>;
  readonly isPrivate?: boolean;
  readonly script?: Readonly<Record<string, Answer>>;
  readonly checkPush?: () => Promise<void>;
  /** What the cache service answers; absent: nothing. */
  readonly status?: number;
}

/** Opens a session of builds, with what the children of builds get, environments and files, and what is left behind. */
async function open(trust: CheckoutTrust, situation: Situation = {}) {
  const { driver = "docker-container", push = false, settings: said = {}, image: changed = {}, env = job } = situation;
  const seen: Record<string, string>[] = [];
  const written = new Map<string, string>();
  const asked: HttpRequest[] = [];
  const groups: (readonly [string, readonly string[]])[] = [];
  const effect = (_: unknown, { env }: RunOptions) => void seen.push({ ...env });
  const processes = scriptedDocker({
    ...situation.script,
    "buildx version": situation.script?.["buildx version"] ?? {
      stdout: "github.com/docker/buildx v0.29.1 a32761a\n",
      effect,
    },
    "buildx inspect": {
      stdout: `Name: it\nDriver: ${driver}\n\nName: it0\nEndpoint: x\nStatus: running\nPlatforms: linux/amd64\n`,
      effect,
    },
  });
  const files = {
    read: async (path: string) => (path === "/home/me/.docker/config.json" ? Buffer.from(config) : undefined),
    list: async () => undefined,
    makeDirectory: async () => {},
    write: async (path: string, text: string) => void written.set(path, text),
    remove: async (path: string) => {
      for (const each of written.keys()) if (each.startsWith(path)) written.delete(each);
    },
  };
  const http = {
    send: async (request: HttpRequest) => {
      asked.push(request);
      if (situation.status === undefined) throw new Error("connection refused");
      return { status: situation.status, headers: {}, body: new Uint8Array() };
    },
  };
  const log = {
    warning: () => {},
    info: () => {},
    group: (title: string, lines: readonly string[]) => void groups.push([title, lines]),
  };
  const outside = { processes, files, http, env, log, signal: new AbortController().signal };
  const settings = { push: "auto", ssh: [{ text: "default" }], qemu: true, load: false, attest: push, ...said };
  const about = { ...context({ ref: "refs/heads/main" }), isPrivate: situation.isPrivate ?? false };
  const session = {
    ...{ outside, trust, folder: "/run/image-publish-12345678", context: about },
    inputs: { settings, secrets: { environment: { S: "secret-value" }, arguments: ["id=s,env=S"] } },
  } as unknown as Session;
  const credentials = credentialStore({
    config: { text: config, path: "config.json" },
    ...{ env, processes },
    logins: [{ hosts: ["ghcr.io"], username: "me", password: "given" }],
    only: trust.kind === "untrusted" ? new Set(["ghcr.io"]) : undefined,
  });
  const image = { ...plannedBuild, platforms: [], cache: { from: [], to: [] }, ...changed };
  const plan = { push, images: [image] } as unknown as Plan;
  const { checkPush = async () => {} } = situation;
  const pushed: string[] = [];
  const registry = {
    checkPush: async (repository: string) => {
      pushed.push(repository);
      await checkPush();
    },
    manifest: async () => undefined,
  };
  const opening = openBuildSession(plan, session, registry as never, credentials);
  const calls = (verb: string) => processes.calls.map((call) => call.join(" ")).filter((line) => line.includes(verb));
  return { opening, seen, written, asked, groups, pushed, calls };
}

async function opened(trust: CheckoutTrust, driver?: string, push?: boolean) {
  const situation = { ...(driver === undefined ? {} : { driver }), ...(push === undefined ? {} : { push }) };
  const { opening, seen, written } = await open(trust, situation);
  const { dependencies } = await opening;
  const children = [...seen, dependencies.environment, dependencies.nixEnvironment];
  return { dependencies, text: JSON.stringify([children, [...written]]) };
}

const secrets = { dockers: "dockers-own", environments: "by-environment", inputs: "given" };
const shownIn = (text: string): readonly string[] =>
  Object.entries(secrets).flatMap(([name, secret]) =>
    text.includes(base64(`me:${secret}`)) || text.includes(secret) ? [name] : [],
  );

describe("what builds log in with", () => {
  test("trusted code has docker's own logins and those of the inputs", async () => {
    const { text, dependencies } = await opened(trusted);
    expect(shownIn(text)).toEqual(["dockers", "environments", "inputs"]);
    expect(dependencies.environment).toMatchObject({ HOME: "/home/me", KUBECONFIG: "/k", S: "secret-value" });
    expect(dependencies.settings).toMatchObject({ secrets: ["id=s,env=S"], ssh: ["default"] });
    expect(dependencies.environment).toMatchObject({ SSH_AUTH_SOCK: "/agent" });
  });

  test("the agent is for builds that are given one", async () => {
    const { dependencies } = await (await open(trusted, { settings: { ssh: [] } })).opening;
    expect(dependencies.environment).not.toHaveProperty("SSH_AUTH_SOCK");
  });

  test("untrusted code has nothing, and still finds builders and contexts", async () => {
    const { text, dependencies } = await opened(fork);
    expect(shownIn(text)).toEqual([]);
    expect(dependencies.settings).toMatchObject({ secrets: [], ssh: [] });
    expect(text).not.toMatch(/cloud|agent|secret-value|access-tokens = g|auths\\*":\{\\*"/);
    const { environment, nixEnvironment } = dependencies;
    const folder = "/run/image-publish-12345678/docker";
    expect(environment).toMatchObject({
      ...{ DOCKER_CONFIG: folder, HOME: `${folder}/home`, BUILDX_CONFIG: "/home/me/.docker/buildx" },
    });
    expect(Object.keys(environment)).not.toContain("KUBECONFIG");
    expect(nixEnvironment.HOME).toBe(`${folder}/home`);
  });

  test("untrusted code that is pushed is built into a layout, and neither logged in nor signed for", async () => {
    const { text, dependencies } = await opened(fork, "docker-container", true);
    expect(dependencies.settings.push).toBe(false);
    expect(shownIn(text)).toEqual([]);
    await expect(opened(trusted, "docker-container", true)).rejects.toThrow(/`attest` needs an identity of the job/);
  });

  test("a builder on Kubernetes is reached by the kubeconfig, without the variables of a cloud", async () => {
    const { text, dependencies } = await opened(fork, "kubernetes");
    expect(dependencies.environment).toMatchObject({ KUBECONFIG: "/k" });
    expect(text).not.toContain("cloud");
  });
});

describe("before the first build", () => {
  test("the registries are asked whether they take what is pushed", async () => {
    const { opening, pushed } = await open(fork, { push: true });
    await opening;
    expect(pushed).toEqual(["ghcr.io/o/r/app", "quay.io/o/app"]);
  });

  test("and not where nothing is pushed", async () => {
    const { opening, pushed } = await open(trusted);
    await opening;
    expect(pushed).toEqual([]);
  });

  test.each<Situation & { readonly when: string; readonly why: RegExp }>([
    {
      when: "a registry refuses",
      push: true,
      checkPush: async () => {
        throw new UserError("ghcr.io denied the push", { hint: "add `packages: write`" });
      },
      why: /denied/,
    },
    {
      when: "there is no buildx",
      script: { "buildx version": { code: 1, stderr: ["unknown command"] } },
      why: /buildx/,
    },
    {
      when: "the builder can't build for a platform",
      image: { platforms: [platform("linux/arm64")] },
      settings: { qemu: false },
      why: /can't build for linux\/arm64/,
    },
  ])("$when: nothing is left behind", async ({ when: _, why, ...situation }) => {
    const { opening, written } = await open(fork, situation);
    await expect(opening).rejects.toThrow(why);
    expect([...written]).toEqual([]);
  });
});

describe("the cache service", () => {
  const cache = { from: ["type=gha,scope=x"], to: [] };
  const service = {
    ...job,
    ...{ ACTIONS_CACHE_SERVICE_V2: "true", ACTIONS_RUNTIME_TOKEN: "t", ACTIONS_RESULTS_URL: "https://cache.example/" },
  };

  test("that answers is used, and builds get its token", async () => {
    const { opening } = await open(trusted, { image: { cache }, env: service, status: 200 });
    const { dependencies, remarks } = await opening;
    expect(dependencies.settings.cacheService).toBe(true);
    expect(dependencies.environment).toMatchObject({ ACTIONS_RUNTIME_TOKEN: "t" });
    expect(remarks).toEqual([]);
  });

  test("is used where it is only written to", async () => {
    const image = { cache: { from: [], to: ["type=gha,mode=max"] } };
    const { dependencies } = await (await open(trusted, { image, env: service, status: 200 })).opening;
    expect(dependencies.settings.cacheService).toBe(true);
  });

  test.each<Situation & { readonly when: string; readonly message: RegExp; readonly hint: RegExp }>([
    { when: "that fails", env: service, status: 500, message: /it answers 500/, hint: /run again later/ },
    { when: "that is silent", env: service, message: /connection refused/, hint: /run again later/ },
    { when: "that isn't there", message: /there is none here/, hint: /choose `cache: registry`, or run this where/ },
  ])("$when is not used, with a warning, and builds get no token", async ({ when: _, message, hint, ...situation }) => {
    const { opening } = await open(trusted, { ...situation, image: { cache } });
    const { dependencies, remarks } = await opening;
    expect(dependencies.settings.cacheService).toBe(false);
    expect(dependencies.environment).not.toHaveProperty("ACTIONS_RUNTIME_TOKEN");
    expect(remarks).toEqual([{ message: expect.stringMatching(message), hint: expect.stringMatching(hint) }]);
  });

  test("isn't asked where no image uses it", async () => {
    const image = { cache: { from: ["type=registry,ref=ghcr.io/o/r/app:cache"], to: [] } };
    const { opening, asked } = await open(trusted, { image, env: service });
    expect((await opening).remarks).toEqual([]);
    expect(asked).toEqual([]);
  });
});

describe("build arguments that look like secrets", () => {
  const args = { NPM_TOKEN: "t", VERSION: "1", API_KEY: "" };
  test.each<Situation & { readonly when: string; readonly isReported: boolean }>([
    { when: "in a public repository, whose provenance is published whole", image: { args }, isReported: true },
    { when: "in a private one, whose provenance isn't", image: { args }, isPrivate: true, isReported: false },
    { when: "with `mode=min`", image: { args, provenance: "mode=min" }, isReported: false },
    { when: "without provenance", image: { args, provenance: "false" }, isReported: false },
    { when: "none", image: { args: { VERSION: "1" } }, isReported: false },
  ])("$when: reported: $isReported", async ({ when: _, isReported, ...situation }) => {
    const { remarks } = await (await open(trusted, situation)).opening;
    expect(remarks.map(({ message }) => message)).toEqual(
      isReported ? [expect.stringMatching(/^the build argument NPM_TOKEN of app looks like a secret/)] : [],
    );
  });
});

describe("at the end", () => {
  test("the builder and the logins of the run are removed", async () => {
    const script = { "buildx inspect --bootstrap image-publish-12345678": own, "buildx create": {}, "buildx rm": {} };
    const { opening, written, calls } = await open(fork, { driver: "docker", script });
    const { close } = await opening;
    expect(written.size).toBeGreaterThan(0);
    expect(await close()).toEqual([]);
    expect([...written]).toEqual([]);
    expect(calls(" rm ")).toEqual(["docker buildx rm --force image-publish-12345678"]);
  });

  test("what can't be removed is a warning", async () => {
    const script = {
      ...{ "buildx inspect --bootstrap image-publish-12345678": own, "buildx create": {} },
      "buildx rm": { code: 1, stderr: ["ERROR: it is in use"] },
    };
    const { opening, written } = await open(fork, { driver: "docker", script });
    const { close } = await opening;
    expect(await close()).toEqual([
      {
        message: expect.stringMatching(/^a builder that was made for this run could not be removed: .*it is in use$/),
        hint: "remove it manually on a self-hosted runner",
      },
    ]);
    expect([...written]).toEqual([]);
  });

  test("findings in Dockerfiles that got no annotation are listed", async () => {
    const { opening, groups } = await open(trusted);
    const { close, dependencies } = await opening;
    const warnings = Array.from({ length: 10 }, (_, line) => ({ message: `finding ${line}`, line }));
    dependencies.lint?.report("Dockerfile", warnings as never);
    await close();
    expect(groups).toEqual([
      ["2 more findings in Dockerfiles", ["Dockerfile:8: finding 8", "Dockerfile:9: finding 9"]],
    ]);
  });

  test("and nothing is listed where there are none", async () => {
    const { opening, groups } = await open(trusted);
    await (await opening).close();
    expect(groups).toEqual([]);
  });
});

describe("builds", () => {
  test("of a trusted checkout are pushed, those of an untrusted one are built into a layout", async () => {
    const settings = { attest: false };
    const pushes = async (trust: CheckoutTrust, push: boolean) =>
      (await (await open(trust, { push, settings })).opening).dependencies.settings.push;
    expect(await pushes(trusted, true)).toBe(true);
    expect(await pushes(trusted, false)).toBe(false);
    expect(await pushes(fork, true)).toBe(false);
  });

  test("of an untrusted checkout are restricted, with the reason", async () => {
    expect((await (await open(fork)).opening).dependencies.restricted).toBe("a fork wrote it");
    expect((await (await open(trusted)).opening).dependencies.restricted).toBeUndefined();
  });

  test("a manifest that the registry doesn't have is an error", async () => {
    const { dependencies } = await (await open(trusted)).opening;
    const [repository] = plannedBuild.repositories;
    await expect(dependencies.manifests(repository as never, digests.a)).rejects.toThrow(UserError);
  });
});
