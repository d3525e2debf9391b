/** What one rule gives for one event, before prefix and suffix. */
import type { TagEvent } from "../tag-event.ts";
import { expand, type Template, uses } from "../text/expression.ts";
import { readPep440 } from "../versions/pep440.ts";
import type { ReadVersion } from "../versions/rule-version.ts";
import { readSemver } from "../versions/semver.ts";
import { applyCalver, applyContent, applyOwnVersion } from "./own-rules.ts";
import type { Rule } from "./rule.ts";
import {
  exact,
  fill,
  firstMatch,
  isStamped,
  type KindOf,
  matchedVersion,
  moving,
  type RuleScope,
  type Yield,
} from "./rule-scope.ts";

/**
 * The tag that the rule gives; `undefined` where it doesn't apply to the event. These rules give an exact, immutable
 * tag:
 *
 * | type | exact |
 * |---|---|
 * | semver, pep440 | a pattern with the whole version (`{{version}}`, `{{raw}}`, or major, minor and patch); every prerelease |
 * | match | when it takes all of the git tag but letters before the version |
 * | ref | event=tag |
 * | sha, content | always |
 * | raw, version, calver | with `{{sha}}` or `{{tag}}` in it, or an exact `{{version}}` |
 * | schedule, edge, ref of a branch or pull request | never |
 *
 * `{{sha}}` or `{{tag}}` in a prefix or suffix makes any but schedule's exact. An image's own version (type=version)
 * moves: the same one is published again, and a revert takes it back.
 */
export function applyRule(rule: Rule, scope: RuleScope): Yield | undefined {
  const { event } = scope;
  switch (rule.type) {
    case "schedule":
      return event.isSchedule ? moving(fill(rule.pattern, scope)) : undefined;
    case "semver":
    case "pep440":
      return applyVersionRule(rule, scope);
    case "match":
      return applyMatch(rule, scope);
    case "edge":
      return applyEdge(rule, event);
    case "ref":
      return applyRef(rule, event);
    case "raw":
      return { text: fill(rule.value, scope), isExact: isStamped(rule.value, scope), makesLatest: false };
    case "sha":
      return { ...exact(rule.format === "long" ? event.commit : event.shortCommit), of: "commit" };
    case "version":
      return applyOwnVersion(rule, scope);
    case "calver":
      return applyCalver(rule, scope);
    case "content":
      return applyContent(rule, scope);
  }
}

/** The texts that a version may be read from: the rule's value, else the git tag, with the image's name if need be. */
function versionTexts(value: Template | undefined, scope: RuleScope): readonly string[] {
  if (value !== undefined) return [fill(value, scope)].filter((text) => text !== "");
  const { ref } = scope.event;
  return ref.kind === "tag" ? [...new Set([ref.tag, ref.fullTag])] : [];
}

function applyVersionRule(rule: KindOf<"semver" | "pep440">, scope: RuleScope): Yield | undefined {
  const texts = versionTexts(rule.value, scope);
  const text = matchedVersion(rule.match, texts, scope)?.replaceAll("/", "-");
  if (text === undefined) return undefined;
  const version = rule.type === "semver" ? readSemver(text) : readPep440(text);
  if (version === undefined) {
    scope.warn(
      rule.type === "semver"
        ? {
            message: `"${text}" isn't a semantic version`,
            hint: "name it like v1.2.3 (https://semver.org), or use type=match or calver",
          }
        : {
            message: `"${text}" is no version of PEP 440`,
            hint: "name it like 1.2.3 or 1.2.3rc1 (https://peps.python.org/pep-0440)",
          },
    );
    return undefined;
  }
  const isStable = version.isStable && !scope.event.isFlaggedPrerelease;
  return { ...versionYield(rule.pattern, version, isStable, scope), makesLatest: isStable };
}

/** Of an unstable version every pattern gives the whole of it, but exactly `{{raw}}` gives it as written. */
function versionYield(
  pattern: Template,
  version: ReadVersion,
  isStable: boolean,
  scope: RuleScope,
): Omit<Yield, "makesLatest"> {
  const isRaw = pattern.parts.length === 1 && uses(pattern, "raw");
  if (!isStable) return { text: version.values.get(isRaw ? "raw" : "version") ?? "", isExact: true };
  const isWhole =
    ["raw", "version"].some((name) => uses(pattern, name)) ||
    ["major", "minor", "patch"].every((name) => uses(pattern, name));
  return { text: expand(pattern, { ...scope, values: version.values }), isExact: isWhole };
}

function applyMatch(rule: KindOf<"match">, scope: RuleScope): Yield | undefined {
  const texts = versionTexts(rule.value, scope);
  const [first] = texts;
  if (first === undefined) return undefined;
  const found = firstMatch(rule.pattern, texts);
  const part = found?.match[rule.group];
  if (found === undefined || part === undefined) {
    const what =
      found === undefined ? `doesn't match ${rule.pattern}` : `matches ${rule.pattern} without its group ${rule.group}`;
    scope.warn({ message: `"${first}" ${what}`, hint: "change the pattern, or limit the rule with enable=" });
    return undefined;
  }
  const before = found.text.slice(0, -part.length || undefined);
  const isWhole = found.text.endsWith(part) && !/\d/.test(before);
  // A prerelease, if only by the release's flag, moves nothing: what is less than the version is left out.
  if (scope.event.isFlaggedPrerelease && !isWhole) return undefined;
  return { text: part, isExact: isWhole, makesLatest: !scope.event.isFlaggedPrerelease };
}

function applyEdge(rule: KindOf<"edge">, { ref, isDefaultBranch }: TagEvent): Yield | undefined {
  const isItsBranch =
    ref.kind === "branch" && (rule.branch === undefined ? isDefaultBranch : rule.branch === ref.branch);
  return isItsBranch ? moving("edge") : undefined;
}

function applyRef(rule: KindOf<"ref">, { ref, isFlaggedPrerelease }: TagEvent): Yield | undefined {
  if (ref.kind === "branch") return rule.event === "branch" ? moving(ref.branch) : undefined;
  if (ref.kind === "pull") return rule.event === "pr" ? moving(ref.number) : undefined;
  if (ref.kind !== "tag" || rule.event !== "tag") return undefined;
  return { text: ref.tag, isExact: true, makesLatest: !isFlaggedPrerelease };
}
