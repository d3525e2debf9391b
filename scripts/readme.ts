/**
 * Writes the README's tables of inputs and outputs, which are made from action.yml and from what this version serves.
 * `node scripts/readme.ts` writes them, a test compares.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { type InputSpecification, inputs } from "../src/config/inputs-specification.ts";

const root = resolve(import.meta.dirname, "..");

interface Entry {
  readonly description: string;
}

interface ActionFile {
  readonly inputs: Readonly<Record<string, Entry>>;
  readonly outputs: Readonly<Record<string, Entry>>;
}

/** The README's text with both tables as they should be. */
export function withTables(readme: string, action: ActionFile): string {
  const notYet = new Set<string>(
    inputs.filter((input: InputSpecification) => input.served?.length === 0).map(({ name }) => name),
  );
  const served = Object.entries(action.inputs).filter(([name]) => !notYet.has(name));
  const later = Object.keys(action.inputs).filter((name) => notYet.has(name));
  const refused = `Not supported yet, and an error if set: ${later.map((name) => `\`${name}\``).join(", ")}.`;
  const withInputs = replaced(readme, "inputs", `${table("input", served, limits)}\n\n${refused}`);
  return replaced(withInputs, "outputs", table("output", Object.entries(action.outputs)));
}

/** @param remark stands behind the description of what has this name. */
function table(
  head: string,
  entries: readonly (readonly [string, Entry])[],
  remark: (name: string) => string = () => "",
): string {
  const rows = entries.map(
    ([name, { description }]) => `| \`${name}\` | ${description.replaceAll("|", "\\|")}${remark(name)} |`,
  );
  return [`| ${head} | description |`, "|---|---|", ...rows].join("\n");
}

/** Values that a later version will support and this one rejects. */
function limits(name: string): string {
  const input: InputSpecification | undefined = inputs.find((each) => each.name === name);
  if (input?.served === undefined || input.served.length === input.words?.length) return "";
  return ` **This version supports only ${input.served.map((word) => `\`${word}\``).join(", ")}.**`;
}

/** The text with what stands between `<!-- name: … -->` and `<!-- /name -->` put in anew. */
export function replaced(readme: string, name: string, content: string): string {
  const begin = readme.indexOf("\n", readme.indexOf(`<!-- ${name}:`));
  const end = readme.indexOf(`<!-- /${name} -->`);
  return `${readme.slice(0, begin + 1)}${content}\n${readme.slice(end)}`;
}

export function readAction(): ActionFile {
  return parse(readFileSync(resolve(root, "action.yml"), "utf8"));
}

if (import.meta.main) {
  const path = resolve(root, "README.md");
  writeFileSync(path, withTables(readFileSync(path, "utf8"), readAction()));
}
