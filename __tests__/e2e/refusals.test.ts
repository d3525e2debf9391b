/** Input that can't be followed, and registries that refuse: one clear error each, and nothing done. */
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { makeDockerConfig } from "../../rig/index.ts";
import { textOf } from "../markdown-text.ts";
import { firstPush } from "./events.ts";
import { pass, withServer } from "./http-server.ts";
import { makeProject } from "./project.ts";
import { isUntouched, tagsOf } from "./registry.ts";
import { newFolder, rig, root } from "./rig.ts";
import { type Ended, runAction } from "./run-action.ts";

jest.setTimeout(120_000);

const one = { "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" };

/** Red, with these errors and no other: each with its remedy, also in the summary; no stack trace, and nothing of ours to report. */
function expectErrors(run: Ended, ...messages: readonly RegExp[]): void {
  expect(run.code).toBe(1);
  const errors = run.annotations.filter(({ level }) => level === "error").map(({ message }) => message);
  expect(errors).toEqual(messages.map((message) => expect.stringMatching(message)));
  expect(run.summary).toMatch(/^## ❌ /);
  for (const error of errors) {
    expect(error).toMatch(/\n→ \S/);
    const [sentence = "", ...others] = error.split("\n");
    const hint = others.at(-1)?.replace(/^→ /, "") ?? "";
    for (const part of [sentence, hint]) expect(textOf(run.summary)).toContain(textOf(part));
  }
  expect(run.log).not.toMatch(/^\s+at .*[:/]\d+/m);
  expect(run.log).not.toContain("defect of image-publish");
}

describe("an input", () => {
  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["a command that there isn't", { command: "publsh" }, /"command" can't be "publsh"\n→ .*did you mean "publish"/s],
    ["a command that is not built yet", { command: "prune" }, /"command".*"prune"/],
    ["a value that there isn't", { push: "maybe" }, /"push" can't be "maybe"/],
    ["an input that is not built yet", { "keep-tags": "v1" }, /doesn't serve the input "keep-tags"/],
    ["a platform without architecture", { platforms: "linux/amd64,linux" }, /"platforms".*"linux"/],
    ["a tag rule of no type", { tags: "type=semvr,pattern={{version}}" }, /"tags", line 1.*semvr/s],
    ["a name that no image has", { only: "nothing*" }, /nothing\*/],
    ["a build argument without value", { "build-args": "NAME" }, /"NAME" isn't a valid build argument/],
    ["an image name that is none", { images: "ghcr.io/UPPER CASE/x" }, /UPPER CASE/i],
    ["a label without value", { labels: "just-a-word" }, /just-a-word/],
  ])("%s", async (_, inputs, message) => {
    const project = makeProject(one);
    expectErrors(await runAction(project, { ...firstPush, inputs }), message);
    expect(await isUntouched(project)).toBe(true);
  });

  test("several wrong ones are reported at once, together with a payload that can't be read", async () => {
    const project = makeProject(one);
    const run = await runAction(project, {
      ...firstPush,
      inputs: { command: "publsh", push: "maybe", platforms: "linux", tags: "type=semvr" },
      env: { GITHUB_EVENT_PATH: join(root, "action.yml") },
    });
    expectErrors(run, /"command"/, /"push"/, /"platforms"/, /"tags"/, /payload/);
    expect(await isUntouched(project)).toBe(true);
  });

  test("no checkout before the step", async () => {
    const project = makeProject(one);
    const run = await runAction(project, { ...firstPush, workspace: newFolder("empty") });
    expectErrors(run, /holds no git checkout\n.*→ put .*actions\/checkout/s);
  });

  test("an error shows its stack only where debug logging is on", async () => {
    const project = makeProject(one);
    const run = await runAction(project, { ...firstPush, inputs: { push: "maybe" }, env: { RUNNER_DEBUG: "1" } });
    expect(run.log).toMatch(/^::debug::.*\bat /m);
  });
});

describe("a registry", () => {
  const { host, username } = rig.authRegistry;
  const inputs = { images: "{{host}}/{{owner}}/{{repo}}/{{name}}".replace("{{host}}", host) };
  const anonymous = (): Record<string, string> => {
    const folder = newFolder("docker");
    makeDockerConfig(folder);
    return { DOCKER_CONFIG: folder };
  };

  test("that wants a login and gets none", async () => {
    const project = makeProject(one, { registry: host });
    const run = await runAction(project, { ...firstPush, inputs, env: anonymous() });
    expectErrors(run, /requires authentication.*\n→ .*registry-username and registry-password/s);
    expect(await isUntouched(project)).toBe(true);
  });

  test("that does not take the password", async () => {
    const project = makeProject(one, { registry: host });
    const run = await runAction(project, {
      ...firstPush,
      inputs: { ...inputs, "registry-username": username, "registry-password": "not-the-password" },
      env: anonymous(),
    });
    expectErrors(run, /does not accept the login.*\n→ .*check that the login/s);
    expect(run.log).not.toContain("not-the-password");
    expect(await isUntouched(project)).toBe(true);
  });

  test.each<[string, number, RegExp, RegExp]>([
    ["that forbids the push (403)", 403, /POST|PUT/, /refused the push.*\n→ .*right to push/s],
    ["that forbids to be read (403)", 403, /./, /refused the pull.*\n→ .*right to pull/s],
    ["that is unwell (500)", 500, /./, /answered 500.*\n→ .*run again/s],
  ])("%s", async (_, status, methods, message) => {
    await withServer(
      (request, response) => {
        if (methods.test(request.method ?? "")) response.writeHead(status).end("<html>no</html>");
        else {
          response.setHeader("content-type", "application/json");
          response.setHeader("docker-distribution-api-version", "registry/2.0");
          response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
        }
      },
      async (faulty) => {
        const project = makeProject(one, { registry: faulty });
        const run = await runAction(project, { ...firstPush, inputs: { images: `${faulty}/{{owner}}/{{name}}` } });
        expectErrors(run, message);
      },
    );
  });

  test("that cannot be reached", async () => {
    const project = makeProject(one);
    const run = await runAction(project, { ...firstPush, inputs: { images: "127.0.0.1:9/{{owner}}/{{name}}" } });
    expectErrors(run, /127\.0\.0\.1:9 cannot be reached.*\n→ \S/s);
  });

  test("that breaks off while the tags are put: red, and the next run mends it", async () => {
    const project = makeProject(one);
    const [upstream] = project.own.split("/");
    let refuses = true;
    await withServer(
      (request, response) => {
        if (refuses && request.method === "PUT" && request.url?.endsWith("/manifests/latest")) {
          response.writeHead(403).end();
          return;
        }
        pass(request, response, upstream ?? "");
      },
      async (proxy) => {
        const images = { images: `${proxy}/{{owner}}/{{repo}}/{{name}}` };
        const run = await runAction(project, { ...firstPush, inputs: images });
        expect(run.code).toBe(1);
        expect(run.annotations).toEqual([expect.objectContaining({ level: "error", title: "web failed" })]);
        const commit = project.git("rev-parse", "HEAD");
        expect(await tagsOf(`${project.own}/web`)).toEqual([commit, "main"].sort());
        refuses = false;
        expect(await runAction(project, { ...firstPush, inputs: images })).toMatchObject({ code: 0 });
        expect(await tagsOf(`${project.own}/web`)).toEqual([commit, "latest", "main"].sort());
      },
    );
  });
});
