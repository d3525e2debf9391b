/**
 * The `{{…}}` expressions of rules, labels, names and build arguments: those of docker/metadata-action and ours. Nothing
 * is escaped; `{{{…}}}` means the same.
 */
import { UserError } from "../../errors.ts";
import { didYouMean } from "../../lib/did-you-mean.ts";
import { expressionsIn } from "../../lib/text/expressions.ts";
import { formatDate } from "./date-format.ts";

/** A text taken apart into what stands as it is and what is to be filled in. */
export interface Template {
  readonly text: string;
  readonly parts: readonly (string | Expression)[];
}

export type Expression =
  | { readonly kind: "value"; readonly name: string }
  | { readonly kind: "date"; readonly of: "run" | "commit"; readonly format: string; readonly timeZone: string };

/** What the expressions of a template stand for. */
export interface ExpressionValues {
  /** By name; a name without value is empty. */
  readonly values: ReadonlyMap<string, string>;
  readonly runDate: Date;
  readonly commitDate: Date;
}

/** Expressions that rules, labels and annotations may use beside `date` and `commit_date`. */
export const eventNames: readonly string[] = [
  ...["branch", "tag", "sha", "base_ref", "is_default_branch", "is_not_default_branch", "is_release"],
  ...["owner", "repo", "name", "version"],
];

/** Expressions of what is made for one platform, such as build arguments and cache lines. */
export const buildNames: readonly string[] = [
  ...[...eventNames, "platform", "arch"],
  ...["ref", "ref_name", "actor", "run_id", "run_number"],
];

/**
 * Takes a text apart. `names` are the expressions that have a meaning in this place, beside the dates.
 * @throws UserError for an expression that is unknown, unclosed or malformed; where `unknown` is `keep`, one whose name
 * is none of ours stays as it is (build arguments, which may be templates of another tool).
 */
export function parseTemplate(text: string, names: readonly string[], unknown: "refuse" | "keep" = "refuse"): Template {
  const parts: (string | Expression)[] = [];
  let end = 0;
  for (const { inner, start, end: after } of expressionsIn(text)) {
    const expression = parseExpression(inner, names, unknown);
    if (expression === undefined) continue;
    parts.push(text.slice(end, start), expression);
    end = after;
  }
  parts.push(text.slice(end));
  const literal = parts.filter((part) => typeof part === "string").join("");
  if (unknown === "refuse" && literal.includes("{{")) {
    throw new UserError(`"${text}" has an expression that doesn't end`, { hint: "close it with }}" });
  }
  return { text, parts: parts.filter((part) => part !== "") };
}

/** The text with everything filled in. */
export function expand(template: Template, { values, runDate, commitDate }: ExpressionValues): string {
  return template.parts
    .map((part) => {
      if (typeof part === "string") return part;
      if (part.kind === "value") return values.get(part.name) ?? "";
      return formatDate(part.of === "run" ? runDate : commitDate, part.format, part.timeZone);
    })
    .join("");
}

/** One template after another. */
export function concatenated(first: Template | undefined, second: Template | undefined): Template {
  const both = [first, second].filter((each) => each !== undefined);
  return { text: both.map(({ text }) => text).join(""), parts: both.flatMap(({ parts }) => parts) };
}

/** Whether the template uses an expression, by its name. */
export function uses(template: Template, name: string): boolean {
  return template.parts.some((part) => typeof part !== "string" && part.kind === "value" && part.name === name);
}

/** Whether the template uses the date of the commit. */
export function usesCommitDate(template: Template): boolean {
  return template.parts.some((part) => typeof part !== "string" && part.kind === "date" && part.of === "commit");
}

const dates: Readonly<Record<string, "run" | "commit">> = { date: "run", commit_date: "commit" };

function parseExpression(inner: string, names: readonly string[], unknown: "refuse" | "keep"): Expression | undefined {
  const [, name = "", rest = ""] = /^(\S*)\s*([\s\S]*)$/.exec(inner) ?? [];
  const of = Object.hasOwn(dates, name) ? dates[name] : undefined;
  if (of !== undefined) return dateExpression(name, of, rest);
  if (names.includes(name) && rest === "") return { kind: "value", name };
  if (unknown === "keep" && !names.includes(name)) return undefined;
  throw names.includes(name)
    ? new UserError(`{{${inner}}} has more than a name`, { hint: `write {{${name}}}` })
    : unknownExpression(inner, name, names);
}

function dateExpression(name: string, of: "run" | "commit", rest: string): Expression {
  const parsed = /^(?:'([^']*)'|"([^"]*)")(?:\s+tz=(?:'([^']*)'|"([^"]*)"))?$/.exec(rest);
  const format = parsed?.[1] ?? parsed?.[2] ?? "";
  if (format === "") {
    throw new UserError(`{{${[name, rest].join(" ").trim()}}} isn't written as a date`, {
      hint: `write {{${name} 'YYYYMMDD'}}, with a time zone {{${name} 'YYYYMMDD' tz='Europe/Berlin'}}`,
    });
  }
  const timeZone = parsed?.[3] ?? parsed?.[4] ?? "UTC";
  formatDate(new Date(0), format, timeZone);
  return { kind: "date", of, format, timeZone };
}

function unknownExpression(inner: string, name: string, names: readonly string[]): UserError {
  const known = [...names, ...Object.keys(dates)];
  const like = didYouMean(name, known);
  const meaning = buildNames.includes(name) ? "has no meaning here" : "isn't a valid expression";
  return new UserError(`{{${inner}}} ${meaning}`, {
    hint:
      like === undefined ? `use one of ${known.map((each) => `{{${each}}}`).join(" ")}` : `did you mean {{${like}}}?`,
  });
}
