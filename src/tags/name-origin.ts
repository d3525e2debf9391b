/** Whose name a rule makes its tag of: others choose the names of branches and git tags, the user writes the rest. */

import { isDefaultLatest } from "./rules/default-rules.ts";
import { type Flavor, latestAffixes } from "./rules/flavor.ts";
import type { Rule } from "./rules/rule.ts";
import type { TagEvent } from "./tag-event.ts";
import { concatenated, type ExpressionValues, type Template, uses } from "./text/expression.ts";

export interface NameOrigin {
  /** The branch whose name the tag has in it. */
  readonly branch: string | undefined;
  /** Whether it has a git tag's name in it, or what a rule takes of one. */
  readonly isOfGitTag: boolean;
}

export interface NameScope extends ExpressionValues {
  readonly event: Pick<TagEvent, "ref">;
}

/** @param version of the first tag, which `{{version}}` stands for; `undefined`: there is none yet. */
export function nameOrigin(
  rule: Rule,
  flavor: Pick<Flavor, "prefix" | "suffix">,
  { event: { ref }, values }: NameScope,
  version: NameOrigin | undefined,
): NameOrigin {
  const templates = [...affixTemplates(rule, flavor), ...ownTemplates(rule)];
  const value = (name: string) =>
    templates.some((each) => uses(each, name)) ? values.get(name) || undefined : undefined;
  const inherited = templates.some((each) => uses(each, "version") && !isOwnVersion(rule, each)) ? version : undefined;
  const ownBranch = ref.kind === "branch" && rule.type === "ref" && rule.event === "branch" ? ref.branch : undefined;
  return {
    branch: ownBranch ?? value("branch") ?? value("base_ref") ?? inherited?.branch,
    isOfGitTag:
      (ref.kind === "tag" && takesGitTag(rule)) || value("tag") !== undefined || inherited?.isOfGitTag === true,
  };
}

/** What the rule's tags have before and after: its own in place of the flavor's, those of a default rule within the flavor's. */
export function affixTemplates(rule: Rule, flavor: Pick<Flavor, "prefix" | "suffix">): readonly Template[] {
  if (isDefaultLatest(rule)) return latestAffixes(flavor);
  const [before, after] = [flavor.prefix.template, flavor.suffix.template];
  const { prefix, suffix, line } = rule;
  if (line !== undefined) return [prefix ?? before, suffix ?? after];
  return [concatenated(before, prefix), concatenated(suffix, after)];
}

/** What is filled in from the event, of the rule itself. */
function ownTemplates(rule: Rule): readonly Template[] {
  switch (rule.type) {
    case "schedule":
    case "version":
    case "calver":
      return [rule.pattern];
    case "semver":
    case "pep440":
    case "match":
      return rule.value === undefined ? [] : [rule.value];
    case "raw":
      return [rule.value];
    case "edge":
    case "ref":
    case "sha":
    case "content":
      return [];
  }
}

/** In a pattern of `type=version` it is the image's own version. */
function isOwnVersion(rule: Rule, template: Template): boolean {
  return rule.type === "version" && template === rule.pattern;
}

function takesGitTag(rule: Rule): boolean {
  if (rule.type === "ref") return rule.event === "tag";
  return (rule.type === "semver" || rule.type === "pep440" || rule.type === "match") && rule.value === undefined;
}
