import { inertLine, visible } from "../plain-text.ts";

/** A message's lines as a log may show them: nothing that a terminal or a runner would obey. */
export function logLines(message: string): readonly string[] {
  return message.split(/\r\n|\r|\n/).map((line) => inertLine(visible(line)));
}
