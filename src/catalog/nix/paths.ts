/** The paths that one Nix expression names. */
import { posix } from "node:path";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf } from "../../model/repository-path.ts";
import { type NixToken, nixTokens } from "./tokens.ts";

export interface NixPaths {
  readonly named: readonly NixPath[];
  /** Why it may read more than it names; `undefined` where it doesn't. */
  readonly doubt: { readonly what: string; readonly line: number } | undefined;
}

export interface NixPath {
  /** From the repository's root, in normal form; it may lead out of it, or be absolute. */
  readonly path: string;
  readonly line: number;
  /** It is evaluated as an expression, whatever it is called. */
  readonly isImported: boolean;
}

/**
 * The literal relative paths of an expression, anywhere in it. What `<…>` names is the machine's. @param file its path,
 * from which its relative paths start.
 */
export function nixPaths(text: string, file: RepositoryPath): NixPaths {
  const { tokens, lostAt } = nixTokens(text);
  const named: NixPath[] = [];
  const doubts = lostAt === undefined ? [] : [{ what: "an expression that isn't understood", line: lostAt }];
  for (const [index, token] of tokens.entries()) {
    const what = doubtOf(token);
    if (what !== undefined) doubts.push({ what, line: token.line });
    if (token.kind !== "path" || !token.isWhole) continue;
    const before = tokens[index - 1];
    const isImported = before?.kind === "word" && before.text === "import";
    const path = fromRoot(token.text, file);
    const { line } = token;
    named.push({ path, line, isImported });
    const longer = isArgument(before) ? undefined : lengthened(path, tokens.slice(index + 1, index + 1 + most));
    if (longer === "unknown") doubts.push({ what: "a path that is put together", line });
    else if (longer !== undefined) named.push({ path: longer, line, isImported });
  }
  return { named, doubt: doubts[0] };
}

/** What gives a path that stands nowhere as a literal, or leads out of one that does. */
const pathMakers = /^(?:__)?(?:dirOf|toPath|getFlake|findFile|unsafeGetAttrPos|curPos)$/;

function doubtOf(token: NixToken): string | undefined {
  if (token.kind === "path" && !token.isWhole) return "a path with an interpolation";
  if (token.kind === "word" && pathMakers.test(token.text)) return token.text;
  // Added to a path, it leads anywhere.
  if (token.kind === "string" && /(?:^|\/)\.\.(?:\/|$)/.test(token.text)) return `the string "${token.text}"`;
  return undefined;
}

const keywords = ["if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or"];

/** Whether what stands before an expression is a function that it is handed to; what is added goes to its result then. */
function isArgument(before: NixToken | undefined): boolean {
  if (before === undefined) return false;
  return before.kind === "word" ? !keywords.includes(before.text) : before.kind === "symbol" && before.text === ")";
}

/** Nobody adds more to a path than this. */
const most = 20;

/** `./a + "/b"` is the path `./a/b`. `undefined` where nothing is added. */
function lengthened(path: string, following: readonly NixToken[]): string | "unknown" | undefined {
  let whole: string | undefined;
  for (let index = 0; following[index]?.kind === "symbol" && following[index]?.text === "+"; index += 2) {
    const added = following[index + 1];
    if (added?.kind !== "string" || !added.isWhole) return "unknown";
    whole = (whole ?? path) + added.text;
  }
  if (whole === undefined) return undefined;
  // The name of the checkout's own folder goes on: that is another folder.
  return path === "." && !whole.startsWith("./") ? `../${whole}` : normal(whole);
}

function fromRoot(text: string, file: RepositoryPath): string {
  return posix.isAbsolute(text) || text.startsWith("~") ? text : normal(posix.join(directoryOf(file), text));
}

function normal(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/, "");
}
