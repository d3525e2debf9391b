/** From what a rule gives to a tag that a registry takes. */
import { digestOf } from "../oci/digest.ts";
import { isTag, type Tag } from "../oci/reference.ts";
import { expand, type Template, uses } from "./expression.ts";
import type { Flavor } from "./flavor.ts";
import { type ImageTag, type TagWarning, tagText } from "./image-tags.ts";
import { reservedMeaning } from "./reserved-name.ts";
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
  readonly warn: (warning: TagWarning) => void;
}

const maximumLength = 128;
const hashLength = 8;

/**
 * Puts prefix and suffix on. `undefined`, with a warning, for a branch whose tag would pass for something else, and for
 * what a registry would refuse at the push: a leading dot or dash. Longer than 128 is shortened, with a warning.
 */
export function finishTag(
  yielded: Yield,
  { rule, flavor, ending, scope, version, warn }: Finishing,
): ImageTag | undefined {
  if (yielded.text === "") return undefined;
  const prefix = rule.prefix ?? flavor.prefix.template;
  const suffix = rule.suffix ?? flavor.suffix.template;
  const whole = tagText(`${expand(prefix, scope)}${yielded.text}${expand(suffix, scope)}`);

  const isStampedOutside = rule.type !== "schedule" && [prefix, suffix].some((each) => isStamped(each, scope));
  const isExactVersion = rule.type === "raw" && uses(rule.value, "version") && version?.moves === false;
  const isExact = yielded.isExact || isStampedOutside || isExactVersion;
  if (!isExact && isFromBranch(rule, [prefix, suffix])) {
    const meaning = reservedMeaning(ownText(yielded, rule, scope)) ?? reservedMeaning(whole);
    if (meaning !== undefined) {
      warn({
        message: `the branch gives no tag "${whole}", which would pass for ${meaning}`,
        hint: "rename the branch, or give its tags a prefix, such as type=ref,event=branch,prefix=branch-",
      });
      return undefined;
    }
  }
  const tag = registryTag(`${whole}${ending}`, warn);
  return tag === undefined ? undefined : { tag, moves: !isExact, ...(yielded.of && { of: yielded.of }) };
}

function isFromBranch(rule: Rule, affixes: readonly Template[]): boolean {
  if (rule.type === "ref") return rule.event === "branch";
  return rule.type === "raw" && [rule.value, ...affixes].some((each) => uses(each, "branch") || uses(each, "base_ref"));
}

/** The tag without the flavor's prefix and suffix, which versions and `latest` have as well. */
function ownText({ text }: Yield, { prefix, suffix }: Rule, scope: RuleScope): string {
  return tagText(`${prefix ? expand(prefix, scope) : ""}${text}${suffix ? expand(suffix, scope) : ""}`);
}

/** A long one keeps its beginning and ends in a hash of the whole, so that two long ones stay two. */
function registryTag(text: string, warn: (warning: TagWarning) => void): Tag | undefined {
  if (isTag(text)) return text;
  if (/^[.-]/.test(text)) {
    warn({
      message: `"${text}" is no tag: registries refuse a leading "${text.charAt(0)}"`,
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
