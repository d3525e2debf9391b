/**
 * Files of the runner outside of the checkout, named through every door that a fork's files have: no byte of them comes into
 * an image, the log, the plan or the summary.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { firstPush, pullRequest } from "./events.ts";
import { git, makeProject, type Project } from "./project.ts";
import { isUntouched } from "./registry.ts";
import { newFolder } from "./rig.ts";
import { type Ended, type Happening, runAction } from "./run-action.ts";

jest.setTimeout(180_000);

const secret = "bait-5f1c9e";
let runner: string;

beforeAll(() => {
  runner = newFolder("runner");
  writeFileSync(join(runner, "bait"), `${secret} = {{{\n`);
  writeFileSync(join(runner, "env"), `BAIT=${secret}\n`);
  writeFileSync(join(runner, "Dockerfile"), `FROM scratch\nLABEL bait=${secret}\n`);
  writeFileSync(join(runner, "inc.yml"), `services: {inc: {build: {context: ., args: {BAIT: ${secret}}}}}\n`);
  writeFileSync(join(runner, "bait.nix"), `"${secret}"\n`);
});

const copying = "FROM scratch\nCOPY . /\n";

/** A text that begins with `->` is a symlink; `RUNNER` is the folder with the bait files. */
type Files = Readonly<Record<string, string>>;

function projectWith(files: Files): Project {
  const project = makeProject({ "images/web/Dockerfile": copying });
  project.git("checkout", "--quiet", "-b", "theirs");
  for (const [path, text] of Object.entries(files)) {
    const [place, content] = [join(project.folder, path), text.replaceAll("RUNNER", runner)];
    mkdirSync(dirname(place), { recursive: true });
    if (existsSync(place)) project.git("rm", "-r", "--quiet", path);
    mkdirSync(dirname(place), { recursive: true });
    if (content.startsWith("->")) symlinkSync(content.slice(2), place);
    else writeFileSync(place, content);
  }
  project.commit({});
  project.git("checkout", "--quiet", "main");
  return project;
}

async function runFork(
  files: Files,
  happening: Partial<Happening> = {},
): Promise<Ended & { readonly project: Project }> {
  const project = projectWith(files);
  const run = await runAction(project, { ...pullRequest(project, "theirs", { from: "mallory/images" }), ...happening });
  return { ...run, project };
}

function expectNoBait(run: Ended): void {
  const plan = run.outputs.plan === undefined ? "" : readFileSync(run.outputs.plan, "utf8");
  for (const text of [run.log, run.summary, plan, JSON.stringify(run.outputs)]) expect(text).not.toContain(secret);
  expect(run.log).not.toContain("defect of image-publish");
}

const config = (text: string): Files => ({ ".github/image-publish.yml": `images: {web: ${text}}\n` });
const compose = (text: string): Files => ({
  "app/compose.yaml": text,
  "app/Dockerfile": copying,
});

/** Beside an image with a Dockerfile, compose files count where their services are asked for. */
const asked = { path: "app", "bake-target": "app" };

describe("a fork's pull request reads nothing outside of its checkout", () => {
  test.each<readonly [string, Files, Happening["inputs"]?]>([
    ["a Dockerfile", { "images/web/Dockerfile": "->RUNNER/Dockerfile" }],
    ["a Dockerfile that is none", { "images/web/Dockerfile": "->RUNNER/bait" }],
    ["an ignore file", { "images/web/.dockerignore": "->RUNNER/bait" }],
    ["an ignore file of a Dockerfile", { "images/web/Dockerfile.dockerignore": "->RUNNER/bait" }],
    ["the config file", { ".github/image-publish.yml": "->RUNNER/bait" }],
    ["the folder of the config file", { ".github": "->RUNNER", ".gitea/image-publish.yml": "->RUNNER/bait" }],
    ["a context", { ctx: "->RUNNER", ...config("{context: ctx, file: images/web/Dockerfile}") }],
    ["a context below a link", { out: "->RUNNER/..", ...config("{context: out/images, file: images/web/Dockerfile}") }],
    ["a named context", { ctx: "->RUNNER", ...config("{build-contexts: {other: ctx}}") }],
    ["a named context by its path", config("{build-contexts: {other: RUNNER}}")],
    ["a named context by climbing", config("{build-contexts: {other: ../../..}}")],
    ["a layout", config("{build-contexts: {other: 'oci-layout://RUNNER'}}")],
    ["git's folder as a context", config("{build-contexts: {other: .git}}")],
    ["git's config as a Dockerfile", config("{file: .git/config}")],
    ["a bake file", { "images/docker-bake.hcl": "->RUNNER/bait" }],
    [
      "an override of a bake file",
      { "images/docker-bake.hcl": "", "images/docker-bake.override.json": "->RUNNER/bait" },
    ],
    [
      ".env",
      { ...compose("services: {app: {build: {context: ., args: {X: $BAIT}}}}\n"), "app/.env": "->RUNNER/env" },
      asked,
    ],
    ["env_file", compose("services: {app: {env_file: RUNNER/env, build: {context: ., args: [BAIT]}}}\n"), asked],
    ["include", compose("include: [RUNNER/inc.yml]\nservices:\n  app:\n    build: .\n"), asked],
    ["extends", compose("services:\n  app:\n    build: .\n    extends: {file: RUNNER/inc.yml, service: inc}\n"), asked],
    ["a version", { "images/web/VERSION": "->RUNNER/bait" }, { tags: "type=version,from=file:VERSION" }],
    ["a Nix file", { "images/nix/default.nix": "->RUNNER/bait.nix" }],
    ["what a Nix file reads", { "images/nix/default.nix": "builtins.throw (builtins.readFile RUNNER/env)" }],
    [
      "a link that a Nix file reads",
      { "images/nix/default.nix": "builtins.throw (builtins.readFile ./l)", "images/nix/l": "->RUNNER/env" },
    ],
    [
      "what a Nix file fetches",
      { "images/nix/default.nix": 'builtins.throw (builtins.readFile (builtins.fetchurl "file://RUNNER/env"))' },
    ],
  ])("%s", async (_, files, inputs = {}) => {
    const run = await runFork({ "images/web/content": "x\n", ...files }, { inputs });
    expectNoBait(run);
    expect(run.code).toBe(1);
    expect(run.annotations.filter(({ level }) => level === "error").length).toBeGreaterThan(0);
    for (const { message } of run.annotations) expect(message).toMatch(/\n→ \S/);
    expect(await isUntouched(run.project)).toBe(true);
  });

  test("a cache, which its config has no say in", async () => {
    const run = await runFork({ "images/web/content": "x\n", ...config("{cache-from: 'type=local,src=RUNNER'}") });
    expect(run.code).toBe(0);
    expectNoBait(run);
    expect(readFileSync(run.outputs.plan ?? "", "utf8")).not.toContain(runner);
  });

  test("ignore files and statements of a scan", async () => {
    const files = { "images/web/content": "x\n", vex: "->RUNNER/bait", ...config("{vex: [vex], trivyignores: [vex]}") };
    const run = await runFork(files, { inputs: { scan: "true" } });
    expectNoBait(run);
    expect(run.log).toMatch(/vex, leads to \S+bait, which is outside of the checkout/);
  });

  test("what a builder of Nix would read of the runner", async () => {
    const script = "cat RUNNER/env > $out || true; cat $out >&2; exit 1";
    const nix = `derivation { name = "x"; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/usr/bin:/bin"; args = [ "-c" "${script}" ]; }`;
    const run = await runFork({ "images/nix/default.nix": nix });
    expectNoBait(run);
    expect(run.code).toBe(1);
  });

  test("the error names the path, where it leads, why it is refused, and what helps", async () => {
    const run = await runFork({ "images/web/Dockerfile": "->RUNNER/Dockerfile" });
    const [error] = run.annotations;
    expect(error?.message).toContain(
      `images/web/Dockerfile, leads to ${runner}/Dockerfile, which is outside of the checkout`,
    );
    expect(error?.message).toMatch(/which comes from a fork\n→ move it into the checkout/);
    expect(error).toMatchObject({ file: "images/web/Dockerfile" });
  });

  test("a bare repository in a context is nothing that git obeys", async () => {
    const bare = {
      "images/web/HEAD": "ref: refs/heads/main\n",
      "images/web/objects/x": "",
      "images/web/refs/x": "",
      "images/web/config":
        '[core]\n\trepositoryformatversion = 0\n\tbare = true\n[include]\n\tpath = RUNNER/bait\n[remote "origin"]\n\turl = https://planted.example/\n',
    };
    const run = await runFork({ "images/web/content": "x\n", ...bare });
    expectNoBait(run);
    expect(run.code).toBe(0);
  });
});

test("a link in a context is sent as a link", async () => {
  const dockerfile = "FROM busybox:1.37\nCOPY . /x/\nRUN test -L /x/link && test ! -e /x/link\n";
  const run = await runFork({ "images/web/Dockerfile": dockerfile, "images/web/link": "->RUNNER/bait" });
  expect(run).toMatchObject({ code: 0, images: { web: { action: "build" } } });
  expectNoBait(run);
});

describe("a credential in .git/config", () => {
  const checking = (found: string) =>
    `FROM busybox:1.37\nCOPY . /src\nRUN test -s /src/.git/HEAD && test -s /src/.git/config && test -d /src/.git/objects && ${found} grep -rq '${secret.slice(0, -1)}[${secret.slice(-1)}]' /src\n`;

  async function checkedOut(project: Project, ref: string, credential: boolean): Promise<string> {
    const workspace = await project.checkOut({ ref, depth: 0 });
    const header = `AUTHORIZATION: basic ${secret}`;
    if (credential) git(workspace, "config", "http.https://github.com/.extraheader", header);
    if (credential) git(workspace, "config", "remote.upstream.url", `https://x:${secret}@example.com/r`);
    return workspace;
  }

  test("enters no build of a fork, while the rest of .git does", async () => {
    const project = projectWith({ Dockerfile: checking("!") });
    const happening = pullRequest(project, "theirs", { from: "mallory/images" });
    const workspace = await checkedOut(project, happening.ref ?? "", true);
    const run = await runAction(project, { ...happening, workspace });
    expect(run).toMatchObject({ code: 0 });
    expectNoBait(run);
    expect(run.images.images).toMatchObject({ action: "build" });
    // The checkout itself stays as it was, and nothing of the copy is left.
    expect(readFileSync(join(workspace, ".git/config"), "utf8")).toContain(secret);
    const [own = ""] = readdirSync(run.temp).filter((name) => /^image-publish-[0-9a-f]{8}$/.test(name));
    expect(existsSync(join(run.temp, own, "checkout"))).toBe(false);
  });

  test("of another checkout enters none either, though an input names its folder", async () => {
    const project = projectWith({ "images/web/content": "x\n" });
    const happening = pullRequest(project, "theirs", { from: "mallory/images" });
    const other = await checkedOut(project, "refs/heads/main", true);
    const inputs = { context: "images/web", "build-contexts": `other=${other}` };
    const run = await runAction(project, { ...happening, inputs });
    expect(run.code).toBe(1);
    expectNoBait(run);
    expect(run.annotations[0]?.message).toContain("holds a credential that no build of an untrusted checkout gets");
  });

  test("enters a build of a trusted checkout with a warning", async () => {
    const project = makeProject({ Dockerfile: checking("") });
    const run = await runAction(project, {
      ...firstPush,
      workspace: await checkedOut(project, "refs/heads/main", true),
    });
    expect(run.code).toBe(0);
    expect(run.annotations).toHaveLength(1);
    expect(run.annotations[0]?.message).toMatch(
      /includes \.git with a credential: \.git\/config\n→ .*persist-credentials: false/,
    );
    expect(run.log).not.toContain(secret);
  });

  test.each([
    ["there is none", {}, false],
    [".git is ignored", { ".dockerignore": ".git\n" }, true],
    ["the context is another folder", { Dockerfile: undefined, "images/a/Dockerfile": copying }, true],
  ])("no warning where %s", async (_, files, credential) => {
    const project = makeProject({ Dockerfile: copying });
    project.commit(files);
    const workspace = await checkedOut(project, "refs/heads/main", credential);
    expect(await runAction(project, { ...firstPush, workspace })).toMatchObject({ code: 0, annotations: [] });
  });
});

describe("the run's own folder", () => {
  test("is elsewhere where RUNNER_TEMP is in the workspace", async () => {
    const checking = "FROM busybox:1.37\nCOPY . /src\nRUN test -z \"$(find /src -name 'image-publish-*')\"\n";
    const project = makeProject({ Dockerfile: checking });
    const workspace = await project.checkOut();
    const temp = join(workspace, "_temp");
    mkdirSync(temp);
    const run = await runAction(project, { ...firstPush, workspace, env: { RUNNER_TEMP: temp } });
    expect(run.code).toBe(0);
    expect(run.log).toContain("RUNNER_TEMP is in the workspace");
  });

  test.each(["..", "/"])("is in no context, as %s would have it", async (up) => {
    const project = makeProject({ "images/web/Dockerfile": copying });
    const workspace = await project.checkOut();
    const temp = join(dirname(workspace), "_temp");
    mkdirSync(temp);
    const inputs = { context: "images/web", "build-contexts": `up=${up}` };
    const run = await runAction(project, { ...firstPush, workspace, inputs, env: { RUNNER_TEMP: temp } });
    expect(run.code).toBe(1);
    expect(run.annotations[0]?.message).toContain("includes the folder of this run, which holds logins");
    expect(await isUntouched(project)).toBe(true);
  });
});

test("an input of the workflow names paths outside, also in full", async () => {
  const shared = newFolder("shared");
  writeFileSync(join(shared, "file"), "shared\n");
  writeFileSync(join(shared, "npmrc"), "token-of-npm\n");
  writeFileSync(join(shared, "config.yml"), "images: {web: {labels: {of: the-shared-config}}}\n");
  const project = makeProject({
    "images/web/Dockerfile":
      "FROM busybox:1.37\nCOPY --from=shared file /\nRUN --mount=type=secret,id=npm grep -q token /run/secrets/npm\n",
  });
  const workspace = await project.checkOut();
  const inputs = {
    context: join(workspace, "images/web"),
    file: join(workspace, "images/web/Dockerfile"),
    config: join(shared, "config.yml"),
    "build-contexts": `shared=${shared}`,
    "secret-files": `npm=${join(shared, "npmrc")}`,
    "cache-from": `type=local,src=${join(shared, "cache")}`,
  };
  const run = await runAction(project, { ...firstPush, workspace, inputs });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  expect(readFileSync(run.outputs.plan ?? "", "utf8")).toContain("the-shared-config");
});
