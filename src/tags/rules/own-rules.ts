/** The types of rules that the reference doesn't have. */
import { expand } from "../text/expression.ts";
import { readLooseVersion } from "../versions/loose-version.ts";
import { formatVersionSource } from "../versions/version-source.ts";
import {
  exact,
  fill,
  isStamped,
  type KindOf,
  matchedVersion,
  type RuleScope,
  unknownCommitDate,
  type Yield,
} from "./rule-scope.ts";

/** `type=version`: the version in the image's own files. */
export function applyOwnVersion(rule: KindOf<"version">, scope: RuleScope): Yield | undefined {
  const sources = rule.from.map(formatVersionSource);
  const given = sources.map((source) => scope.ownVersions.get(source)).find((version) => version !== undefined);
  const name = scope.values.get("name");
  if (given === undefined) {
    scope.warn({
      message: `${name} has no version: there is no ${sources.join(" and no ")}`,
      hint: "add it, or change the rule's from",
    });
    return undefined;
  }
  const text = matchedVersion(rule.match, [given], scope);
  const version = text === undefined ? undefined : readLooseVersion(text);
  if (version === undefined) {
    scope.warn({
      message: `the version "${given}" of ${name} has no number`,
      hint: "nothing needs to be done if that is meant; otherwise change the rule's from",
    });
    return undefined;
  }
  const values = new Map([...scope.values, ...version.values]);
  return {
    text: fill(rule.pattern, { ...scope, values }),
    isExact: isStamped(rule.pattern, scope),
    makesLatest: false,
  };
}

/** `type=calver`: its date is the commit's, so that a commit has one name; a scheduled rebuild is a new thing of the run's day. */
export function applyCalver(rule: KindOf<"calver">, scope: RuleScope): Yield | undefined {
  const isOfRun = scope.event.isSchedule;
  if (!isOfRun && !scope.isCommitDateKnown) {
    scope.warn(unknownCommitDate);
    return undefined;
  }
  const text = expand(rule.pattern, isOfRun ? scope : { ...scope, runDate: scope.commitDate });
  return { text, isExact: isStamped(rule.pattern, scope), makesLatest: false };
}

/** `type=content`: the hash of what goes in. */
export function applyContent(rule: KindOf<"content">, scope: RuleScope): Yield | undefined {
  const hash = scope.contents[rule.of];
  if (hash !== undefined) return { ...exact(hash.slice(0, rule.length)), of: "content" };
  scope.warn({
    message: `the hash of the ${rule.of} of ${scope.values.get("name")} is unknown`,
    hint: "use another rule for this image: some of its files aren't in the checkout, or are too large to read",
  });
  return undefined;
}
