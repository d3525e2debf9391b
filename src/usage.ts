/** The program's help: all commands, or one with its options. */
import { type InputName, type InputSpecification, inputs } from "./config/inputs-specification.ts";

/** An option that is no input of the action: how it is written, and what it means. */
type OwnOption = readonly [written: string, meaning: string];

const event: OwnOption = ["--event NAME", "push, pull_request, schedule, release, workflow_dispatch, … (push)"];
const base: OwnOption = ["--base COMMIT", "compare with this commit: HEAD~3, main (what the remote has)"];
const ref: OwnOption = ["--ref REF", "act for this branch or tag: refs/tags/v1.2.3 (the branch here)"];
const workflow: OwnOption = ["--workflow FILE", "the inputs of the step in that workflow that uses this action"];
const explain: OwnOption = [
  "--explain NAME",
  "all of one image: from the changed line to its tags, and the rule of each",
];
const graph: OwnOption = ["--graph", "how the images depend on one another (shown where small); --no-graph: never"];
const json: OwnOption = ["--json", "the plan as JSON; with --explain, the explanation"];
const jsonResult: OwnOption = ["--json", "the result as JSON"];
const debug: OwnOption = ["--debug", "show more"];

const ofPlans = [event, base, ref, workflow, explain, graph, json, debug];

/** Inputs that belong together, under what they are about. */
export const inputGroups = {
  "Which images": [
    ...(["only", "images", "aliases", "path", "config", "workdir", "variant", "bake-file", "bake-target"] as const),
    ...(["context", "file", "target", "build-contexts"] as const),
  ],
  "Tags and labels": ["tags", "flavor", "labels", "annotations", "move"],
  Building: [
    ...([
      "platforms",
      "build-args",
      "build-args-file",
      "secret-envs",
      "secret-files",
      "ssh",
      "cache",
      "cache-from",
      "cache-to",
    ] as const),
    ...(["builder", "qemu", "binfmt-image", "provenance", "sbom", "attest", "compression", "load"] as const),
    ...(["network", "allow", "add-hosts", "shm-size", "ulimit", "cgroup-parent", "no-cache-filters"] as const),
  ],
  Publishing: ["push", "rebuild", "promote", "converge", "max-size"],
  Scanning: ["scan", "severity", "fail-on", "ignore-unfixed", "gate", "sarif"],
  Pins: ["bump", "check-pins"],
  Registries: ["registry-username", "registries"],
} as const satisfies Readonly<Record<string, readonly InputName[]>>;

type InputGroup = keyof typeof inputGroups;

interface Command {
  readonly does: string;
  readonly options: readonly OwnOption[];
  readonly groups: readonly InputGroup[];
}

const allGroups = Object.keys(inputGroups) as InputGroup[];

export const commandHelp: Readonly<Record<"plan" | "publish" | "scan" | "bump", Command>> = {
  plan: { does: "show what the event would do, and why; changes nothing", options: ofPlans, groups: allGroups },
  publish: {
    does: "do it; --dry-run shows the plan",
    options: [["--dry-run", "show the plan; --workflow, --explain and --graph are for that alone"], ...ofPlans],
    groups: allGroups,
  },
  scan: {
    does: "look for vulnerabilities in what is published",
    options: [event, ref, jsonResult, debug],
    groups: ["Which images", "Tags and labels", "Scanning", "Registries"],
  },
  bump: {
    does: "move pins to what is published, by pull request; --dry-run shows the diff",
    options: [["--dry-run", "show the diff; changes nothing"], event, ref, jsonResult, debug],
    groups: ["Which images", "Tags and labels", "Pins", "Registries"],
  },
};

/** @param command one of those that have help of their own; all else: the program's. */
export function usage(command?: string): string {
  const own = Object.entries(commandHelp).find(([name]) => name === command);
  return own === undefined ? programUsage() : commandUsage(...own);
}

function programUsage(): string {
  const commands = Object.entries(commandHelp).map(([name, { does }]): OwnOption => [name, does]);
  return `Usage: image-publish COMMAND [--option value …]

Commands:
${table([...commands, ["help [COMMAND]", "show this, or a command's options; version (or --version) the version"]])}

What is planned (for the checkout in the current folder):
${table([event, base, ref, workflow])}

What is shown of a plan:
${table([explain, graph, json, debug])}

Every input of the action is an option too: --images, --platforms, --only, --push false, …
${environment(secretNames)}`;
}

function commandUsage(name: string, { does, options, groups }: Command): string {
  const ofInputs = groups.map(
    (group): OwnOption => [`${group}:`, inputGroups[group].map((each) => `--${each}`).join(" ")],
  );
  return `Usage: image-publish ${name} [--option value …]

${does[0]?.toUpperCase()}${does.slice(1)}.

Options:
${table(options)}

Inputs of the action, each with a value (the README has what they mean):
${table(ofInputs)}

${environment(secretNames)}`;
}

const secretNames = inputs.filter((input: InputSpecification) => input.secret === true).map(({ name }) => name);

function environment(names: readonly InputName[]): string {
  const variables = names.map(variableOf).join(", ");
  return `Those that are secret are read from the environment:\n${wrapped(variables, 2)}\n`;
}

/** The variable that gives a secret input on a command line. */
export function variableOf(name: string): string {
  return `IMAGE_PUBLISH_${name.replaceAll("-", "_").toUpperCase()}`;
}

function table(rows: readonly OwnOption[]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 4;
  return rows.map(([left, right]) => `  ${left}`.padEnd(width) + wrapped(right, width).trimStart()).join("\n");
}

/** Lines of at most 100 characters where words allow it, each after so many blanks. */
function wrapped(text: string, indent: number): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && indent + last.length + 1 + word.length <= 100)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => " ".repeat(indent) + line).join("\n");
}
