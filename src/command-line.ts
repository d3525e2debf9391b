/** What stands on a command line: a command and options, with a remedy for every slip. */
import { parseArgs } from "node:util";
import { type InputName, type InputSpecification, inputs } from "./config/inputs-specification.ts";
import { messageOf, UserError } from "./errors.ts";
import { nearest } from "./lib/nearest.ts";

export type Options = Readonly<Record<string, string | boolean | undefined>>;

export interface Arguments {
  readonly command: string | undefined;
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

/** Reads the words after the program's name. @throws UserError */
export function readArguments(args: readonly string[]): Arguments {
  for (const arg of args) if (arg !== "--") refuseDashes(arg);
  const { values, positionals } = parsed(args);
  const [command, ...more] = positionals;
  const asksForHelp = command === "help" || values.help === true;
  if (more[0] !== undefined && !asksForHelp) throw wordTooMany(more[0], args);
  if (command !== undefined && !asksForHelp && command !== "version") checkCommand(command);
  return {
    command: command === "help" || command === "version" ? undefined : command,
    options: {
      ...values,
      ...(command === "help" ? { help: true } : {}),
      ...(command === "version" ? { version: true } : {}),
    },
  };
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
  const like = nearest(command, [...commands, "help", "version"]);
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
  return new UserError(`"${word}" is one word too many`, {
    hint: isFlag ? `${before} takes no value: write ${before} alone` : "write COMMAND [--option value …]",
  });
}

/** The value of an input; a secret one comes by the environment, since every process of the machine may read a command line. */
export function inputValue(name: InputName, { command = "", options }: Arguments, env: NodeJS.ProcessEnv): string {
  if (name === "command") return command;
  // The option --ref is about the event to simulate.
  if (name === "ref") return "";
  if (secretNames.has(name)) return env[variableOf(name)] ?? "";
  return String(options[name] ?? "");
}

function variableOf(name: string): string {
  return `IMAGE_PUBLISH_${name.replaceAll("-", "_").toUpperCase()}`;
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

/** @param otherwise what to write where the option is known. */
function remedyFor(option: string, name: string, otherwise = list): string {
  if (Object.hasOwn(known, name)) return otherwise;
  if (commands.includes(name)) return `write image-publish ${name}, without dashes`;
  const denied = name.replace(/^no-/, "");
  if (denied !== name && inputNames.includes(denied)) return `write --${denied} false`;
  const like = option.startsWith("--") ? nearest(name, Object.keys(known)) : undefined;
  return like === undefined || like === denied ? list : `did you mean --${like}? ${list}`;
}
