/** What stands on a command line: a command and options, with a remedy for every slip. */
import { parseArgs } from "node:util";
import { messageOf, UserError } from "./errors.ts";
import { type InputName, type InputSpecification, inputs } from "./inputs/specification.ts";
import { nearest } from "./nearest.ts";

export type Options = Readonly<Record<string, string | boolean | undefined>>;

export interface Arguments {
  readonly command: string | undefined;
  readonly options: Options;
}

/** Options that are no inputs of the action, or take no value though one of it is called so. */
const own = {
  event: { type: "string" },
  base: { type: "string" },
  explain: { type: "string" },
  graph: { type: "boolean" },
  json: { type: "boolean" },
  "dry-run": { type: "boolean" },
  debug: { type: "boolean" },
  help: { type: "boolean", short: "h" },
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
    return { command, options: { ...values } as Options };
  } catch (error) {
    throw error instanceof UserError ? error : badOption(error);
  }
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

/** Node says it in words of its own, that quote the option. */
function badOption(cause: unknown): UserError {
  const [, option = "", name = ""] = /'(--?([\w-]+))/.exec(messageOf(cause)) ?? [];
  if (option === "") return new UserError("the options can't be read", { hint: list, cause });
  if (secretNames.has(name)) {
    return new UserError(`the option ${option} would show a secret to everyone on this machine`, {
      hint: `set ${variableOf(name)} in the environment`,
      cause,
    });
  }
  if (option === `--${name}` && known[name]?.type === "string") {
    return new UserError(`the option ${option} needs a value`, {
      hint: `write ${option} VALUE, or ${option}=VALUE where the value begins with a dash`,
      cause,
    });
  }
  if (option === `--${name}` && known[name]?.type === "boolean") {
    return new UserError(`the option ${option} takes no value`, { hint: `write ${option} alone`, cause });
  }
  return new UserError(`there is no option "${option}"`, { hint: remedyFor(option, name), cause });
}

function remedyFor(option: string, name: string): string {
  const denied = name.replace(/^no-/, "");
  if (denied !== name && inputNames.includes(denied)) return `write --${denied} false`;
  const like = option.startsWith("--") ? nearest(name, Object.keys(known)) : undefined;
  return like === undefined || like === denied ? list : `did you mean --${like}? ${list}`;
}
