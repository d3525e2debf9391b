/** The `images` input: where an image is pushed. */

import { UserError } from "../errors.ts";
import { didYouMeanText } from "../lib/did-you-mean.ts";
import { problemAt, type SourcedLine } from "../lib/text/sourced-line.ts";
import { hostOfName, type Repository, repository, tryReference } from "../model/reference.ts";
import { forgeRegistry, type RunContext } from "../model/run-context.ts";
import { checkEnabled } from "./rules/parse-rules.ts";
import { type EventContext, eventValues, readEvent } from "./tag-event.ts";
import { expand, parseTemplate, type Template } from "./text/expression.ts";
import { type Parsed, parseLines, readAttributes } from "./text/lines.ts";

/** A line of the input: one name, with expressions. */
export interface ImageNameLine {
  readonly name: Template;
  readonly enable: Template;
  readonly line: SourcedLine;
}

export interface ImageNameFacts {
  readonly context: EventContext & Pick<RunContext, "serverUrl">;
  /** The image's name. */
  readonly name: string;
  /** Whether it is the image of the repository's root directory. */
  readonly isRoot: boolean;
}

/** Expressions that have a value before any tag is known. */
const nameNames = ["owner", "repo", "name", "is_default_branch", "is_not_default_branch", "is_release"];

/**
 * Parses the lines, as docker/metadata-action writes them: `name=ghcr.io/o/r,enable=true`, a bare name, or several bare
 * ones with commas between. Empty: the default name counts.
 */
export function parseImageNames(lines: readonly SourcedLine[]): Parsed<ImageNameLine> {
  const { values, problems } = parseLines(lines, parseLine);
  return { values: values.flat(), problems };
}

/** What lines give for one image. */
export interface LineNames extends Parsed<Repository> {
  /** Names on lines that aren't enabled: nothing is pushed there in this run. */
  readonly unpushed: readonly Repository[];
  /** The texts of the lines with problems. */
  readonly unread: readonly string[];
}

/**
 * The repositories of one image, lower case, each once, in the order of the lines; problems where a line gives no name that
 * a registry takes, unless it isn't enabled. Without lines it is `ghcr.io/{{owner}}/{{repo}}/{{name}}`, for the root's image without the name; on a
 * forge other than GitHub its own host, with port, in place of ghcr.io.
 */
export function repositoriesOf(lines: readonly ImageNameLine[], facts: ImageNameFacts): LineNames {
  const event = { context: facts.context, name: facts.name, names: [] };
  const runDate = facts.context.startedAt;
  const values = { values: eventValues(event, readEvent(event)), runDate, commitDate: runDate };
  const found = new Set<Repository>();
  const unpushed = new Set<Repository>();
  const problems: UserError[] = [];
  const unread: string[] = [];
  for (const { name, enable, line } of lines.length === 0 ? [defaultLine(facts)] : lines) {
    const text = expand(name, values).toLowerCase();
    try {
      if (checkEnabled(expand(enable, values))) found.add(repository(text));
      else for (const each of repositoryOf(text)) unpushed.add(each);
    } catch (error) {
      problems.push(problemAt(line, error));
      unread.push(line.text);
    }
  }
  return { values: [...found], unpushed: [...unpushed].filter((each) => !found.has(each)), problems, unread };
}

/** One, or none where a registry takes no such name. */
function repositoryOf(text: string): readonly Repository[] {
  const read = tryReference(text);
  return read === undefined || read.tag !== undefined || read.digest !== undefined ? [] : [read.repository];
}

/**
 * Further names of one image, as `repositoriesOf` reads them. The root's image also has those that lack the `/{{name}}` at the
 * end, as its default name does. As nothing is pushed there, an expression that enables a line in some runs takes no name away
 * in the others; a plain `enable=false` does.
 */
export function aliasesOf(
  lines: readonly ImageNameLine[],
  facts: ImageNameFacts,
): Parsed<Repository> & Pick<LineNames, "unread"> {
  const on = lines.filter(({ enable }) => enable.text !== "false");
  if (on.length === 0) return { values: [], problems: [], unread: [] };
  const bare = facts.isRoot ? on.flatMap(withoutName) : [];
  const { values, unpushed, problems, unread } = repositoriesOf([...on, ...bare], facts);
  return { values: [...values, ...unpushed], problems, unread };
}

function withoutName(line: ImageNameLine): readonly ImageNameLine[] {
  const { parts } = line.name;
  const [before, last] = [parts.at(-2), parts.at(-1)];
  const isName = typeof last === "object" && last.kind === "value" && last.name === "name";
  if (!isName || typeof before !== "string" || !before.endsWith("/")) return [];
  return [{ ...line, name: { ...line.name, parts: [...parts.slice(0, -2), before.slice(0, -1)] } }];
}

/**
 * The registry that a line names itself, whatever its expressions stand for; `undefined` where an expression is part of the host:
 * `ghcr.io.{{owner}}/r`. A name that begins with an expression is Docker Hub's, as one without a host is: where the
 * expression's value reads as a host, nobody wrote that one.
 */
export function hostOfLine({ name: { parts } }: Pick<ImageNameLine, "name">): string | undefined {
  const [first, second] = parts;
  if (first === undefined) return undefined;
  if (typeof first === "string" && (first.includes("/") || second === undefined))
    return hostOfName(first.toLowerCase());
  const slash = parts.findIndex((part) => typeof part === "string" && part.includes("/"));
  const component = slash < 0 ? parts : parts.slice(0, slash + 1);
  const literal = component.map((part) => (typeof part === "string" ? part.split("/", 1)[0] : "")).join("");
  return /[.:]/.test(literal) ? undefined : "docker.io";
}

export interface PushedImage {
  readonly name: string;
  readonly publicName: string;
  readonly repositories: readonly Repository[];
  /** Its tags are like those of the other variant: the flavor has a suffix that takes the place of both variants' own. */
  readonly isAlike: boolean;
}

/** A problem for each repository that two images would be pushed to: one of them would replace the other. */
export function repositoryCollisions(images: readonly PushedImage[]): readonly UserError[] {
  const owners = new Map<Repository, PushedImage[]>();
  for (const image of images) {
    for (const each of image.repositories) {
      const there = owners.get(each);
      if (there === undefined) owners.set(each, [image]);
      else there.push(image);
    }
  }
  return [...owners]
    .filter(([, pushed]) => new Set(pushed.map(({ publicName }) => publicName)).size > 1)
    .map(
      ([each, pushed]) =>
        new UserError(`the images ${listed(pushed)} would all be pushed to ${each}`, {
          hint: 'put {{name}} into "images", such as ghcr.io/{{owner}}/{{repo}}/{{name}}, or name one image with "only"',
        }),
    )
    .concat([...owners].flatMap(([each, pushed]) => variantsAlike(each, pushed)));
}

const mostListed = 20;

function listed(images: readonly PushedImage[]): string {
  const names = images.slice(0, mostListed).map(({ name }) => name);
  const more = images.length - names.length;
  return more === 0 ? names.join(", ") : `${names.join(", ")} and ${more} more`;
}

function variantsAlike(pushedTo: Repository, pushed: readonly PushedImage[]): readonly UserError[] {
  const [first, second] = pushed.filter(({ isAlike }) => isAlike);
  if (first === undefined || second === undefined || first.publicName !== second.publicName) return [];
  return [
    new UserError(`${first.name} and ${second.name} would have the same tags in ${pushedTo}`, {
      hint: 'remove the suffix from "flavor", which replaces -nix, or name one of the two with "variant"',
    }),
  ];
}

function parseLine(line: SourcedLine): readonly ImageNameLine[] {
  const attributes = readAttributes(line);
  const words = attributes.filter(({ name }) => name === undefined).map(({ value }) => value);
  const named = new Map(attributes.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value] as const])));
  const unknown = [...named.keys()].find((name) => name !== "name" && name !== "enable");
  if (unknown !== undefined) {
    throw new UserError(`an image has no attribute "${unknown}"`, {
      hint: `write name=…,enable=true${didYouMeanText(unknown, ["name", "enable"])}`,
    });
  }
  const given = named.get("name");
  const names = [...words, ...(given === undefined ? [] : [given])].filter((name) => name !== "");
  if (names.length === 0 || (given !== undefined && words.length > 0)) {
    throw new UserError(`"${line.text}" names ${names.length === 0 ? "no image" : "an image twice"}`, {
      hint: "write one name, such as ghcr.io/{{owner}}/{{repo}}/{{name}}",
    });
  }
  const enable = parseTemplate(named.get("enable") ?? "true", nameNames);
  if (enable.parts.every((part) => typeof part === "string")) checkEnabled(enable.text);
  return names.map((name) => ({ name: parseTemplate(name, nameNames), enable, line }));
}

function defaultLine({ context, isRoot }: ImageNameFacts): ImageNameLine {
  const text = `${forgeRegistry(context)}/{{owner}}/{{repo}}${isRoot ? "" : "/{{name}}"}`;
  const line = { text, input: "images", line: 1 };
  return { name: parseTemplate(text, nameNames), enable: parseTemplate("true", nameNames), line };
}
