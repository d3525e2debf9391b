/** What a registry's answers mean to the whole action: not there, perhaps not there, not the way that it was asked. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { makeDockerConfig } from "../../rig/index.ts";
import { firstPush, pushed } from "./events.ts";
import { type Fault, type FaultProxy, type FaultRule, startFaultProxy } from "./fault-proxy.ts";
import { type Changes, makeProject, type Project } from "./project.ts";
import { digestsOf, tagsOf } from "./registry.ts";
import { newFolder, rig } from "./rig.ts";
import { type Ended, runAction } from "./run-action.ts";

jest.setTimeout(240_000);

let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await startFaultProxy(rig.registry);
});
beforeEach(() => proxy.inject());
afterAll(() => proxy.close());

const scratch = "FROM scratch\nCOPY * /\n";
/** Its images are behind the proxy. */
const projectOf = (files: Changes): Project => makeProject(files, { registry: proxy.host });
/** What is really there. */
const direct = (project: Project, name: string): string => `${project.own.replace(proxy.host, rig.registry)}/${name}`;
const run = (project: Project): Promise<Ended> =>
  runAction(project, {
    ...firstPush,
    inputs: { images: `${proxy.host}/{{owner}}/{{repo}}/{{name}}` },
  });
const status = (code: number, headers: Record<string, string> = {}, body = ""): Fault => ({
  kind: "status",
  status: code,
  headers,
  body,
});
const json = { "content-type": "application/json" };
const codes = (code: string, message = ""): string => JSON.stringify({ errors: [{ code, message }] });

describe("a 404", () => {
  test.each([
    ["with a code of Quay's own", status(404, json, codes("TAG_EXPIRED", "Tag has expired"))],
    ["that is empty, of a host that answers as a registry", status(404)],
  ])("%s means that it is not there", async (_, fault) => {
    const project = projectOf({ "images/web/Dockerfile": scratch });
    proxy.inject(
      { method: "HEAD", path: /\/manifests\//, fault: status(404) },
      { path: /\/manifests\/main$/, times: 1, fault },
    );
    const ended = await run(project);
    expect(ended).toMatchObject({ code: 0, annotations: [] });
    expect(await tagsOf(direct(project, "web"))).toEqual(expect.arrayContaining(["main", "latest"]));
  });

  test.each([
    ["a page", status(404, { "content-type": "text/html" }, "<html>not here</html>")],
    ["a gateway's JSON", status(404, json, '{"message":"no Route matched"}')],
  ])("that is %s fails the image and what depends on it, and no other", async (_, fault) => {
    const project = projectOf({
      "images/base/Dockerfile": scratch,
      "images/web/Dockerfile": "FROM {own}/base\nCOPY * /\n",
      "images/api/Dockerfile": scratch,
    });
    proxy.inject({ path: /\/base\/manifests\//, fault });
    const ended = await run(project);
    expect(ended.code).toBe(1);
    expect(ended.annotations.map(({ message }) => message).join("\n")).toContain("a 404 that is not a registry's");
    expect(await tagsOf(direct(project, "api"))).toEqual(expect.arrayContaining(["main", "latest"]));
    for (const name of ["base", "web"]) expect(await tagsOf(direct(project, name))).toEqual([]);
    expect(ended.images.web?.action).toBe("skip");

    proxy.inject();
    const again = await run(project);
    expect(again).toMatchObject({ code: 0, annotations: [] });
    expect(Object.keys(await digestsOf(direct(project, "web")))).toEqual(expect.arrayContaining(["main"]));
  });
});

test("without `converge`, a parent of which a 404 leaves things open fails what depends on it, and no other", async () => {
  const project = projectOf({
    "images/base/Dockerfile": scratch,
    "images/web/Dockerfile": "FROM {own}/base\nCOPY * /\n",
    "images/api/Dockerfile": scratch,
  });
  expect(await run(project)).toMatchObject({ code: 0 });
  const before = project.git("rev-parse", "HEAD");
  project.commit({ "images/web/file": "new", "images/api/file": "new" });
  const own = async () =>
    Promise.all(["web", "api"].map(async (name) => (await digestsOf(direct(project, name))).main));
  const [web, api] = await own();
  proxy.inject({ path: /\/base\/manifests\//, fault: status(404, { "content-type": "text/html" }, "<html>") });
  const ended = await runAction(project, {
    ...pushed(before),
    inputs: { images: `${proxy.host}/{{owner}}/{{repo}}/{{name}}`, converge: "false" },
  });
  expect(ended.code).toBe(1);
  const [webNow, apiNow] = await own();
  expect(webNow).toBe(web);
  expect(apiNow).not.toBe(api);
  expect(ended.images.api?.digest).toBe(apiNow);
});

/** A tag, and no digest. */
const tags = /\/manifests\/(?!sha256:)[\w.-]+$/;
const exact = /\/manifests\/[0-9a-f]{40}$/;
const immutable = codes("PRECONDITION", "Failed to process request due to 'web:1' configured as immutable.");

describe("two pushes", () => {
  test.each<{ readonly when: string; readonly rules: readonly FaultRule[] }>([
    ...[403, 405].map((code) => ({
      when: `a HEAD is refused (${code})`,
      rules: [{ method: "HEAD", path: tags, fault: status(code) }],
    })),
    ...[302, 307].map((code) => ({
      when: `a push of a tag is redirected on the same host (${code})`,
      rules: [
        {
          method: "PUT",
          path: tags,
          fault: { kind: "redirect" as const, status: code, to: (url: string) => `${url}?moved=1` },
        },
      ],
    })),
    {
      when: "every answer is compressed",
      rules: [
        {
          method: "GET",
          path: tags,
          fault: {
            kind: "rewritten",
            rewrite: ({ headers, body }) => ({
              headers: { ...headers, "content-encoding": "gzip" },
              body: gzipSync(body),
            }),
          },
        },
      ],
    },
    {
      when: "manifests have a type that says nothing",
      rules: [
        {
          method: "GET",
          path: tags,
          fault: {
            kind: "rewritten",
            rewrite: ({ headers, body }) => ({
              headers: { ...headers, "content-type": "application/octet-stream" },
              body,
            }),
          },
        },
      ],
    },
    {
      when: "the answer to the push of an immutable tag is lost",
      rules: [
        { method: "PUT", path: exact, times: 1, fault: { kind: "reset-after" } },
        { method: "PUT", path: exact, fault: status(412, json, immutable) },
      ],
    },
  ])("pass where $when", async ({ rules }) => {
    const project = projectOf({ "images/web/Dockerfile": scratch });
    for (const content of ["one", "two"]) {
      project.commit({ "images/web/file": content });
      proxy.inject(...rules);
      const ended = await run(project);
      expect(ended).toMatchObject({ code: 0, annotations: [] });
      const digests = await digestsOf(direct(project, "web"));
      expect([digests.main, digests.latest]).toEqual([ended.images.web?.digest, ended.images.web?.digest]);
    }
  });
});

test.each([
  ["an immutable tag", status(412, json, immutable), "as the tag is immutable there", "new tag"],
  [
    "a full quota",
    status(
      403,
      json,
      codes("DENIED", "adding 1 MiB of storage resource will exceed the configured upper limit of 1 MiB"),
    ),
    "quota exceeded or disk full",
    "raise the quota",
  ],
  [
    "a missing right",
    status(403, json, codes("DENIED", "requested access is denied")),
    "refused the push",
    "the right to push",
  ],
])("%s is what the error tells of", async (_, fault, message, hint) => {
  const project = projectOf({ "images/web/Dockerfile": scratch });
  proxy.inject({ method: "PUT", path: tags, fault });
  const ended = await run(project);
  expect(ended.code).toBe(1);
  const [error] = ended.annotations;
  expect(error?.message).toContain(message);
  expect(error?.message).toContain(hint);
  expect(await tagsOf(direct(project, "web"))).toEqual([]);
});

test("a redirect of a push to another host is not followed, and shows it nothing", async () => {
  const other = await startFaultProxy(rig.registry);
  try {
    const project = projectOf({ "images/web/Dockerfile": scratch });
    const to = (url: string) => `http://${other.host}${url}`;
    proxy.inject({ method: "PUT", path: tags, fault: { kind: "redirect", status: 307, to } });
    const ended = await run(project);
    expect(ended.code).toBe(1);
    expect(ended.annotations[0]?.message).toContain(`a redirect of a PUT to http://${other.host}`);
    expect(other.requests).toEqual([]);
  } finally {
    await other.close();
  }
});

test("a credential helper is asked again when its login has expired, and what it says is never shown", async () => {
  const { host, username, password } = rig.authRegistry;
  const folder = newFolder("docker");
  makeDockerConfig(folder);
  writeFileSync(join(folder, "config.json"), JSON.stringify({ credHelpers: { [host]: "brief" } }));
  const calls = join(folder, "calls");
  const program = join(folder, "docker-credential-brief");
  writeFileSync(
    program,
    [
      "#!/bin/sh",
      `echo >> ${calls}`,
      `[ "$(wc -l < ${calls})" -gt 1 ] && secret=${password} || secret=expired-secret`,
      `echo "{\\"ServerURL\\":\\"${host}\\",\\"Username\\":\\"${username}\\",\\"Secret\\":\\"$secret\\"}"`,
      "",
    ].join("\n"),
  );
  chmodSync(program, 0o755);
  const project = makeProject({ "images/web/Dockerfile": scratch });
  const ended = await runAction(project, {
    ...firstPush,
    inputs: { images: `${host}/{{owner}}/{{repo}}/{{name}}` },
    env: { DOCKER_CONFIG: folder, PATH: `${folder}:${rig.env.PATH}` },
  });
  expect(ended).toMatchObject({ code: 0, annotations: [] });
  expect(readFileSync(calls, "utf8").length).toBeGreaterThan(1);
  expect(ended.log).not.toContain("expired-secret");
  expect(ended.log).not.toContain(password);
  expect(await tagsOf(`${host}/${project.slug}/web`)).toContain("main");
});
