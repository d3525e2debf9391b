/** What a rule may look at, and what it gives. */

import type { TagWarning } from "../../model/image-tags.ts";
import type { TagEvent } from "../tag-event.ts";
import { type ExpressionValues, expand, type Template, uses, usesCommitDate } from "../text/expression.ts";
import { find } from "../text/pattern.ts";
import type { Rule, RuleKind } from "./rule.ts";

/** What a rule gives. */
export interface Yield {
  readonly text: string;
  /** The tag is immutable: see the table in `applyRule`. */
  readonly isExact: boolean;
  /** See `ImageTag.of`. */
  readonly of?: "commit" | "content";
  /** Whether the flavor's `latest=auto` makes `latest` of it. */
  readonly makesLatest: boolean;
}

/** All that a rule may look at. */
export interface RuleScope extends ExpressionValues {
  readonly event: TagEvent;
  readonly isCommitDateKnown: boolean;
  /** Versions that images carry, by `formatVersionSource`. */
  readonly ownVersions: ReadonlyMap<string, string>;
  /** Hashes of content, as hex. */
  readonly contents: { readonly file?: string | undefined; readonly inputs?: string | undefined };
  readonly warn: (warning: TagWarning) => void;
}

/** A rule of one type. */
export type KindOf<T extends RuleKind["type"]> = Rule & Extract<RuleKind, { readonly type: T }>;

/** Whether a template names exactly this commit or git tag, so that its text never means anything else. */
export function isStamped(template: Template, { values }: ExpressionValues): boolean {
  return ["sha", "tag"].some((name) => uses(template, name) && values.get(name) !== "");
}

export function moving(text: string): Yield {
  return { text, isExact: false, makesLatest: false };
}

export function exact(text: string): Yield {
  return { text, isExact: true, makesLatest: false };
}

/** The template filled in; nothing, with a warning, where it needs the commit's date and nobody knows it. */
export function fill(template: Template, scope: RuleScope): string {
  if (!usesCommitDate(template) || scope.isCommitDateKnown) return expand(template, scope);
  scope.warn(unknownCommitDate);
  return "";
}

export const unknownCommitDate: TagWarning = {
  message: "the date of the commit is unknown",
  hint: "check out the commit with git, so that its date can be read",
};

/** Group 1 of the first text that matches; as in the reference, the whole text where none does. */
export function matchedVersion(
  match: RegExp | undefined,
  texts: readonly string[],
  scope: RuleScope,
): string | undefined {
  const [first] = texts;
  if (match === undefined || first === undefined) return first;
  const found = firstMatch(match, texts)?.match[1];
  if (found === undefined)
    scope.warn({ message: `"${first}" doesn't match ${match}`, hint: "change the match of the rule" });
  return found ?? first;
}

/** The first of the texts that matches. @throws UserError for an expression that takes too long. */
export function firstMatch(pattern: RegExp, texts: readonly string[]) {
  for (const text of texts) {
    const match = find(pattern, text);
    if (match !== undefined) return { text, match };
  }
  return undefined;
}
