import { messageOf, UserError } from "../../errors.ts";
import type { ForgeError } from "../../forge/forge-error.ts";
import { plainLine, shortened } from "../../lib/plain-text.ts";
import type { RunContext } from "../../model/run-context.ts";

/** Why code scanning takes nothing, and what to do; `folder` holds what it didn't take. */
export function refusalError(refusal: ForgeError, context: RefusalContext, folder: string): UserError {
  const { because, hint } = reasonOf(refusal, context);
  return new UserError(`nothing was uploaded to code scanning: ${because}`, {
    hint: `${hint}; the findings are in ${folder}`,
    cause: new Error(`${refusal.answer?.status ?? "no answer"}: ${textOf(refusal)}`),
  });
}

export type RefusalContext = Pick<RunContext, "actor" | "owner" | "repo" | "serverUrl" | "isPrivate">;

interface Reason {
  readonly because: string;
  readonly hint: string;
}

function reasonOf(refusal: ForgeError, context: RefusalContext): Reason {
  const { retryAfter, isRateLimit } = refusal;
  const status = refusal.answer?.status;
  if (retryAfter !== undefined || isRateLimit) return tooMuch(retryAfter);
  if (status === undefined || status >= 500) {
    return { because: `GitHub did not answer (${textOf(refusal)})`, hint: "run again later" };
  }
  if (status === 401) return { because: "the token is not valid", hint: 'leave the input "token" out' };
  if (status === 403) return forbidden(refusal, context);
  if (status === 404) return notFound(context);
  if (status === 413) return { because: "it is too large", hint: 'report less with the input "severity"' };
  return { because: `GitHub says "${textOf(refusal)}"`, hint: "look whether the commit was pushed" };
}

/** A 403 has one status for several reasons, which differ only in the text. */
function forbidden(refusal: ForgeError, context: RefusalContext): Reason {
  const text = textOf(refusal).toLowerCase();
  if (/archived/.test(text)) return { because: "the repository is archived", hint: "set the input `sarif` to `file`" };
  if (/not (?:been )?enabled|must be enabled|not opted/.test(text)) return notEnabled(context);
  if (context.actor === "dependabot[bot]") {
    return {
      because: "a run that Dependabot started has a token that may only read",
      hint: "run the job again manually, or let it run on the push after the merge",
    };
  }
  if (/resource not accessible/.test(text)) {
    return {
      because: "the token may not write security events",
      hint: "add `security-events: write` to the job's permissions",
    };
  }
  return {
    because: `GitHub says "${textOf(refusal)}"`,
    hint: "see that code scanning is enabled and the job's permissions have `security-events: write`",
  };
}

function notEnabled({ serverUrl, owner, repo, isPrivate }: RefusalContext): Reason {
  const needs = isPrivate === true ? ", which private repositories need GitHub Code Security for" : "";
  return {
    because: "code scanning is not enabled for this repository",
    hint: `enable it at ${serverUrl}/${owner}/${repo}/settings/security_analysis${needs}, or set the input \`sarif\` to \`file\``,
  };
}

function notFound({ owner, repo }: RefusalContext): Reason {
  return {
    because: `GitHub finds no code scanning at ${owner}/${repo}, or hides it from this token`,
    hint: "add `security-events: write` and `contents: read` to the job's permissions, or set the input `sarif` to `file`",
  };
}

function tooMuch(retryAfter: number | undefined): Reason {
  const wait = retryAfter === undefined ? "" : ` (it asks to wait ${Math.ceil(retryAfter / 1000)} s)`;
  return {
    because: `GitHub takes no more requests for now${wait}`,
    hint: "run again later; an hour has 1,000 uploads",
  };
}

function textOf({ answer, message, cause }: ForgeError): string {
  return answer?.text ?? shortened(plainLine(cause === undefined ? message : messageOf(cause)).trim(), 300);
}
