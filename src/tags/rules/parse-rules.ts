/** Lines of the `tags` input to rules. */
import { UserError } from "../../errors.ts";
import { didYouMeanText } from "../../lib/did-you-mean.ts";
import type { SourcedLine } from "../../lib/text/sourced-line.ts";
import { eventNames, parseTemplate, type Template } from "../text/expression.ts";
import { type Parsed, parseLines } from "../text/lines.ts";
import { groupCount, readPattern } from "../text/pattern.ts";
import { looseVersionNames } from "../versions/loose-version.ts";
import { pep440Names } from "../versions/pep440.ts";
import { semverNames } from "../versions/semver.ts";
import { parseVersionSource } from "../versions/version-source.ts";
import { defaultRuleLines } from "./default-rules.ts";
import type { Rule, RuleKind } from "./rule.ts";
import { type RuleAttributes, readRuleAttributes, ruleTypes } from "./rule-attributes.ts";

/**
 * Parses the rules in the order of their lines. No lines at all mean the default rules. Every line that isn't a valid
 * rule is a problem which names the line. The language is docker/metadata-action's, with our extensions.
 */
export function parseRules(lines: readonly SourcedLine[]): Parsed<Rule> {
  if (lines.length === 0) return parseLines(defaultRuleLines, (line) => ({ ...parseRule(line), line: undefined }));
  return parseLines(lines, parseRule);
}

function parseRule(line: SourcedLine): Rule {
  const attributes = readRuleAttributes(line);
  const enable = one(attributes, "enable");
  return {
    ...parseKind(attributes),
    text: line.text,
    enable: parseEnable(enable ?? "true"),
    isEnableGiven: enable !== undefined,
    priority: parsePriority(one(attributes, "priority") ?? `${ruleTypes[attributes.type].priority}`),
    prefix: optionalTemplate(one(attributes, "prefix") ?? defaultPrefix(attributes)),
    suffix: optionalTemplate(one(attributes, "suffix")),
    line,
  };
}

function parseKind(attributes: RuleAttributes): RuleKind {
  const { type } = attributes;
  switch (type) {
    case "schedule":
      return { type, pattern: parseTemplate(one(attributes, "pattern") || "nightly", eventNames) };
    case "semver":
    case "pep440":
      return {
        type,
        pattern: versionPattern(
          required(attributes, "pattern", "{{version}}"),
          type === "semver" ? semverNames : pep440Names,
        ),
        value: optionalTemplate(one(attributes, "value") || undefined),
        match: matchOf(attributes),
      };
    case "match":
      return { type, ...matchRule(attributes), value: optionalTemplate(one(attributes, "value") || undefined) };
    case "edge":
      return { type, branch: one(attributes, "branch") || undefined };
    case "ref":
      return { type, event: word(attributes, "event", ["branch", "tag", "pr"], undefined) };
    case "raw":
      return { type, value: parseTemplate(required(attributes, "value", "stable"), eventNames) };
    case "sha":
      return { type, format: word(attributes, "format", ["short", "long"], "short") };
    case "version":
      return {
        type,
        from: versionSources(attributes),
        pattern: parseTemplate(one(attributes, "pattern") || "{{version}}", [...looseVersionNames, ...eventNames]),
        match: matchOf(attributes),
      };
    case "calver":
      return {
        type,
        pattern: parseTemplate(one(attributes, "pattern") || "{{date 'YYYY.MM.DD'}}-{{sha}}", eventNames),
      };
    case "content":
      return { type, of: word(attributes, "of", ["file", "inputs"], undefined), length: hashLength(attributes) };
  }
}

function one(attributes: RuleAttributes, name: string): string | undefined {
  return attributes.values.get(name)?.[0];
}

function required(attributes: RuleAttributes, name: string, example: string): string {
  const value = one(attributes, name) ?? "";
  if (value !== "") return value;
  throw new UserError(`type ${attributes.type} lacks its ${name}`, {
    hint: `add ${name}=, such as type=${attributes.type},${name}=${example}`,
  });
}

function word<T extends string>(of: RuleAttributes, name: string, known: readonly T[], otherwise: T | undefined): T {
  const given = one(of, name) ?? otherwise ?? required(of, name, known[0] ?? "");
  const found = known.find((each) => each === given);
  if (found !== undefined) return found;
  throw new UserError(`${name}=${given} has no meaning for type ${of.type}`, {
    hint: `write ${known.map((each) => `${name}=${each}`).join(" or ")}${didYouMeanText(given, known)}`,
  });
}

function optionalTemplate(text: string | undefined): Template | undefined {
  return text === undefined ? undefined : parseTemplate(text, eventNames);
}

function defaultPrefix({ type, values }: RuleAttributes): string | undefined {
  if (type === "sha") return "sha-";
  return type === "ref" && values.get("event")?.[0] === "pr" ? "pr-" : undefined;
}

function parseEnable(text: string): Template {
  const enable = parseTemplate(text, eventNames);
  if (enable.parts.every((part) => typeof part === "string")) checkEnabled(text);
  return enable;
}

/** @throws UserError unless the text is `true` or `false`. */
export function checkEnabled(text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw new UserError(`enable=${text} is neither true nor false`, {
    hint: "write enable=true, enable=false or an expression that gives one of them, such as {{is_default_branch}}",
  });
}

function parsePriority(text: string): number {
  if (/^[+-]?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  throw new UserError(`priority=${text} isn't a number`, {
    hint: "write a number such as priority=500; higher comes first",
  });
}

/** The reference fills in only the version here, so an expression of the event would silently be empty there. */
function versionPattern(text: string, names: readonly string[]): Template {
  const pattern = parseTemplate(text, names);
  if (pattern.parts.every((part) => typeof part === "string" || part.kind === "value")) return pattern;
  throw new UserError(`the pattern "${text}" holds a date`, { hint: "put it in the prefix or suffix" });
}

function matchOf(attributes: RuleAttributes): RegExp | undefined {
  const text = one(attributes, "match") ?? "";
  if (text === "") return undefined;
  const pattern = readPattern(text);
  if (groupCount(pattern) > 0) return pattern;
  throw new UserError(`match=${text} has no capture group`, {
    hint: "put what is the version in parentheses, such as match=^app-(.*)$",
  });
}

function matchRule(attributes: RuleAttributes): { readonly pattern: RegExp; readonly group: number } {
  const text = required(attributes, "pattern", "v(.*)");
  const pattern = readPattern(text);
  const group = one(attributes, "group") || "0";
  if (!/^\d+$/.test(group)) {
    throw new UserError(`group=${group} isn't a number`, { hint: "write group=1 for the first pair of parentheses" });
  }
  const groups = groupCount(pattern);
  if (Number(group) <= groups) return { pattern, group: Number(group) };
  throw new UserError(
    `the pattern "${text}" has ${groups === 0 ? "no capture group" : `${groups} of them`}, group=${group} is wanted`,
    {
      hint: "put what is wanted in parentheses, or lower the group's number",
    },
  );
}

function versionSources(attributes: RuleAttributes): ReturnType<typeof parseVersionSource>[] {
  required(attributes, "from", "arg:VERSION");
  return (attributes.values.get("from") ?? []).map(parseVersionSource);
}

function hashLength(attributes: RuleAttributes): number {
  const text = one(attributes, "length") || "12";
  const length = Number(text);
  if (/^\d+$/.test(text) && length >= 7 && length <= 64) return length;
  throw new UserError(`length=${text} isn't a valid length of a hash`, { hint: "write a number from 7 to 64" });
}
