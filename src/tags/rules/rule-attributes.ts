/** The attributes of one rule, checked for names and taken by the parser one by one. */
import { UserError } from "../../errors.ts";
import { didYouMeanText } from "../../lib/did-you-mean.ts";
import type { SourcedLine } from "../../lib/text/sourced-line.ts";
import { readAttributes } from "../text/lines.ts";
import type { RuleType } from "./rule.ts";

/** Every type with its default priority and the attributes it has beside the common ones. */
export const ruleTypes: Readonly<
  Record<RuleType, { readonly priority: number; readonly attributes: readonly string[] }>
> = {
  schedule: { priority: 1000, attributes: ["pattern"] },
  semver: { priority: 900, attributes: ["pattern", "value", "match"] },
  pep440: { priority: 900, attributes: ["pattern", "value", "match"] },
  version: { priority: 900, attributes: ["from", "pattern", "match"] },
  calver: { priority: 900, attributes: ["pattern"] },
  match: { priority: 800, attributes: ["pattern", "group", "value"] },
  edge: { priority: 700, attributes: ["branch"] },
  ref: { priority: 600, attributes: ["event"] },
  raw: { priority: 200, attributes: ["value"] },
  content: { priority: 150, attributes: ["of", "length"] },
  sha: { priority: 100, attributes: ["format"] },
};

const commonAttributes = ["type", "enable", "priority", "prefix", "suffix"];
/** Types whose bare word is their value, as in the reference. */
const takeWord: readonly RuleType[] = ["raw", "semver", "pep440"];

export interface RuleAttributes {
  readonly type: RuleType;
  /** The values of each attribute that is there. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Reads a rule's line. @throws UserError for an unknown type or attribute, or one given twice. */
export function readRuleAttributes(line: SourcedLine): RuleAttributes {
  const attributes = readAttributes(line);
  const type = readType(attributes.find(({ name }) => name === "type")?.value ?? "raw");
  const values = new Map<string, readonly string[]>();
  for (const { name, value } of attributes) {
    const key = name ?? wordMeans(type, value);
    checkAttribute(type, key);
    const earlier = values.get(key);
    if (earlier !== undefined && key !== "from") {
      throw new UserError(`the attribute ${key} stands twice`, { hint: "leave one of them" });
    }
    values.set(key, [...(earlier ?? []), value]);
  }
  return { type, values };
}

function readType(text: string): RuleType {
  const known = Object.keys(ruleTypes);
  for (const [type] of entries(ruleTypes)) if (type === text) return type;
  throw new UserError(`"${text}" is no type of rule`, {
    hint: `write ${known.slice(0, -1).join(", ")} or ${known.at(-1)}${didYouMeanText(text, known)}`,
  });
}

function entries(types: typeof ruleTypes): readonly (readonly [RuleType, unknown])[] {
  return Object.entries(types) as [RuleType, unknown][];
}

function wordMeans(type: RuleType, word: string): string {
  if (takeWord.includes(type)) return "value";
  throw new UserError(`"${word}" stands without a name in a rule of type ${type}`, {
    hint: 'write name=value; a value that holds a comma must be in quotes with its name, such as type=match,"pattern=\\d{1,3}"',
  });
}

function checkAttribute(type: RuleType, name: string): void {
  const known = [...ruleTypes[type].attributes, ...commonAttributes];
  if (known.includes(name)) return;
  throw new UserError(`type ${type} has no attribute "${name}"`, {
    hint: `its attributes are ${known.join(", ")}${didYouMeanText(name, known)}`,
  });
}
