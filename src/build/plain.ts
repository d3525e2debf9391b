import { stripVTControlCharacters } from "node:util";

/**
 * Text of a build as one line that is safe to show: no terminal sequences or control characters, at most `limit`
 * characters. What is cut ends in `…`.
 */
export function plainLine(text: string, limit = 300): string {
  const line = stripVTControlCharacters(text).replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ");
  const trimmed = line.trimEnd();
  return trimmed.length <= limit ? trimmed : `${trimmed.slice(0, limit - 1)}…`;
}

/** The last line in which a program of docker's says what went wrong; the advice to read its help comes after it. */
export function lastMessage(output: string): string {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== "" && !/^(?:Run|See) '.*--help'/.test(line));
  return plainLine(lines.at(-1) ?? "").replace(/^(?:ERROR|docker): /, "");
}
