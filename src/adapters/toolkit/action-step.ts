/** What a step is given and what it gives out, by the runner's rules. */
import { appendFileSync } from "node:fs";

type Environment = Readonly<Record<string, string | undefined>>;

/** An input of the action, trimmed; empty where it was not given. */
export function readInput(env: Environment, name: string): string {
  return (env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();
}

/** Whether the run was started with debug logging. */
export function isDebug(env: Environment): boolean {
  return env.RUNNER_DEBUG === "1";
}

/** Gives the outputs to the steps that follow. @throws Error where the runner's file for them is not there. */
export async function writeOutputs(outputs: Readonly<Record<string, string>>): Promise<void> {
  // Loaded when a run has something to say: it takes Node's cryptography along.
  const { issueFileCommand, prepareKeyValueMessage } = await import(
    "../../../node_modules/@actions/core/lib/file-command.js"
  );
  for (const [name, value] of Object.entries(outputs)) issueFileCommand("OUTPUT", prepareKeyValueMessage(name, value));
}

/** Adds to the job's summary, at once: also for a process that is about to end. Does nothing without a summary. */
export function addToSummary(env: Environment, markdown: string): void {
  if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, markdown);
}
