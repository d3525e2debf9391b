/** Finds the inputs of an image in the repository. */

import { type Catalog, type DockerfileImage, type Image, type NixImage, recipeOf } from "../../catalog/catalog.ts";
import { surroundingsOf } from "../../catalog/graph/surroundings.ts";
import { unreadDockerfile, withoutBases } from "../../catalog/graph/troubled.ts";
import type { UserError } from "../../errors.ts";
import type { Checkout } from "../../git/checkout/checkout.ts";
import { attempt, attemptLater } from "../../lib/attempt.ts";
import { inTurns, mapped } from "../../lib/pause.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { joinPath } from "../../model/repository-path.ts";
import type { Files } from "../../ports.ts";
import { type Ignore, ignoresNothing } from "../ignore/ignore.ts";
import { type IgnoreFile, ignoreFileReader } from "../ignore/ignore-files.ts";
import { type ContextReads, type CopiedPath, following } from "./followed-paths.ts";
import { type Links, linksOf, type Place } from "./links.ts";
import type { Listing } from "./listing.ts";
import { followedByNix } from "./nix-followed.ts";

export interface ImageInputs {
  /** The Dockerfile, or the Nix file. */
  readonly recipe: Place;
  /** The main one first. */
  readonly contexts: readonly ContextInputs[];
  /** Something that lies elsewhere, where no change can be seen; a noun. */
  readonly outside: string | undefined;
  /** What a Dockerfile names in the main context. */
  readonly copied?: readonly CopiedPath[];
}

/** A directory of the repository that a build reads. */
export interface ContextInputs {
  /** `undefined`: the main one. */
  readonly name: string | undefined;
  readonly directory: Place;
  readonly ignore: Ignore;
  /** The ignore file in force; `undefined` where there is none. */
  readonly ignoreFile: Place | undefined;
  /** Where an ignore file in force lies, or would lie. */
  readonly ignorePaths: readonly RepositoryPath[];
  /** With symlinks considered. */
  readonly followed: ContextReads;
}

export interface InputSources {
  readonly listing: Listing;
  readonly checkout: Checkout;
  readonly files: Pick<Files, "read">;
  /** An image's build arguments with the values that they will have. */
  argumentsOf(image: Image): Image["buildArgs"];
}

export interface ReadInputs {
  /** By name of the image. An image with a problem has the inputs that are known all the same. */
  readonly inputs: ReadonlyMap<string, ImageInputs>;
  readonly problems: ReadonlyMap<string, UserError>;
}

export async function readInputs(
  { images }: Catalog,
  { listing, checkout, files, argumentsOf }: InputSources,
): Promise<ReadInputs> {
  const reader: Reader = {
    listing,
    links: linksOf(listing, checkout),
    ignoreFile: ignoreFileReader(checkout.workspace, files),
    argumentsOf,
  };
  const byName = new Map(images.map((image) => [image.name, image]));
  const read = async (image: Image) => ({ image, found: await attemptLater(() => inputsOf(image, byName, reader)) });
  const all = await mapped(images, read, together);
  const inputs = all.map(async ({ image, found }) => {
    const own = "value" in found ? found.value : await inputsInDoubt(image, byName, reader);
    return [image.name, own] as const;
  });
  return {
    inputs: new Map(await Promise.all(inputs)),
    problems: new Map(all.flatMap(({ image, found }) => ("problem" in found ? [[image.name, found.problem]] : []))),
  };
}

/** The inputs of an image that isn't fully understood: the known ones, else all of its contexts. */
async function inputsInDoubt(image: Image, images: ReadonlyMap<string, Image>, reader: Reader): Promise<ImageInputs> {
  const read = attempt(() => reader.argumentsOf(image));
  const argumentsOf = () => ("value" in read ? read.value : {});
  const ignoreFile = async (candidates: readonly RepositoryPath[]) => {
    const found = await attemptLater(() => reader.ignoreFile(candidates));
    return "value" in found ? found.value : { path: undefined, ignore: ignoresNothing };
  };
  const lenient = { ...reader, argumentsOf, ignoreFile };
  if (image.variant === "nix") return inputsOf(image, images, lenient);
  const withoutBase = { ...image, dockerfile: withoutBases(image.dockerfile) };
  const found = await attemptLater(() => inputsOf(withoutBase, images, lenient));
  if ("value" in found) return found.value;
  return inputsOf({ ...image, dockerfile: unreadDockerfile(image.dockerfilePath) }, images, lenient);
}

/** Of an image of which nothing is known but the file that would say how it is built. */
export function inputsOfUnplaced(image: Image): ImageInputs {
  return { recipe: unresolved(recipeOf(image)), contexts: [], outside: undefined };
}

const together = 64;

interface Reader {
  readonly listing: Listing;
  readonly links: Links;
  readonly ignoreFile: (candidates: readonly RepositoryPath[]) => Promise<IgnoreFile>;
  readonly argumentsOf: InputSources["argumentsOf"];
}

async function inputsOf(image: Image, images: ReadonlyMap<string, Image>, reader: Reader): Promise<ImageInputs> {
  const place = await reader.links.resolve(recipeOf(image));
  const recipe = place ?? unresolved(recipeOf(image));
  const lost = place === undefined ? recipeOf(image) : undefined;
  const own = image.variant === "nix" ? nixInputs(image) : await dockerInputs(image, images, reader);
  return { ...own, recipe, outside: lost ?? own.outside };
}

/** A Nix file has no context: it may read any file of the repository. */
function nixInputs({ reads }: NixImage): Omit<ImageInputs, "recipe"> {
  const directory = { path: ".", target: ".", paths: ["."] };
  const rest = { name: undefined, ignoreFile: undefined, ignorePaths: [] };
  return {
    contexts: [{ ...rest, directory, ...followedByNix(reads) }],
    outside: reads.kind === "outside" ? reads.what : undefined,
  };
}

async function dockerInputs(
  image: DockerfileImage,
  images: ReadonlyMap<string, Image>,
  reader: Reader,
): Promise<Omit<ImageInputs, "recipe">> {
  const filled = { ...image, buildArgs: reader.argumentsOf(image) };
  const followed = await inTurns(following(filled, surroundingsOf(image, images)));
  const own = `${image.dockerfilePath}.dockerignore`;
  const named = image.contexts.flatMap((each) => (each.kind === "directory" ? [each] : []));
  const contexts = await Promise.all([
    contextInputs(undefined, image.context, own, followed.main, reader),
    ...named.map(({ name, path }) => contextInputs(name, path, undefined, followed.named.get(name), reader)),
  ]);
  const lost = [
    ...[image.context, ...named.map(({ path }) => path)].filter((_, index) => contexts[index] === undefined),
    ...image.contexts.flatMap((each) => (each.kind === "elsewhere" && !isImage(each.value) ? [each.value] : [])),
  ];
  return { contexts: contexts.filter((each) => each !== undefined), outside: lost[0], copied: followed.copied };
}

/** Images from outside are bases: their digests distinguish their contents. */
function isImage(value: string): boolean {
  return value.startsWith("docker-image://");
}

async function contextInputs(
  name: string | undefined,
  path: RepositoryPath,
  own: RepositoryPath | undefined,
  followed: ContextReads = { kind: "paths", sources: [] },
  { listing, links, ignoreFile }: Reader,
): Promise<ContextInputs | undefined> {
  const directory = await links.resolve(path);
  if (directory === undefined) return undefined;
  const shared = joinPath(directory.target, ".dockerignore");
  const candidates = await Promise.all(
    (own === undefined ? [shared] : [own, shared]).map(async (each) => (await links.resolve(each)) ?? unresolved(each)),
  );
  // What is not listed need not be looked for.
  const there = candidates.filter(({ target }) => listing.files.at(target) !== undefined);
  const inForce = await ignoreFile(there.map((each) => each.path));
  // Where the Dockerfile has an ignore file of its own, the context's is a file like others.
  const found = candidates.filter((each) => each.path === own || inForce.path !== own || own === undefined);
  return {
    name,
    directory,
    ignore: inForce.ignore,
    ignoreFile: found.find(({ path: each }) => each === inForce.path),
    ignorePaths: found.flatMap((place) => place.paths),
    followed: await withLinks(followed, directory.target, links),
  };
}

/** COPY follows a symlink, wherever it leads to. */
async function withLinks(followed: ContextReads, directory: RepositoryPath, links: Links): Promise<ContextReads> {
  const link = followed.kind === "paths" ? await links.among(directory, followed.sources) : undefined;
  return link === undefined ? followed : { kind: "whole", doubt: { what: "a symlink", at: { file: link } } };
}

function unresolved(path: RepositoryPath): Place {
  return { path, target: path, paths: [path] };
}
