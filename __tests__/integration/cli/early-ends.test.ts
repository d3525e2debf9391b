/** Runs that end before anything is built: the job's summary has what the log says. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { annotationsIn } from "../../e2e/log.ts";
import { textOf } from "../../markdown-text.ts";

const program = resolve(import.meta.dirname, "../../../src/index.ts");
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A repository with these files, one commit, and a remote that nobody asks. */
function checkout(files: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  for (const args of [
    ["init", "-qb", "main"],
    ["remote", "add", "origin", "https://github.com/o/r"],
    ["add", "-A"],
    ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "x", "--allow-empty"],
  ])
    spawnSync("git", args, { cwd: folder });
  return folder;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "image-publish-early-"));
  folders.push(folder);
  return folder;
}

/** Starts the action as a runner does. */
function start(workspace: string, inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>) {
  const temp = newFolder();
  const file = (name: string, content = ""): string => {
    writeFileSync(join(temp, name), content);
    return join(temp, name);
  };
  const summary = file("summary");
  const child = spawn(process.execPath, [program], {
    cwd: workspace,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: temp,
      DOCKER_CONFIG: temp,
      DOCKER_HOST: "unix:///there-is-no-engine",
      RUNNER_TEMP: temp,
      GITHUB_ACTIONS: "true",
      GITHUB_SERVER_URL: "http://127.0.0.1:9",
      GITHUB_API_URL: "http://127.0.0.1:9",
      GITHUB_REPOSITORY: "o/r",
      GITHUB_EVENT_NAME: "push",
      GITHUB_EVENT_PATH: file("event.json", JSON.stringify({ repository: { default_branch: "main" } })),
      GITHUB_REF: "refs/heads/main",
      GITHUB_SHA: spawnSync("git", ["rev-parse", "HEAD"], { cwd: workspace, encoding: "utf8" }).stdout.trim(),
      GITHUB_WORKSPACE: workspace,
      GITHUB_OUTPUT: file("output"),
      GITHUB_STEP_SUMMARY: summary,
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...env,
    },
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (log += text));
  const ended = once(child, "close").then(([code]) => ({
    code,
    errors: annotationsIn(log).filter(({ level }) => level === "error"),
    summary: readFileSync(summary, "utf8"),
  }));
  return { child, ended };
}

const one = { "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" };

interface Early {
  readonly when: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly heading: RegExp;
}

test.each<Early>([
  { when: "an input has a wrong value", inputs: { push: "maybe" }, heading: /^## ❌ .*; nothing was published$/ },
  {
    when: "several inputs have wrong values",
    inputs: { push: "maybe", platforms: "linux/amd64,linux" },
    heading: /^## ❌ The run failed: 2 .*; nothing was published$/,
  },
  {
    when: "the payload can't be read",
    env: { GITHUB_EVENT_PATH: program },
    heading: /^## ❌ .*; nothing was published$/,
  },
  {
    when: "the config file has a mistake, at its place",
    files: { ".github/image-publish.yml": "defaults:\n  platfroms: linux/amd64\n" },
    heading: /^## ❌ .*; nothing was published$/,
  },
  {
    when: "a Dockerfile can't be read, at its line",
    files: { "images/web/Dockerfile": "FROM scratch\nCOPPY a /\n", "images/api/Dockerfile": "" },
    heading: /^## ❌ .*; nothing was published$/,
  },
  { when: "`only` names no image", inputs: { only: "nothing*" }, heading: /^## ❌ .*; nothing was published$/ },
  { when: "a command isn't there yet", inputs: { command: "list" }, heading: /^## ❌ .*; nothing was published$/ },
  {
    when: "a registry doesn't answer",
    inputs: { images: "127.0.0.1:9/{{name}}" },
    heading: /^## ❌ .*; nothing was published$/,
  },
  { when: "there is no engine", inputs: { push: "false" }, heading: /^## ❌ .*; nothing was published$/ },
])(
  "$when",
  async ({ files = {}, inputs = {}, env = {}, heading }) => {
    const { code, errors, summary } = await start(checkout({ ...one, ...files }), { scan: "false", ...inputs }, env)
      .ended;
    expect(code).toBe(1);
    expect(errors.length).toBeGreaterThan(0);
    expect(summary.split("\n")[0]).toMatch(heading);
    expect(summary.match(/\*\*How to fix:\*\*/g)).toHaveLength(errors.length);
    for (const { message, file } of errors) {
      const [sentence = "", ...others] = message.split("\n");
      const hint = others.at(-1)?.replace(/^→ /, "") ?? "";
      expect(textOf(summary)).toContain(textOf(sentence));
      expect(textOf(summary)).toContain(textOf(hint));
      if (file !== undefined) expect(summary).toContain(`\`${file}`);
    }
  },
  60_000,
);

test("what the log hides is hidden in the summary", async () => {
  const secret = "hunter2-hunter2";
  const inputs = { "build-args": "NAME", "registry-password": secret, tags: `type=${secret}` };
  const { summary } = await start(checkout(one), inputs, {}).ended;
  expect(summary).toContain("***");
  expect(summary).not.toContain(secret);
}, 60_000);
