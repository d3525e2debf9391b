import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import type { CheckoutTrust } from "../../../../src/model/trust.ts";
import { trusted } from "../../../../src/model/trust.ts";
import { credentialStore } from "../../../../src/oci/login/credentials.ts";
import type { Plan } from "../../../../src/plan/plan.ts";
import type { RunOptions } from "../../../../src/ports.ts";
import type { Session } from "../../../../src/run/session.ts";
import { openBuildSession } from "../../../../src/stages/build/build-session.ts";
import { plannedBuild } from "../../buildx/planned.ts";
import { scriptedDocker } from "../../buildx/scripted-docker.ts";
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
const { commit: head } = context({ ref: "refs/heads/main" });
const fork = { kind: "untrusted", why: "a fork wrote it", head, pullRequest: undefined } as const;

interface Opening {
  readonly driver?: string;
  readonly push?: boolean;
  readonly attest?: boolean;
  /** What the registry says of the push. */
  readonly checkPush?: () => Promise<void>;
  /** Runs at each call of docker. */
  readonly effect?: (args: readonly string[], options: RunOptions) => void;
}

function opening(trust: CheckoutTrust, { driver = "docker-container", push = false, ...more }: Opening) {
  const { attest = false, checkPush = async () => {}, effect = () => {} } = more;
  const written = new Map<string, string>();
  const inspected = (of: string) =>
    `Name: it\nDriver: ${of}\n\nName: it0\nEndpoint: x\nStatus: running\nPlatforms: linux/amd64\n`;
  const processes = scriptedDocker({
    "buildx version": { stdout: "github.com/docker/buildx v0.29.1 a32761a\n", effect },
    "buildx inspect": [
      { stdout: inspected(driver), effect },
      { stdout: inspected("docker-container"), effect },
    ],
    "buildx create": { effect },
    "buildx rm": { effect },
  });
  const files = {
    read: async (path: string) => (path === "/home/me/.docker/config.json" ? Buffer.from(config) : undefined),
    list: async () => undefined,
    makeDirectory: async () => {},
    write: async (path: string, text: string) => void written.set(path, text),
    remove: async (path: string) => void written.delete(`${path}/config.json`),
  };
  const outside = { processes, files, env: job, log: {}, signal: new AbortController().signal };
  const settings = { push: "auto", ssh: [{ text: "default" }], qemu: true, load: false, attest };
  const session = {
    ...{ outside, trust, folder: "/run/image-publish-12345678", context: context({ ref: "refs/heads/main" }) },
    inputs: { settings, secrets: { environment: { S: "secret-value" }, arguments: ["id=s,env=S"] } },
  } as unknown as Session;
  const credentials = credentialStore({
    config: { text: config, path: "config.json" },
    ...{ env: job, processes },
    logins: [{ hosts: ["ghcr.io"], username: "me", password: "given" }],
    only: trust.kind === "untrusted" ? new Set(["ghcr.io"]) : undefined,
  });
  const image = { ...plannedBuild, platforms: [], cache: { from: [], to: [] } };
  const plan = { push, images: [image] } as unknown as Plan;
  return {
    opened: openBuildSession(plan, session, { checkPush } as never, credentials),
    written,
    calls: () => processes.calls.map((each) => each.slice(1, 3).join(" ")),
  };
}

/** What the children of builds get: environments and files. */
async function opened(trust: CheckoutTrust, driver = "docker-container", push = false) {
  const seen: Record<string, string>[] = [];
  const effect = (_: unknown, { env }: RunOptions) => void seen.push({ ...env });
  const { opened, written } = opening(trust, { driver, push, attest: push, effect });
  const { dependencies } = await opened;
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
  test("the builder is looked for while the registry is asked whether it takes a push", async () => {
    const looked = Promise.withResolvers<void>();
    const effect = () => looked.resolve();
    await opening(trusted, { push: true, checkPush: () => looked.promise, effect }).opened;
  });

  test.each([
    { when: "a builder was made meanwhile", driver: "docker" },
    { when: "there is a builder", driver: "docker-container" },
    { when: "there is no builder either", driver: "" },
  ])("a refused push is what is reported, and nothing is left behind, when $when", async ({ driver }) => {
    const inspected = Promise.withResolvers<void>();
    const effect = (args: readonly string[]) => {
      // At the last step on the way to a builder.
      if (args[1] === "inspect" && (driver !== "docker" || args.length > 3)) inspected.resolve();
    };
    const checkPush = async () => {
      await inspected.promise;
      throw new UserError("the push is refused", { hint: "" });
    };
    const { opened, calls, written } = opening(trusted, { push: true, driver, checkPush, effect });
    await expect(opened).rejects.toThrow("the push is refused");
    const isRemoved = calls().filter((each) => each === "buildx create" || each === "buildx rm");
    expect(isRemoved).toEqual(driver === "docker" ? ["buildx create", "buildx rm"] : []);
    expect([...written]).toEqual([]);
  });

  test("a builder that can't be used is what is reported, when the push is fine", async () => {
    const { opened } = opening(trusted, {
      push: true,
      driver: "docker",
      checkPush: async () => {},
      effect: failCreate,
    });
    await expect(opened).rejects.toThrow("no disk");
  });

  test("nothing is started where the job can't sign", async () => {
    const { opened, calls } = opening(trusted, { push: true, attest: true });
    await expect(opened).rejects.toThrow(/`attest` needs an identity of the job/);
    expect(calls()).toEqual([]);
  });
});

function failCreate(args: readonly string[]): void {
  if (args[1] === "create") throw new UserError("no disk", { hint: "" });
}
