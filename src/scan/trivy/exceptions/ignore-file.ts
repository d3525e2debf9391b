/** What is wrong with an ignore file, by Trivy's rules (pkg/result/ignore.go, 0.76), which it would apply only after the build. */

import { eachOnce, type SourceLocation, UserError } from "../../../errors.ts";
import { didYouMean, didYouMeanText } from "../../../lib/did-you-mean.ts";
import { parseTree, type Tree, type TreeEntry } from "../../../lib/yaml/yaml-tree.ts";
import { isIgnorePattern } from "./ignore-pattern.ts";

/** @param file from the repository's root; its name decides how it is read, as for Trivy. */
export async function ignoreFileProblems(text: string, file: string): Promise<readonly UserError[]> {
  if (!/\.ya?ml$/.test(file)) return text.split("\n").flatMap((line, index) => problemsOfLine(line, file, index + 1));
  const { tree, problems } = await parseTree(text.replace(emptyDocument, "\n"), file);
  const checked = tree === undefined ? [] : problemsOfFile(tree, text.split("\n"));
  // Aliases lead to one place from many.
  return [...problems, ...eachOnce(checked)];
}

/** Nothing comes after the mark, so that nothing is passed over. */
const emptyDocument = /\n---[ \t]*(?:#.*)?(?:\n[ \t]*(?:#.*)?)*$/;

/** `CVE-2026-1234 exp:2026-12-31`. */
function problemsOfLine(line: string, file: string, number: number): readonly UserError[] {
  const [id] = /^\s*[^\s#]\S*/.exec(line) ?? [];
  if (id === undefined) return [];
  const at = (column: number): SourceLocation => ({ file, line: number, column });
  if (/^\s*(?:-|\S+:)\s*$/.test(line) || /^\s*-\s/.test(line)) {
    const column = line.search(/\S/) + 1;
    return [problem("this is YAML in a file of plain text", "name the file .trivyignore.yaml", at(column))];
  }
  const expiry = / exp:(\S*)/.exec(line.replace(/\s/g, " "));
  if (expiry === null) return [];
  const [, written = ""] = expiry;
  return /^\d{4}-\d\d-\d\d$/.test(written) && isDay(written) ? [] : [noDate(written, at(expiry.index + 2))];
}

const sections = ["vulnerabilities", "misconfigurations", "secrets", "licenses"];

function problemsOfFile(tree: Tree, lines: readonly string[]): readonly UserError[] {
  if (isNothing(tree)) return [];
  if (tree.kind !== "map") {
    const hint =
      "write `vulnerabilities:`, and below it an entry `- id: CVE-…` for each; plain text belongs in .trivyignore";
    return [problem(`it begins with ${nameOf(tree)} where vulnerabilities and secrets are listed`, hint, tree.at)];
  }
  return tree.entries.flatMap((entry) =>
    sections.includes(entry.key) ? problemsOfSection(entry, lines) : misnamed(entry, sections),
  );
}

function problemsOfSection({ key, value }: TreeEntry, lines: readonly string[]): readonly UserError[] {
  if (isNothing(value)) return [];
  const hint = `write an entry \`- id: …\` for each below ${key}`;
  if (value.kind !== "list") return [problem(`${key} is ${nameOf(value)}, not a list`, hint, value.at)];
  return value.items.flatMap((item) => {
    if (isNothing(item)) return [];
    if (item.kind !== "map") return [problem(`an entry of ${key} is ${nameOf(item)}`, hint, item.at)];
    return item.entries.flatMap((entry) => problemsOfField(entry, lines));
  });
}

type Check = (value: Tree, key: string, lines: readonly string[]) => readonly UserError[];

const text: Check = (value, key) =>
  value.kind === "scalar" ? [] : [problem(`${key} is ${nameOf(value)}`, `write one text: \`${key}: …\``, value.at)];

const listOf =
  (isGood: (item: string) => boolean, what: string, hint: string): Check =>
  (value, key) => {
    if (isNothing(value)) return [];
    if (value.kind !== "list") {
      return [problem(`${key} is ${nameOf(value)}, not a list`, `write it as a list: \`${key}: […]\``, value.at)];
    }
    return value.items.flatMap((item) => {
      if (item.kind !== "scalar") return text(item, key, []);
      return isGood(item.text) ? [] : [problem(`"${item.text}" is not a valid ${what}`, hint, item.at)];
    });
  };

const date: Check = (value, key, lines) => {
  if (isNothing(value)) return [];
  if (value.kind !== "scalar") return text(value, key, lines);
  const written = value.text;
  const isQuoted = /["'|>]/.test(lines[(value.at.line ?? 0) - 1]?.charAt((value.at.column ?? 0) - 1) ?? "");
  const isGood = (isQuoted ? quotedTime : plainTime).test(written) && isDay(written);
  return isGood ? [] : [noDate(written, value.at)];
};

/** A time of YAML, as Go's library reads one. */
const plainTime =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?$/;
/** RFC 3339. */
const quotedTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

const fields: Readonly<Record<string, Check>> = {
  id: text,
  statement: text,
  expired_at: date,
  paths: listOf(isIgnorePattern, "pattern for paths", "close its brackets, or write a backslash before them"),
  purls: listOf((purl) => /^pkg:\/*[^/]+\/./.test(purl), "package URL", "write it as pkg:type/name"),
};

function problemsOfField(entry: TreeEntry, lines: readonly string[]): readonly UserError[] {
  const check = Object.hasOwn(fields, entry.key) ? fields[entry.key] : undefined;
  return check?.(entry.value, entry.key, lines) ?? misnamed(entry, Object.keys(fields));
}

/** Trivy passes over keys that it doesn't know: a typo would ignore nothing, or everything. */
function misnamed({ key, at }: TreeEntry, known: readonly string[]): readonly UserError[] {
  if (didYouMean(key, known) === undefined) return [];
  return [problem(`"${key}" is unknown`, `write one of ${known.join(", ")}${didYouMeanText(key, known)}`, at)];
}

function noDate(written: string, at: SourceLocation): UserError {
  return problem(`"${written}" is not a date`, "write it as 2026-12-31, without quotes", at);
}

function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split(/[-Tt ]/, 3).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isNothing(tree: Tree): boolean {
  return tree.kind === "scalar" && tree.value === null;
}

function nameOf(tree: Tree): string {
  return tree.kind === "scalar" ? `the text "${tree.text}"` : tree.kind === "list" ? "a list" : "a map";
}

function problem(what: string, hint: string, at: SourceLocation): UserError {
  return new UserError(`the ignore file ${at.file} can't be used: ${what}`, { hint, at });
}
