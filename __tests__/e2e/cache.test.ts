/** The runner's cache service: what it saves, and that its failures cost no build. */
import { expect, jest, test } from "@jest/globals";
import { cacheToken } from "../../rig/index.ts";
import { withBuilder } from "./docker.ts";
import { firstPush, noCommit, pushed } from "./events.ts";
import { withServer } from "./http-server.ts";
import { stepsIn } from "./log.ts";
import { type Changes, makeProject } from "./project.ts";
import { tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(180_000);

/** Names of its own, as the cache is shared: `scope` is the first part of each image's name. */
const family = (scope: string): Changes => ({
  [`images/${scope}-base/Dockerfile`]: "FROM busybox:1.37\nRUN echo one >/one\n",
  [`images/${scope}-web/Dockerfile`]: `FROM {own}/${scope}-base\nRUN echo two >/two\nCOPY Dockerfile /\n`,
});

/** Only GitHub has such a service, so the images' registry is not the forge's own here. */
const images = `${rig.registry}/{{owner}}/{{repo}}/{{name}}`;

/** What a JavaScript action gets of the cache service; refs as the runner's token would name them. */
const service = (...refs: readonly string[]): Record<string, string> => ({
  GITHUB_SERVER_URL: "https://github.com",
  ACTIONS_RESULTS_URL: rig.cache.resultsUrl,
  ACTIONS_CACHE_SERVICE_V2: "true",
  ACTIONS_RUNTIME_TOKEN: cacheToken([...refs]),
});

test("a second run on a new builder executes no step; nor does a new branch's, which reads main's", async () => {
  const scope = `cached-${process.pid}-${Date.now().toString(36)}`;
  const project = makeProject(family(scope));
  const [base, web] = [`${scope}-base`, `${scope}-web`];
  const env = service("refs/heads/main");

  const first = await withBuilder((builder) => runAction(project, { ...firstPush, env, inputs: { builder, images } }));
  const second = await withBuilder((builder) =>
    runAction(project, { event: "workflow_dispatch", env, inputs: { builder, images, converge: "false" } }),
  );
  project.git("branch", "next");
  const third = await withBuilder((builder) =>
    runAction(project, {
      ...pushed(noCommit, "next"),
      env: service("refs/heads/next", "refs/heads/main"),
      inputs: { builder, images, converge: "false" },
    }),
  );

  expect([first, second, third].map(({ code, annotations }) => ({ code, annotations }))).toEqual(
    Array.from({ length: 3 }, () => ({ code: 0, annotations: [] })),
  );
  expect(stepsIn(first.log)).toEqual({ [base]: { ran: 1, cached: 0 }, [web]: { ran: 2, cached: 0 } });
  for (const run of [second, third]) {
    expect(stepsIn(run.log)).toEqual({ [base]: { ran: 0, cached: 1 }, [web]: { ran: 0, cached: 2 } });
  }
  expect(second.images[web]?.digest).toBeDefined();
});

test.each([
  ["answers 429", 429],
  ["is unwell", 503],
  ["refuses the token", 401],
])("a cache service that %s: a warning, and the build is good", async (_, status) => {
  await withServer(
    (_request, response) => response.writeHead(status, { "retry-after": "600" }).end(),
    async (host) => {
      const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" });
      const env = { ...service("refs/heads/main"), ACTIONS_RESULTS_URL: `http://${host}/` };
      const run = await runAction(project, { ...firstPush, env, inputs: { images } });
      expect(run.code).toBe(0);
      expect(run.annotations).toEqual([
        expect.objectContaining({ level: "warning", message: expect.stringMatching(`cache service.*${status}.*\n→ `) }),
      ]);
      expect(await tagsOf(`${project.own}/web`)).toContain("latest");
    },
  );
});

test("a cache service that doesn't answer: a warning, and the build is good", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" });
  const env = { ...service("refs/heads/main"), ACTIONS_RESULTS_URL: "http://127.0.0.1:9/" };
  const run = await runAction(project, { ...firstPush, env, inputs: { images } });
  expect(run.code).toBe(0);
  expect(run.annotations).toEqual([
    expect.objectContaining({
      level: "warning",
      message: expect.stringMatching(/cache service.*doesn't answer.*\n→ /),
    }),
  ]);
  expect(run.summary).toContain("cache service");
});

test("a cache service that breaks off in the middle costs its entries and not the build", async () => {
  let calls = 0;
  await withServer(
    (_request, response) => {
      calls += 1;
      // The question whether it is there is answered well, what comes after not any more.
      if (calls === 1) response.end('{"ok":false}');
      else response.writeHead(500).end("{}");
    },
    async (host) => {
      const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" });
      const env = { ...service("refs/heads/main"), ACTIONS_RESULTS_URL: `http://${host}/` };
      const run = await runAction(project, { ...firstPush, env, inputs: { images } });
      expect(run.code).toBe(0);
      expect(calls).toBeGreaterThan(1);
      expect(await tagsOf(`${project.own}/web`)).toContain("latest");
    },
  );
});

test("the registry can hold the cache instead", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM busybox:1.37\nRUN echo one >/one\n" });
  const run = (happening: Parameters<typeof runAction>[1]) =>
    withBuilder((builder) =>
      runAction(project, { ...happening, inputs: { builder, cache: "registry", converge: "false" } }),
    );
  const first = await run(firstPush);
  const second = await run({ event: "workflow_dispatch" });
  expect([first.code, second.code]).toEqual([0, 0]);
  expect(stepsIn(second.log)).toEqual({ web: { ran: 0, cached: 1 } });
});
