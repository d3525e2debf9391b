/** From what a rule gives to a tag that a registry takes. */
import { digestOf } from "../../model/digest.ts";
import { type ImageTag, type TagWarning, tagText } from "../../model/image-tags.ts";
import { isTag, type Tag } from "../../model/reference.ts";
import { affixTemplates, type NameOrigin } from "../name-origin.ts";
import { expand, type Template, uses } from "../text/expression.ts";
import type { Flavor } from "./flavor.ts";
import { isPythonVersion, isVersionWithCommit, type NameKind } from "./reserved-name.ts";
import { branchWarning, gitTagWarning, type Reservations, takenFor } from "./reserved-tag.ts";
import type { Rule } from "./rule.ts";
import { isStamped, type RuleScope, type Yield } from "./rule-scope.ts";

export interface Finishing {
  readonly rule: Rule;
  readonly flavor: Flavor;
  /** What all tags of the image end in, whatever rule and flavor say. */
  readonly ending: string;
  readonly scope: RuleScope;
  /** The first tag, if an earlier rule gave it. */
  readonly version: ImageTag | undefined;
  /** Whose name the tag has in it. */
  readonly origin: NameOrigin;
  readonly reservations: Reservations;
  /** What the rule would give, without prefix and suffix, if the branch had an ordinary name. */
  readonly ordinary: () => { readonly yielded: Yield; readonly scope: RuleScope } | undefined;
  readonly warn: (warning: TagWarning) => void;
}

const maximumLength = 128;
const hashLength = 8;

/**
 * Puts prefix and suffix on. `undefined`, with a warning, for a branch or git tag whose tag would pass for something else, and
 * for what a registry would refuse at the push: a leading dot or dash. Longer than 128 is shortened, with a warning.
 */
export function finishTag(yielded: Yield, finishing: Finishing): ImageTag | undefined {
  const { rule, flavor, ending, scope, version, warn } = finishing;
  if (yielded.text === "") return undefined;
  const affixes = affixTemplates(rule, flavor);
  const whole = wholeText(yielded, affixes, scope);

  const isStampedOutside = rule.type !== "schedule" && affixes.some((each) => isStamped(each, scope));
  const isExactVersion = rule.type === "raw" && uses(rule.value, "version") && version?.moves === false;
  const isExact = yielded.isExact || isStampedOutside || isExactVersion;
  const tag = registryTag(`${whole}${ending}`, warn);
  const taken = tag === undefined ? undefined : takenWarning([whole, tag], affixes, finishing);
  if (taken !== undefined) warn(taken);
  return tag === undefined || taken !== undefined
    ? undefined
    : { tag, moves: !isExact, ...(yielded.of && { of: yielded.of }) };
}

function wholeText({ text }: Yield, [prefix, suffix]: readonly Template[], scope: RuleScope): string {
  const fill = (affix: Template | undefined): string => (affix === undefined ? "" : expand(affix, scope));
  return tagText(`${fill(prefix)}${text}${fill(suffix)}`);
}

/** Why a tag is not given, which would pass for something that its name is not. */
function takenWarning(
  texts: readonly string[],
  affixes: readonly Template[],
  { rule, scope, origin, reservations, ordinary }: Finishing,
): TagWarning | undefined {
  const { branch } = origin;
  const find = (kind: NameKind, all: readonly string[]) =>
    all.map((text) => takenFor(text, kind, reservations)).find((meaning) => meaning !== undefined);
  const [shown = ""] = texts;
  if (branch !== undefined) {
    const meaning = find("branch", texts);
    if (meaning !== undefined && !isOfCommit(shown, meaning) && !isSameReading(shown, meaning))
      return branchWarning(shown, meaning, branch);
  }
  if (!origin.isOfGitTag) return undefined;
  const meaning = find("git tag", texts);
  if (meaning === undefined) return undefined;
  return gitTagWarning(shown, meaning, scope.event.ref.kind === "tag" ? scope.event.ref.fullTag : "");

  function isOfCommit(text: string, reading: string): boolean {
    const isStampedWith = [...affixes, ...(rule.type === "raw" ? [rule.value] : [])].some((each) => uses(each, "sha"));
    return isStampedWith && reading === "a version" && !isVersionWithCommit(text);
  }

  /** Not for what the branch's name adds to a version that comes from elsewhere: `1.2.3-main` of an image's own version. */
  function isSameReading(text: string, reading: string): boolean {
    if ((rule.type === "raw" || rule.type === "ref") && scope.event.ref.kind !== "tag") return false;
    const other = ordinary();
    const plain = other && wholeText(other.yielded, affixes, other.scope);
    return (
      plain !== undefined &&
      takenFor(plain, "branch", reservations) === reading &&
      isPythonVersion(plain) === isPythonVersion(text)
    );
  }
}

/** A long one keeps its beginning and ends in a hash of the whole, so that two long ones stay two. */
function registryTag(text: string, warn: (warning: TagWarning) => void): Tag | undefined {
  if (isTag(text)) return text;
  if (/^[.-]/.test(text)) {
    warn({
      message: `"${text}" isn't a valid tag: registries refuse a leading "${text.charAt(0)}"`,
      hint: "give the rule a prefix, or limit it with enable=",
    });
    return undefined;
  }
  const hash = digestOf(text).slice("sha256:".length, "sha256:".length + hashLength);
  const short = `${text.slice(0, maximumLength - hashLength - 1)}-${hash}`;
  warn({
    message: `a tag of ${text.length} characters is shortened to "${short}"`,
    hint: `registries take at most ${maximumLength}: use a shorter name`,
  });
  return isTag(short) ? short : undefined;
}
