/** From the targets of a bake file to images. Tags, outputs, caches and attestations of targets don't count: ours do. */
import { UserError } from "../../errors.ts";
import { attempt, outcomes } from "../../lib/attempt.ts";
import { platform } from "../../model/platform.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf, isUrl, lastPart } from "../../model/repository-path.ts";
import type { FileTarget } from "../catalog.ts";
import { isInside, pathFrom, readNamedContext } from "../graph/named-contexts.ts";
import type { Concern } from "../graph/troubled.ts";
import { directoryImage, type FoundImage } from "../layout/found-image.ts";
import { type BakeDefinition, type BakeTarget, membersOf } from "./bake-definition.ts";
import { filesOfPlace } from "./bake-files.ts";
import type { BakeFolder } from "./print.ts";

export interface BakeImages {
  /** Those that are published, and those that these take something from. */
  readonly images: readonly FoundImage[];
  /** Images that have a problem of their own. */
  readonly troubled: readonly FoundImage[];
  readonly concerns: readonly Concern[];
  readonly fileTargets: readonly FileTarget[];
  /** Where targets are that are left out, so that discovery takes none of these directories for an image. */
  readonly directories: readonly RepositoryPath[];
}

/**
 * The images of a printed definition. A target of the group is published, unless its only output is the cache; one that
 * is printed because others need it is not. A target that gives files instead of an image is built if an image needs
 * it, and else left out. The one image of a file has its folder's name if its Dockerfile is next to the file, or if its
 * target is called `default`; every other image has its target's name.
 */
export function bakeImages(definition: BakeDefinition, at: BakeFolder, rootName: string): BakeImages {
  const group = membersOf(definition, "default");
  const gives = (name: string) => definition.targets.get(name)?.gives;
  const members = new Set(group.filter((name) => gives(name) === "image"));
  const nameOf = namesIn(definition, members, at, rootName);
  const files = group.filter((name) => gives(name) === "files");
  const needed = withNeeded(definition, new Set(group.filter((name) => gives(name) !== "files")));
  const dropped = new Set([...withNeeded(definition, new Set(files))].filter((name) => !needed.has(name)));
  const kept = new Map([...definition.targets].filter(([name]) => !dropped.has(name)));
  const attempts = [...kept].map(([name, target]) => ({
    target: name,
    name: nameOf(name),
    read: attempt(() => imageOf(name, target, members, nameOf, at)),
  }));
  const failed = attempts.flatMap(({ target, name, read }) =>
    "problem" in read ? [{ target, name, problem: read.problem }] : [],
  );
  const isEmpty = members.size === 0 && kept.size > 0;
  const notFound = new Set([...dropped, ...failed.map(({ target }) => target)]);
  return {
    images: outcomes(attempts.map(({ read }) => read)).values,
    troubled: failed.map(({ target, name }) => unplaced(name, at, rootName, members.has(target))),
    concerns: [
      ...failed.map(({ name, problem }) => ({ problem, images: [name] })),
      ...(isEmpty ? [{ problem: nothingPublished(at, files), images: [at.file] }] : []),
    ],
    fileTargets: files
      .filter((name) => dropped.has(name))
      .map((target) => ({ target, name: nameOf(target), file: at.file })),
    directories: [...directoriesNamed({ ...definition, targets: onlyThese(definition, notFound) }, at)],
  };
}

function unplaced(name: string, at: BakeFolder, rootName: string, publish: boolean): FoundImage {
  const image = directoryImage(at.folder, {}, rootName);
  const bakeFiles = filesOfPlace(at);
  return { ...image, name, from: "bake", publish, bakeFiles, at: { file: at.file }, isUnplaced: true };
}

/** Targets with all that they take from others. */
function withNeeded({ targets }: BakeDefinition, names: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set(names);
  for (const name of found) {
    for (const value of Object.values(targets.get(name)?.contexts ?? {})) {
      if (value.startsWith("target:")) found.add(value.slice("target:".length));
    }
  }
  return found;
}

function onlyThese({ targets }: BakeDefinition, names: ReadonlySet<string>): BakeDefinition["targets"] {
  return new Map([...targets].filter(([name]) => names.has(name)));
}

/** The directories of the targets' sources. None of them is an image without its target. */
export function directoriesNamed(definition: BakeDefinition, { folder }: BakeFolder): ReadonlySet<RepositoryPath> {
  return new Set(
    [...definition.targets.values()].flatMap((target) => {
      if (isUrl(target.context)) return [];
      const context = pathFrom(folder, withoutScheme(target.context));
      // Many targets have the root for their context, whatever they build.
      return [directoryOf(pathFrom(context, target.dockerfile)), ...(context === "." ? [] : [context])];
    }),
  );
}

type NameOf = (target: string) => string;

function namesIn(
  { targets }: BakeDefinition,
  members: ReadonlySet<string>,
  { folder, isShared = false }: BakeFolder,
  rootName: string,
): NameOf {
  const [only, ...others] = members;
  const target = only === undefined || others.length > 0 ? undefined : targets.get(only);
  const isBeside = !isShared && target !== undefined && dockerfileDirectory(target, folder) === folder;
  if (only === undefined || target === undefined || !(isBeside || only === "default")) return (name) => name;
  const own = folder === "." ? rootName : lastPart(folder);
  // Files of many images may each have a `builder`.
  return (name) => (name === only ? own : `${own}-${name}`);
}

/** @throws UserError with the target and its file. */
function imageOf(
  name: string,
  target: BakeTarget,
  members: ReadonlySet<string>,
  nameOf: NameOf,
  at: BakeFolder,
): FoundImage {
  try {
    return readTarget(name, target, members, nameOf, at);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { hint, cause } = error;
    throw new UserError(`the target "${name}": ${error.message}`, { hint, at: { file: at.file }, cause });
  }
}

function readTarget(
  name: string,
  target: BakeTarget,
  members: ReadonlySet<string>,
  nameOf: NameOf,
  at: BakeFolder,
): FoundImage {
  const { folder, file } = at;
  if (target.isInline) {
    throw new UserError("its Dockerfile is inline in the bake file, which this version doesn't build", {
      hint: "put dockerfile-inline into a Dockerfile of its own",
    });
  }
  const context = inside(target.context, folder, "context");
  const dockerfilePath = inside(target.dockerfile, context, "dockerfile");
  const isNamedByFolder = nameOf(name) !== name && members.has(name);
  const contexts = Object.entries(target.contexts).map(([key, value]) =>
    readNamedContext(key, value, folder, { file }),
  );
  return {
    name: nameOf(name),
    from: "bake",
    directory: isNamedByFolder ? folder : directoryOf(dockerfilePath),
    context,
    dockerfilePath,
    nixFile: undefined,
    target: target.target,
    platforms: [...new Set(target.platforms.map(platform))],
    publish: members.has(name),
    buildArgs: target.args,
    contexts: new Map(
      contexts.map(({ to, at: where }) => [
        to.name,
        { to: to.kind === "image" ? { ...to, image: nameOf(to.image) } : to, at: where },
      ]),
    ),
    bakeFiles: filesOfPlace(at),
    labels: target.labels,
    annotations: target.annotations,
    at: { file },
  };
}

function dockerfileDirectory({ context, dockerfile }: BakeTarget, folder: RepositoryPath): string {
  return directoryOf(pathFrom(pathFrom(folder, withoutScheme(context)), dockerfile));
}

/** `cwd://` is where bake runs: the folder of the file. */
function withoutScheme(path: string): string {
  return path.replace(/^cwd:\/\//, "");
}

function inside(given: string, folder: RepositoryPath, key: string): RepositoryPath {
  const path = pathFrom(folder, withoutScheme(given));
  if (!isUrl(given.replace(/^cwd:\/\//, "")) && isInside(path)) return path;
  throw new UserError(`its ${key} is ${given}, which is outside of the repository`, {
    hint: "name a path inside the checkout; a folder elsewhere can be a named context",
  });
}

function nothingPublished({ file }: BakeFolder, files: readonly string[]): UserError {
  const more = files.length === 0 ? "" : ", or gives files and no image";
  return new UserError(`${file} publishes nothing: every target of the group only fills the cache${more}`, {
    hint: 'name targets that give an image with "bake-target", or give one an output of type=image',
    at: { file },
  });
}
