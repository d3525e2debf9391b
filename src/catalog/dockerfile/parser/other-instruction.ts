/** Instructions that bring nothing into an image: only their form is looked at, as far as BuildKit's parser does. */
import { UserError } from "../../../errors.ts";
import { readFlags } from "./flags.ts";
import type { OtherInstruction, UnknownInstruction } from "./instruction.ts";
import { trim } from "./space.ts";
import { type Command, jsonWords, plainWords } from "./words.ts";

type Check = (rest: string) => string | undefined;

const one: Check = (rest) => (rest === "" ? "takes one argument" : undefined);
const any: Check = (rest) =>
  jsonWords(rest) === "mixed" ? "has a JSON array with something else than strings" : undefined;

/** What is wrong with the arguments, by keyword. */
const checks: Readonly<Record<string, Check>> = {
  MAINTAINER: one,
  WORKDIR: one,
  USER: one,
  STOPSIGNAL: one,
  LABEL: () => undefined,
  CMD: any,
  ENTRYPOINT: any,
  EXPOSE: (rest) => (rest === "" ? "needs a port" : undefined),
  VOLUME: (rest) =>
    any(rest) ??
    (wordsOf(rest).length === 0 || wordsOf(rest).some((word) => trim(word) === "") ? "needs a path" : undefined),
  SHELL: (rest) =>
    any(rest) ?? ((jsonWords(rest) ?? []).length === 0 ? 'needs a JSON array such as ["sh", "-c"]' : undefined),
  HEALTHCHECK: checkHealth,
};

/** @throws UserError when BuildKit would refuse the form. */
export function readOther(source: {
  readonly command: Command;
  readonly line: number;
}): OtherInstruction | UnknownInstruction {
  const { keyword, flags, rest } = source.command;
  const check = Object.hasOwn(checks, keyword) ? checks[keyword] : undefined;
  if (check === undefined) return { kind: "unknown", keyword, line: source.line, unknown: [keyword] };
  const wrong = check(rest);
  if (wrong !== undefined) {
    throw new UserError(`${keyword} ${wrong}`, {
      hint: `see ${keyword} at https://docs.docker.com/reference/dockerfile/`,
    });
  }
  // Nobody reads the flags of these.
  const ignoresFlags = keyword === "STOPSIGNAL" || /^HEALTHCHECK NONE$/i.test(`${keyword} ${rest}`);
  const { unknown } = ignoresFlags ? { unknown: [] } : readFlags(keyword, flags);
  return { kind: "other", keyword, text: rest, line: source.line, unknown };
}

function wordsOf(rest: string): readonly string[] {
  const words = jsonWords(rest);
  return words === undefined || words === "mixed" ? plainWords(rest) : words;
}

function checkHealth(rest: string): string | undefined {
  const [, type = "", command = ""] = /^(\S*)\s*([\s\S]*)$/.exec(rest) ?? [];
  switch (type.toUpperCase()) {
    case "NONE":
      return command === "" ? undefined : "NONE takes nothing more";
    case "CMD":
      return any(command) ?? (command === "" || jsonWords(command)?.length === 0 ? "CMD needs a command" : undefined);
    default:
      return "takes CMD and a command, or NONE";
  }
}
