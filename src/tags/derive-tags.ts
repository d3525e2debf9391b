/** Rules and an event to the tags of one image. */

import { placeOf } from "../lib/text/sourced-line.ts";
import { type ImageTag, type ImageTags, type RuleOutcome, type TagWarning, tagText } from "../model/image-tags.ts";
import { isTag, type Tag } from "../model/reference.ts";
import { type Flavor, latestAffixes, variantSuffix } from "./rules/flavor.ts";
import { branchWarning, type Reservations, reservationsOf, takenFor } from "./rules/reserved-tag.ts";
import type { Rule } from "./rules/rule.ts";
import { type RuleRun, type RuleSurroundings, runRule } from "./rules/run-rule.ts";
import { type EventFacts, eventValues, readEvent, type TagEvent } from "./tag-event.ts";
import { type ExpressionValues, expand, uses } from "./text/expression.ts";

export interface TagFacts extends EventFacts {
  /** The committer's date; `undefined` where the checkout doesn't have it. */
  readonly commitDate: Date | undefined;
  /** What `type=version` finds, by `formatVersionSource`; sources that aren't there are left out. */
  readonly ownVersions?: ReadonlyMap<string, string>;
  /** What `type=content` names: sha256 as hex, of the Dockerfile's bytes and of all inputs. */
  readonly contents?: { readonly file?: string; readonly inputs?: string };
  /** The repository's git tags that are known, as `tagText` writes them: no branch's name gives a tag of theirs. */
  readonly gitTags?: ReadonlySet<string> | undefined;
  /** Why no rule gives a tag for reasons beyond the rules, as a clause. */
  readonly givesNone?: string | undefined;
}

export interface DerivedTags extends ImageTags {
  /**
   * The outcome of every rule, in the order in which they applied; then that of the rule that adds `latest`
   * automatically.
   */
  readonly outcomes: readonly RuleOutcome[];
  readonly warnings: readonly TagWarning[];
}

/**
 * The tags of an image. Rules apply in the order of their priority (equal ones as written); the first that gives a tag
 * gives the version, and decides by its type whether `latest=auto` gives `latest`, which then comes last. A tag that two
 * rules give stands once. @throws UserError for an `enable` that gives neither true nor false, and for a
 * regular expression that takes too long.
 */
export function deriveTags(rules: readonly Rule[], flavor: Flavor, facts: TagFacts): DerivedTags {
  const event = readEvent(facts);
  const sorted = byPriority(rules);
  const because = event.givesNone ?? facts.givesNone;
  if (because !== undefined) {
    const outcomes = sorted.map((rule) => outcome(rule, undefined, because));
    return { tags: [], version: undefined, warnings: [], outcomes };
  }
  const values = expressionValues(facts, event);
  const ending = variantSuffix(facts, flavor);
  const reservations = reservationsOf(sorted, flavor, { ...values, event }, facts.gitTags);
  const tags = new Map<Tag, ImageTag>();
  const runs: (RuleRun & { readonly rule: Rule })[] = [];
  for (const rule of sorted) {
    const [version] = tags.values();
    const versionOrigin = runs.find(({ made }) => made !== undefined)?.origin;
    const scope = ruleScope(facts, event, values, version);
    const run = runRule(rule, { flavor, ending, scope, version, versionOrigin, reservations });
    runs.push({ ...run, rule });
    const { made } = run;
    if (made) tags.set(made.tag, joined(made, tags.get(made.tag)));
  }
  const decider = runs.find(({ made }) => made !== undefined);
  const isLatest = flavor.latest === "auto" ? decider?.makesLatest === true : flavor.latest === "true";
  const wanted = decider !== undefined && isLatest;
  const latest = latestName(flavor, ending, values, reservations);
  const all = withLatest([...tags.values()], wanted, latest.tag, event, ending);
  const given = new Map(all.map((each) => [each.tag, each]));
  return {
    tags: all,
    version: all[0]?.tag,
    warnings: [...runs.flatMap(({ warnings }) => warnings), ...(wanted ? latest.warnings : [])],
    outcomes: [
      ...runs.map(({ rule, made, because }) => {
        const gave = made && given.get(made.tag);
        return outcome(
          rule,
          gave,
          made !== undefined && gave === undefined ? "a pull request is never latest" : because,
        );
      }),
      ...all.filter(({ tag }) => !tags.has(tag)).map((gave) => latestOutcome(gave, flavor, decider?.rule)),
    ],
  };
}

/**
 * A tag is exact if one rule says so: the other rule only lacks the information. A version that is also a commit's name
 * is immutable.
 */
function joined({ tag, moves, of }: ImageTag, other: ImageTag | undefined): ImageTag {
  if (other === undefined) return { tag, moves, ...(of && { of }) };
  const exact = [{ moves, of }, other].filter((each) => !each.moves);
  const same = exact.every((each) => each.of === exact[0]?.of) ? exact[0]?.of : undefined;
  return { tag, moves: exact.length === 0, ...(same && { of: same }) };
}

function outcome(rule: Rule, gave: ImageTag | undefined, because: string | undefined): RuleOutcome {
  return { rule: rule.text, place: rule.line && placeOf(rule.line), gave, because };
}

function latestOutcome(gave: ImageTag, { latest }: Flavor, decider: Rule | undefined): RuleOutcome {
  const because = latest === "auto" ? `the first rule that gave a tag is of type ${decider?.type}` : undefined;
  return { rule: `latest=${latest}`, place: undefined, gave, because };
}

/** Values of expressions outside of rules too, such as in labels; a commit's date that nobody knows is the run's. */
export function expressionValues(facts: EventFacts & Pick<TagFacts, "commitDate">, event: TagEvent): ExpressionValues {
  const runDate = facts.context.startedAt;
  return { values: eventValues(facts, event), runDate, commitDate: facts.commitDate ?? runDate };
}

function ruleScope(
  facts: TagFacts,
  event: TagEvent,
  values: ExpressionValues,
  version: ImageTag | undefined,
): RuleSurroundings["scope"] {
  return {
    ...values,
    values: new Map([...values.values, ["version", version?.tag ?? ""]]),
    event,
    isCommitDateKnown: facts.commitDate !== undefined,
    ownVersions: facts.ownVersions ?? new Map(),
    contents: facts.contents ?? {},
  };
}

/** Highest first; equal ones keep their order. */
function byPriority(rules: readonly Rule[]): readonly Rule[] {
  return [...rules].sort((a, b) => b.priority - a.priority);
}

/** The tag that the flavor makes of `latest`; registries refuse it with some prefixes, and a branch's name may make it another's. */
function latestName(
  flavor: Flavor,
  ending: string,
  values: ExpressionValues,
  reservations: Reservations,
): { readonly tag: Tag | undefined; readonly warnings: readonly TagWarning[] } {
  const templates = latestAffixes(flavor);
  const [before, after] = [expand(templates[0], values), expand(templates[1], values)];
  const name = tagText(`${before}latest${after}`);
  const branch = ["branch", "base_ref"]
    .map((each) => (templates.some((template) => uses(template, each)) ? values.values.get(each) : undefined))
    .find((each) => each !== undefined && each !== "");
  const meaning = branch === undefined ? undefined : takenFor(name, "branch", reservations);
  if (branch !== undefined && meaning !== undefined) {
    return { tag: undefined, warnings: [branchWarning(name, meaning, branch)] };
  }
  const tag = `${name}${ending}`;
  return { tag: isTag(tag) ? tag : undefined, warnings: [] };
}

function withLatest(
  tags: readonly ImageTag[],
  isWanted: boolean,
  latest: Tag | undefined,
  { ref }: TagEvent,
  ending: string,
): readonly ImageTag[] {
  if (ref.kind === "pull") return tags.filter(({ tag }) => tag !== `latest${ending}` && tag !== latest);
  if (!isWanted || latest === undefined || tags[0]?.tag === latest) return tags;
  return [...tags.filter(({ tag }) => tag !== latest), { tag: latest, moves: true }];
}
