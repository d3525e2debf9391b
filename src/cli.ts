/** The same commands on a laptop: `image-publish plan --event push --base HEAD~3`. Every input is an option. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { terminalLog } from "./adapters/terminal-log.ts";
import type { CommandResult } from "./commands/command-result.ts";
import { runCommand } from "./commands/run-command.ts";
import { readRunInputs } from "./commands/run-inputs.ts";
import { simulatedContext } from "./commands/simulated-context.ts";
import { throwProblems, UserError } from "./errors.ts";
import { type InputName, type InputSpecification, inputs } from "./inputs/specification.ts";
import { guarded, rawInputs, sayFailures, systemOutside } from "./main.ts";
import { nearest } from "./nearest.ts";

const usage = `Usage: image-publish COMMAND [--option value …]

Commands:
  plan      say what the event would do, and why; changes nothing
  publish   do it

What is asked about (the checkout in the current folder):
  --event NAME    push, pull_request, schedule, release, workflow_dispatch, … (push)
  --base COMMIT   compare with this commit: HEAD~3, main (what the remote has)
  --ref REF       act for this branch or tag: refs/tags/v1.2.3 (the branch here)

What is shown of a plan:
  --explain NAME  all of one image: from the changed line to its tags, and the rule of each
  --graph         how the images build on one another (by itself where small); --no-graph: never
  --json          the plan as JSON; with --explain, the explanation
  --debug         say more

Every input of the action is an option too: --images, --platforms, --only, --push false, …
Those that are secret come by the environment: IMAGE_PUBLISH_REGISTRY_PASSWORD,
IMAGE_PUBLISH_TOKEN, IMAGE_PUBLISH_SECRETS.
`;

const own = {
  event: { type: "string" },
  base: { type: "string" },
  explain: { type: "string" },
  graph: { type: "boolean" },
  json: { type: "boolean" },
  debug: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Runs one command line, without the program's name. @returns the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const debug = args.includes("--debug");
  const colour = process.stderr.isTTY === true && !process.env.NO_COLOR;
  const log = terminalLog({ write: (text) => process.stderr.write(text), colour, debug });
  return guarded(log, debug, async (signal) => {
    const { command, options } = readArguments(args);
    if (command === undefined || options.help === true) {
      process.stdout.write(usage);
      return options.help === true ? 0 : 1;
    }
    const outside = systemOutside(log, signal);
    const raw = rawInputs((name) => inputValue(name, command, options), log);
    const { inputs: read, problems } = readRunInputs(raw, outside.env);
    throwProblems(problems);
    const temp = await mkdtemp(join(tmpdir(), "image-publish-"));
    const said = {
      event: text(options.event),
      base: text(options.base),
      ref: text(options.ref),
      builds: command !== "plan",
      temp,
    };
    try {
      const asked = { simulated: true, explain: text(options.explain), graph: flag(options.graph) };
      const result = await runCommand(read, await simulatedContext(said, process.cwd(), outside), outside, asked);
      print(result, options.json === true);
      return sayFailures(result, log);
    } finally {
      await rm(temp, { recursive: true, force: true });
    }
  });
}

function print(result: CommandResult, asJson: boolean): void {
  const { isTTY, columns } = process.stdout;
  const terminal = { colour: isTTY === true && !process.env.NO_COLOR, width: columns ?? 120 };
  process.stdout.write(asJson ? `${JSON.stringify(result.json, undefined, 2)}\n` : result.text(terminal));
}

/** A secret never stands on a command line, which every process of the machine may read. */
function inputValue(name: InputName, command: string, options: Options): string {
  if (name === "command") return command;
  // The option --ref is about the event to simulate.
  if (name === "ref") return "";
  if (secretNames.has(name)) return process.env[`IMAGE_PUBLISH_${name.replaceAll("-", "_").toUpperCase()}`] ?? "";
  return String(options[name] ?? "");
}

const secretNames: ReadonlySet<string> = new Set(
  inputs.filter((input: InputSpecification) => input.secret === true).map(({ name }) => name),
);

type Options = Readonly<Record<string, string | boolean | undefined>>;

function readArguments(args: readonly string[]): { readonly command: string | undefined; readonly options: Options } {
  const names: readonly InputName[] = inputs
    .map(({ name }) => name)
    .filter((name) => name !== "command" && !secretNames.has(name));
  const known = { ...Object.fromEntries(names.map((name) => [name, { type: "string" } as const])), ...own };
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: known,
      allowPositionals: true,
      allowNegative: true,
    });
    const [command, ...more] = positionals;
    if (more.length > 0)
      throw new UserError(`"${more[0]}" is one word too many`, { hint: "write COMMAND [--option value …]" });
    return { command, options: values };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw badOption(error, Object.keys(known));
  }
}

function badOption(error: unknown, known: readonly string[]): UserError {
  const message = error instanceof Error ? error.message.split(". ")[0] : "the options can't be read";
  const unknown = /--([\w-]+)/.exec(message ?? "")?.[1];
  const like = unknown === undefined ? undefined : nearest(unknown, known);
  return new UserError(message ?? "the options can't be read", {
    hint: like === undefined || like === unknown ? "say image-publish --help" : `did you mean --${like}?`,
  });
}

function flag(value: string | boolean | undefined): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
