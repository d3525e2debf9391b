/** Git tags that are written as the release of one image, and release none: a typo, something else's release, another form. */
import { editDistance } from "../../lib/did-you-mean.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { Rule } from "../rules/rule.ts";
import { usesTag } from "../rules/uses-tag.ts";
import { type GitTagMeaning, isOfSome, type ReleaseNames, type ReleasePattern, readReleaseTag } from "./release-tag.ts";

export type MisnamedRelease =
  /** What the tag has in an image's place is none. */
  | {
      readonly kind: "no-image";
      readonly name: string;
      /** The image that is called most like it. */
      readonly nearest: string;
      /** What the tag would have in that image's place: its name, or what its pattern begins with. */
      readonly instead: string;
      /** It is that but for a typo. */
      readonly isTypo: boolean;
    }
  /** The image's releases are named differently. */
  | { readonly kind: "other-form"; readonly name: string }
  /** The text after the image's name isn't a version. */
  | { readonly kind: "no-version"; readonly name: string };

/**
 * `NAME-1.2.3`, `NAME-v…`, `NAME/v…`, `NAME@…`, and tags where another name replaces `{{name}}` in a pattern. A number
 * without dots and a word that begins with "v" may be anything (`demo-2026`, `demo-video`). They count only where the
 * name is an image's or a typo. `undefined` for a tag that releases particular images, and for any other tag.
 */
export function misnamedRelease(tag: string, all: ReleaseNames): MisnamedRelease | undefined {
  const before = known.get(all.names);
  if (before?.tag === tag && before.releaseTags === all.releaseTags) return before.found;
  const found = isOfSome(tag, all) ? undefined : findMisnamed(tag, all);
  known.set(all.names, { tag, releaseTags: all.releaseTags, found });
  return found;
}

/** It is asked of every image, and the answer is the same for all. */
const known = new WeakMap<
  readonly string[],
  {
    readonly tag: string;
    readonly releaseTags: ReleaseNames["releaseTags"];
    readonly found: MisnamedRelease | undefined;
  }
>();

function findMisnamed(tag: string, all: ReleaseNames): MisnamedRelease | undefined {
  const patterns = [...(all.releaseTags?.values() ?? [])].flat();
  const candidates = [...patterns.flatMap((each) => namedBy(tag, each)), ...named(tag)].slice(0, mostCandidates);
  const places = placesOf(all);
  // A version says better where the name ends.
  return firstOf([true, false], (isVersion) => {
    const likely = candidates.filter((each) => each.isVersion === isVersion);
    return firstOf(likely, (each) => exactly(each, places, all)) ?? unknown(likely, places);
  });
}

function exactly({ name, isVersion }: Candidate, places: readonly NamePlace[], all: ReleaseNames) {
  const image = places.find((each) => each.text === name)?.image;
  if (image === undefined) return undefined;
  const isOther = isVersion || all.releaseTags?.has(image) === true;
  return { kind: isOther ? "other-form" : "no-version", name: image } as const;
}

function unknown(candidates: readonly Candidate[], places: readonly NamePlace[]): MisnamedRelease | undefined {
  const typo = firstOf(candidates, ({ name }) => {
    const meant = places.find(({ text }) => isTypoOf(name, text));
    return meant && { kind: "no-image" as const, name, nearest: meant.image, instead: meant.text, isTypo: true };
  });
  if (typo !== undefined) return typo;
  const name = candidates.find(({ isCertain }) => isCertain)?.name;
  const nearest = name === undefined ? undefined : closest(name, places);
  if (name === undefined || nearest === undefined) return undefined;
  return { kind: "no-image", name, nearest: nearest.image, instead: nearest.text, isTypo: false };
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whoever pushes a git tag chooses how long it is, and how many dashes it has. */
const mostCandidates = 20;

/**
 * What a git tag means to an image of the repository: as `readReleaseTag`, but one that names no image releases only images whose
 * own rules say what it means.
 */
export function releaseOfImage(
  tag: string,
  name: string,
  all: ReleaseNames,
  { rules, isEnabled }: { readonly rules: readonly Rule[]; readonly isEnabled: (rule: Rule) => boolean },
): GitTagMeaning {
  const release = readReleaseTag(tag, name, all);
  if (release.kind === "left") return release;
  const misnamed = misnamedRelease(tag, all);
  if (misnamed === undefined || usesTag(rules, tag, isEnabled)) return release;
  return { kind: "left", because: `the git tag looks like a release of ${whoseRelease(misnamed, all)}` };
}

/** As a noun with what is wrong about it: `"wbe", and there is no such image`. */
export function whoseRelease(misnamed: MisnamedRelease, all: ReleaseNames): string {
  const name = `"${misnamed.name}"`;
  switch (misnamed.kind) {
    case "no-image":
      return `${name}, and there is no such image`;
    case "other-form":
      return `${name}, whose releases are named ${formsOf(misnamed.name, all)}`;
    case "no-version":
      return `${name}, and the text after the name isn't a version`;
  }
}

/** What an image's releases are called, as the config file says it. */
function formsOf(name: string, all: ReleaseNames): string {
  return (
    all.releaseTags
      ?.get(name)
      ?.map(({ text }) => text)
      .join(", ") ?? exampleOf(name, all)
  );
}

/** A git tag that releases an image, in all forms that its name or patterns give. */
export function exampleOf(name: string, { releaseTags }: ReleaseNames): string {
  const patterns = releaseTags
    ?.get(name)
    ?.map(({ parts }) =>
      parts.map((part) => (typeof part === "string" ? part : isExpression(part, "name") ? name : "1.2.3")).join(""),
    );
  const all = patterns ?? ["-v", "/v", "@"].map((each) => `${name}${each}1.2.3`);
  return someOf(all, { most: all.length, last: "or" });
}

interface Candidate {
  readonly name: string;
  /** What follows may be a version. */
  readonly isVersion: boolean;
  /** What it is written as is a release beyond doubt. */
  readonly isCertain: boolean;
}

const version = "\\d+(?:\\.\\d+)*(?:[-+._].*)?";
const versioned = new RegExp(`^v?${version}$`, "i");
const beyondDoubt = /^(?:v\d|\d+\.\d)/i;
/** A version that has dashes itself begins with a number, perhaps behind a `v`. */
const isName = (text: string): boolean => /^[a-z]/i.test(text) && !/^v\.?\d/i.test(text);

/** The shortest name first. */
function named(tag: string): readonly Candidate[] {
  return [...tag.matchAll(/[/@-]/g)].flatMap(({ index, 0: separator }) => {
    const [name, rest] = [tag.slice(0, index), tag.slice(index + 1)];
    const isVersion = versioned.test(rest);
    const isRelease = separator === "@" || rest.startsWith("v");
    if (!isName(name) || !(isVersion || isRelease)) return [];
    return [{ name, isVersion, isCertain: separator === "@" || beyondDoubt.test(rest) }];
  });
}

function namedBy(tag: string, { parts }: ReleasePattern): readonly Candidate[] {
  if (!parts.some((part) => isExpression(part, "name"))) return [];
  const expression = parts.map((part) => {
    if (typeof part === "string") return RegExp.escape(part);
    return isExpression(part, "name") ? "([^/@]+?)" : `v?${version}`;
  });
  const name = new RegExp(`^${expression.join("")}$`, "s").exec(tag)?.[1];
  return name === undefined || !isName(name) ? [] : [{ name, isVersion: true, isCertain: true }];
}

function isExpression(part: ReleasePattern["parts"][number] | undefined, name: string): boolean {
  return typeof part === "object" && part.kind === "value" && part.name === name;
}

/** What git tags have in an image's place. */
interface NamePlace {
  readonly text: string;
  readonly image: string;
}

/** The images' names first, then what patterns begin with: `site` for `site-v{{version}}`. */
function placesOf({ names, groups, releaseTags }: ReleaseNames): readonly NamePlace[] {
  const patterns = [...(releaseTags ?? [])].flatMap(([image, all]) =>
    all.flatMap(({ parts }) => {
      const end = parts.findIndex((part) => isExpression(part, "version"));
      const before = parts.slice(0, end);
      // The part that distinguishes such releases comes later.
      if (parts.slice(end).some((part) => isExpression(part, "name"))) return [];
      const start = before.map((part) => (typeof part === "string" ? part : image)).join("");
      const text = /^(.*)[/@_-]v?$/s.exec(start)?.[1] ?? "";
      return isName(text) ? [{ text, image }] : [];
    }),
  );
  const called = [...names, ...new Set(groups?.values())];
  return [...called.map((image) => ({ text: image, image })), ...patterns];
}

/** One letter is wrong, missing or too many, or two change places; in a long name that may be so twice. */
function isTypoOf(given: string, name: string): boolean {
  const most = given.length >= 5 ? 2 : 1;
  if (Math.abs(given.length - name.length) > most) return false;
  return editDistance(given.toLowerCase(), name.toLowerCase(), most) <= most;
}

function closest(given: string, places: readonly NamePlace[]): NamePlace | undefined {
  const text = given.toLowerCase().slice(0, 40);
  const distances = places.map((place) => ({
    place,
    distance: editDistance(text, place.text.toLowerCase().slice(0, 40), text.length + 40),
  }));
  return distances.sort((a, b) => a.distance - b.distance)[0]?.place;
}
