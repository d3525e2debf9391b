/** Names of images that an entry or a pattern makes. */
import { type SourceLocation, UserError } from "../../errors.ts";
import { expressionsIn } from "../../lib/text/expressions.ts";
import type { TreeEntry } from "../../lib/yaml/yaml-tree.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { filledText, type MatrixValues, unknownValues } from "./fill-in.ts";

/** `php-8.3-cli`: the name and the values that there are, in lower case; what can't be in a name is a dash. */
export function generatedName(base: string, keys: readonly string[], values: MatrixValues): string {
  const parts = keys.map((key) => values.get(key) ?? "").filter((value) => value !== "");
  return [base.toLowerCase(), ...parts.map(plainPart)].join("-");
}

/** `src/NodeChrome` is `src-node-chrome`; the root has the repository's name. */
export function nameOfPath(directory: RepositoryPath, rootName: string): string {
  return directory === "." ? rootName : plainPart(dashed(directory).replaceAll("/", "-"));
}

/** `NodeChrome` is `node-chrome`. */
export function nameOfCapture(value: string): string {
  return plainPart(dashed(value));
}

function dashed(text: string): string {
  return text.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "-");
}

function plainPart(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9._-]/gu, "-");
}

export interface NameTemplate {
  readonly text: string;
  readonly at: SourceLocation;
}

/**
 * The `name` of what a matrix or a pattern makes; `undefined`: none is written.
 * @param names of the values that there are
 * @param others expressions that it may have beside them
 */
export function readNameTemplate(
  entry: TreeEntry | undefined,
  names: readonly string[],
  others: readonly string[],
  add: (problem: UserError) => void,
): NameTemplate | "wrong" | undefined {
  if (entry === undefined) return undefined;
  const { value } = entry;
  const { at } = value;
  const usable = [...names.map((each) => `matrix.${each}`), ...others].map((each) => `{{${each}}}`).join(" ");
  if (value.kind !== "scalar" || value.text.trim() === "") {
    add(new UserError('"name" is a list or a map', { hint: `write a name with ${usable} in it`, at }));
    return "wrong";
  }
  const hint = usable === "" ? "write it without expressions" : `use ${usable}`;
  const problems = [
    ...unknownValues(value, names, { because: "there is no matrix", hint }),
    ...expressionsIn(value.text)
      .filter(({ inner }) => !/^matrix(?:\.|$)/.test(inner) && !others.includes(inner))
      .map(({ inner }) => new UserError(`{{${inner}}} has no meaning in "name"`, { hint, at })),
  ];
  for (const problem of problems) add(problem);
  return problems.length > 0 ? "wrong" : { text: value.text.trim(), at };
}

/** @param path what stands for `{{path}}` */
export function filledName(template: string, values: MatrixValues, path: string): string {
  return filledText(withPath(template, path), values);
}

function withPath(template: string, path: string): string {
  return expressionsIn(template)
    .filter(({ inner }) => inner === "path")
    .reduceRight((text, { start, end }) => `${text.slice(0, start)}${path}${text.slice(end)}`, template);
}
