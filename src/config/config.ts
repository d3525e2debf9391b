/** The settings of images in `image-publish.yml`. */
import { posix } from "node:path";
import { eachOnce, type SourceLocation, UserError } from "../errors.ts";
import { attemptLater } from "../lib/attempt.ts";
import { didYouMean } from "../lib/did-you-mean.ts";
import { mapped } from "../lib/pause.ts";
import { parseTree, type Tree, type TreeEntry, type TreeMap } from "../lib/yaml/yaml-tree.ts";
import type { Placed } from "../model/placed.ts";
import type { Remark } from "../model/remark.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import type { Files } from "../ports.ts";
import { readEntrySettings } from "./config-fields.ts";
import {
  type BumpSettings,
  bumpSettings,
  type EntrySettings,
  imageSettings,
  type SharedSettings,
  sharedSettings,
  wholeSettings,
} from "./config-schema.ts";
import { type Draft, entryOf } from "./expand/draft.ts";
import { entryDrafts } from "./expand/entry-drafts.ts";
import { unknownValues } from "./expand/fill-in.ts";
import type { Layout } from "./expand/layout.ts";
import { mergedDrafts } from "./expand/merge-drafts.ts";
import { type PatternDrafts, patternDrafts } from "./expand/pattern-drafts.ts";
import { readPatterns } from "./expand/patterns.ts";

/** The settings of one image. */
export interface ImageEntry {
  readonly name: string;
  /** The entry whose matrix makes it: a name for all that it makes. */
  readonly group?: string;
  /** Where its entry stands. */
  readonly at: SourceLocation;
  /** A pattern found it: the file that says how it is built. */
  readonly recipe?: RepositoryPath;
  readonly settings: EntrySettings;
  /** What is written where names of the image may be meant, in a form that isn't understood. */
  readonly unreadNames?: readonly string[];
}

/** What the patterns of `discover` found. */
export interface Discovered {
  readonly at: SourceLocation;
  /** Where bake files count. */
  readonly directories: readonly RepositoryPath[];
  /** What is wrong about the checkout's files rather than the text of the config file. */
  readonly problems: readonly UserError[];
  readonly remarks: readonly Remark[];
}

export interface CatalogConfig {
  /** The file, relative to the repository's root; `undefined` where there is none. */
  readonly file: RepositoryPath | undefined;
  readonly images: readonly ImageEntry[];
  /** In place of the convention; `undefined`: images are found by convention. */
  readonly discovered?: Discovered | undefined;
  /** Files whose changes affect every image. */
  readonly watchAll: readonly Placed<string>[];
  readonly defaults: SharedSettings;
  readonly bump: BumpSettings;
}

/** Where people look for it first, and where it is best written. */
export const usualConfigFile: RepositoryPath = ".github/image-publish.yml";

/** Nothing is said. */
export const emptyConfig: CatalogConfig = { file: undefined, images: [], watchAll: [], defaults: {}, bump: {} };

export interface ReadConfig {
  /** What could be understood; to be used only where there is no problem. */
  readonly config: CatalogConfig;
  readonly problems: readonly UserError[];
  /** Those of the problems that are in one image's entry, by its name. */
  readonly ofEntries: ReadonlyMap<string, readonly UserError[]>;
}

const folders = [".github", ".forgejo", ".gitea"];
/**
 * Reads the config file that is named, or the one in `.github`, `.forgejo` or `.gitea`; none is fine.
 * @param given the input `config`: a path relative to the repository's root, or the bare name of a file in those folders.
 * @param layout as for `readConfig`
 */
export async function loadConfig(
  root: string,
  given: string | undefined,
  files: Pick<Files, "read">,
  layout: Layout | undefined = undefined,
): Promise<ReadConfig> {
  const paths = configPaths(given);
  const contents = await Promise.all(
    paths.map(async (file) => ({ file, bytes: await files.read(posix.resolve(root, file)) })),
  );
  const there = contents.flatMap(({ file, bytes }) => (bytes === undefined ? [] : [{ file, bytes }]));
  const [first, second] = there;
  if (first === undefined) {
    const problem = new UserError(`the config file ${given} is not there`, {
      hint: (await belowRootPath(root, given, files)) ?? `looked for ${paths.join(", ")}; fix "config"`,
      input: { name: "config" },
    });
    return {
      config: emptyConfig,
      problems: given === undefined ? [] : [problem],
      ofEntries: new Map(),
    };
  }
  const read = await readConfig(new TextDecoder().decode(first.bytes), first.file, layout);
  if (second === undefined) return read;
  const hint = 'keep one of them, or say which with the input "config"';
  const both = new UserError(`there are two config files, ${first.file} and ${second.file}`, {
    hint,
    at: { file: second.file },
  });
  return { ...read, problems: [both, ...read.problems] };
}

/** What to write where a path starts above the root, as in front of `workdir`. */
async function belowRootPath(
  root: string,
  given: string | undefined,
  files: Pick<Files, "read">,
): Promise<string | undefined> {
  const parts = posix.normalize(given ?? "").split("/");
  for (let start = 1; start < Math.min(parts.length, mostFolders); start++) {
    const path = parts.slice(start).join("/");
    if ((await files.read(posix.resolve(root, path))) === undefined) continue;
    return `paths start at the root of the repository, which is \`workdir\` where that is set: write ${path}`;
  }
  return undefined;
}

/** No path has more above the root. */
const mostFolders = 20;

/** Where the config file may lie, the first that is there being the one. @param given as for `loadConfig`. */
export function configPaths(given: string | undefined): readonly RepositoryPath[] {
  const asked = given === undefined ? ["image-publish.yml", "image-publish.yaml"] : [given];
  const isBare = given === undefined || !given.includes("/");
  return asked.flatMap((name) => [
    ...(given === undefined ? [] : [posix.normalize(name)]),
    ...(isBare ? folders.map((folder) => `${folder}/${name}`) : []),
  ]);
}

/**
 * Reads the text of a config file; every problem names its line, and none hides another.
 * @param layout the checkout's files; `undefined`: the patterns of `discover` are read, and find nothing
 */
export async function readConfig(
  text: string,
  file: RepositoryPath,
  layout: Layout | undefined = undefined,
): Promise<ReadConfig> {
  const { tree, problems: wrong } = await parseTree(text, file);
  const problems = [...wrong];
  const top = tree === undefined ? [] : entries(tree, "the file", topKeys, problems);
  const imagesTree = entryOf(top, "images")?.value;
  const defaultsTree = entryOf(top, "defaults")?.value;
  const bumpTree = entryOf(top, "bump")?.value;
  const bump = bumpTree === undefined ? [] : entries(bumpTree, '"bump"', Object.keys(bumpSettings), problems);
  const images = imagesTree === undefined ? [] : entries(imagesTree, '"images"', undefined, problems);
  const shared = Object.keys(sharedSettings);
  const defaults = defaultsTree === undefined ? [] : entries(defaultsTree, '"defaults"', shared, problems);
  const add = (problem: UserError): void => void problems.push(problem);
  const found = await discovered(entryOf(top, "discover"), layout, add);
  const { drafts, clashes } = mergedDrafts([
    ...(found?.drafts ?? []),
    ...images.flatMap((entry) => entryDrafts(entry, add)),
  ]);
  problems.push(...clashes.flatMap(({ problem, isOfFiles }) => (isOfFiles ? [] : [problem])));
  if (defaultsTree !== undefined) problems.push(...unknownValues(defaultsTree, [], outsideOfEntries));
  const ofAll = withFile(readEntrySettings(defaults, sharedSettings, problems), defaults, '"defaults"', problems);
  const groups = groupsOf(drafts);
  const read = await mapped(drafts, (draft) => imageOf(draft, groups));
  problems.push(...read.flatMap((each) => each.problems));
  return {
    config: {
      file,
      images: read.map(({ image }) => image),
      ...(found && {
        discovered: {
          ...{ at: found.at, directories: found.directories, remarks: found.remarks },
          problems: [...found.problems, ...clashes.flatMap(({ problem, isOfFiles }) => (isOfFiles ? [problem] : []))],
        },
      }),
      watchAll: readEntrySettings(top, wholeSettings, problems)["watch-all"] ?? [],
      defaults: { ...ofAll, ...(ofAll.depends && { depends: withGroups(ofAll.depends, groups) }) },
      bump: readEntrySettings(bump, bumpSettings, problems),
    },
    problems: eachOnce(problems),
    ofEntries: new Map(read.flatMap(({ image, problems: own }) => (own.length === 0 ? [] : [[image.name, own]]))),
  };
}

const topKeys = ["images", "discover", "defaults", "bump", "watch-all"];

/** What the patterns find; `undefined` where there are none. */
async function discovered(
  entry: TreeEntry | undefined,
  layout: Layout | undefined,
  add: (problem: UserError) => void,
): Promise<(PatternDrafts & Pick<Discovered, "at">) | undefined> {
  if (entry === undefined || (entry.value.kind === "scalar" && entry.value.value === null)) return undefined;
  const { at, value } = entry;
  const patterns = readPatterns(value, add);
  const nothing = { at, drafts: [], directories: [], problems: [], remarks: [] };
  if (layout === undefined) return nothing;
  const found = await attemptLater(() => patternDrafts(patterns, layout));
  if ("value" in found) return { ...found.value, at };
  add(found.problem);
  return nothing;
}

const outsideOfEntries = {
  because: "it is of one entry, and defaults are for all images",
  hint: "write it in the entry that has the matrix",
};

interface ReadImage {
  readonly image: ImageEntry;
  readonly problems: readonly UserError[];
}

function imageOf({ name, group, at, tree, what, from }: Draft, groups: Groups): ReadImage {
  const problems: UserError[] = [];
  const given = entries(tree, what, Object.keys(imageSettings), problems);
  const dependsOf = (written: readonly Placed<string>[]) =>
    withGroups(written, groups).filter(({ value }) => value !== name || written.some((each) => each.value === name));
  const settings = withFile(readEntrySettings(given, imageSettings, problems), given, what, problems);
  const unreadNames = unreadNamesOf(tree);
  const image = {
    ...{ name, ...(group === undefined ? {} : { group }), at },
    ...(from?.found && { recipe: from.found.recipe }),
    ...{ ...(unreadNames.length === 0 ? {} : { unreadNames }) },
    settings: { ...settings, ...(settings.depends && { depends: dependsOf(settings.depends) }) },
  };
  return { image, problems };
}

/** `dockerfile` is another word for `file`. */
function withFile<T extends SharedSettings>(
  { dockerfile, ...others }: T,
  given: readonly TreeEntry[],
  what: string,
  problems: UserError[],
): Omit<T, "dockerfile"> {
  if (dockerfile === undefined) return others;
  const at = entryOf(given, "dockerfile")?.at;
  if (others.file !== undefined && at !== undefined) {
    const problem = `${what} has both "file" and "dockerfile", which mean the same`;
    problems.push(new UserError(problem, { hint: "keep one", at }));
  }
  return { file: dockerfile, ...others };
}

/** The images that an entry with a matrix makes, by the entry's name, where no image has that name. */
type Groups = ReadonlyMap<string, readonly string[]>;

function groupsOf(drafts: readonly Draft[]): Groups {
  const names = new Set(drafts.map(({ name }) => name));
  const made = drafts.flatMap(({ name, group }) => (group === undefined || names.has(group) ? [] : [{ name, group }]));
  return new Map(
    [...Map.groupBy(made, ({ group }) => group)].map(([group, all]) => [group, all.map(({ name }) => name)]),
  );
}

/** The name of an entry with a matrix stands for all that it makes. */
function withGroups(depends: readonly Placed<string>[], groups: Groups): readonly Placed<string>[] {
  return depends.flatMap((each) => groups.get(each.value)?.map((value) => ({ ...each, value })) ?? [each]);
}

/** All texts of an entry that isn't a map, and those under keys that are, or may be meant to be, the image's names. */
function unreadNamesOf(entry: Tree): readonly string[] {
  if (entry.kind !== "map") return textsIn([entry]);
  const known = Object.keys(imageSettings);
  return entry.entries.flatMap(({ key, value }) => {
    const meant = didYouMean(key, known);
    if (meant !== "images" && meant !== "aliases") return [];
    if (key !== meant) return textsIn([value]);
    const items = value.kind === "list" ? value.items : [value];
    return textsIn(items.filter(({ kind }) => kind !== "scalar"));
  });
}

/** Each value once, however many anchors stand for it. */
function textsIn(trees: readonly Tree[]): readonly string[] {
  const found = new Set(trees);
  const texts = new Set<string>();
  for (const each of found) {
    if (each.kind === "scalar") texts.add(each.text);
    if (each.kind === "list") for (const item of each.items) found.add(item);
    if (each.kind !== "map") continue;
    for (const { key, value } of each.entries) {
      texts.add(key);
      found.add(value);
    }
  }
  return [...texts];
}

/** The entries of a map with known keys (`undefined`: any); nothing at all is an empty map. */
function entries(
  tree: Tree,
  what: string,
  keys: readonly string[] | undefined,
  problems: UserError[],
): TreeMap["entries"] {
  if (tree.kind === "scalar" && tree.value === null) return [];
  if (tree.kind !== "map") {
    const hint = keys === undefined ? "write name: {…}" : `write key: value, with ${keys.join(", ")}`;
    problems.push(new UserError(`${what} isn't a map of keys and values`, { hint, at: tree.at }));
    return [];
  }
  if (keys === undefined) return tree.entries;
  for (const { key, at } of tree.entries.filter((entry) => !keys.includes(entry.key))) {
    const like = didYouMean(key, keys);
    const hint = like === undefined ? `the keys are ${keys.join(", ")}` : `did you mean "${like}"?`;
    problems.push(new UserError(`${what} has the unknown key "${key}"`, { hint, at }));
  }
  return tree.entries;
}
