import { placedMessage } from "../lib/text/placed-message.ts";
import type { Log, Notice } from "../ports.ts";
import { logLines } from "./log-text.ts";

export interface TerminalLogOptions {
  readonly write: (text: string) => void;
  readonly colour: boolean;
  readonly debug: boolean;
}

/** The log of a person's terminal. Results go to standard output; `write` gets everything that is said beside them. */
export function terminalLog({ write, colour, debug }: TerminalLogOptions): Log {
  const secrets = new Set<string>();
  const hide = (text: string): string => [...secrets].reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  const paint = (code: number, text: string): string => (colour ? `\u{1b}[${code}m${text}\u{1b}[0m` : text);
  const print = (message: string, indent = ""): void => {
    for (const line of logLines(hide(message))) write(`${indent}${line}\n`);
  };
  const remark = (word: string, code: number, message: string, hint: string | undefined, details?: Notice): void => {
    const { place, text } = placedMessage(message, details?.at);
    const shown = place === undefined ? "" : `${paint(1, logLines(place).join(" "))}: `;
    const [first = "", ...rest] = logLines(hide(text));
    write(`${paint(code, `${word}:`)} ${shown}${first}\n`);
    for (const line of rest) write(`  ${line}\n`);
    if (hint !== undefined) print(`→ ${hint}`, "  ");
  };
  return {
    debug: (message) => {
      if (debug) print(message);
    },
    info: (message) => print(message),
    notice: (message, details) => remark("note", 36, message, undefined, details),
    warning: (message, hint, details) => remark("warning", 33, message, hint, details),
    error: (message, hint, details) => remark("error", 31, message, hint, details),
    group: (title, lines) => {
      write(`${paint(1, logLines(hide(title)).join(" "))}\n`);
      for (const line of lines) print(line, "  ");
    },
    mask: (secret) => {
      if (secret !== "") secrets.add(secret);
    },
  };
}
