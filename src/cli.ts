/** The same commands on a laptop: `image-publish plan --event push --base HEAD~3`. Every input is an option. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terminalLog } from "./adapters/terminal-log.ts";
import { inputValue, readArguments } from "./command-line.ts";
import { runCommand } from "./commands/run-command.ts";
import { throwProblems, UserError } from "./errors.ts";
import { guarded, rawInputs, sayFailures, systemOutside } from "./main.ts";
import type { CommandResult } from "./results/command-result.ts";
import { workdirIn } from "./run/checkout/workdir.ts";
import { simulatedContext } from "./run/event/simulated-context.ts";
import { inputsOfStep, placedInStep, readWorkflowStep } from "./run/event/workflow-step.ts";
import { readRunInputs } from "./settings/run-inputs.ts";
import { version } from "./version.ts";

const usage = `Usage: image-publish COMMAND [--option value …]

Commands:
  plan      show what the event would do, and why; changes nothing
  publish   do it; --dry-run shows the plan
  scan      look for vulnerabilities in what is published
  bump      move pins to what is published, by pull request; --dry-run shows the diff
  help      show this; version (or --version) the version

What is asked about (the checkout in the current folder):
  --event NAME    push, pull_request, schedule, release, workflow_dispatch, … (push)
  --base COMMIT   compare with this commit: HEAD~3, main (what the remote has)
  --ref REF       act for this branch or tag: refs/tags/v1.2.3 (the branch here)
  --workflow FILE plan with the inputs of the step in that workflow that uses this action

What is shown of a plan:
  --explain NAME  all of one image: from the changed line to its tags, and the rule of each
  --graph         how the images build on one another (by itself where small); --no-graph: never
  --json          the plan as JSON; with --explain, the explanation
  --debug         say more

Every input of the action is an option too: --images, --platforms, --only, --push false, …
Those that are secret come by the environment: IMAGE_PUBLISH_REGISTRY_PASSWORD,
IMAGE_PUBLISH_TOKEN, IMAGE_PUBLISH_SECRETS.
`;

/** Runs one command line, without the program's name. @returns the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const debug = args.includes("--debug");
  const colour = process.stderr.isTTY === true && !process.env.NO_COLOR;
  const log = terminalLog({ write: (text) => process.stderr.write(text), colour, debug });
  return guarded(log, debug, async (signal) => {
    const asked = readArguments(args);
    const { command, options } = asked;
    if (options.version === true && options.help !== true) {
      process.stdout.write(`image-publish ${version}\n`);
      return 0;
    }
    if (command === undefined || options.help === true) {
      process.stdout.write(usage);
      return options.help === true ? 0 : 1;
    }
    const outside = systemOutside(log, signal);
    const here = process.cwd();
    const plans = command === "plan" || (command === "publish" && options["dry-run"] === true);
    const temp = await mkdtemp(join(tmpdir(), "image-publish-"));
    const said = { event: text(options.event), base: text(options.base), ref: text(options.ref), builds: !plans, temp };
    let placed = (error: unknown): unknown => error;
    try {
      const workflow = text(options.workflow);
      if (workflow !== undefined && !plans) throw onlyPlans();
      const step = workflow === undefined ? undefined : await readWorkflowStep(workflow, here, outside.files);
      const given = step && (await inputsOfStep(step, { ...said, start: undefined }, here, outside));
      if (given !== undefined) placed = (error) => placedInStep(error, given.inputs);
      const raw = rawInputs((name) => inputValue(name, asked, process.env) || (given?.value(name) ?? ""), log);
      const { inputs: read, problems } = readRunInputs(raw, outside.env);
      throwProblems([...(given?.problems ?? []), ...problems]);
      const folder = await workdirIn(here, read.settings.workdir, outside.files);
      const event = { ...said, ref: said.ref ?? given?.ref, start: folder === here ? undefined : here };
      const view = { simulated: true, explain: text(options.explain), graph: flag(options.graph) };
      const result = await runCommand(read, await simulatedContext(event, folder, outside), outside, view);
      print(result, options.json === true);
      return sayFailures(result.failures, log);
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
