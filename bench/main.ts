/**
 * Measures the bundle in dist/ and prints one table; the exit code is 1 when a limit is broken. What the rows mean stands
 * in README.md beside this file.
 *
 *   npm run bench [-- [--quick] [start] [planning] [bake] [pins] [publish] [converge] [cache] [scan]]
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { up } from "../rig/index.ts";
import { measureBake } from "./bake.ts";
import { makeBuilder } from "./builder.ts";
import { measureConverge } from "./converge.ts";
import type { OnRig } from "./example.ts";
import { measurePins } from "./pins.ts";
import { measurePlanning } from "./planning.ts";
import { measurePublish } from "./publish.ts";
import { measureScan } from "./scan.ts";
import { measureSecondRun } from "./second-run.ts";
import { measureStart } from "./start.ts";
import { brokenLimits, type Row, renderTable } from "./table.ts";

type Bench = Pick<OnRig, "bundle" | "folder" | "quick">;

const parts: Readonly<Record<string, (bench: Bench) => Promise<readonly Row[]>>> = {
  start: ({ bundle, quick }) => measureStart(bundle, quick),
  planning: ({ bundle, folder, quick }) => measurePlanning(bundle, folder, quick),
  bake: (bench) => onRig(bench, measureBake),
  pins: ({ quick }) => measurePins(quick),
  publish: (bench) => onRig(bench, measurePublish),
  converge: (bench) => onRig(bench, measureConverge),
  cache: (bench) => onRig(bench, measureSecondRun),
  scan: (bench) => onRig(bench, measureScan),
};

/** What has to be taken back, last things first. */
const leftovers: (() => void)[] = [];

async function main(): Promise<number> {
  const options = { quick: { type: "boolean", default: false } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const unknown = positionals.filter((name) => !(name in parts));
  if (unknown.length > 0)
    throw new Error(`there is no part ${unknown.join(", ")}, only ${Object.keys(parts).join(", ")}`);
  const folder = mkdtempSync(join(tmpdir(), "image-publish-bench-"));
  leftovers.push(() => rmSync(folder, { recursive: true, force: true }));
  // A copy, so that a bundle made meanwhile is not measured in part.
  const bundle = join(folder, "dist");
  cpSync(resolve(import.meta.dirname, "../dist"), bundle, { recursive: true });
  const wanted = Object.entries(parts).filter(([name]) => positionals.length === 0 || positionals.includes(name));
  const rows: Row[] = [];
  for (const [, measure] of wanted) rows.push(...(await measure({ bundle, folder, quick: values.quick })));
  console.log(renderTable(rows));
  return brokenLimits(rows) === 0 ? 0 : 1;
}

async function onRig(bench: Bench, measure: (bench: OnRig) => Promise<readonly Row[]>): Promise<readonly Row[]> {
  const rig = await up();
  const builder = makeBuilder(rig);
  leftovers.push(builder.remove);
  return measure({ ...bench, rig, builder });
}

function takeBack(): void {
  for (const each of leftovers.splice(0).reverse()) each();
}

for (const [signal, code] of [["SIGINT", 130] as const, ["SIGTERM", 143] as const]) {
  process.once(signal, () => {
    takeBack();
    process.exit(code);
  });
}
try {
  process.exitCode = await main();
} finally {
  takeBack();
}
