import { inertLine, visible } from "../lib/plain-text.ts";

/** A message's lines as a log may show them: nothing that a terminal or a runner would obey. */
export function logLines(message: string): readonly string[] {
  return message.split(/\r\n|\r|\n/).map((line) => inertLine(visible(line)));
}

/** A title or a path beside a message, on one line: a runner shows it, and an older one looks for `##[…]` in all of the line. */
export function logProperty(text: string): string {
  return logLines(text).join(" ");
}
