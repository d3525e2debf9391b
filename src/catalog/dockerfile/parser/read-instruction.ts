/** From a logical line to an instruction (BuildKit, frontend/dockerfile/parser/line_parsers.go and instructions/parse.go). */
import { UserError } from "../../../errors.ts";
import { readFlags } from "./flags.ts";
import { type Heredoc, type HeredocWord, heredocWord } from "./heredocs.ts";
import type { Argument, FromInstruction, Instruction, Variable } from "./instruction.ts";
import { type Escape, withoutContinuation } from "./logical-lines.ts";
import { readMount } from "./mounts.ts";
import { readOther } from "./other-instruction.ts";
import { type Command, commandOf, headAndTail, jsonWords, plainWords, quotedWords } from "./words.ts";

/** What has been read of an instruction before it is known what it means. */
export interface Source {
  readonly command: Command;
  readonly heredocs: readonly Heredoc[];
  readonly line: number;
  readonly escaper: Escape;
}

/** Whether bodies of heredocs may follow a line: RUN, COPY and ADD unless in JSON form, also as a trigger. */
export function takesHeredocs(command: Command, escaper: Escape): boolean {
  const { keyword, rest } = command.keyword === "ONBUILD" ? commandOf(command.rest, escaper) : command;
  return ["RUN", "COPY", "ADD"].includes(keyword) && !Array.isArray(jsonWords(rest));
}

/** @throws UserError, without a place, for what BuildKit refuses of the instructions that matter here. */
export function readInstruction(source: Source): Instruction | FromInstruction {
  switch (source.command.keyword) {
    case "FROM":
      return readFrom(source);
    case "ARG":
      return { kind: "arg", line: source.line, arguments: readArguments(source), unknown: [] };
    case "ENV": {
      const { unknown } = readFlags("ENV", source.command.flags);
      return { kind: "env", line: source.line, variables: readVariables(source.command, source.escaper), unknown };
    }
    case "COPY":
    case "ADD":
      return readCopy(source, source.command.keyword);
    case "RUN":
      return readRun(source);
    case "ONBUILD":
      return readOnbuild(source);
    case "LABEL":
      readVariables(source.command, source.escaper);
      return readOther(source);
    default:
      return readOther(source);
  }
}

function readFrom({ command, line }: Source): FromInstruction {
  const [base = "", as, name, ...more] = plainWords(command.rest);
  if (base === "" || more.length > 0 || (as !== undefined && (name === undefined || as.toLowerCase() !== "as"))) {
    throw new UserError("FROM takes one image, and perhaps AS and a name", {
      hint: "write FROM image, or FROM image AS name",
    });
  }
  const stage = name?.toLowerCase();
  if (stage !== undefined && !/^[a-z][a-z0-9\-_.]*$/.test(stage)) {
    throw new UserError(`"${name}" can't be a stage's name`, {
      hint: "begin with a letter, then use letters, digits, dots, dashes and underscores",
    });
  }
  const { values, unknown } = readFlags("FROM", command.flags);
  return { kind: "from", line, base, name: stage, platform: values.get("platform")?.[0] || undefined, unknown };
}

function readArguments({ command, escaper }: Source): readonly Argument[] {
  const words = quotedWords(command.rest, escaper);
  if (words.length === 0) throw new UserError("ARG names nothing", { hint: "write ARG NAME or ARG NAME=default" });
  return words.map((word) => {
    const equals = word.indexOf("=");
    if (equals === 0)
      throw new UserError(`ARG has a value without a name: "${word}"`, { hint: "write ARG NAME=default" });
    return equals < 0
      ? { name: word, value: undefined }
      : { name: word.slice(0, equals), value: word.slice(equals + 1) };
  });
}

/**
 * What ENV and LABEL set: `NAME=value …`, or the old form of one name, blanks, and all the rest as its value.
 * @throws UserError, without a place, for what BuildKit refuses.
 */
export function readVariables(
  { keyword, rest }: Pick<Command, "keyword" | "rest">,
  escaper: Escape,
): readonly Variable[] {
  const hint = `write ${keyword} NAME=value`;
  const words = quotedWords(rest, escaper);
  const [first] = words;
  if (first === undefined) throw new UserError(`${keyword} names nothing`, { hint });
  if (!first.includes("=")) {
    const [name, value] = headAndTail(rest);
    if (value === undefined) throw new UserError(`${keyword} ${name} has no value`, { hint });
    return [{ name, value }];
  }
  return words.map((word) => {
    const equals = word.indexOf("=");
    if (equals > 0) return { name: word.slice(0, equals), value: word.slice(equals + 1) };
    throw new UserError(`${keyword} holds "${word}", which isn't NAME=value`, { hint: `${hint}, and quote blanks` });
  });
}

function readCopy({ command, heredocs, line }: Source, keyword: "COPY" | "ADD"): Instruction {
  const words = stringsOf(command) ?? plainWords(command.rest);
  const { values, unknown } = readFlags(keyword, command.flags);
  const destination = words.at(-1);
  if (destination === undefined || words.length < 2) {
    throw new UserError(`${keyword} needs a source and a destination`, { hint: `write ${keyword} source destination` });
  }
  if (heredocOf(destination) !== undefined) {
    throw new UserError(`${keyword} has a heredoc as its destination`, { hint: "name the path to write to last" });
  }
  const bodies = new Map(heredocs.map((heredoc) => [heredoc.name, heredoc.body]));
  const sources = words.slice(0, -1).map((word) => ({ word, heredoc: heredocOf(word) }));
  return {
    kind: "copy",
    keyword,
    line,
    from: values.get("from")?.[0] || undefined,
    keepsParents: values.get("parents")?.[0] === "true",
    excludes: values.get("exclude") ?? [],
    sources: sources.flatMap(({ word, heredoc }) => (heredoc === undefined ? [word] : [])),
    destination,
    heredocs: sources.flatMap(({ heredoc }) =>
      heredoc === undefined ? [] : [{ ...heredoc, body: bodies.get(heredoc.name) ?? "" }],
    ),
    unknown,
  };
}

/** The heredoc that a source of COPY is; a quoted name with blanks, being two words here, is none. */
function heredocOf(word: string): HeredocWord | undefined {
  try {
    return word.includes("<<") ? heredocWord(word) : undefined;
  } catch {
    return undefined;
  }
}

function readRun({ command, heredocs, line }: Source): Instruction {
  stringsOf(command);
  const { values, unknown } = readFlags("RUN", command.flags);
  const mounts = (values.get("mount") ?? []).map(readMount);
  return { kind: "run", line, mounts, heredocs, unknown: [...unknown, ...mounts.flatMap((mount) => mount.unknown)] };
}

/** The strings of a JSON form. @throws UserError for other values than strings in it. */
function stringsOf(command: Command): readonly string[] | undefined {
  const words = jsonWords(command.rest);
  if (words !== "mixed") return words;
  throw new UserError(`the JSON array of ${command.keyword} holds something else than strings`, {
    hint: "quote every element",
  });
}

/** The trigger is read with the default escape, since that is how the child's build reads it. */
function readOnbuild({ command, heredocs, line }: Source): Instruction {
  const { unknown } = readFlags("ONBUILD", command.flags);
  const trigger = commandOf(command.rest, "\\");
  if (["", "ONBUILD", "FROM", "MAINTAINER"].includes(trigger.keyword)) {
    throw new UserError(`ONBUILD can't have ${trigger.keyword || "nothing"} as its trigger`, {
      hint: "write an instruction such as COPY or RUN after ONBUILD",
    });
  }
  // Under another escape, a backslash at the end continues nothing in this file and joins lines in the child's build.
  const isOneLine = !withoutContinuation(command.rest, "\\").continues;
  const read = isOneLine ? readTrigger({ command: trigger, heredocs, line, escaper: "\\" }) : undefined;
  const doubtful = read === undefined ? [`ONBUILD ${trigger.keyword}`] : read.unknown;
  return { kind: "onbuild", line, trigger: read, unknown: [...unknown, ...doubtful] };
}

/** A wrong trigger is no error of this file's build, only of those that build on it. */
function readTrigger(source: Source): Instruction | undefined {
  try {
    const read = readInstruction(source);
    return read.kind === "from" ? undefined : read;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
