import { describe, expect, test } from "@jest/globals";
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

/** What the children of builds get: environments and files. */
async function opened(trust: CheckoutTrust, driver = "docker-container", push = false) {
  const seen: Record<string, string>[] = [];
  const written = new Map<string, string>();
  const effect = (_: unknown, { env }: RunOptions) => void seen.push({ ...env });
  const processes = scriptedDocker({
    "buildx version": { stdout: "github.com/docker/buildx v0.29.1 a32761a\n", effect },
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
    remove: async () => {},
  };
  const outside = { processes, files, env: job, log: {}, signal: new AbortController().signal };
  const settings = { push: "auto", ssh: [{ text: "default" }], qemu: true, load: false, attest: push };
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
  const { dependencies } = await openBuildSession(plan, session, { checkPush: async () => {} } as never, credentials);
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
