/** Which registry is shown which login: the workflow's own go to the hosts that it names, and to no other. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { makeDockerConfig } from "../../rig/index.ts";
import { firstPush, pullRequest } from "./events.ts";
import { type Answer, curious, type LoginRecorder, recordLogins } from "./login-recorder.ts";
import { makeProject } from "./project.ts";
import { isUntouched } from "./registry.ts";
import { newFolder, rig } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(240_000);

const { username, password } = rig.authRegistry;
const login = `${username}:${password}`;
const given = { "registry-username": username, "registry-password": password, token: "the-jobs-token" };
const scratch = "FROM scratch\nCOPY * /\n";

/** The registry with a password, which records who comes. */
const guarded = (answer: Answer = () => false): Promise<LoginRecorder> => recordLogins(answer, rig.authRegistry.host);

test("hosts that only the config names see no login, and all of them are named with the line to add", async () => {
  const [one, two] = await Promise.all([curious(), curious()]);
  const config = `images:\n  web:\n    images: ${one.host}/o/web\n  api:\n    images:\n      - ${two.host}/o/api\n`;
  const project = makeProject({
    "images/web/Dockerfile": scratch,
    "images/api/Dockerfile": scratch,
    ".github/image-publish.yml": config,
  });
  const run = await runAction(project, { ...firstPush, inputs: given });
  expect(run.code).toBe(1);
  const errors = run.annotations.filter(({ level }) => level === "error");
  expect(errors).toHaveLength(2);
  for (const [{ host }, line] of [[one, 3] as const, [two, 6] as const]) {
    const about = errors.find(({ message }) => message.includes(`registries: ${host}`));
    expect(about).toMatchObject({ file: ".github/image-publish.yml", line });
    expect(about?.message).toContain(`${host} requires authentication`);
  }
  expect([one.logins(), two.logins()]).toEqual([[], []]);
  expect(run.log).not.toContain("#1 ");
  expect(await isUntouched(project)).toBe(true);
});

test("one that reads for everybody and takes pushes from those it knows ends the run before the first build", async () => {
  const reading = await recordLogins((request, response) => {
    if (request.method === "GET" || request.method === "HEAD") return false;
    response.writeHead(403, { "content-type": "application/json" }).end('{"errors":[{"code":"DENIED"}]}');
    return true;
  }, rig.registry);
  const project = makeProject({
    "images/web/Dockerfile": scratch,
    ".github/image-publish.yml": `defaults:\n  images:\n    - {own}/web\n    - ${reading.host}/o/web\n`,
  });
  const run = await runAction(project, { ...firstPush, inputs: given });
  expect(run.annotations).toMatchObject([
    {
      level: "error",
      file: ".github/image-publish.yml",
      line: 4,
      message: expect.stringContaining(`registries: ${reading.host}`),
    },
  ]);
  expect(reading.logins()).toEqual([]);
  expect(await isUntouched(project)).toBe(true);
});

test("one that takes pushes without a login works as before", async () => {
  const everybody = await recordLogins(() => false, rig.registry);
  const project = makeProject({
    "images/web/Dockerfile": scratch,
    ".github/image-publish.yml": `defaults:\n  images: ${everybody.host}/{{owner}}/{{repo}}/web\n`,
  });
  const run = await runAction(project, { ...firstPush, inputs: given });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  expect(everybody.requests()).toBeGreaterThan(0);
  expect(everybody.logins()).toEqual([]);
});

test("`registries` shows the login to a host of the config, and hosts of build files and caches see none", async () => {
  const registry = await guarded();
  const others = { from: await curious(), copy: await curious(), context: await curious(), cache: await curious() };
  const config = [
    "defaults:",
    `  images: ${registry.host}/{{owner}}/{{repo}}/{{name}}`,
    "images:",
    "  context:",
    `    build-contexts: {base: "docker-image://${others.context.host}/o/base:1"}`,
    "  cache:",
    `    cache-from: "type=registry,ref=${others.cache.host}/o/cache"`,
    `    cache-to: "type=registry,ref=${others.cache.host}/o/cache"`,
    "",
  ];
  const project = makeProject({
    "images/from/Dockerfile": `FROM ${others.from.host}/o/base:1\nCOPY * /\n`,
    "images/copy/Dockerfile": `FROM scratch\nCOPY --from=${others.copy.host}/o/base:1 / /\n`,
    "images/context/Dockerfile": "FROM base\n",
    "images/cache/Dockerfile": scratch,
    "images/good/Dockerfile": scratch,
    ".github/image-publish.yml": config.join("\n"),
  });
  const run = await runAction(project, { ...firstPush, inputs: { ...given, registries: `# ours\n${registry.host}` } });
  expect(run.images.good?.tags).toContain(`${registry.host}/${project.slug}/good:main`);
  expect(registry.logins()).toEqual([login]);
  for (const [door, other] of Object.entries(others)) {
    expect([door, other.requests() > 0, other.logins()]).toEqual([door, true, []]);
  }
});

test("a host that an expression makes is nobody's: its name comes from the repository", async () => {
  const other = await curious();
  const project = makeProject({ [`images/${other.host}/Dockerfile`]: scratch });
  const run = await runAction(project, { ...firstPush, inputs: { ...given, images: "{{name}}/o/web" } });
  expect(run.code).toBe(1);
  expect(other.logins()).toEqual([]);
});

test.each<{ readonly door: string; readonly answer: (other: string) => Answer }>([
  {
    door: "a redirect of a read",
    answer: (other) => (request, response) => {
      if (request.headers.authorization === undefined || !request.url?.includes("/manifests/")) return false;
      response.writeHead(307, { location: `http://${other}${request.url}` }).end();
      return true;
    },
  },
  {
    door: "the place of an upload",
    answer: (other) => (request, response) => {
      if (request.headers.authorization === undefined || request.method !== "POST") return false;
      response.writeHead(202, { location: `http://${other}/v2/o/blobs/uploads/1` }).end();
      return true;
    },
  },
  {
    door: "the next page of a list of tags",
    answer: (other) => (request, response) => {
      if (request.headers.authorization === undefined || !request.url?.includes("/tags/list")) return false;
      response.writeHead(200, {
        link: `<http://${other}/v2/o/tags/list>; rel="next"`,
        "content-type": "application/json",
      });
      response.end('{"tags":["1.0.0"]}');
      return true;
    },
  },
  {
    door: "a token server in the clear",
    answer: (other) => (_, response) => {
      response.writeHead(401, { "www-authenticate": `Bearer realm="http://${other}/token",service="s"` }).end();
      return true;
    },
  },
])("$door leads no login to another host", async ({ answer }) => {
  const other = await curious();
  const registry = await guarded(answer(other.host));
  const project = makeProject({ "images/web/Dockerfile": scratch });
  await runAction(project, { ...firstPush, inputs: { ...given, images: `${registry.host}/{{owner}}/{{name}}` } });
  expect(registry.requests()).toBeGreaterThan(0);
  expect(other.logins()).toEqual([]);
});

test("a pull request of the repository reads private bases with docker's own logins and with the workflow's", async () => {
  const [named, own] = await Promise.all([guarded(), guarded()]);
  const project = makeProject({ "images/base/Dockerfile": scratch });
  const inputs = { ...given, images: `${named.host}/{{owner}}/{{repo}}/{{name}}` };
  expect(await runAction(project, { ...firstPush, inputs })).toMatchObject({ code: 0 });
  const base = `${project.slug}/base:main`;
  project.git("checkout", "--quiet", "-b", "change");
  project.commit({
    "images/web/Dockerfile": `FROM ${named.host}/${base} AS one\nFROM ${own.host}/${base}\nCOPY --from=one / /one/\n`,
  });
  project.git("checkout", "--quiet", "main");
  const folder = newFolder("docker");
  makeDockerConfig(folder);
  const auths = { [own.host]: { auth: Buffer.from(login).toString("base64") } };
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths }));
  const env = { DOCKER_CONFIG: folder };
  const run = await runAction(project, { ...pullRequest(project, "change"), inputs, env });
  expect(run.images.web).toMatchObject({ action: "build" });
  expect(run).toMatchObject({
    code: 0, // Its base is named like the repository's own, on another registry.
    annotations: [{ level: "warning", message: expect.stringContaining("so the build uses another one") }],
  });
  expect(own.logins()).toContain(login);
});
