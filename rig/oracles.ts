/** The oracles: small programs around BuildKit's own code, which the differential tests ask (oracles/). */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { folder } from "./folder.ts";
import { buildSource } from "./go.ts";

const source = resolve(import.meta.dirname, "oracles");

const programs = ["build", "dockerfile", "fields", "ignore", "words"];

/** The folder of the programs, one for each state of their source. */
export function oracles(): string {
  const hash = createHash("sha256");
  for (const file of globSync("**/*.{go,mod,sum}", { cwd: source }).sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(source, file)));
  }
  return join(folder, "built", `oracles-${hash.digest("hex").slice(0, 8)}`);
}

export const oraclesAreBuilt = (): boolean => existsSync(oracles());

export async function buildOracles(): Promise<void> {
  await buildSource("oracles", source, programs, oracles());
}
