import { EOL } from "node:os";
// Not by the package's entry: that brings a whole HTTP client along, for tokens that nobody asks for (docs/architecture.md).
import { type CommandProperties, issueCommand } from "../../../node_modules/@actions/core/lib/command.js";
import type { Log, Notice } from "../../ports.ts";
import { logLines, logProperty } from "../log-text.ts";

/** The log of a job on GitHub's or a Forgejo's runner: foldable groups, and annotations by workflow commands. */
export function actionLog(): Log {
  const print = (message: string): void => {
    for (const line of logLines(message)) process.stdout.write(`${line}${EOL}`);
  };
  const annotated = (message: string, hint: string): string => logLines(`${message}\n→ ${hint}`).join("\n");
  return {
    debug: (message) => issueCommand("debug", {}, logLines(message).join("\n")),
    info: print,
    notice: (message, details) => issueCommand("notice", properties(details), logLines(message).join("\n")),
    warning: (message, hint, details) => issueCommand("warning", properties(details), annotated(message, hint)),
    error: (message, hint, details) => issueCommand("error", properties(details), annotated(message, hint)),
    group: (title, lines) => {
      if (lines.length === 0) return print(title);
      issueCommand("group", {}, logLines(title).join(" "));
      for (const line of lines) print(line);
      issueCommand("endgroup", {}, "");
    },
    mask: (secret) => {
      if (secret !== "") issueCommand("add-mask", {}, secret);
    },
  };
}

function properties({ title, at }: Notice = {}): CommandProperties {
  const place = { line: at?.line, col: at?.line === undefined ? undefined : at.column };
  const all = { title: title && logProperty(title), file: at && logProperty(at.file), ...place };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
