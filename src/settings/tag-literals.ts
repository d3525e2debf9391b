/** What an image's rules put around the versions in its tags, so that a variant's name isn't taken for a version. */
import type { TagLiterals } from "../bump/versions/tag-form.ts";
import type { ImageName } from "../catalog/catalog.ts";
import { tagText } from "../model/image-tags.ts";
import { affixTemplates } from "../tags/name-origin.ts";
import { type Flavor, variantSuffix } from "../tags/rules/flavor.ts";
import type { Rule } from "../tags/rules/rule.ts";
import type { Template } from "../tags/text/expression.ts";

export interface TagRules {
  readonly flavor: Flavor;
  readonly rules: readonly Rule[];
}

/** The texts around what each rule fills in, without those that change from run to run: `["", "-21"]` of `{{version}}-21`. */
export function tagLiterals(image: ImageName, rules: TagRules): readonly TagLiterals[] {
  const named = literalsOfRules(image, rules).filter(
    (each) => each.length > 1 && each.some((text) => /[A-Za-z0-9]/.test(text)),
  );
  return [...new Map(named.map((each) => [each.join("\0"), each])).values()];
}

/** The same of the flavor and of every rule. */
export function literalsOfRules(image: ImageName, { flavor, rules }: TagRules): readonly TagLiterals[] {
  const ending = variantSuffix(image, flavor);
  const ofFlavor = [flavor.prefix.template.parts, [undefined], flavor.suffix.template.parts];
  const ofRules = rules.map((rule) => {
    const [before, after] = affixTemplates(rule, flavor);
    return [before?.parts ?? [], templateOf(rule)?.parts ?? [undefined], after?.parts ?? []];
  });
  return [ofFlavor, ...ofRules].map((parts) => literalsOf([...parts.flat(), ending]));
}

/** What rules give that fill nothing in: `nightly` of `type=raw,value=nightly`. */
export function fixedTags(image: ImageName, { flavor, rules }: TagRules): readonly string[] {
  const ending = variantSuffix(image, flavor);
  return rules.flatMap((rule) => {
    if (rule.type !== "raw") return [];
    const [before, after] = affixTemplates(rule, flavor);
    const parts = [...(before?.parts ?? []), ...rule.value.parts, ...(after?.parts ?? []), ending];
    const texts = parts.filter((part) => typeof part === "string");
    return texts.length === parts.length ? [tagText(texts.join(""))] : [];
  });
}

/** `undefined` for what has nothing filled in, or not by a template. */
function templateOf(rule: Rule): Template | undefined {
  const template =
    rule.type === "raw" ? rule.value : "pattern" in rule && "parts" in rule.pattern ? rule.pattern : undefined;
  return template?.parts.some((part) => typeof part !== "string") ? template : undefined;
}

/** Only a number in the middle parts what is filled in: `1.2.0-17-24f7512`. */
function literalsOf(parts: readonly (Template["parts"][number] | undefined)[]): TagLiterals {
  const texts: string[] = [""];
  for (const part of parts) {
    if (typeof part === "string") texts.push(`${texts.pop() ?? ""}${tagText(part)}`);
    else texts.push("");
  }
  const [before = "", ...others] = texts;
  const after = others.pop();
  if (after === undefined) return [before];
  const middle = others.filter((each) => /\d/.test(each) && !isChanging(each));
  return [fixedText(before), ...middle, fixedText(after)];
}

/** A `v` is a part of any version. */
function fixedText(text: string): string {
  return text === "v" || isChanging(text) ? "" : text;
}

/** A run's number behind a word that counts, a commit or a day, which GitHub filled in before the action read the rule. */
function isChanging(text: string): boolean {
  return /^[._-]?(?:(?:r|rev|revision|build|bld|b|run|ci|sha|g)[._-]?\d+|(?:sha-?|g)?(?=[0-9a-f]*\d)[0-9a-f]{7,40}|20\d\d[.-]?[01]\d[.-]?[0-3]\d(?:[.-]?\d{4,6})?)[._-]?$/.test(
    text,
  );
}
