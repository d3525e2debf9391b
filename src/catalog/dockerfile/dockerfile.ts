/**
 * A Dockerfile as data: its stages, what each of them takes in, and where that stands. The grammar is BuildKit's
 * (frontend/dockerfile: parser, instructions, shell); values stay as written, variables unexpanded. What isn't understood
 * is said to be so.
 */
import { type SourceLocation, UserError } from "../../errors.ts";
import { atOnce, inTurns } from "../../lib/pause.ts";
import { isForeignFrontend, syntaxOf } from "./parser/frontend.ts";
import { type Heredoc, heredocWords } from "./parser/heredocs.ts";
import type { Argument, FromInstruction, Instruction } from "./parser/instruction.ts";
import { located } from "./parser/located.ts";
import { type Escape, type Lines, type LogicalLine, linesOf } from "./parser/logical-lines.ts";
import { readInstruction, takesHeredocs } from "./parser/read-instruction.ts";
import { commandOf } from "./parser/words.ts";

export interface Dockerfile {
  /** Relative to the repository's root. */
  readonly file: string;
  /** The frontend image that the file asks for with `# syntax=`. */
  readonly syntax: string | undefined;
  readonly escape: Escape;
  /** The ARGs above the first FROM, which feed the FROM lines only. */
  readonly globalArguments: readonly PlacedArgument[];
  /** In order; never empty unless the frontend is foreign. */
  readonly stages: readonly Stage[];
  /** The parts that aren't understood: of the file as a whole, and of the lines above the first FROM. */
  readonly doubts: readonly Doubt[];
}

export interface PlacedArgument extends Argument {
  readonly line: number;
}

export interface Stage extends Omit<FromInstruction, "kind" | "unknown"> {
  /** What `COPY --from=0` counts. */
  readonly index: number;
  readonly instructions: readonly Instruction[];
  readonly doubts: readonly Doubt[];
}

/** Something that this reader can't vouch for: what depends on it has to expect everything. */
export interface Doubt {
  /** A noun, such as `--frobnicate` or `the frontend example.com/own`. */
  readonly what: string;
  readonly at: SourceLocation;
}

/** In bytes: 20,000 stages take a quarter of it. */
const largest = 4 * 1024 * 1024;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads a Dockerfile.
 * @param file the path that messages name, relative to the repository's root.
 * @throws UserError with file and line for what BuildKit would refuse, and for a file without FROM.
 */
export function readDockerfile(bytes: Uint8Array, file: string): Dockerfile {
  return atOnce(reading(bytes, file));
}

/** The same, of a file that may be large on purpose. */
export function readDockerfileInTurns(bytes: Uint8Array, file: string): Promise<Dockerfile> {
  return inTurns(reading(bytes, file));
}

function* reading(bytes: Uint8Array, file: string): Generator<void, Dockerfile> {
  if (bytes.length > largest) {
    throw new UserError(`${file} is larger than ${largest / 1024 / 1024} MiB`, {
      hint: "take long texts out of the Dockerfile, and COPY them from files",
      at: { file },
    });
  }
  const text = decoder.decode(bytes);
  const syntax = syntaxOf(text);
  const doubts: Doubt[] = [];
  if (text.includes("\ufffd")) doubts.push({ what: "text that is not UTF-8", at: { file } });
  if (!isForeignFrontend(syntax)) return { ...(yield* readStages(text, file, doubts)), syntax };
  const foreign = { what: `the frontend ${syntax}`, at: { file, line: 1 } };
  try {
    return { ...(yield* readStages(text, file, [foreign, ...doubts])), syntax };
  } catch (error) {
    // Its own frontend may well understand it.
    if (!(error instanceof UserError)) throw error;
    return { file, syntax, escape: "\\", globalArguments: [], stages: [], doubts: [foreign] };
  }
}

/** The names that some ARG of the file declares: a build argument of another name does nothing. */
export function declaredArguments(dockerfile: Dockerfile): ReadonlySet<string> {
  const names = new Set(dockerfile.globalArguments.map((argument) => argument.name));
  for (const stage of dockerfile.stages) {
    for (const instruction of stage.instructions) {
      const read = instruction.kind === "onbuild" ? instruction.trigger : instruction;
      if (read?.kind === "arg") for (const argument of read.arguments) names.add(argument.name);
    }
  }
  return names;
}

interface OpenStage extends Omit<Stage, "instructions" | "doubts"> {
  readonly instructions: Instruction[];
  readonly doubts: Doubt[];
}

function* readStages(text: string, file: string, doubts: Doubt[]): Generator<void, Omit<Dockerfile, "syntax">> {
  const lines = linesOf(text);
  const globalArguments: PlacedArgument[] = [];
  const stages: OpenStage[] = [];
  for (;;) {
    yield;
    const read = readNext(lines, file);
    if (read === undefined) break;
    const stage = stages.at(-1);
    const unknown = read.unknown.map((what) => ({ what, at: { file, line: read.line } }));
    if (read.kind === "from") {
      const { kind: _, unknown: __, ...from } = read;
      stages.push({ ...from, index: stages.length, instructions: [], doubts: unknown });
    } else if (stage !== undefined) {
      stage.instructions.push(read);
      for (const doubt of unknown) stage.doubts.push(doubt);
    } else if (read.kind === "arg") {
      for (const argument of read.arguments) globalArguments.push({ ...argument, line: read.line });
    } else if (read.kind === "unknown") {
      for (const doubt of unknown) doubts.push(doubt);
    } else {
      const word = read.kind === "other" || read.kind === "copy" ? read.keyword : read.kind.toUpperCase();
      throw new UserError(`${word} is above the first FROM`, {
        hint: "begin with FROM; only ARG is allowed above it",
        at: { file, line: read.line },
      });
    }
  }
  if (stages.length === 0) {
    const what = text.trim() === "" ? "is empty" : "has no FROM";
    throw new UserError(`${file} ${what}, so it builds no image`, {
      hint: "begin with FROM, or remove the file",
      at: { file },
    });
  }
  return { file, escape: lines.escaper, globalArguments, stages, doubts };
}

function readNext(lines: Lines, file: string): Instruction | FromInstruction | undefined {
  const logical = nextLine(lines, file);
  if (logical === undefined) return undefined;
  const { text, line } = logical;
  return located({ file, line }, () => {
    const command = commandOf(text, lines.escaper);
    const heredocs = text.includes("<<") && takesHeredocs(command, lines.escaper) ? readHeredocs(text, lines) : [];
    return readInstruction({ command, heredocs, line, escaper: lines.escaper });
  });
}

function nextLine(lines: Lines, file: string): LogicalLine | undefined {
  try {
    return lines.next();
  } catch (error) {
    return located({ file, line: lines.line }, () => {
      throw error;
    });
  }
}

function readHeredocs(text: string, lines: Lines): readonly Heredoc[] {
  return heredocWords(text).map((word) => {
    const body = lines.body(word.name, word.ignoresTabs);
    if (body !== undefined) return { ...word, body };
    throw new UserError(`the heredoc <<${word.name} is never closed`, {
      hint: `end it with a line that is ${word.name} alone`,
    });
  });
}
