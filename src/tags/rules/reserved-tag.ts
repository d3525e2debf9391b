/** The reserved names as the tags of a run write them: with its prefixes and suffixes, and with the repository's git tags. */

import { type TagWarning, tagText } from "../../model/image-tags.ts";
import { affixTemplates, type NameScope, nameOrigin } from "../name-origin.ts";
import { type TagEvent, usualShortLength } from "../tag-event.ts";
import { expand, type Template, uses } from "../text/expression.ts";
import type { Flavor } from "./flavor.ts";
import { isCommitLike, isVersionLike, type NameKind, reservedMeaning } from "./reserved-name.ts";
import type { Rule } from "./rule.ts";

export interface Reservations {
  readonly affixes: readonly Affixes[];
  /** The repository's git tags that are known, as `tagText` writes them. */
  readonly gitTags: ReadonlySet<string>;
  /** Digits of a short commit in the tags of this run. */
  readonly commitLength: number;
}

interface Affixes {
  readonly prefix: string;
  readonly suffix: string;
  /** What is between them in a tag of this run. */
  readonly of: "anything" | "release" | "commit" | "pull request";
}

/** What the rules make of names that are not a branch's, which no branch may take. */
export function reservationsOf(
  rules: readonly Rule[],
  flavor: Flavor,
  scope: NameScope & { readonly event: Pick<TagEvent, "shortCommit"> },
  gitTags: ReadonlySet<string> = new Set(),
): Reservations {
  const fill = (template: Template): string => tagText(expand(template, scope));
  const { prefix, suffix } = flavor;
  const commitLength = scope.event.shortCommit.length;
  // Without a prefix and suffix the names that are reserved for all say it already.
  const isReserved = (of: Affixes["of"]) => of !== "commit" || commitLength >= usualShortLength;
  const isOfBranch = [prefix.template, suffix.template].some((each) => uses(each, "branch") || uses(each, "base_ref"));
  const own = isOfBranch
    ? []
    : [{ prefix: fill(prefix.template), suffix: fill(suffix.template), of: "anything" } as const];
  const others = rules.flatMap((rule): readonly Affixes[] => {
    const of = contentOf(rule);
    if (of === undefined || nameOrigin(rule, flavor, scope, undefined).branch !== undefined) return [];
    const [before = "", after = ""] = affixTemplates(rule, flavor).map(fill);
    const { start, end } = literalEnds(rule);
    const affixes = { prefix: `${before}${start}`, suffix: `${end}${after}`, of };
    return affixes.prefix === "" && affixes.suffix === "" && isReserved(of) ? [] : [affixes];
  });
  return { affixes: [...own, ...others], gitTags, commitLength };
}

/** What a tag that comes from a branch's or a git tag's name would be taken for, as a phrase. */
export function takenFor(text: string, kind: NameKind, reservations: Reservations): string | undefined {
  const { affixes } = reservations;
  for (const each of text.endsWith(nixEnding) ? [text, text.slice(0, -nixEnding.length)] : [text]) {
    const whole = meaningOf(each, "anything", kind, reservations);
    if (whole !== undefined) return whole;
    for (const { prefix, suffix, of } of affixes) {
      if (!each.startsWith(prefix) || !each.endsWith(suffix) || each.length <= prefix.length + suffix.length) continue;
      // A rule that calls pull requests by their bare numbers says nothing of what git tags may be.
      if (kind === "git tag" && of === "pull request" && /^v?$/i.test(prefix) && suffix === "") continue;
      const meaning = meaningOf(each.slice(prefix.length, each.length - suffix.length), of, kind, reservations);
      if (meaning !== undefined) return meaning;
    }
  }
  return undefined;
}

/** That a branch's name gives no such tag. */
export function branchWarning(tag: string, meaning: string, branch: string): TagWarning {
  return {
    message: `the branch gives no tag "${tag}", which would look like ${meaning}: the branch's name is ${branch}`,
    hint: "rename the branch, or give its tags a prefix, such as type=ref,event=branch,prefix=branch-",
  };
}

export function gitTagWarning(tag: string, meaning: string, name: string): TagWarning {
  return {
    message: `the git tag gives no tag "${tag}", which would look like ${meaning}: the git tag's name is ${name}`,
    hint: "rename the git tag, or give its tags a prefix, such as type=ref,event=tag,prefix=release-",
  };
}

/** What all tags of a Nix file end in; an image of the other kind may share its repository. */
const nixEnding = "-nix";

function meaningOf(
  text: string,
  of: Affixes["of"],
  kind: NameKind,
  { gitTags, commitLength }: Reservations,
): string | undefined {
  if (of === "pull request") return /^\d+$/.test(text) ? "a pull request" : undefined;
  if (of === "anything") return reservedMeaning(text, kind) ?? gitTagMeaning(text, kind, gitTags);
  if (kind === "git tag") return undefined;
  if (of === "commit") return isCommitLike(text, commitLength) ? "a commit" : undefined;
  return isVersionLike(text) ? "a version" : gitTagMeaning(text, kind, gitTags);
}

function gitTagMeaning(text: string, kind: NameKind, gitTags: Reservations["gitTags"]): string | undefined {
  return kind === "branch" && gitTags.has(text) ? `the git tag ${text}` : undefined;
}

/** `undefined` for a rule whose tags nobody takes for anything. */
function contentOf(rule: Rule): Affixes["of"] | undefined {
  switch (rule.type) {
    case "semver":
    case "pep440":
    case "match":
    case "version":
    case "calver":
      return "release";
    case "ref":
      return rule.event === "pr" ? "pull request" : rule.event === "tag" ? "release" : undefined;
    case "schedule":
      return hasExpression(rule.pattern) ? "release" : undefined;
    case "raw":
      if (uses(rule.value, "sha")) return "commit";
      return hasExpression(rule.value) ? "release" : undefined;
    case "sha":
    case "content":
      return "commit";
    case "edge":
      return undefined;
  }
}

/** What a pattern has before and after its expressions: `release-{{version}}` gives tags with a prefix, too. */
function literalEnds(rule: Rule): { readonly start: string; readonly end: string } {
  const template =
    rule.type === "raw" ? rule.value : "pattern" in rule && rule.type !== "match" ? rule.pattern : undefined;
  if (template === undefined || !hasExpression(template)) return { start: "", end: "" };
  const [first, last] = [template.parts[0], template.parts.at(-1)];
  return {
    start: typeof first === "string" ? tagText(first) : "",
    end: typeof last === "string" ? tagText(last) : "",
  };
}

function hasExpression({ parts }: Template): boolean {
  return parts.some((part) => typeof part !== "string");
}
