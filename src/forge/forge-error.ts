/** What can go wrong between us and a forge's API: a closed set, each with what to do about it. */
import { UserError, type UserErrorDetails } from "../errors.ts";

export type ForgeErrorCode =
  /** Somebody was faster: what we knew of the branch or the pull request isn't so any more. */
  | "overtaken"
  /** GitHub's setting that keeps workflows from making pull requests. */
  | "pull-requests-switched-off"
  /** The token may not. */
  | "forbidden"
  /** The token may not change files in `.github/workflows`; a job's own never may. */
  | "workflow-files"
  /** A rule of the repository protects the branch. */
  | "protected"
  | "archived"
  | "missing"
  /** Busy, broken or not reached, also when asked again. */
  | "unavailable"
  | "unexpected";

export class ForgeError extends UserError {
  override readonly name = "ForgeError";
  readonly code: ForgeErrorCode;
  /** It may work in a while, in milliseconds from now where the forge says so. */
  readonly retryAfter: number | undefined;
  /** `undefined` where there was none. */
  readonly answer: ForgeAnswer | undefined;

  constructor(
    code: ForgeErrorCode,
    message: string,
    details: Partial<UserErrorDetails> & Partial<Pick<ForgeError, "retryAfter" | "answer">> = {},
  ) {
    super(message, { hint: details.hint ?? hints[code], cause: details.cause });
    this.code = code;
    this.retryAfter = details.retryAfter;
    this.answer = details.answer;
  }

  /** Whether the forge only takes no more requests for now. */
  get isRateLimit(): boolean {
    return this.code === "unavailable" && this.answer !== undefined && this.answer.status < 500;
  }
}

export interface ForgeAnswer {
  /** HTTP's. */
  readonly status: number;
  /** What it says, made plain. */
  readonly text: string;
}

/** Whether an error says that somebody was faster. */
export function isOvertaken(error: unknown): boolean {
  return error instanceof ForgeError && error.code === "overtaken";
}

/** `undefined` for what is not there. */
export async function unlessMissing<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof ForgeError && error.code === "missing") return undefined;
    throw error;
  }
}

/** What an unsuccessful answer means, by its status and message. GitHub, Gitea and Forgejo send the latter in `message`. */
export function errorCodeOf(status: number, message: string): ForgeErrorCode {
  for (const [pattern, code] of meanings) if (pattern.test(message)) return code;
  if (status === 429 || status >= 500) return "unavailable";
  if (status === 401 || status === 403) return "forbidden";
  if (status === 404 || status === 410) return "missing";
  if (status === 409) return "overtaken";
  return status === 423 ? "archived" : "unexpected";
}

/** From the most specific to the least. */
const meanings: readonly (readonly [RegExp, ForgeErrorCode])[] = [
  [/rate limit|submitted too quickly|abuse detection/i, "unavailable"],
  [/not permitted to create or approve pull requests/i, "pull-requests-switched-off"],
  // GitHub's words for apps and the job's token, and for personal tokens.
  [/refusing to allow .* workflow .* without `workflows?` (?:permission|scope)/i, "workflow-files"],
  [/archived|is a mirror/i, "archived"],
  [/rule violations|protected (?:branch|file)|branch is protected|creations being restricted/i, "protected"],
  [/already exists|expected .*(?:head|oid|branch)|does not match|not a fast.?forward/i, "overtaken"],
  // The branch went, or its base caught up with it.
  [/head invalid|no commits between/i, "overtaken"],
  [/could not resolve to a/i, "missing"],
  [/^FORBIDDEN|resource not accessible|must have (?:push|admin|write)|required scope/i, "forbidden"],
  [/not have the correct permissions/i, "forbidden"],
];

const hints: Readonly<Record<ForgeErrorCode, string>> = {
  overtaken: "run again: it goes on from what is there then",
  "pull-requests-switched-off":
    "switch on `Allow GitHub Actions to create and approve pull requests` (Settings → Actions → General; in an organization perhaps there first), or give `bump-token` the token of a GitHub App",
  forbidden:
    "add `contents: write` and `pull-requests: write` to the job's permissions, or give `bump-token` a token that has them; runs for pull requests of forks have no such rights",
  "workflow-files":
    "give `bump-token` the token of a GitHub App with `workflows: write` (or a personal one with the scope `workflow`), or let the globs of `bump` leave `.github/workflows` out",
  protected:
    "let a rule (Settings → Rules → Rulesets, or Branches) leave out `image-publish/**`, or let the token's owner bypass it",
  archived: "take `bump` out of the workflow: the repository takes no changes",
  missing: "see whether the repository and the branch are there, and whether the token may see them",
  unavailable: "run again; if it fails again, check the forge's status page",
  unexpected: "run again; if it stays so, report it with a log of a run with debug logging on",
};
