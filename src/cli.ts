/** The same commands on a laptop: `image-publish plan --event push --base HEAD~3`. Every input is an option. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terminalLog } from "./adapters/terminal-log.ts";
import { inputValue, readArguments } from "./command-line.ts";
import { runCommand } from "./commands/run-command.ts";
import { type InputName, inputs } from "./config/inputs-specification.ts";
import { throwProblems, UserError } from "./errors.ts";
import { guarded, logFailures, rawInputs, systemOutside, systemTerminal } from "./main.ts";
import type { CommandResult } from "./results/command-result.ts";
import { workdirIn } from "./run/checkout/workdir.ts";
import { simulatedContext } from "./run/event/simulated-context.ts";
import { inputsOfStep, placedInStep, readWorkflowStep } from "./run/event/workflow-step.ts";
import { readRunInputs } from "./settings/run-inputs.ts";

/** Runs one command line that is not about the program, without the program's name. @returns the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const debug = args.includes("--debug");
  const log = terminalLog(systemTerminal(debug));
  return guarded(log, debug, async (signal) => {
    const asked = readArguments(args);
    const { command, options } = asked;
    const outside = systemOutside(log, signal);
    const here = process.cwd();
    const plans = command === "plan" || (command === "publish" && options["dry-run"] === true);
    const temp = await mkdtemp(join(tmpdir(), "image-publish-"));
    const eventOptions = {
      event: text(options.event),
      base: text(options.base),
      ref: text(options.ref),
      builds: !plans,
      temp,
    };
    let placed = (error: unknown): unknown => error;
    try {
      const workflow = text(options.workflow);
      if (workflow !== undefined && !plans) throw onlyPlans();
      const step = workflow === undefined ? undefined : await readWorkflowStep(workflow, here, outside.files);
      const optionOf = (name: InputName) => inputValue(name, asked, process.env);
      const overriding = new Set(inputs.flatMap(({ name }) => (optionOf(name) === undefined ? [] : [name])));
      const given =
        step && (await inputsOfStep(step, { ...eventOptions, start: undefined }, here, overriding, outside));
      if (given !== undefined) placed = (error) => placedInStep(error, given.inputs);
      const raw = rawInputs((name) => optionOf(name) ?? given?.value(name) ?? "", log);
      const { inputs: read, problems } = readRunInputs(raw, outside.env);
      throwProblems([...(given?.problems ?? []), ...problems]);
      const folder = await workdirIn(here, read.settings.workdir, outside.files);
      const event = { ...eventOptions, ref: eventOptions.ref ?? given?.ref, start: folder === here ? undefined : here };
      const view = { simulated: true, explain: text(options.explain), graph: flag(options.graph) };
      const result = await runCommand(read, await simulatedContext(event, folder, outside), outside, view);
      print(result, options.json === true);
      return logFailures(result.failures, log);
    } catch (error) {
      throw placed(error);
    } finally {
      await rm(temp, { recursive: true, force: true });
    }
  });
}

function onlyPlans(): UserError {
  return new UserError("--workflow is for plans alone, as secrets of the workflow are not known here", {
    hint: "write image-publish plan --workflow FILE",
  });
}

function print(result: CommandResult, asJson: boolean): void {
  const { isTTY, columns } = process.stdout;
  const terminal = { colour: isTTY === true && !process.env.NO_COLOR, width: columns ?? 120 };
  process.stdout.write(asJson ? `${JSON.stringify(result.json, undefined, 2)}\n` : result.text(terminal));
}

function flag(value: string | boolean | undefined): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
