/** Text of others (names, paths, messages, output of programs) as lines that no terminal and no runner obeys. */
import { stripVTControlCharacters } from "node:util";

/** One line of running text for a terminal or log: colours dropped, other control characters shown as `\x1b`. */
export function plainLine(text: string): string {
  return visible(stripVTControlCharacters(text.toWellFormed()).replace(/[\r\n\t\u2028\u2029]+/g, " "));
}

/** Output of a program as lines without control characters; of a line that was redrawn (`\r`), the last state. */
export function plainLines(text: string): readonly string[] {
  return stripVTControlCharacters(text.toWellFormed())
    .split(/\r*\n|\u2028|\u2029/)
    .map((line) => visible(line.split("\r").findLast((state) => state !== "") ?? "").replaceAll("\t", "    "));
}

/**
 * A whole line for the log that no runner takes for a command: GitHub's obeys lines that begin with `::` after white
 * space, and `##[` anywhere.
 */
export function inertLine(line: string): string {
  return line.replace(/^(\s*):(?=:)/, "$1:\u200b").replaceAll("##[", "##\u200b[");
}

/** At most so many characters, the rest an ellipsis. */
export function shortened(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

/** For a message in which backticks set off code: it has none of its own that could end or begin it. */
export function inBackticks(text: string): string {
  return text.replaceAll("`", "'");
}

/** Control characters but tab are shown as `\x1b`, and so are the marks that turn the direction of text or hide it. */
export function visible(text: string): string {
  return text.replace(controls, (character) => {
    const number = character.codePointAt(0) ?? 0;
    return number < 256 ? `\\x${number.toString(16).padStart(2, "0")}` : `\\u${number.toString(16).padStart(4, "0")}`;
  });
}

const controls = /(?!\t)\p{Cc}|[\u{61c}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}\u{feff}]/gu;
