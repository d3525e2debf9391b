/** Locates the instructions of a Dockerfile in its text. */
import { type Escape, withoutContinuation } from "../../../catalog/dockerfile/parser/logical-lines.ts";
import type { Span } from "../read-pin.ts";

export interface DockerfileLines {
  /** The text of the instruction that begins on a line (1-based), comments within it blanked out, without heredocs. */
  at(line: number): { readonly start: number; readonly text: string };
  /** The value of `NAME=value`, as written there, within its quotes. */
  valueAt(line: number, name: string, value: string): Span | undefined;
}

export function dockerfileLines(text: string, escaper: Escape): DockerfileLines {
  const lines = text.split("\n");
  const starts: number[] = [];
  let offset = 0;
  for (const line of lines) {
    starts.push(offset);
    offset += line.length + 1;
  }
  function at(first: number): { readonly start: number; readonly text: string } {
    const pieces: string[] = [];
    for (let index = first - 1; index < lines.length; index++) {
      const line = lines[index] ?? "";
      const isComment = pieces.length > 0 && /^\s*(?:#|$)/.test(line);
      pieces.push(isComment ? " ".repeat(line.length) : line);
      if (!isComment && !withoutContinuation(line.replace(/\r+$/, ""), escaper).continues) break;
    }
    return { start: starts[first - 1] ?? 0, text: pieces.join("\n") };
  }
  return {
    at,
    valueAt(line, name, value) {
      const instruction = at(line);
      const index = instruction.text.search(assignment(name, value));
      if (index < 0) return undefined;
      const inner = unquoted(value);
      const start = instruction.start + index + name.length + 1 + value.indexOf(inner);
      return { start, end: start + inner.length };
    },
  };
}

/** A word without the quotes around it. */
export function unquoted(word: string): string {
  return word.replace(/^(["'])(.*)\1$/, "$2");
}

function assignment(name: string, value: string): RegExp {
  const [first, second] = [name, value].map((each) => each.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return new RegExp(`(?<=\\s)${first}=${second}(?=\\s|$)`);
}
