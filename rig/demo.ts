/**
 * Plays the life of examples/monorepo: a real workflow, run by act, with the bundle in dist/, against the rig's registry.
 * What it prints under each event is what the action says itself.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Chapter, chapters, type Life, makeExample, play } from "./example-life.ts";
import { path } from "./folder.ts";
import { type PartName, type Rig, up } from "./index.ts";

/** What the example's workflow uses: no cache, no Nix, no oracle, no forge. */
const demoParts: PartName[] = ["builder", "bases", "qemu", "trivy", "trivy-db", "act"];

/** The workflow sees no cache service. */
const withoutCache = { ACTIONS_RESULTS_URL: "", ACTIONS_CACHE_SERVICE_V2: "" };

async function main(): Promise<void> {
  const started = performance.now();
  const rig = await up({ only: demoParts, say: (line) => console.log(dim(line)) });
  const life = makeExample(mkdtempSync(path("demo", "monorepo-")), `demo-${randomBytes(3).toString("hex")}`, rig);
  const failed: string[] = [];
  try {
    for (const [index, chapter] of chapters.entries()) {
      console.log(`\n${bold(`(${"abcdef"[index]}) ${chapter.title}`)}`);
      if (!(await show(chapter, life, rig))) failed.push(chapter.title);
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

/** @returns whether the run was green. */
async function show(chapter: Chapter, life: Life, rig: Rig): Promise<boolean> {
  const started = performance.now();
  const { code, log } = await play(chapter, life, rig, { env: withoutCache, onLine: progress });
  const said = log.split("\n").flatMap((line) => /^\[[^\]]*\] \| ((?:✅|➖|❌|⛔) .*)$/u.exec(line)?.[1] ?? []);
  for (const line of said) console.log(`  ${line}`);
  if (code !== 0) console.log(log);
  console.log(dim(`  the workflow took ${seconds(started)}`));
  return code === 0;
}

/** One line at a time of what a run is doing, on a terminal overwritten by the next. */
function progress(line: string): void {
  const said = /^\[[^\]]*\] \| (.*)$/u.exec(line)?.[1]?.trim() ?? "";
  if (said === "" || !process.stdout.isTTY) return;
  process.stdout.write(`\r\u{1b}[K${dim(said.slice(0, (process.stdout.columns ?? 80) - 2))}\r`);
}

function looks(rig: Rig, { slug, own }: Life): readonly string[] {
  const image = `${own}/docs`;
  return [
    `export PATH=${rig.bin}:$PATH DOCKER_HOST=${rig.dockerHost}`,
    `docker pull ${image}:1.2.3`,
    `docker run --rm ${image}:latest ls /srv/site`,
    `curl http://${rig.registry}/v2/${slug}/docs/tags/list`,
    `${join(import.meta.dirname, "run")} down   # stops everything; a later demo starts it again in seconds`,
  ];
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const styled = (code: number, text: string): string =>
  process.stdout.isTTY && !process.env.NO_COLOR ? `\u{1b}[${code}m${text}\u{1b}[0m` : text;
const bold = (text: string): string => styled(1, text);
const dim = (text: string): string => styled(2, text);

const usage = `Usage: npm run demo

Plays the life of examples/monorepo (pushes, pull requests, releases) against a registry on this machine: a few minutes, and a few
hundred megabytes in the rig's folder. \`rig/run down\` stops what it started.`;

if (process.argv.slice(2).some((word) => word === "--help" || word === "-h")) console.log(usage);
else await main();
