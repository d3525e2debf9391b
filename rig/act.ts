/** act, the workflow runner. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bin } from "./addresses.ts";
import { link } from "./engine.ts";
import { folder } from "./folder.ts";
import { buildModule } from "./go.ts";

export const ACT_VERSION = "0.2.89";
const built = join(folder, "built", `act-${ACT_VERSION}`);
export const actPath = join(bin, "act");
export const actIsBuilt = (): boolean => existsSync(built) && existsSync(actPath);

/** Builds act from source, once. */
export async function buildAct(): Promise<void> {
  if (!existsSync(built)) {
    await buildModule("act", `github.com/nektos/act@v${ACT_VERSION}`, ["."], built, { "main.version": ACT_VERSION });
  }
  link("act", join(built, "act"));
}
export interface WorkflowOptions {
  repository: string;
}
export interface WorkflowResult {
  code: number;
}
export async function runWorkflow(_options: WorkflowOptions): Promise<WorkflowResult> {
  throw new Error("later");
}
