/** The images that the patterns of `discover` find. */
import { formatLocation, type SourceLocation, UserError } from "../../errors.ts";
import { attemptLater } from "../../lib/attempt.ts";
import { pause } from "../../lib/pause.ts";
import { plainLine } from "../../lib/plain-text.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { Tree, TreeEntry } from "../../lib/yaml/yaml-tree.ts";
import type { Placed } from "../../model/placed.ts";
import type { Remark } from "../../model/remark.ts";
import { directoryOf, type RepositoryPath } from "../../model/repository-path.ts";
import { type Draft, entryOf } from "./draft.ts";
import { fillIn, type MatrixValues } from "./fill-in.ts";
import type { FoundPlace, FoundPlaces, Layout } from "./layout.ts";
import { combinationsOf, namingKeys } from "./matrix.ts";
import { filledName, generatedName, nameOfCapture, nameOfPath } from "./names.ts";
import type { Pattern } from "./patterns.ts";

export interface PatternDrafts {
  readonly drafts: readonly Draft[];
  /** Where bake files count. */
  readonly directories: readonly RepositoryPath[];
  /** What is wrong about the checkout's files rather than the text of the config file. */
  readonly problems: readonly UserError[];
  readonly remarks: readonly Remark[];
}

/** @throws UserError for a list of exclusions that can't be understood */
export async function patternDrafts(patterns: readonly Pattern[], layout: Layout): Promise<PatternDrafts> {
  const problems: UserError[] = [];
  const drafts: Draft[] = [];
  const found = await Promise.all(patterns.map((pattern) => findAll(pattern, layout)));
  for (const [index, { places, nothing }] of found.entries()) {
    const pattern = patterns[index];
    if (pattern === undefined) continue;
    if (nothing !== undefined) problems.push(findsNothing(pattern, nothing));
    const count = drafts.length;
    const unusable = places.flatMap((place) => unusableCaptures(place));
    if (unusable.length > 0) problems.push(unusableNames(pattern, unusable));
    for (const place of places) {
      await pause();
      if (unusableCaptures(place).length === 0) drafts.push(...draftsOf(pattern, place, layout.rootName));
      if (drafts.length > mostDrafts) throw tooMany(pattern);
    }
    if (places.length > 0 && unusable.length === 0 && drafts.length === count) problems.push(allExcluded(pattern));
  }
  const twice = foundTwice(drafts);
  return {
    drafts: drafts.filter((draft) => !twice.some(({ second }) => second === draft)),
    directories: [...new Set(found.flatMap(({ directories }) => directories))].sort(),
    problems: [...problems, ...twiceProblems(twice)],
    remarks: found.flatMap(({ idle }) => idle.map(idleExclusion)),
  };
}

/** Of all patterns together; no repository is that large. */
const mostDrafts = 20_000;

async function findAll(pattern: Pattern, layout: Layout): Promise<FoundPlaces> {
  const found = await attemptLater(() => layout.find(pattern));
  if ("value" in found) return found.value;
  const { message, hint } = found.problem;
  const at = pattern.exclude[0]?.at ?? pattern.at;
  throw new UserError(`"exclude": ${message}`, { hint, at, cause: found.problem });
}

function draftsOf(pattern: Pattern, place: FoundPlace, rootName: string): readonly Draft[] {
  const { matrix, naming, kind, at, what, settings } = pattern;
  const combinations = matrix === undefined ? [place.captures] : combinationsOf(matrix, place.captures);
  const path = nameOfPath(kind === "file" ? directoryOf(place.path) : place.path, rootName);
  const captured = place.captures.get("name");
  const base = captured === undefined ? path : nameOfCapture(captured);
  const inName =
    matrix === undefined ? [] : place.captures.size > 0 ? matrix.axes.map(({ key }) => key) : namingKeys(matrix);
  const name = (values: MatrixValues): string =>
    naming === undefined ? generatedName(base, inName, values) : filledName(naming.text, values, path);
  return combinations.map((values) => ({
    name: name(values),
    ...(inName.length > 0 && naming === undefined ? { group: base } : {}),
    at: naming?.at ?? at,
    tree: withPlace(fillIn(settings, values), { key: kind, at, value: textAt(place.path, at) }),
    what,
    from: { values, found: { ...place, at } },
  }));
}

function textAt(text: string, at: SourceLocation): Tree {
  return { kind: "scalar", text, value: text, at };
}

function withPlace(settings: Tree, entry: TreeEntry): Tree {
  return settings.kind === "map" ? { ...settings, entries: [entry, ...settings.entries] } : settings;
}

/** Names of captures with values that would be more than a part of a tag or a name where they are filled in. */
function unusableCaptures({ captures }: FoundPlace): readonly { readonly name: string; readonly value: string }[] {
  return [...captures].flatMap(([name, value]) => (/^[\p{L}\p{M}\p{N}._+~@-]+$/u.test(value) ? [] : [{ name, value }]));
}

function unusableNames({ what, at }: Pattern, captures: ReturnType<typeof unusableCaptures>): UserError {
  const values = someOf(captures, { write: ({ name, value }) => `"${plainLine(value)}" for {${name}}` });
  return new UserError(`${what} finds names that can't be filled in: ${values}`, {
    hint: "name them with letters, digits, . _ - + ~ or @ alone, or exclude them",
    at,
  });
}

function findsNothing({ what, at }: Pattern, { because, hint }: NonNullable<FoundPlaces["nothing"]>): UserError {
  return new UserError(`${what} finds no image: ${because}`, { hint, at });
}

function allExcluded({ what, matrix, at }: Pattern): UserError {
  return new UserError(`${what} makes no image: "exclude" in its matrix excludes every combination`, {
    hint: "take an entry out of it",
    at: matrix?.at ?? at,
  });
}

function tooMany({ what, at }: Pattern): UserError {
  const count = mostDrafts.toLocaleString("en-US");
  return new UserError(`with ${what} there are more than ${count} images`, { hint: "exclude some of them", at });
}

function idleExclusion({ value, at }: Placed<string>): Remark {
  return {
    message: `"exclude" has ${plainLine(value)}, which excludes nothing that the pattern finds`,
    hint: "correct it, or take it out; it is compared with the whole path from the root",
    at,
  };
}

interface Twice {
  readonly first: Draft;
  readonly second: Draft;
}

/** What two patterns find and build alike. */
function foundTwice(drafts: readonly Draft[]): readonly Twice[] {
  const known = new Map<string, Draft>();
  return drafts.flatMap((draft) => {
    const key = JSON.stringify([
      draft.from?.found?.recipe,
      ...buildKeys.map((each) => textIn(entryOf(draft.tree, each)?.value)),
    ]);
    const first = known.get(key);
    if (first === undefined) known.set(key, draft);
    return first === undefined || first.what === draft.what ? [] : [{ first, second: draft }];
  });
}

/** Settings by which one Dockerfile makes several images. */
const buildKeys = ["target", "context", "build-args", "build-contexts", "platforms"];

function textIn(tree: Tree | undefined): unknown {
  if (tree === undefined || tree.kind === "scalar") return tree?.text;
  return tree.kind === "list" ? tree.items.map(textIn) : tree.entries.map(({ key, value }) => [key, textIn(value)]);
}

function twiceProblems(twice: readonly Twice[]): readonly UserError[] {
  const pairs = Map.groupBy(twice, ({ first, second }) => `${first.what}\n${second.what}`);
  return [...pairs.values()].flatMap((same) => {
    const [pair] = same;
    if (pair === undefined) return [];
    const { first, second } = pair;
    const paths = same.map((each) => plainLine(each.second.from?.found?.path ?? ""));
    return [
      new UserError(
        `${first.what} (${formatLocation(placeOf(first))}) and ${second.what} both find ${someOf([...new Set(paths)])}`,
        {
          hint: "exclude it from one of them, or write a target or build-args and a name that differ",
          at: placeOf(second),
        },
      ),
    ];
  });
}

function placeOf({ at, from }: Draft): SourceLocation {
  return from?.found?.at ?? at;
}
