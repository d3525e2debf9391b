/** What is handed in as a secret reaches what it is for, and nothing else: no argument vector, log, summary, output or plan. */
import { readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { makeDockerConfig } from "../../rig/index.ts";
import { serveGit } from "../integration/changes/git-server.ts";
import { firstPush, pushed } from "./events.ts";
import { withServer } from "./http-server.ts";
import { git, makeProject } from "./project.ts";
import { type Recorder, record } from "./recorder.ts";
import { tagsOf } from "./registry.ts";
import { newFolder, rig } from "./rig.ts";
import { type Ended, runAction } from "./run-action.ts";

jest.setTimeout(120_000);

/** Everything that stays of a run, and how its children were called. */
function expectNowhere(secret: string, run: Ended, recorder: Recorder): void {
  const left = readdirSync(run.temp, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  const texts = [run.log, run.summary, JSON.stringify(run.outputs), recorder.argumentsSeen().join("\n"), ...left];
  const users = ["x-access-token", "octocat", rig.authRegistry.username];
  const encoded = users.map((user) => Buffer.from(`${user}:${secret}`).toString("base64"));
  for (const form of [secret, ...encoded]) {
    for (const text of texts) expect(text).not.toContain(form);
  }
}

test("`before` is fetched with `token` where the checkout kept no credentials", async () => {
  const project = makeProject({
    "images/web/Dockerfile": "FROM scratch\nCOPY * /\n",
    "images/api/Dockerfile": "FROM scratch\nCOPY * /\n",
  });
  const token = "token-of-the-job-0815";
  const before = project.git("rev-parse", "HEAD");
  project.commit({ "images/web/content": "one\n" });
  project.commit({ "images/web/content": "two\n" });
  const workspace = await project.checkOut();
  const wanted = `basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  const server = await serveGit(project.folder, wanted);
  const recorder = record("git", "docker");
  try {
    git(workspace, "remote", "set-url", "origin", `${server.url}/${project.slug}`);
    const run = await runAction(project, {
      ...pushed(before),
      workspace,
      inputs: { token, images: `${rig.registry}/{{owner}}/{{repo}}/{{name}}`, cache: "none", converge: "false" },
      env: { PATH: recorder.path, GITHUB_SERVER_URL: server.url },
    });
    expect(run).toMatchObject({ code: 0, annotations: [], outputs: { affected: '["web"]' } });
    expect(server.seen.length).toBeGreaterThan(0);
    expect(recorder.argumentsSeen()).toEqual(expect.arrayContaining(["git", "docker"]));
    expectNowhere(token, run, recorder);
    expect(git(workspace, "config", "--list")).not.toContain(token);
  } finally {
    await server.close();
  }
});

test("a registry gets the login of the inputs", async () => {
  const { host, username, password } = rig.authRegistry;
  const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" }, { registry: host });
  const config = newFolder("docker");
  makeDockerConfig(config);
  const recorder = record("docker");
  const run = await runAction(project, {
    ...firstPush,
    inputs: {
      images: `${host}/{{owner}}/{{repo}}/{{name}}`,
      "registry-username": username,
      "registry-password": password,
    },
    env: { DOCKER_CONFIG: config, PATH: recorder.path },
  });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  expect(await tagsOf(`${project.own}/web`)).toContain("latest");
  expectNowhere(password, run, recorder);
});

test("the job's token is shown to the forge's own registry, and to no other", async () => {
  const token = "token-of-the-job-0816";
  const shown: string[] = [];
  const asking = (request: IncomingMessage, response: ServerResponse): void => {
    shown.push(request.headers.authorization ?? "nothing");
    response.writeHead(401, { "www-authenticate": 'Basic realm="here"' }).end();
  };
  const offered = (owner: "forge" | "other"): Promise<readonly string[]> =>
    withServer(asking, async (host) => {
      shown.length = 0;
      const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" }, { registry: host });
      const run = await runAction(project, {
        ...firstPush,
        inputs: { token, images: `${host}/{{owner}}/{{name}}` },
        env: owner === "forge" ? { GITHUB_SERVER_URL: `http://${host}` } : {},
      });
      expect(run.code).toBe(1);
      return [...shown];
    });
  const login = `Basic ${Buffer.from(`octocat:${token}`).toString("base64")}`;
  expect(await offered("forge")).toContain(login);
  expect(new Set(await offered("other"))).toEqual(new Set(["nothing"]));
});

test("secrets of the build reach the steps that mount them", async () => {
  const secrets = {
    plain: "very-secret-4711",
    fromEnvironment: "from-the-environment-4712",
    lines: "first\nsecond 4713",
  };
  const checks = [
    `RUN --mount=type=secret,id=plain test "$(cat /run/secrets/plain)" = "${secrets.plain.slice(0, 4)}-secret-$((4700 + 11))"`,
    `RUN --mount=type=secret,id=env test "$(wc -c </run/secrets/env)" -eq ${secrets.fromEnvironment.length}`,
    'RUN --mount=type=secret,id=lines test "$(wc -l </run/secrets/lines)" -eq 1',
    "RUN --mount=type=secret,id=file grep -q 'in a file' /run/secrets/file",
  ];
  const project = makeProject({
    "images/web/Dockerfile": `FROM busybox:1.37\n${checks.join("\n")}\n`,
    "not-so-secret.txt": "in a file\n",
  });
  const recorder = record("docker");
  const run = await runAction(project, {
    ...firstPush,
    inputs: {
      secrets: `plain=${secrets.plain}\n"lines=${secrets.lines}"`,
      "secret-envs": "env=OF_THE_STEP",
      "secret-files": "file=not-so-secret.txt",
    },
    env: { PATH: recorder.path, OF_THE_STEP: secrets.fromEnvironment },
  });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  for (const secret of [secrets.plain, secrets.fromEnvironment, "second 4713"]) expectNowhere(secret, run, recorder);
});

test("a secret that is not there is said before anything is built", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" });
  const run = await runAction(project, { ...firstPush, inputs: { "secret-envs": "env=NOT_SET_ANYWHERE" } });
  expect(run.code).toBe(1);
  expect(run.annotations).toEqual([expect.objectContaining({ message: expect.stringContaining("NOT_SET_ANYWHERE") })]);
});

test("each secret is in the environment of the children that need it, and of no others", async () => {
  const dockerfile = "FROM busybox:1.37\nRUN --mount=type=secret,id=key grep -q value-of-the-secret /run/secrets/key\n";
  const project = makeProject({ "images/web/Dockerfile": dockerfile });
  const recorder = record("docker", "git", "tar");
  const run = await runAction(project, {
    ...firstPush,
    inputs: {
      ...{ images: `${rig.registry}/{{owner}}/{{repo}}/{{name}}`, cache: "none", token: "token-of-the-job-0816" },
      ...{ secrets: "key=value-of-the-secret", "registry-username": "me", "registry-password": "password-0816" },
    },
    env: { PATH: recorder.path, ACTIONS_RUNTIME_TOKEN: "runtime-token-0816", UNRELATED: "unrelated-0816" },
  });
  expect(run).toMatchObject({ code: 0 });
  // A child of buildx itself, which asks git for the commit that provenance names.
  const ofBuildx = "git -c log.showSignature=false";
  const calls = recorder.callsThatSaw("value-of-the-secret").filter((call) => call !== ofBuildx);
  expect(calls).toEqual(["docker buildx build"]);
  for (const secret of ["password-0816", "runtime-token-0816", "unrelated-0816", "token-of-the-job-0816"]) {
    expect(recorder.callsThatSaw(secret)).toEqual([]);
  }
});
