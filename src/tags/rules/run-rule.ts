/** One rule, from whether it applies at all to the finished tag, and why there is none. */

import { placeOf, problemAt } from "../../lib/text/sourced-line.ts";
import type { ImageTag, TagWarning } from "../../model/image-tags.ts";
import { type NameOrigin, nameOrigin } from "../name-origin.ts";
import type { TagEvent } from "../tag-event.ts";
import { type ExpressionValues, expand } from "../text/expression.ts";
import { applyRule } from "./apply-rule.ts";
import { isDefaultLatest } from "./default-rules.ts";
import { finishTag } from "./finish-tag.ts";
import type { Flavor } from "./flavor.ts";
import { checkEnabled } from "./parse-rules.ts";
import type { Reservations } from "./reserved-tag.ts";
import type { Rule } from "./rule.ts";
import type { RuleScope } from "./rule-scope.ts";

export interface RuleRun {
  readonly made: ImageTag | undefined;
  /** Whether the flavor's `latest=auto` makes `latest` of it. */
  readonly makesLatest: boolean;
  /** Why there is no tag, or what is to know of it: a clause. */
  readonly because: string | undefined;
  /** Whose name a tag of it has in it. */
  readonly origin: NameOrigin;
  /** With the rule's place. */
  readonly warnings: readonly TagWarning[];
}

export interface RuleSurroundings {
  readonly flavor: Flavor;
  /** What all tags of the image end in. */
  readonly ending: string;
  /** What the rule may look at, but for where its warnings go. */
  readonly scope: Omit<RuleScope, "warn">;
  /** The first tag, if an earlier rule gave it. */
  readonly version: ImageTag | undefined;
  /** Whose name the first tag has in it. */
  readonly versionOrigin: NameOrigin | undefined;
  readonly reservations: Reservations;
}

/** @throws UserError for an `enable` that gives neither true nor false, and for an expression that takes too long. */
export function runRule(rule: Rule, surroundings: RuleSurroundings): RuleRun {
  const { flavor, scope: silent, versionOrigin } = surroundings;
  // A default rule doesn't warn of what it can't read. Every rule reports a tag that can't exist.
  const unread: TagWarning[] = [];
  const unfit: TagWarning[] = [];
  const scope: RuleScope = { ...silent, warn: (warning) => unread.push(warning) };
  const origin = nameOrigin(rule, flavor, scope, versionOrigin);
  const none = (because: string): RuleRun => ({ made: undefined, makesLatest: false, because, origin, warnings: [] });
  if (isDefaultLatest(rule) && flavor.latest === "false") return none("the flavor says latest=false");
  if (!isEnabled(rule, scope)) return none(`enable=${rule.enable.text} is false here`);
  if (scope.event.ref.kind === "pull" && !isForPulls(rule)) return none(notForPulls);
  const yielded = placing(rule, () => applyRule(rule, scope));
  const warn = (warning: TagWarning): void => void unfit.push(warning);
  const ordinary = () => {
    const plain = ordinarily(scope, versionOrigin);
    const otherwise = applyRule(rule, plain);
    return otherwise && { yielded: otherwise, scope: plain };
  };
  const made = yielded && finishTag(yielded, { ...surroundings, rule, scope, origin, ordinary, warn });
  const [first] = [...unread, ...unfit];
  const shared = made?.moves === true && isOfAnyBranch(rule, origin, scope.event) ? [sharedWarning] : [];
  return {
    made,
    makesLatest: yielded?.makesLatest === true,
    because: first?.message ?? (made === undefined ? whyNone(rule, scope.event) : undefined),
    origin,
    warnings: [...(rule.line === undefined ? [] : unread), ...unfit, ...shared].map((warning) => placed(warning, rule)),
  };
}

/** Every branch that is pushed moves one tag: a literal, and nobody says that it is meant. */
function isOfAnyBranch(rule: Rule, origin: NameOrigin, { ref, isDefaultBranch }: TagEvent): boolean {
  return (
    rule.type === "raw" &&
    !rule.isEnableGiven &&
    ref.kind === "branch" &&
    !isDefaultBranch &&
    origin.branch === undefined
  );
}

const sharedWarning: TagWarning = {
  message: "this branch isn't the default branch, and moves the tag that the default branch moves, too",
  hint: "write enable={{is_default_branch}}, or enable=true if every branch may move it",
};

/** What the rule would look at if the branch had an ordinary name. */
function ordinarily(scope: RuleScope, versionOrigin: NameOrigin | undefined): RuleScope {
  const { event } = scope;
  const name = "branch";
  const isOfBranch = (key: string) =>
    key === "branch" || key === "base_ref" || (key === "version" && versionOrigin?.branch !== undefined);
  return {
    ...scope,
    values: new Map([...scope.values].map(([key, value]) => [key, isOfBranch(key) && value !== "" ? name : value])),
    event: event.ref.kind === "branch" ? { ...event, ref: { kind: "branch", branch: name } } : event,
    warn: () => {},
  };
}

/** A literal may say that it is meant for them, by an `enable`. */
const notForPulls = "this is a pull request, and a rule of type ref, sha, or raw with an enable=, is what names those";

/** @throws UserError for an `enable` that gives neither true nor false. */
export function isEnabled(rule: Rule, values: ExpressionValues): boolean {
  return placing(rule, () => checkEnabled(expand(rule.enable, values)));
}

function placing<T>(rule: Rule, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw problemAt(rule.line, error);
  }
}

/**
 * What a pull request made must not pass for anything else: it gets its number, its commit, and a literal that the user
 * gave it on purpose, by `enable`. Never a version, a branch or `latest`.
 */
function isForPulls(rule: Rule): boolean {
  return rule.type === "ref" || rule.type === "sha" || (rule.type === "raw" && rule.isEnableGiven);
}

function placed({ message, hint }: TagWarning, { line }: Rule): TagWarning {
  const at = line?.at;
  return { message: line === undefined ? message : `${placeOf(line)}: ${message}`, hint, ...(at && { at }) };
}

/** Why a rule that nobody warned of gave nothing. */
function whyNone(rule: Rule, { ref }: TagEvent): string {
  switch (rule.type) {
    case "schedule":
      return "this isn't a scheduled run";
    case "semver":
    case "pep440":
    case "match":
      if (rule.value !== undefined) return `its value ${rule.value.text} is empty here`;
      return ref.kind === "tag"
        ? "it takes less than a version, which a prerelease doesn't move"
        : "this isn't a git tag";
    case "edge":
      return `this is not the branch ${rule.branch ?? "that is the default"}`;
    case "ref":
      return `this isn't a ${{ branch: "branch", tag: "git tag", pr: "pull request" }[rule.event]}`;
    case "raw":
      return `${rule.value.text} is empty here`;
    case "sha":
    case "version":
    case "calver":
    case "content":
      return "it is empty here";
  }
}
