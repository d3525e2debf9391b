/**
 * dist/ is what users run, so it must be what src/ makes, and it must run: a bundle of the wrong module kind is made
 * without a word and throws when it is loaded. New chunks are new files, so the folder is compared as a whole.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "./bundle.ts";

export function checkBundle(root: string): { readonly passed: number; readonly failed: number } {
  const problems = [...differences(root), ...sizes(root), ...runs(root)];
  for (const problem of problems) console.error(`dist: ${problem}`);
  return problems.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function differences(root: string): readonly string[] {
  const fresh = mkdtempSync(join(tmpdir(), "image-publish-dist-"));
  try {
    bundle(fresh);
    const names = new Set([...readdirSync(fresh), ...readdirSync(join(root, "dist"))]);
    const differing = [...names].filter((name) => contentOf(join(fresh, name)) !== contentOf(join(root, "dist", name)));
    const tracked = spawnSync("git", ["status", "--porcelain", "--ignored", "--", "dist"], {
      cwd: root,
      encoding: "utf8",
    });
    return [
      ...differing.map((name) => `${name} is not what src/ makes: run \`npm run bundle\``),
      ...(process.env.CI === "true" && tracked.stdout !== "" ? [`not committed as it is:\n${tracked.stdout}`] : []),
    ];
  } finally {
    rmSync(fresh, { recursive: true });
  }
}

/** Bytes that every start loads; what only some runs need is a chunk of its own. */
const mostAtStart = 180_000;

/** Bytes that a publish loads which neither scans nor moves pins. */
const mostOfPublish = 1_300_000;

function sizes(root: string): readonly string[] {
  const dist = join(root, "dist");
  const size = (name: string) => statSync(join(dist, name)).size;
  const start = size("index.js");
  const stages = readdirSync(dist).filter((name) => isStages(readFileSync(join(dist, name), "utf8")));
  const publish = stages.reduce((sum, name) => sum + size(name), start);
  const advice = "load what is rarely used with import()";
  return [
    ...(start <= mostAtStart ? [] : [`index.js has ${start} bytes, more than ${mostAtStart}: ${advice}`]),
    ...(stages.length === 1 ? [] : [`${stages.length} chunks have the commands, in place of one`]),
    ...(publish <= mostOfPublish ? [] : [`a publish loads ${publish} bytes, more than ${mostOfPublish}: ${advice}`]),
  ];
}

/** The chunk of `commands/run-command.ts`, which exports this. */
function isStages(chunk: string): boolean {
  return chunk.includes("{runCommand:()=>");
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return undefined;
  }
}

/** The bundle is run with a command that doesn't exist: it must load, read its inputs and say so. */
function runs(root: string): readonly string[] {
  const env = { PATH: process.env.PATH ?? "", GITHUB_ACTIONS: "true", INPUT_COMMAND: "no-such-command" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "dist/index.js")], {
    env,
    encoding: "utf8",
  });
  return status === 1 && stdout.includes("no-such-command") ? [] : [`does not run: exit ${status}\n${stdout}${stderr}`];
}
