import { plainLine, shortened } from "../../lib/plain-text.ts";

/** Text of a build as one line that is safe to show, of at most `limit` characters. */
export function shortLine(text: string, limit = 300): string {
  return shortened(plainLine(text).trimEnd(), limit);
}

/** The last line in which a program of docker's says what went wrong; the advice to read its help comes after it. */
export function lastMessage(output: string): string {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== "" && !/^(?:Run|See) '.*--help'/.test(line));
  return shortLine(lines.at(-1) ?? "").replace(/^(?:ERROR|docker): /, "");
}
