/** Git tags that release some images of several: by convention `app/v1.2.3`, `app-v1.2.3`, `app@1.2.3`, or by a pattern. */
import { UserError } from "../../errors.ts";
import { parseTemplate, type Template } from "../text/expression.ts";

/** What is known of the images that a git tag may release, by what they are called in public. */
export interface ReleaseNames {
  readonly names: readonly string[];
  /** The entry whose matrix makes an image, by the image's name: it stands for all that it makes. */
  readonly groups?: ReadonlyMap<string, string> | undefined;
  /** The patterns of those that have any: no other tag releases these. */
  readonly releaseTags?: ReadonlyMap<string, readonly ReleasePattern[]> | undefined;
}

/** A git tag with `{{version}}`, and perhaps `{{name}}`, in it. */
export type ReleasePattern = Template;

/** What a git tag means to one image. */
export type GitTagMeaning =
  /** `tag` is what the rules see: the tag without the image's name. */
  | { readonly kind: "released"; readonly tag: string }
  /** `because` is a clause. */
  | { readonly kind: "left"; readonly because: string };

/** @throws UserError for a pattern that hasn't `{{version}}` once, or has anything but `{{name}}` beside it. */
export function parseReleasePattern(text: string): ReleasePattern {
  const pattern = parseTemplate(text, ["name", "version"]);
  const names = pattern.parts.flatMap((part) =>
    typeof part === "string" ? [] : part.kind === "value" ? part.name : "a date",
  );
  const versions = names.filter((name) => name === "version").length;
  if (versions === 1 && !names.includes("a date")) return pattern;
  const what = versions === 1 ? "a date in it" : versions === 0 ? "no {{version}}" : "more than one {{version}}";
  throw new UserError(`"${text}" has ${what}`, {
    hint: "write the git tag with {{version}} once and perhaps {{name}} in it, such as {{name}}-v{{version}}",
  });
}

/**
 * Decides whether a git tag releases an image. It releases the images whose pattern it fits, or else the image whose
 * name it begins with; of several that fit, the longest wins (`app-web-v1.2.3` is of `app-web` rather than `app`). The name of
 * an entry with a matrix is one of all that it makes. What follows must be a version, so that any other tag releases all images that have no pattern.
 */
export function readReleaseTag(tag: string, name: string, all: ReleaseNames): GitTagMeaning {
  const { own, others } = releasedBy(tag, all);
  const released = own.get(name);
  if (released !== undefined) return { kind: "released", tag: released };
  if (others !== undefined) return { kind: "left", because: others };
  const patterns = all.releaseTags?.get(name);
  if (patterns === undefined) return { kind: "released", tag };
  return {
    kind: "left",
    because: `the git tag is none of its releases, which are called ${patterns.map(({ text }) => text).join(", ")}`,
  };
}

/** Whether a git tag releases images in particular, rather than all that have no pattern. */
export function isOfSome(tag: string, all: ReleaseNames): boolean {
  return releasedBy(tag, all).others !== undefined;
}

interface ReleasedBy {
  /** What the rules see, by name of the image. */
  readonly own: ReadonlyMap<string, string>;
  /** A clause for the images that it doesn't release; `undefined` where it means none in particular. */
  readonly others: string | undefined;
}

/** It is asked of every image, and the answer is the same for all. */
const known = new WeakMap<
  readonly string[],
  { readonly tag: string; readonly all: ReleaseNames; readonly by: ReleasedBy }
>();

function releasedBy(tag: string, all: ReleaseNames): ReleasedBy {
  const before = known.get(all.names);
  if (before?.tag === tag && before.all.releaseTags === all.releaseTags) return before.by;
  const found = imagesOf(tag, all);
  const others =
    found.length === 0 ? undefined : `the git tag releases ${found.map((each) => each.name).join(", ")} alone`;
  const by = { own: new Map(found.map((each) => [each.name, each.tag])), others };
  known.set(all.names, { tag, all, by });
  return by;
}

function imagesOf(tag: string, { names, groups, releaseTags = new Map() }: ReleaseNames): readonly Fit[] {
  const called = (name: string): readonly string[] => [name, ...(groups?.has(name) ? [groups.get(name) ?? name] : [])];
  const byPattern = [...releaseTags].flatMap(([name, patterns]) =>
    called(name).flatMap((each) => fits(tag, each, patterns).map((fit) => ({ ...fit, name }))),
  );
  if (byPattern.length > 0) return longest(byPattern);
  const others = names.filter((each) => !releaseTags.has(each));
  return longest(others.flatMap((name) => byConvention(tag, called(name)).map((fit) => ({ ...fit, name }))));
}

interface Fit {
  readonly name: string;
  /** What the rules see. */
  readonly tag: string;
  /** The length of the part of the git tag before the version. */
  readonly length: number;
}

const version = "\\d+(?:\\.\\d+)*(?:[-+._].*)?";
const afterName = new RegExp(`^[/@-]v?${version}$`);

function byConvention(tag: string, names: readonly string[]): readonly Fit[] {
  return names
    .filter((name) => tag.startsWith(name) && afterName.test(tag.slice(name.length)))
    .map((name) => ({ name, tag: tag.slice(name.length + 1), length: name.length }));
}

/** The version keeps its `v`, wherever that stands. */
function fits(tag: string, name: string, patterns: readonly ReleasePattern[]): readonly Fit[] {
  return patterns.flatMap(({ parts }) => {
    const expression = parts.map((part) => {
      if (typeof part === "string") return RegExp.escape(part);
      return part.kind === "value" && part.name === "name" ? RegExp.escape(name) : `(v?${version})`;
    });
    const found = new RegExp(`^${expression.join("")}$`, "ds").exec(tag);
    const [start, end] = found?.indices?.[1] ?? [];
    if (start === undefined || end === undefined) return [];
    const isAfterV = tag[start - 1] === "v" && tag[start] !== "v";
    return [{ name, tag: tag.slice(isAfterV ? start - 1 : start, end), length: tag.length - (end - start) }];
  });
}

function longest(found: readonly Fit[]): readonly Fit[] {
  const most = found.reduce((so, { length }) => Math.max(so, length), 0);
  const fitting = found.filter(({ length }) => length === most);
  return [...new Map(fitting.map((each) => [each.name, each])).values()];
}
