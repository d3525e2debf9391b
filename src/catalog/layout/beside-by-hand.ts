/** The notice that the input `file` or `target` describes one image, and keeps others from being found. */
import { posix } from "node:path";
import { attemptLater } from "../../lib/attempt.ts";
import { limitCalls } from "../../lib/limit.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { Remark } from "../../model/remark.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf, joinPath } from "../../model/repository-path.ts";
import type { Files } from "../../ports.ts";
import { readDockerfileInTurns } from "../dockerfile/dockerfile.ts";
import { defaultsText, type EntryText, entriesFor, writeEntries } from "../entry-text.ts";
import { freeName, isFitName } from "../names/image-name.ts";
import type { ByHand } from "./by-hand.ts";
import { discover } from "./discover.ts";
import { spellingsOf } from "./dockerfile-names.ts";
import { directoryName, type FoundImage } from "./found-image.ts";

export interface BesideInput {
  readonly root: string;
  readonly files: Pick<Files, "list" | "read">;
  readonly rootName: string;
  /** Where entries of images are, or would be. */
  readonly configFile: RepositoryPath;
}

/** A directory that convention takes for an image. */
interface Place {
  readonly name: string;
  readonly directory: RepositoryPath;
  readonly dockerfile: RepositoryPath | undefined;
}

/** What there is beside the image. */
interface Around {
  readonly places: readonly Place[];
  /** Directories that are looked into, whether or not they hold an image. */
  readonly looked: readonly RepositoryPath[];
  readonly bakes: readonly RepositoryPath[];
}

/** The settings of the config file that replace the inputs, so that all images are built. */
interface Instead {
  /** `undefined`: there is nothing to say. */
  readonly write: string | undefined;
  /** The image that the inputs describe can be built. */
  readonly isThere: boolean;
  /** Directories that it makes images of, though convention doesn't. */
  readonly more: readonly RepositoryPath[];
}

/** @param image what the inputs describe; `undefined` where they are wrong. */
export async function besideByHand(
  given: ByHand,
  image: FoundImage | undefined,
  input: BesideInput,
): Promise<readonly Remark[]> {
  if (given.context !== undefined || given.contexts.length > 0) return [];
  const { found, looked, bakes } = await discover(input.root, [], input.files, input.configFile);
  const places = found.map(({ directory, dockerfile }): Place => {
    return { name: directoryName(directory, input.rootName), directory, dockerfile };
  });
  const around = { places, looked, bakes: bakes.map(({ file }) => file) };
  const instead = image === undefined ? nothing : await insteadOf(given, image, around, input);
  const all = [...places.map(({ directory }) => directory), ...instead.more, ...around.bakes];
  const others = [...new Set(all)].filter((each) => !instead.isThere || each !== image?.directory).sort();
  return others.length === 0 ? [] : [notice(given, instead, others)];
}

const nothing: Instead = { write: undefined, isThere: false, more: [] };

function notice(
  { file, target, name }: ByHand,
  { write, isThere }: Instead,
  others: readonly RepositoryPath[],
): Remark {
  const inputs = [...(file === undefined ? [] : ['"file"']), ...(target === undefined ? [] : ['"target"'])];
  const [verb, them] = inputs.length === 1 ? ["describes", "the input"] : ["describe", "the inputs"];
  const which = others.length === 1 ? "image" : "images";
  const steps = [
    `remove ${them}`,
    ...(name === undefined ? [] : [`write {{name}} for ${name} in "images"`]),
    ...(write === undefined ? [] : [write]),
  ];
  const alone = isThere ? '; to build this one alone, set "context", too' : "";
  return {
    message: `the input ${inputs.join(" and ")} ${verb} one image, so the ${which} in ${someOf(others)} ${others.length === 1 ? "is" : "are"} not built`,
    hint: `to build all images, ${steps.join(" and ")}${alone}`,
  };
}

async function insteadOf(given: ByHand, image: FoundImage, around: Around, input: BesideInput): Promise<Instead> {
  const { configFile } = input;
  const read = fileReader(input);
  const keys = given.target === undefined ? {} : { target: given.target };
  const path = image.dockerfilePath ?? image.nixFile;
  if (path === undefined) return insteadOfTarget(given.target ?? "", image, around, { configFile, read });
  if ((await read(path)) !== undefined) {
    return { write: writeEntries(ownEntries(image, keys, around.places), configFile), isThere: true, more: [] };
  }
  // Whoever names a file that isn't there may mean one of each image.
  const below = around.looked.filter((directory) => directory !== ".");
  const files = await Promise.all(below.map((directory) => read(joinPath(directory, path))));
  const more = below.filter((_, index) => files[index] !== undefined);
  const entries = entriesFor(
    more,
    (directory) => {
      const file = joinPath(directory, path);
      return { file, ...(directoryOf(file) === directory ? {} : { context: directory }), ...keys };
    },
    input,
  );
  return { write: entries.length === 0 ? undefined : writeEntries(entries, configFile), isThere: false, more };
}

type ReadFile = (path: RepositoryPath) => Promise<Uint8Array | undefined>;

/** A Dockerfile is found in either case of its usual name. */
function fileReader({ root, files }: BesideInput): ReadFile {
  const read = limitCalls(32, (path: RepositoryPath) => files.read(posix.join(root, path)));
  return async (path) => (await Promise.all(spellingsOf(path).map(read))).find((each) => each !== undefined);
}

/** A stage may be meant for all images that have it. */
async function insteadOfTarget(
  target: string,
  image: FoundImage,
  { places, bakes }: Around,
  { configFile, read }: { readonly configFile: RepositoryPath; readonly read: ReadFile },
): Promise<Instead> {
  // Which directories the targets of a bake file stand for is not known here.
  const candidates = places.filter(({ directory }) => bakes.length === 0 || directory === image.directory);
  const having = await Promise.all(candidates.map(({ dockerfile }) => hasStage(dockerfile, target, read)));
  const [own, others] = [
    candidates.filter(({ directory }, index) => having[index] === true && directory === image.directory),
    candidates.filter(({ directory }, index) => having[index] === true && directory !== image.directory),
  ];
  const isThere = own.length > 0;
  const isNamedSo = own.every(({ name }) => name === image.name);
  if (others.length > 0 && isNamedSo && having.every((each) => each !== false)) {
    return { write: `write ${defaultsText({ target })} into ${configFile}`, isThere, more: [] };
  }
  const entries = [
    ...(isThere ? ownEntries(image, { target }, places) : []),
    ...others.map(({ name }): EntryText => ({ name, keys: { target } })),
  ];
  return { write: entries.length === 0 ? undefined : writeEntries(entries, configFile), isThere, more: [] };
}

/** `undefined` where there is no Dockerfile. */
async function hasStage(
  dockerfile: RepositoryPath | undefined,
  target: string,
  read: ReadFile,
): Promise<boolean | undefined> {
  const bytes = dockerfile === undefined ? undefined : await read(dockerfile);
  if (dockerfile === undefined || bytes === undefined) return undefined;
  const parsed = await attemptLater(() => readDockerfileInTurns(bytes, dockerfile));
  return "value" in parsed && parsed.value.stages.some(({ name }) => name === target.toLowerCase());
}

/** The entry that makes the same image, and those that give its name's other owners another one. */
function ownEntries(image: FoundImage, keys: EntryText["keys"], places: readonly Place[]): readonly EntryText[] {
  const { directory, dockerfilePath, nixFile } = image;
  const taken = new Set(places.map((each) => each.name.toLowerCase()));
  const name = directory === "." || isFitName(image.name) ? image.name : freeName(image.name, taken);
  const alike = places.filter((each) => each.directory !== directory && each.name.toLowerCase() === name.toLowerCase());
  const isOtherwiseNamed = places.some((each) => each.directory === directory && each.name !== name);
  const file = dockerfilePath ?? nixFile;
  const isElsewhere = dockerfilePath !== undefined && image.context !== directory;
  return [
    {
      name,
      keys: {
        ...(alike.length > 0 || isOtherwiseNamed ? { path: directory } : {}),
        ...(file === undefined ? {} : { file }),
        ...(isElsewhere ? { context: image.context } : {}),
        ...keys,
      },
    },
    ...alike.map((each, index): EntryText => {
      const other = `other-${name}${index === 0 ? "" : `-${index + 1}`}`;
      return { name: freeName(other, taken), keys: { path: each.directory } };
    }),
  ];
}
