/** Builds catalogs of repositories that exist in memory only. */

import type { ImageName } from "../../../src/catalog/catalog.ts";
import { linkImages } from "../../../src/catalog/graph/link-images.ts";
import { type BuiltCatalog, orderCatalog } from "../../../src/catalog/graph/order-catalog.ts";
import type { ByHand } from "../../../src/catalog/layout/by-hand.ts";
import { type CatalogInput, declareCatalog } from "../../../src/catalog/layout/declare-catalog.ts";
import type { DeclaredImage } from "../../../src/catalog/layout/declared-images.ts";
import type { GivenNames, NamedDeclaration } from "../../../src/catalog/names/given-names.ts";
import { anyImage } from "../../../src/catalog/names/own-places.ts";
import { readConfig, usualConfigFile } from "../../../src/config/config.ts";
import { formatLocation, Problems, throwProblems, UserError } from "../../../src/errors.ts";
import { attempt, outcomes } from "../../../src/lib/attempt.ts";
import { platform } from "../../../src/model/platform.ts";
import { repository as imageRepository } from "../../../src/model/reference.ts";
import type { Finished, Processes } from "../../../src/ports.ts";
import { memoryFiles, repository, type Tree } from "./memory-files.ts";

export interface Options {
  readonly config?: string;
  readonly configFile?: string;
  readonly path?: readonly string[];
  readonly platforms?: readonly string[];
  readonly target?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly moving?: readonly string[];
  /** The one repository in which all images are. */
  readonly repository?: string;
  /** Tags of each image, by its public name; then only `latest` is usual. */
  readonly tagsOf?: (name: string) => { readonly moving?: readonly string[]; readonly exact?: readonly string[] };
  /** Where images are pushed, with `{{name}}` or else below it: `ghcr.io/o/r` unless given. */
  readonly place?: string;
  readonly places?: readonly string[];
  /** Where only other runs push them. */
  readonly unpushed?: readonly string[];
  /** Places of aliases, likewise. */
  readonly aliases?: readonly string[];
  readonly forgeHost?: string;
  readonly byHand?: Partial<ByHand>;
  readonly bakeTargets?: readonly string[];
  /** What `docker buildx bake --print` says: by folder, with the wanted names after it where there are any. */
  readonly bake?: Readonly<Record<string, object | Partial<Finished>>>;
}

/** The catalog of a repository that is in order. @throws UserError, or `Problems`. */
export async function buildTree(tree: Tree, options?: Options): Promise<BuiltCatalog> {
  const built = await readTree(tree, options);
  throwProblems(built.concerns.map(({ problem }) => problem));
  return built;
}

/** The catalog as it is read: the images that are in order, beside the others and their problems. */
export async function readTree(tree: Tree, options: Options = {}): Promise<BuiltCatalog> {
  const { config = "", platforms = [], byHand } = options;
  const { config: read, problems } = await readConfig(config, options.configFile ?? usualConfigFile);
  if (problems.length > 0) throw new Problems(problems);
  const root: ImageName = { name: "r", publicName: "r", variant: "dockerfile" };
  const namesOf = (image: ImageName, isRoot: boolean) => givenNames(image, isRoot, options);
  return catalogWith(namesOf, {
    root: "/repo",
    files: memoryFiles(repository(tree)),
    globs: options.path ?? [],
    rootName: "r",
    config: read,
    inputs: {
      platforms: platforms.map((each) => platform(each)),
      buildArgs: options.buildArgs ?? {},
      target: options.target,
    },
    bakeTargets: options.bakeTargets ?? [],
    bake: { processes: recordedBake(options.bake ?? {}), env: { PATH: "/bin" }, signal: new AbortController().signal },
    byHand: byHand && {
      name: undefined,
      context: undefined,
      file: undefined,
      contexts: [],
      target: options.target,
      ...byHand,
    },
    ownPlaces: {
      ofRoot: namesOf(root, true),
      ofAny: namesOf(anyImage, false),
      forgePlace: imageRepository(`${options.forgeHost ?? "ghcr.io"}/o/r`),
    },
    forgeHost: options.forgeHost ?? "ghcr.io",
  });
}

/** All steps from files to the catalog, with names that need no rules. */
export async function catalogWith(
  namesOf: (image: ImageName, isRoot: boolean) => GivenNames,
  input: CatalogInput,
  argumentsOf: (image: DeclaredImage) => NamedDeclaration["buildArgs"] = ({ buildArgs }) => ({ value: buildArgs }),
): Promise<BuiltCatalog> {
  const declared = await declareCatalog(input);
  const named = declared.images.map((image): NamedDeclaration => {
    const names = namesOf(image, image.isRoot);
    const isPublished = image.publish;
    const repositories = isPublished ? names.knownAs : [];
    return { image, names, isPublished, repositories, buildArgs: argumentsOf(image) };
  });
  const linked = await linkImages(declared, named, input);
  const strangers = linked.strangers.map((image) => ({ image, names: namesOf(image, false) }));
  return orderCatalog(linked, strangers, input);
}

function givenNames({ publicName, variant }: ImageName, isRoot: boolean, options: Options): GivenNames {
  const all = (places: readonly string[]) => attempt(() => places.map((place) => placed(place, publicName, isRoot)));
  const { repository } = options;
  const pushed =
    repository === undefined
      ? all(options.places ?? [options.place ?? "ghcr.io/o/r"])
      : attempt(() => [imageRepository(repository)]);
  const [unpushed, aliases] = [all(options.unpushed ?? []), all(options.aliases ?? [])];
  const valid = (read: typeof pushed) => ("value" in read ? read.value : []);
  const { problems: unfit } = outcomes([pushed, unpushed, aliases]);
  const ending = variant === "nix" ? "-nix" : "";
  const tagSet = (tags: readonly string[]) => new Set(tags.map((tag) => `${tag}${ending}`));
  const { moving = [], exact = [] } = options.tagsOf?.(publicName) ?? {};
  const usual = options.tagsOf === undefined ? (options.moving ?? ["main", "latest"]) : ["latest"];
  return {
    ...{ knownAs: valid(pushed), unpushed: valid(unpushed), aliases: valid(aliases) },
    ...{
      problems: unfit,
      unread: [],
      tags: { value: { moving: tagSet(moving), usual: tagSet(usual), exact: tagSet(exact) } },
    },
  };
}

function placed(place: string, name: string, isRoot: boolean) {
  if (place.includes("{{name}}")) return imageRepository(place.replace("{{name}}", name.toLowerCase()));
  return imageRepository(isRoot ? place : `${place}/${name.toLowerCase()}`);
}

/** `images/NAME/Dockerfile` for each name. */
export function images(dockerfiles: Readonly<Record<string, string>>): Tree {
  return Object.fromEntries(Object.entries(dockerfiles).map(([name, text]) => [`images/${name}/Dockerfile`, text]));
}

/** Each image with its parents. */
export async function edges(tree: Tree, options?: Options): Promise<readonly string[]> {
  const catalog = await buildTree(tree, options);
  return catalog.images.map(({ name, parents }) => `${name}: ${parents.map((edge) => edge.parent).join(" ")}`.trim());
}

/** All problems, each with its place and its hint. */
export async function problems(tree: Tree, options?: Options): Promise<readonly string[]> {
  try {
    await buildTree(tree, options);
  } catch (error) {
    const all = error instanceof Problems ? error.problems : error instanceof UserError ? [error] : [];
    return all.map(
      ({ at, message, hint }) => `${at === undefined ? "" : `${formatLocation(at)} `}${message} (${hint})`,
    );
  }
  return [];
}

/** A buildx that says what was recorded, and that a name is missing where nothing was. */
function recordedBake(recorded: NonNullable<Options["bake"]>): Processes {
  return {
    async run(_, args, { cwd = "" }) {
      const names = args.slice(args.lastIndexOf("--set") + 2);
      const said = recorded[[cwd.replace(/^\/repo\/?/, "") || ".", ...names].join(" ")];
      const finished: Partial<Finished> =
        said === undefined
          ? { code: 1, stderr: `ERROR: failed to find target ${names[0] ?? "default"}\n` }
          : "code" in said
            ? said
            : { stdout: new TextEncoder().encode(JSON.stringify(said)) };
      return { code: 0, stdout: new Uint8Array(), stderr: "", ...finished };
    },
  };
}
