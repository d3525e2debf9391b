/** The `flavor` input: what holds for all rules. */
import { UserError } from "../../errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { problemAt, type SourcedLine } from "../../lib/text/sourced-line.ts";
import { eventNames, parseTemplate, type Template } from "../text/expression.ts";
import { type Attribute, type Parsed, readAttributes } from "../text/lines.ts";

export interface Flavor {
  /** `auto`: the first rule that gives a tag decides. */
  readonly latest: "auto" | "true" | "false";
  readonly prefix: Affix;
  readonly suffix: Affix;
}

export interface Affix {
  readonly template: Template;
  /** Whether the tag `latest` has it too. */
  readonly onLatest: boolean;
  /** It was said, if only that there is none. */
  readonly isGiven: boolean;
}

const empty: Template = { text: "", parts: [] };
const none: Affix = { template: empty, onLatest: false, isGiven: false };

/** The flavor of an empty input. */
const defaultFlavor: Flavor = { latest: "auto", prefix: none, suffix: none };

/** Parses the lines; a later line overrides an earlier one. */
export function parseFlavor(
  lines: readonly SourcedLine[],
): { readonly flavor: Flavor } & Pick<Parsed<never>, "problems"> {
  const problems: UserError[] = [];
  let flavor = defaultFlavor;
  for (const line of lines) {
    try {
      flavor = readAttributes(line).reduce(withAttribute, { flavor, affix: undefined }).flavor;
    } catch (error) {
      problems.push(problemAt(line, error));
    }
  }
  return { flavor, problems };
}

/**
 * What the tags of a Nix file end in, so that they stay apart from those of the Dockerfile beside it, in one repository: all of
 * them, `latest` included. A flavor with a suffix, even an empty one, is in its place.
 */
export function variantSuffix(
  { variant }: { readonly variant?: "dockerfile" | "nix" | undefined },
  { suffix }: Flavor,
): string {
  return variant === "nix" && !suffix.isGiven ? "-nix" : "";
}

/** What the tag `latest` has before and after. */
export function latestAffixes({ prefix, suffix }: Pick<Flavor, "prefix" | "suffix">): readonly [Template, Template] {
  const onLatest = ({ template, onLatest: has }: Affix): Template => (has ? template : empty);
  return [onLatest(prefix), onLatest(suffix)];
}

interface Reading {
  readonly flavor: Flavor;
  /** The last affix on this line, which `onlatest` is about. */
  readonly affix: "prefix" | "suffix" | undefined;
}

const latestWords = ["auto", "true", "false"] as const;
const entryNames = ["latest", "prefix", "suffix", "onlatest"];

function withAttribute({ flavor, affix }: Reading, { name, value }: Attribute): Reading {
  switch (name) {
    case "latest": {
      const latest = latestWords.find((each) => each === value);
      if (latest !== undefined) return { flavor: { ...flavor, latest }, affix };
      throw new UserError(`latest=${value} has no meaning`, { hint: "write latest=auto, latest=true or latest=false" });
    }
    case "prefix":
    case "suffix": {
      const template = parseTemplate(value, eventNames);
      return { flavor: { ...flavor, [name]: { template, onLatest: false, isGiven: true } }, affix: name };
    }
    case "onlatest":
      return { flavor: withOnLatest(flavor, affix, value), affix };
    default:
      throw new UserError(`"${name ?? value}" is no entry of a flavor`, {
        hint: `write latest=, prefix= or suffix=${didYouMean(name ?? value, entryNames)}`,
      });
  }
}

function withOnLatest(flavor: Flavor, affix: Reading["affix"], value: string): Flavor {
  if (affix === undefined) {
    throw new UserError("onlatest stands without a prefix or suffix", {
      hint: "put it behind the one it is about, on the same line, such as suffix=-alpine,onlatest=true",
    });
  }
  if (value !== "true" && value !== "false") {
    throw new UserError(`onlatest=${value} is neither true nor false`, {
      hint: "write onlatest=true or onlatest=false",
    });
  }
  return { ...flavor, [affix]: { ...flavor[affix], onLatest: value === "true" } };
}
