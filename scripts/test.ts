/**
 * Runs everything that must be green, one stage after the other, and ends with the line `N passed, N failed` over all of
 * it. A stage that is not a test runner counts as one.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { checkBundle } from "./check-bundle.ts";

interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Stage {
  readonly name: string;
  readonly of: readonly ("check" | "unit" | "integration" | "differential" | "e2e")[];
  /** The parts of the rig that it needs. */
  readonly rig?: readonly string[];
  readonly run: (jestArguments: readonly string[]) => Promise<Count>;
}

const root = resolve(import.meta.dirname, "..");
const bin = (name: string): string => join(root, "node_modules/.bin", name);

const stages: readonly Stage[] = [
  { name: "format and lint", of: ["check"], run: tool(bin("biome"), ["check", "--error-on-warnings", "."]) },
  { name: "imports", of: ["check"], run: tool(bin("depcruise"), ["src", "--config", ".dependency-cruiser.mjs"]) },
  { name: "unused", of: ["check"], run: tool(bin("knip"), ["--no-progress"]) },
  { name: "types", of: ["check"], run: tool(bin("tsc"), ["-p", "."]) },
  { name: "words", of: ["check"], run: tool(bin("node"), [join(root, "scripts/words.ts")]) },
  { name: "names", of: ["check"], run: tool(bin("node"), [join(root, "scripts/names.ts")]) },
  { name: "unit tests", of: ["unit"], run: inFolder("__tests__/unit") },
  { name: "integration tests", of: ["integration"], run: inFolder("__tests__/integration") },
  {
    name: "differential tests",
    of: ["differential"],
    rig: ["oracles"],
    run: inFolder("__tests__/differential"),
  },
  { name: "bundle", of: ["check"], run: async () => checkBundle(root) },
  { name: "end-to-end tests", of: ["e2e"], rig: ["default", "gitea"], run: endToEnd },
];

/** A program that is green when it exits with 0. */
function tool(program: string, args: readonly string[]): () => Promise<Count> {
  return async () => ((await run(program, args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
}

/** Suites that mostly wait for a clock: they run beside those that keep the machine busy, the longest first. */
const waiting = ["registry-patience", "bump-gitea"];
/** Suites that change what all share: the kernel's emulation of other platforms. */
const alone = ["emulation"];

/** All but a few suites have what they need for themselves, and each of them waits for a part of its time. */
async function endToEnd(rest: readonly string[]): Promise<Count> {
  const files = listTests(patternsIn("__tests__/e2e", rest));
  const isOf = (names: readonly string[]) => (file: string) => names.includes(basename(file, ".test.ts"));
  const isApart = isOf([...waiting, ...alone]);
  // Connections that tests of broken servers leave half-way must not keep it from ending.
  const run = (chosen: readonly string[], workers: string) =>
    chosen.length === 0
      ? { passed: 0, failed: 0 }
      : jest(["--runTestsByPath", ...chosen], [workers, "--forceExit", ...rest.filter(isOption)]);
  const counts = await Promise.all([
    run(files.filter(isOf(waiting)), "--runInBand"),
    run(
      files.filter((file) => !isApart(file)),
      "--maxWorkers=2",
    ),
  ]);
  return sum([...counts, await run(files.filter(isOf(alone)), "--runInBand")]);
}

function inFolder(folder: string): Stage["run"] {
  return (rest) => jest(patternsIn(folder, rest), rest.filter(isOption));
}

const jestCommand = [
  ...["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"],
  join(root, "node_modules/jest/bin/jest.js"),
];

function listTests(patterns: readonly string[]): readonly string[] {
  const { stdout } = spawnSync(process.execPath, [...jestCommand, "--listTests", ...patterns], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return stdout.split("\n").filter((line) => line !== "");
}

/** Tests that jest counts; a suite that cannot even be loaded, or none at all, is a failure. */
async function jest(which: readonly string[], options: readonly string[]): Promise<Count> {
  const temporary = mkdtempSync(join(tmpdir(), "image-publish-jest-"));
  try {
    const report = join(temporary, "report.json");
    const code = await run(process.execPath, [
      ...jestCommand,
      "--json",
      `--outputFile=${report}`,
      ...options,
      ...which,
    ]);
    const counted: unknown = JSON.parse(readFileSync(report, "utf8"));
    const { numPassedTests: passed, numFailedTests, numRuntimeErrorTestSuites } = numbers(counted);
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
  } catch (error) {
    console.error(`jest left no report: ${error}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Jest runs what matches any of its patterns: those that are given choose within the folder. */
function patternsIn(folder: string, rest: readonly string[]): readonly string[] {
  const given = rest.filter((each) => !isOption(each));
  return given.length === 0 ? [folder] : given.map((each) => `${folder}/.*${each}`);
}

function isOption(argument: string): boolean {
  return argument.startsWith("-");
}

function sum(counts: readonly Count[]): Count {
  const of = (which: keyof Count) => counts.reduce((total, count) => total + count[which], 0);
  return { passed: of("passed"), failed: of("failed") };
}

const counted = ["numPassedTests", "numFailedTests", "numRuntimeErrorTestSuites"] as const;

function numbers(report: unknown): Record<(typeof counted)[number], number> {
  const fields = new Map(Object.entries(report ?? {}));
  const number = (name: string): number => Number(fields.get(name));
  return {
    numPassedTests: number(counted[0]),
    numFailedTests: number(counted[1]),
    numRuntimeErrorTestSuites: number(counted[2]),
  };
}

/** The exit code. jest's JSON goes to the report's file; its standard output repeats it and is dropped. */
function run(program: string, args: readonly string[]): Promise<number> {
  return new Promise((done, failed) => {
    const quiet = args.includes("--json");
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", quiet ? "ignore" : "inherit", "inherit"] });
    child.on("error", failed);
    child.on("exit", (code) => done(code ?? 1));
  });
}

/** Starts the parts of the rig that stages need. */
function bringUp(needs: readonly (readonly string[])[]): void {
  if (needs.length === 0) return;
  const { status } = spawnSync(join(root, "rig/run"), ["up", ...new Set(needs.flat())], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) console.error("the rig did not come up: the tests that need it will say what they miss");
}

async function main(): Promise<void> {
  const [what = "all", ...rest] = process.argv.slice(2);
  const chosen = stages.filter((stage) => what === "all" || stage.of.some((each) => each === what));
  if (chosen.length === 0) {
    const parts = [...new Set(stages.flatMap(({ of }) => of))].join(", ");
    console.error(`there is no part "${what}": write all, ${parts}`);
    process.exitCode = 2;
    return;
  }
  bringUp(chosen.flatMap(({ rig }) => (rig === undefined ? [] : [rig])));
  const counts: Count[] = [];
  for (const stage of chosen) {
    const start = Date.now();
    console.log(`\n── ${stage.name}`);
    const count = await stage.run(rest);
    counts.push(count);
    const verdict = count.failed === 0 ? "green" : "RED";
    console.log(`── ${stage.name}: ${verdict} after ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }
  const { passed, failed } = sum(counts);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

await main();
