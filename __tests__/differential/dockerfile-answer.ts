/** What our reader makes of a Dockerfile, said as the oracle `dockerfile` says it (rig/oracles/dockerfile). */

import type { Dockerfile } from "../../src/catalog/dockerfile/dockerfile.ts";
import type { Heredoc } from "../../src/catalog/dockerfile/parser/heredocs.ts";
import type { Instruction } from "../../src/catalog/dockerfile/parser/instruction.ts";
import type { Escape } from "../../src/catalog/dockerfile/parser/logical-lines.ts";
import { readVariables } from "../../src/catalog/dockerfile/parser/read-instruction.ts";

/** The part of the oracle's answer on which hangs what is compared. */
export interface DockerfileAnswer {
  readonly stages: readonly { readonly instructions: readonly InstructionAnswer[] | null }[];
}

interface InstructionAnswer {
  readonly mounts: readonly { readonly type: string }[] | null;
  readonly trigger: InstructionAnswer | null;
}

/**
 * A trigger of which we say that we don't understand it, though BuildKit does, is given as BuildKit has it.
 * @param onPassedOver is called for each of these.
 */
export function answerOf(dockerfile: Dockerfile, theirs: DockerfileAnswer, onPassedOver: () => void): object {
  const { syntax, escape: escaper, globalArguments, stages } = dockerfile;
  return {
    syntax,
    escape: escaper,
    globals: globalArguments.map(pair),
    stages: stages.map(({ line, base, name, platform, instructions, index }) => {
      const answers = theirs.stages[index]?.instructions ?? [];
      const said = instructions.map((each, at) => describe(each, { escaper, theirs: answers[at], onPassedOver }));
      return { line, base, name, platform, instructions: said };
    }),
  };
}

interface Reading {
  readonly escaper: Escape;
  readonly theirs: InstructionAnswer | null | undefined;
  readonly onPassedOver: () => void;
}

function describe(instruction: Instruction, reading: Reading): object {
  const { escaper, theirs, onPassedOver } = reading;
  const { kind, line, unknown } = instruction;
  switch (kind) {
    case "arg":
      return { keyword: "ARG", line, unknown, pairs: instruction.arguments.map(pair) };
    case "env":
      return { keyword: "ENV", line, unknown, pairs: instruction.variables.map(pair) };
    case "copy": {
      const { kind: _, heredocs, ...copy } = instruction;
      const read = heredocs.map((each) => ({ ...heredoc(each, withoutTabs(each)), expands: each.expands }));
      return { ...copy, heredocs: read };
    }
    case "run": {
      const heredocs = instruction.heredocs.map((each) => heredoc(each, each.body));
      // A mount that is wrong is an error only when it is carried out, and until then only its `from` is known.
      const isKnown = theirs?.mounts?.every(({ type }) => type !== "") ?? true;
      const mounts = instruction.mounts.map(({ from, type, source, target }) =>
        isKnown ? { from, type, source, target } : { from },
      );
      return { keyword: "RUN", line, unknown: isKnown ? unknown : [], mounts, heredocs };
    }
    case "onbuild": {
      const { trigger } = instruction;
      const isRead =
        trigger !== undefined && trigger.kind !== "unknown" && (trigger.unknown.length === 0 || theirs?.trigger);
      if (!isRead && theirs?.trigger) onPassedOver();
      const read = isRead ? describe(trigger, { ...reading, escaper: "\\", theirs: theirs?.trigger }) : theirs?.trigger;
      return { keyword: "ONBUILD", line, trigger: read && { ...read, line: undefined } };
    }
    case "other": {
      const { keyword, text: rest } = instruction;
      const pairs = keyword === "LABEL" ? readVariables({ keyword, rest }, escaper).map(pair) : [];
      return { keyword, line, unknown, pairs };
    }
    case "unknown":
      return { keyword: instruction.keyword, line, unknown };
  }
}

function pair({ name, value }: { readonly name: string; readonly value: string | undefined }): string {
  return value === undefined ? name : `${name}=${value}`;
}

function heredoc({ name }: Heredoc, body: string): object {
  return { name, body };
}

/** BuildKit takes the tabs of `<<-` away for COPY, and leaves it to the shell for RUN. */
function withoutTabs({ body, ignoresTabs }: Heredoc): string {
  return ignoresTabs ? body.replace(/^\t+/gm, "") : body;
}
