/** act, which runs workflows of GitHub Actions; `workflow.ts` uses it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bin } from "./addresses.ts";
import { link } from "./engine.ts";
import { folder } from "./folder.ts";
import { buildModule } from "./go.ts";

const ACT_VERSION = "0.2.89";

export const actPath = join(bin, "act");

const built = join(folder, "built", `act-${ACT_VERSION}-as-runner`);

export const actIsBuilt = (): boolean => existsSync(built) && existsSync(actPath);

/** Builds act from source, once. */
export async function buildAct(): Promise<void> {
  if (!existsSync(built)) {
    const version = { "main.version": ACT_VERSION };
    const module = `github.com/nektos/act@v${ACT_VERSION}`;
    await buildModule("act", module, ["."], built, version, { edit: behaveAsRunner });
  }
  link("act", join(built, "act"));
}

/**
 * Makes the steps' processes live as under GitHub's runner: their output is no terminal, and a cancelled run interrupts
 * them and gives them 7.5 seconds before they are killed.
 */
function behaveAsRunner(source: string): void {
  const file = join(source, "pkg/container/host_environment.go");
  const terminal = "\tif true /* allocate Terminal */ {";
  const pipes = `\tcmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
\tcmd.WaitDelay = 7500 * time.Millisecond
\tif false {`;
  const code = readFileSync(file, "utf8");
  if (!code.includes(terminal)) throw new Error(`act ${ACT_VERSION} starts its steps in another way than expected`);
  writeFileSync(file, code.replace(terminal, pipes));
}
