/** Starts the action on a repository of its own, as a runner does, without registry and engine. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll } from "@jest/globals";
import { annotationsIn } from "../../e2e/log.ts";

export const program = resolve(import.meta.dirname, "../../../src/index.ts");
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A repository with these files, one commit, and a remote that nobody asks. */
export function checkout(files: Readonly<Record<string, string>>): string {
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

/** Starts it. */
export function start(
  workspace: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
) {
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
    log,
    annotations: annotationsIn(log),
    errors: annotationsIn(log).filter(({ level }) => level === "error"),
    summary: readFileSync(summary, "utf8"),
  }));
  return { child, ended };
}
