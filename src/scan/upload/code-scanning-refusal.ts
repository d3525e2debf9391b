import { UserError } from "../../errors.ts";
import { plainLine, shortened } from "../../lib/plain-text.ts";
import type { RunContext } from "../../model/run-context.ts";
import type { CodeScanningAnswer } from "../../ports.ts";

export type Refusal = Extract<CodeScanningAnswer<unknown>, { readonly kind: "refusal" }>;

/** Why code scanning takes nothing, and what to do; `folder` holds what it didn't take. */
export function refusalError(refusal: Refusal, context: RefusalContext, folder: string): UserError {
  const { because, hint } = reasonOf(refusal, context);
  return new UserError(`nothing was uploaded to code scanning: ${because}`, {
    hint: `${hint}; the findings are in ${folder}`,
    cause: new Error(`${refusal.status ?? "no answer"}: ${said(refusal)}`),
  });
}

export type RefusalContext = Pick<RunContext, "actor" | "owner" | "repo" | "serverUrl" | "isPrivate">;

interface Reason {
  readonly because: string;
  readonly hint: string;
}

function reasonOf(refusal: Refusal, context: RefusalContext): Reason {
  const { status, retryAfter } = refusal;
  if (retryAfter !== undefined || status === 429) return tooMuch(retryAfter);
  if (status === undefined || status >= 500) {
    return { because: `GitHub did not answer (${said(refusal)})`, hint: "run again later" };
  }
  if (status === 401) return { because: "the token is not valid", hint: 'leave the input "token" out' };
  if (status === 403) return forbidden(refusal, context);
  if (status === 404) return notFound(context);
  if (status === 413) return { because: "it is too large", hint: 'report less with the input "severity"' };
  return { because: `GitHub says "${said(refusal)}"`, hint: "look whether the commit was pushed" };
}

/** A 403 has one status for several reasons, which only its text tells apart. */
function forbidden(refusal: Refusal, context: RefusalContext): Reason {
  const text = refusal.message.toLowerCase();
  if (/archived/.test(text)) return { because: "the repository is archived", hint: "set the input `sarif` to `file`" };
  if (/not (?:been )?enabled|must be enabled|not opted/.test(text)) return notEnabled(context);
  if (context.actor === "dependabot[bot]") {
    return {
      because: "a run that Dependabot started has a token that may only read",
      hint: "run the job again by hand, or let it run on the push after the merge",
    };
  }
  if (/resource not accessible/.test(text)) {
    return {
      because: "the token may not write security events",
      hint: "add `security-events: write` to the job's permissions",
    };
  }
  return {
    because: `GitHub says "${said(refusal)}"`,
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

function said({ message }: Refusal): string {
  return shortened(plainLine(message).trim(), 300);
}
