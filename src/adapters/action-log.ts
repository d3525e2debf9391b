import * as core from "@actions/core";
import type { Log, Notice } from "../ports.ts";
import { plainLines } from "./log-text.ts";

/** The log of a job on GitHub's or a Forgejo's runner: foldable groups, and annotations by workflow commands. */
export function actionLog(): Log {
  const print = (message: string): void => {
    for (const line of plainLines(message)) core.info(line);
  };
  const annotated = (message: string, hint: string): string => plainLines(`${message}\n→ ${hint}`).join("\n");
  return {
    debug: (message) => core.debug(message),
    info: print,
    notice: (message, details) => core.notice(plainLines(message).join("\n"), properties(details)),
    warning: (message, hint, details) => core.warning(annotated(message, hint), properties(details)),
    error: (message, hint, details) => core.error(annotated(message, hint), properties(details)),
    group: (title, lines) => {
      core.startGroup(plainLines(title).join(" "));
      for (const line of lines) print(line);
      core.endGroup();
    },
    mask: (secret) => {
      if (secret !== "") core.setSecret(secret);
    },
  };
}

function properties(details: Notice | undefined): core.AnnotationProperties {
  const { title, at } = details ?? {};
  return {
    ...(title === undefined ? {} : { title }),
    ...(at === undefined ? {} : { file: at.file }),
    ...(at?.line === undefined ? {} : { startLine: at.line }),
    ...(at?.column === undefined || at.line === undefined ? {} : { startColumn: at.column }),
  };
}
