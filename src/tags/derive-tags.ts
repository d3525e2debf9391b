/** Rules and an event to the tags of one image. */
import { isTag, type Tag } from "../oci/reference.ts";
import { applyRule } from "./apply-rule.ts";
import { type EventFacts, eventValues, readEvent, type TagEvent } from "./event.ts";
import { type ExpressionValues, expand } from "./expression.ts";
import { finishTag, tagText } from "./finish-tag.ts";
import type { Affix, Flavor } from "./flavor.ts";
import type { ImageTag, ImageTags, TagWarning } from "./image-tags.ts";
import { placeOf, problemAt } from "./lines.ts";
import { checkEnabled } from "./parse-rules.ts";
import type { Rule } from "./rule.ts";
import type { RuleScope } from "./rule-scope.ts";

export interface TagFacts extends EventFacts {
  /** The committer's date; `undefined` where the checkout doesn't tell. */
  readonly commitDate: Date | undefined;
  /** What `type=version` finds, by `formatVersionSource`; sources that aren't there are left out. */
  readonly ownVersions?: ReadonlyMap<string, string>;
  /** What `type=content` names: sha256 as hex, of the Dockerfile's bytes and of all inputs. */
  readonly contents?: { readonly file?: string; readonly inputs?: string };
}

export interface DerivedTags extends ImageTags {
  readonly warnings: readonly TagWarning[];
}

/**
 * The tags of an image. Rules apply in the order of their priority (equal ones as written); the first that gives a tag
 * gives the version, and decides by its type whether `latest=auto` gives `latest`, which then comes last. A tag that two
 * rules give stands once. @throws UserError for an `enable` that gives neither true nor false.
 */
export function deriveTags(rules: readonly Rule[], flavor: Flavor, facts: TagFacts): DerivedTags {
  const event = readEvent(facts);
  const warnings: TagWarning[] = [];
  if (event.givesNone) return { tags: [], version: undefined, warnings };
  const values = expressionValues(facts, event);
  const warn = (warning: TagWarning): number => warnings.push(warning);
  const tags = new Map<Tag, ImageTag>();
  let isLatest: boolean | undefined;
  for (const rule of byPriority(rules)) {
    const [version] = tags.values();
    const scope = ruleScope(rule, { facts, event, values, version, warn });
    if (!isEnabled(rule, scope) || (event.ref.kind === "pull" && !isForPulls(rule))) continue;
    const yielded = applyRule(rule, scope);
    const made = yielded && finishTag(yielded, { rule, flavor, scope, version, warn });
    if (yielded === undefined || made === undefined) continue;
    isLatest ??= flavor.latest === "auto" ? yielded.makesLatest : flavor.latest === "true";
    // Exact by one rule is exact: the other one only could not tell.
    tags.set(made.tag, { tag: made.tag, moves: made.moves && (tags.get(made.tag)?.moves ?? true) });
  }
  const all = withLatest([...tags.values()], isLatest === true, latestName(flavor, values), event);
  return { tags: all, version: all[0]?.tag, warnings };
}

/** Values of expressions outside of rules too, such as in labels; a commit's date that nobody knows is the run's. */
export function expressionValues(facts: EventFacts & Pick<TagFacts, "commitDate">, event: TagEvent): ExpressionValues {
  const runDate = facts.context.startedAt;
  return { values: eventValues(facts, event), runDate, commitDate: facts.commitDate ?? runDate };
}

interface Scoping {
  readonly facts: TagFacts;
  readonly event: TagEvent;
  readonly values: ExpressionValues;
  readonly version: ImageTag | undefined;
  readonly warn: (warning: TagWarning) => void;
}

function ruleScope({ line }: Rule, { facts, event, values, version, warn }: Scoping): RuleScope {
  return {
    ...values,
    values: new Map([...values.values, ["version", version?.tag ?? ""]]),
    event,
    isCommitDateKnown: facts.commitDate !== undefined,
    ownVersions: facts.ownVersions ?? new Map(),
    contents: facts.contents ?? {},
    warn: ({ message, hint }) => {
      if (line !== undefined) warn({ message: `${placeOf(line)}: ${message}`, hint });
    },
  };
}

/** Highest first; equal ones keep their order. */
function byPriority(rules: readonly Rule[]): readonly Rule[] {
  return [...rules].sort((a, b) => b.priority - a.priority);
}

function isEnabled(rule: Rule, scope: RuleScope): boolean {
  try {
    return checkEnabled(expand(rule.enable, scope));
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

/** The tag that the flavor makes of `latest`; registries refuse it with some prefixes. */
function latestName({ prefix, suffix }: Flavor, values: ExpressionValues): Tag | undefined {
  const affix = ({ template, onLatest }: Affix): string => (onLatest ? expand(template, values) : "");
  const name = tagText(`${affix(prefix)}latest${affix(suffix)}`);
  return isTag(name) ? name : undefined;
}

function withLatest(
  tags: readonly ImageTag[],
  isWanted: boolean,
  latest: Tag | undefined,
  { ref }: TagEvent,
): readonly ImageTag[] {
  if (ref.kind === "pull") return tags.filter(({ tag }) => tag !== "latest" && tag !== latest);
  if (!isWanted || latest === undefined || tags[0]?.tag === latest) return tags;
  return [...tags.filter(({ tag }) => tag !== latest), { tag: latest, moves: true }];
}
