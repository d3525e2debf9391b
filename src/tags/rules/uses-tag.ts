/** Whether a user's own rules say what a git tag means, that names no image. */

import { type Template, uses } from "../text/expression.ts";
import { find } from "../text/pattern.ts";
import { isMadeOfTag } from "../text/release-text.ts";
import { readPep440 } from "../versions/pep440.ts";
import { readSemver } from "../versions/semver.ts";
import type { Rule } from "./rule.ts";

/**
 * A rule with `match` that fits the tag, one of type match, or one with a `value` that is made of the tag or that the workflow read
 * from it, unless it is switched off here. The default rules never do. @throws UserError for a regular expression that takes too
 * long, and what `isEnabled` throws.
 */
export function usesTag(rules: readonly Rule[], tag: string, isEnabled: (rule: Rule) => boolean): boolean {
  return rules.some((rule) => rule.line !== undefined && isFor(rule, tag) && isEnabled(rule));
}

function isFor(rule: Rule, tag: string): boolean {
  switch (rule.type) {
    case "semver":
    case "pep440": {
      if (rule.match === undefined && rule.value === undefined) return false;
      const text = textOf(rule.value, tag);
      const found = text === undefined || rule.match === undefined ? text : find(rule.match, text)?.[1];
      if (found === undefined) return false;
      return (rule.type === "semver" ? readSemver(found) : readPep440(found)) !== undefined;
    }
    case "match": {
      const text = textOf(rule.value, tag);
      return text !== undefined && find(rule.pattern, text)?.[rule.group] !== undefined;
    }
    case "raw":
      return textOf(rule.value, tag) !== undefined;
    default:
      return false;
  }
}

/** With the git tag filled in and nothing else; `undefined` for a value that isn't made of it. */
function textOf(value: Template | undefined, tag: string): string | undefined {
  if (value === undefined) return tag;
  const text = value.parts
    .map((part) => (typeof part === "string" ? part : part.kind === "value" && part.name === "tag" ? tag : ""))
    .join("");
  return uses(value, "tag") || isMadeOfTag(text, tag) ? text : undefined;
}
