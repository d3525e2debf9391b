/** Writes what docs/tags.md says of rule types and expressions from the parser's own lists. `node scripts/tags-docs.ts` writes, a test compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { RuleType } from "../src/tags/rules/rule.ts";
import { ruleTypes } from "../src/tags/rules/rule-attributes.ts";
import { buildNames, eventNames } from "../src/tags/text/expression.ts";
import { pep440Names } from "../src/tags/versions/pep440.ts";
import { semverNames } from "../src/tags/versions/semver.ts";
import { replaced } from "./readme.ts";

export const tagsPage = resolve(import.meta.dirname, "../docs/tags.md");

interface Said {
  /** What its attributes mean, by name; the default behind it. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly applies: string;
  readonly latest: string;
  readonly setOnce: string;
}

const versionAttributes = {
  pattern: "required",
  value: "instead of the git tag",
  match: "its first group is the version",
};

const types: Readonly<Record<RuleType, Said>> = {
  schedule: { attributes: { pattern: "`nightly`" }, applies: "on a schedule", latest: "no", setOnce: "no" },
  semver: {
    attributes: versionAttributes,
    applies: "on a git tag, or with a `value`",
    latest: "yes, unless a prerelease",
    setOnce: "a whole version; every prerelease",
  },
  pep440: {
    attributes: versionAttributes,
    applies: "on a git tag, or with a `value`",
    latest: "yes, unless a pre-, post- or development release",
    setOnce: "a whole version; every prerelease",
  },
  version: {
    attributes: {
      from: "required, several times: see below",
      pattern: "`{{version}}`",
      match: "its first group is the version",
    },
    applies: "where the image has a version",
    latest: "no",
    setOnce: "with `{{sha}}` or `{{tag}}`",
  },
  calver: {
    attributes: { pattern: "`{{date 'YYYY.MM.DD'}}-{{sha}}`" },
    applies: "always; the date is the commit's in UTC, on a schedule the run's",
    latest: "no",
    setOnce: "with `{{sha}}` or `{{tag}}`",
  },
  match: {
    attributes: { pattern: "required: `re` or `/re/flags`", group: "`0`", value: "instead of the git tag" },
    applies: "on a git tag, or with a `value`",
    latest: "yes",
    setOnce: "all of it but letters before",
  },
  edge: { attributes: { branch: "the default branch" }, applies: "on that branch", latest: "no", setOnce: "no" },
  ref: {
    attributes: { event: "required: `branch`, `tag` or `pr`, which has `prefix=pr-`" },
    applies: "for such a ref",
    latest: "a tag only",
    setOnce: "a tag only",
  },
  raw: {
    attributes: { value: "required; `foo` alone works" },
    applies: "always",
    latest: "no",
    setOnce: "with `{{sha}}` or `{{tag}}`",
  },
  content: {
    attributes: { of: "required: `file`, the Dockerfile's bytes", length: "`12`" },
    applies: "always",
    latest: "no",
    setOnce: "yes",
  },
  sha: {
    attributes: { format: "`short`, or `long`" },
    applies: "always; has `prefix=sha-`",
    latest: "no",
    setOnce: "yes",
  },
};

/** The page with its generated parts as they should be. */
export function withLists(page: string): string {
  const names = (list: readonly string[]): string => list.map((name) => `\`{{${name}}}\``).join(" ");
  const own = pep440Names.filter((name) => !semverNames.includes(name));
  const expressions = [
    `| where | expressions |`,
    "|---|---|",
    `| everywhere | ${names(eventNames)} \`{{date 'YYYYMMDD' tz='UTC'}}\` \`{{commit_date 'YYYY-MM-DD'}}\` |`,
    `| \`pattern\` of semver, version | ${names(semverNames)} |`,
    `| \`pattern\` of pep440 | these, and ${names(own)} |`,
    `| build arguments, cache lines | those of everywhere, and ${names(buildNames.filter((name) => !eventNames.includes(name)))} |`,
  ].join("\n");
  return replaced(replaced(page, "types", typeTable()), "expressions", expressions);
}

function typeTable(): string {
  const rows = Object.entries(ruleTypes)
    .map(([type, { priority, attributes }]) => ({ priority, attributes, type, said: saidOf(type) }))
    .sort((a, b) => b.priority - a.priority)
    .map(({ type, priority, attributes, said }) => {
      const described = attributes.map((name) => `\`${name}\` (${said.attributes[name] ?? missing(type, name)})`);
      return `| \`${type}\` | ${priority} | ${described.join(", ")} | ${said.applies} | ${said.latest} | ${said.setOnce} |`;
    });
  return [
    "| type | priority | attributes (default) | gives a tag | `latest` | immutable |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function saidOf(type: string): Said {
  const found = Object.entries(types).find(([name]) => name === type)?.[1];
  return found ?? missing(type, "");
}

function missing(type: string, name: string): never {
  throw new Error(`say what ${type} ${name} means in scripts/tags-docs.ts`);
}

if (import.meta.main) writeFileSync(tagsPage, withLists(readFileSync(tagsPage, "utf8")));
