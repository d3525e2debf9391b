import { plainLine } from "../../lib/plain-text.ts";

/** Text of others as one line that is not empty, which SARIF's readers don't take. */
export function oneLine(text: string, instead = "unknown"): string {
  return plainLine(text).trim() || instead;
}
