/** Parses a command line: a command and options. Every mistake has a remedy. */
import { parseArgs } from "node:util";
import { type InputName, type InputSpecification, inputs } from "./config/inputs-specification.ts";
import { messageOf, UserError } from "./errors.ts";
import { didYouMean } from "./lib/did-you-mean.ts";
import { usage, variableOf } from "./usage.ts";
import { version } from "./version.ts";

export type Options = Readonly<Record<string, string | boolean | undefined>>;

export interface Arguments {
  readonly command: string | undefined;
  /** The command that help is asked about. */
  readonly topic?: string | undefined;
  readonly options: Options;
}

/** Options that are no inputs of the action, or take no value though one of it is called so. */
const own = {
  event: { type: "string" },
  base: { type: "string" },
  workflow: { type: "string" },
  explain: { type: "string" },
  graph: { type: "boolean" },
  json: { type: "boolean" },
  "dry-run": { type: "boolean" },
  debug: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

const secretNames: ReadonlySet<string> = new Set(
  inputs.filter((input: InputSpecification) => input.secret === true).map(({ name }) => name),
);

const inputNames: readonly string[] = inputs
  .map(({ name }) => name)
  .filter((name) => name !== "command" && !secretNames.has(name));

const known: Readonly<Record<string, { readonly type: "string" | "boolean"; readonly short?: string }>> = {
  ...Object.fromEntries(inputNames.map((name) => [name, { type: "string" } as const])),
  ...own,
};

/** What is shown, and the exit code, where the words ask about the program itself or for nothing; `undefined` where they ask for more. */
export function aboutProgram(args: readonly string[]): { readonly text: string; readonly code: number } | undefined {
  try {
    const { command, options, topic } = readArguments(args);
    if (options.version === true) return { text: `image-publish ${version}\n`, code: 0 };
    return command === undefined ? { text: usage(topic), code: options.help === true ? 0 : 1 } : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the words after the program's name. @throws UserError */
export function readArguments(args: readonly string[]): Arguments {
  if (asksForHelp(args)) return helpAbout(args);
  for (const arg of args) if (arg !== "--") refuseDashes(arg);
  const { values, positionals } = parsed(args);
  const [command, ...more] = positionals;
  if (command !== undefined && command !== "version") checkCommand(command);
  if (more[0] !== undefined) throw wordTooMany(more[0], args);
  return {
    command: command === "version" ? undefined : command,
    options: { ...values, ...(command === "version" ? { version: true } : {}) },
  };
}

const helpOptions = ["--help", "-h"];

/** `help plan`, `plan help`, `plan --help`: whatever else is there, it isn't to be done. */
function asksForHelp(args: readonly string[]): boolean {
  return (
    args.some((arg) => helpOptions.includes(arg)) || args[0] === "help" || (args[1] === "help" && args.length === 2)
  );
}

/** @throws UserError for an unknown command. */
function helpAbout(args: readonly string[]): Arguments {
  const [word] = args.filter((arg) => arg !== "help" && !helpOptions.includes(arg));
  const topic = word === undefined || word.startsWith("-") || word === "version" ? undefined : word;
  if (topic !== undefined) checkCommand(topic);
  return { command: undefined, options: { help: true }, ...(topic !== undefined && { topic }) };
}

function parsed(args: readonly string[]): { readonly values: Options; readonly positionals: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: known,
      allowPositionals: true,
      allowNegative: true,
    });
    return { values: { ...values } as Options, positionals };
  } catch (error) {
    throw badOption(error);
  }
}

const commandWords: InputSpecification | undefined = inputs.find(({ name }) => name === "command");
const commands: readonly string[] = commandWords?.served ?? [];

/** An input of that name would refuse it as well, in words that a workflow has. */
function checkCommand(command: string): void {
  if (commands.includes(command)) return;
  const like = didYouMean(command, [...commands, "help", "version"]);
  const isPlanned = commandWords?.words?.includes(command) === true;
  const what = isPlanned ? `the command "${command}" isn't supported yet` : `there is no command "${command}"`;
  const hint = `the commands are ${commands.join(", ")}; ${list}`;
  throw new UserError(what, { hint: like === undefined || isPlanned ? hint : `did you mean ${like}? ${list}` });
}

/** What editors and pages make of two dashes, and one dash before a word. */
function refuseDashes(arg: string): void {
  const [, dash, name = ""] = /^([\u2010-\u2015\u2212]+-?|-(?=[a-z]{2}))([a-z][\w-]*)/i.exec(arg) ?? [];
  if (dash === undefined) return;
  const option = `${dash}${name}`;
  throw new UserError(`there is no option "${option}"`, { hint: remedyFor(`--${name}`, name, `write --${name}`) });
}

function wordTooMany(word: string, args: readonly string[]): UserError {
  const before = args[args.indexOf(word) - 1] ?? "";
  const isFlag = known[before.slice(2)]?.type === "boolean" && before.startsWith("--");
  const isCommand = commands.includes(word) || word === "version";
  const hint = isFlag
    ? `${before} takes no value: write ${before} alone`
    : isCommand || word.startsWith("-")
      ? "write COMMAND [--option value …]"
      : `to choose images, write --only ${word}; to see all of one image in a plan, --explain ${word}`;
  return new UserError(`"${word}" is one word too many`, { hint });
}

/**
 * The value of an input, which may be empty for its default; `undefined` where none is given. A secret one comes by the environment,
 * since every process of the machine may read a command line.
 */
export function inputValue(
  name: InputName,
  { command = "", options }: Arguments,
  env: NodeJS.ProcessEnv,
): string | undefined {
  if (name === "command") return command;
  // The option --ref is about the event to simulate.
  if (name === "ref") return undefined;
  if (secretNames.has(name)) return env[variableOf(name)] || undefined;
  return options[name] === undefined ? undefined : String(options[name]);
}

const list = "image-publish --help lists them";

/** Node's own text says things of positional arguments that are of no use here: only the option is taken from it. */
function badOption(cause: unknown): UserError {
  const [, option = "", name = ""] = /'(--?([\w-]+))/.exec(messageOf(cause)) ?? [];
  if (option === "") return new UserError("the options can't be read", { hint: list });
  if (secretNames.has(name)) {
    return new UserError(`the option ${option} would show a secret to everyone on this machine`, {
      hint: `set ${variableOf(name)} in the environment`,
    });
  }
  if (option === `--${name}` && known[name]?.type === "string") {
    return new UserError(`the option ${option} needs a value`, {
      hint: `write ${option} VALUE, or ${option}=VALUE where the value begins with a dash`,
    });
  }
  if (option === `--${name}` && known[name]?.type === "boolean") {
    return new UserError(`the option ${option} takes no value`, { hint: `write ${option} alone` });
  }
  return new UserError(`there is no option "${option}"`, { hint: remedyFor(option, name) });
}

const shortNames = Object.entries(known).flatMap(([name, { short }]) =>
  short === undefined ? [] : [[short, name] as const],
);

function otherCase(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
}

/** @param otherwise what to write where the option is known. */
function remedyFor(option: string, name: string, otherwise = list): string {
  if (Object.hasOwn(known, name)) return otherwise;
  if (commands.includes(name)) return `write image-publish ${name}, without dashes`;
  const letter = shortNames.find(([short]) => option === `-${otherCase(short)}`);
  if (letter !== undefined) return `did you mean -${letter[0]} (--${letter[1]})?`;
  const denied = name.replace(/^no-/, "");
  if (denied !== name && inputNames.includes(denied)) return `write --${denied} false`;
  const like = option.startsWith("--") ? didYouMean(name, Object.keys(known)) : undefined;
  return like === undefined || like === denied ? list : `did you mean --${like}? ${list}`;
}
