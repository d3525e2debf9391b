/**
 * Text of others (names, paths, tags, messages, output of programs) made harmless for where it is shown. Everything that
 * we did not write ourselves goes through one of these.
 */
import { plainLine } from "./plain-text.ts";

/**
 * Running text in GitHub flavoured Markdown, in a paragraph, a list, a link's text or a table cell: always one line, never
 * an element, a link, a mention or markup. Entities, since backslashes stop neither mentions nor a table's `|` everywhere.
 */
export function markdown(text: string): string {
  return escapedLine(plainLine(text).trim());
}

/** `markdown` for messages and hints: what stands between single backticks is set as code. */
export function prose(text: string): string {
  return plainLine(text)
    .trim()
    .split(/(?<!`)`([^`]+)`(?!`)/)
    .map((part, index) => (index % 2 === 1 ? code(part) : escapedLine(part)))
    .join("");
}

/** A name, path or command in Markdown, set as code. Text that no code span can hold in a table becomes `<code>`. */
export function code(text: string): string {
  const line = plainLine(text);
  const fitsSpan = /^[^`|\\\s](?:[^`|\\]*[^`|\\\s])?$/.test(line);
  return fitsSpan ? `\`${line}\`` : `<code>${escapedLine(line)}</code>`;
}

/** A fenced block that its own lines cannot close. */
export function codeBlock(lines: readonly string[], language = ""): string {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length);
  const fence = "`".repeat(Math.max(2, ...runs) + 1);
  return [`${fence}${language}`, ...lines, fence].join("\n");
}

/** A label for `["…"]` in a Mermaid flowchart, where `#35;` is the character with that number. */
export function mermaidLabel(text: string): string {
  return [...plainLine(text)]
    .map((character) => (/[\p{L}\p{N} ._/-]/u.test(character) ? character : `#${character.codePointAt(0)};`))
    .join("");
}

/** The text with a full stop, where it has no end mark of its own. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** A clause as a heading. */
export function capitalized(clause: string): string {
  return clause.charAt(0).toUpperCase() + clause.slice(1);
}

function escapedLine(line: string): string {
  return (
    line
      // GitHub looks for mentions and issue numbers in the finished text, where an entity is a character like any other.
      .replace(/@/g, "@\u200b")
      .replace(/#(?=\d)/g, "#\u200b")
      .replace(/[&<>"`*_~[\]|\\$]/g, entity)
      .replace(/:(?=\/\/)/g, entity)
      .replace(/(?<=www)\./gi, entity)
      // What would begin a heading, list, quote or rule at the start of a line.
      .replace(/^(?:[#+=-]|\d+(?=[.)]|$))/, (start) => [...start].map(entity).join(""))
  );
}

function entity(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
