/** Whether a user's own rules say what a git tag means, that names no image. */

import { type Template, uses } from "./expression.ts";
import { find } from "./pattern.ts";
import { readPep440 } from "./pep440.ts";
import type { Rule } from "./rule.ts";
import { readSemver } from "./semver.ts";

/**
 * A rule with `match` that fits the tag, one of type match, or one with a `value` that is made of the tag or that the workflow read
 * from it. The default rules never do. @throws UserError for a regular expression that takes too long.
 */
export function usesTag(rules: readonly Rule[], tag: string): boolean {
  return rules.some((rule) => rule.line !== undefined && rule.enable.text !== "false" && isFor(rule, tag));
}

function isFor(rule: Rule, tag: string): boolean {
  switch (rule.type) {
    case "semver":
    case "pep440": {
      if (rule.match === undefined && rule.value === undefined) return false;
      const text = textOf(rule.value, tag);
      const found = rule.match === undefined ? text : find(rule.match, text)?.[1];
      if (found === undefined) return false;
      return (rule.type === "semver" ? readSemver(found) : readPep440(found)) !== undefined;
    }
    case "match": {
      const text = textOf(rule.value, tag);
      return text !== "" && find(rule.pattern, text)?.[rule.group] !== undefined;
    }
    case "raw": {
      const text = textOf(rule.value, tag);
      return uses(rule.value, "tag") || (/\d/.test(text) && tag.includes(text));
    }
    default:
      return false;
  }
}

/** Only the git tag is filled in. */
function textOf(value: Template | undefined, tag: string): string {
  if (value === undefined) return tag;
  return value.parts
    .map((part) => (typeof part === "string" ? part : part.kind === "value" && part.name === "tag" ? tag : ""))
    .join("");
}
