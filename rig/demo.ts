/**
 * Plays the life of examples/monorepo: a real workflow, run by act, with the bundle in dist/, against the rig's registry.
 * What it prints under each event is what the action says itself.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { path } from "./folder.ts";
import { type Rig, up } from "./index.ts";
import { runWorkflow, type WorkflowResult } from "./workflow.ts";

const root = resolve(import.meta.dirname, "..");

interface Chapter {
  readonly title: string;
  /** Changes the repository; returns what GitHub would say of it. */
  readonly happen: (life: Life) => Event;
}

interface Event {
  readonly event: string;
  readonly ref: string;
  readonly payload?: Record<string, unknown>;
}

/** A repository on this machine, and what its remote knows of main. */
interface Life {
  readonly folder: string;
  readonly name: string;
  pushed: string;
}

const chapters: readonly Chapter[] = [
  { title: "The first push: everything is built and published", happen: (life) => push(life) },
  {
    title: "A push that changes one leaf: only that is built",
    happen: (life) => {
      append(life, "images/manager/Dockerfile", "LABEL demo.changed=manager\n");
      return push(life);
    },
  },
  {
    title: "A push that changes the base: base, and everything on it",
    happen: (life) => {
      append(life, "images/base/healthcheck", "# changed\n");
      return push(life);
    },
  },
  {
    title: "A push that changes no image: nothing",
    happen: (life) => {
      append(life, "README.md", "\nOne more line.\n");
      return push(life);
    },
  },
  {
    title: "The tag v1.2.3: a release",
    happen: (life) => {
      git(life, "tag", "v1.2.3");
      return { event: "push", ref: "refs/tags/v1.2.3", payload: { before: "0".repeat(40), created: true } };
    },
  },
  {
    title: "The weekly rebuild: everything, with fresh bases and without cache, moving tags only",
    happen: () => ({ event: "schedule", ref: "refs/heads/main", payload: { schedule: "0 23 * * 0" } }),
  },
];

async function main(): Promise<void> {
  const started = performance.now();
  const rig = await up({ say: (line) => console.log(dim(line)) });
  const life = makeRepository(rig);
  const failed: string[] = [];
  try {
    for (const [index, chapter] of chapters.entries()) {
      console.log(`\n${bold(`(${"abcdef"[index]}) ${chapter.title}`)}`);
      const result = await play(chapter, life, rig);
      if (result.code !== 0) failed.push(chapter.title);
    }
  } finally {
    rmSync(life.folder, { recursive: true, force: true });
  }
  console.log(`\n${bold("To pull and look")}`);
  console.log(
    looks(rig, life)
      .map((line) => `  ${line}`)
      .join("\n"),
  );
  console.log(
    `\n${failed.length === 0 ? "Done" : `${failed.length} of ${chapters.length} failed`} after ${seconds(started)}.`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}

async function play(chapter: Chapter, life: Life, rig: Rig): Promise<WorkflowResult> {
  const { event, ref, payload = {} } = chapter.happen(life);
  const started = performance.now();
  const result = await runWorkflow({
    repository: life.folder,
    event,
    ref,
    payload: {
      ...payload,
      repository: {
        full_name: life.name,
        name: "monorepo",
        default_branch: "main",
        private: false,
        owner: { login: "acme" },
      },
    },
    // The registry is the forge's own here, as ghcr.io is GitHub's.
    env: { GITHUB_SERVER_URL: `http://${rig.registry}`, BUILDX_BUILDER: rig.builder },
    fetchDepth: 1,
    actionDirectory: root,
    onLine: progress,
  });
  const said = result.log.split("\n").flatMap((line) => /^\[[^\]]*\] \| ((?:✅|➖|❌|⛔) .*)$/u.exec(line)?.[1] ?? []);
  for (const line of said) console.log(`  ${line}`);
  if (result.code !== 0) console.log(result.log);
  console.log(dim(`  the workflow took ${seconds(started)}`));
  return result;
}

/** One line at a time of what a run is doing, on a terminal overwritten by the next. */
function progress(line: string): void {
  const said = /^\[[^\]]*\] \| (.*)$/u.exec(line)?.[1]?.trim() ?? "";
  if (said === "" || !process.stdout.isTTY) return;
  process.stdout.write(`\r\u{1b}[K${dim(said.slice(0, (process.stdout.columns ?? 80) - 2))}\r`);
}

function makeRepository(rig: Rig): Life {
  const folder = mkdtempSync(path("demo", "monorepo-"));
  const name = `demo-${randomBytes(3).toString("hex")}/monorepo`;
  cpSync(join(root, "examples/monorepo"), folder, { recursive: true });
  // The example names its images by the registry and the owner that it would have on GitHub.
  for (const file of files(folder)) {
    const text = readFileSync(file, "utf8");
    const own = text.replaceAll("ghcr.io/acme/monorepo", `${rig.registry}/${name}`);
    if (own !== text) writeFileSync(file, own);
  }
  const life = { folder, name, pushed: "0".repeat(40) };
  git(life, "init", "--quiet", "--initial-branch", "main");
  return life;
}

function files(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function append(life: Life, file: string, text: string): void {
  const target = join(life.folder, file);
  mkdirSync(join(target, ".."), { recursive: true });
  writeFileSync(target, text, { flag: "a" });
}

function push(life: Life): Event {
  git(life, "add", "--all");
  git(life, "commit", "--quiet", "--message", "A change");
  const before = life.pushed;
  life.pushed = git(life, "rev-parse", "HEAD").trim();
  return { event: "push", ref: "refs/heads/main", payload: { before, after: life.pushed } };
}

function git(life: Life, ...args: readonly string[]): string {
  const who = ["-c", "user.name=Demo", "-c", "user.email=demo@example.com", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...who, ...args], { cwd: life.folder, encoding: "utf8" });
}

function looks(rig: Rig, { name }: Life): readonly string[] {
  const image = `${rig.registry}/${name}/docs`;
  return [
    `export PATH=${rig.bin}:$PATH DOCKER_HOST=${rig.dockerHost}`,
    `docker pull ${image}:1.2.3`,
    `docker run --rm ${image}:latest ls /srv/site`,
    `curl http://${rig.registry}/v2/${name}/docs/tags/list`,
    `${join(root, "rig/run")} down   # stops everything; a later demo starts it again in seconds`,
  ];
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const styled = (code: number, text: string): string =>
  process.stdout.isTTY && !process.env.NO_COLOR ? `\u{1b}[${code}m${text}\u{1b}[0m` : text;
const bold = (text: string): string => styled(1, text);
const dim = (text: string): string => styled(2, text);

await main();
