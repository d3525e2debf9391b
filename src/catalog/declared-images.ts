/** What discovery found and what the config file says, joined: every image with its settings, before its Dockerfile is read. */
import { UserError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Platform } from "../oci/platform.ts";
import type { RepositoryPath } from "./catalog.ts";
import type { CatalogConfig, ImageSettings, SharedSettings } from "./config.ts";
import type { FoundDirectory } from "./discover.ts";
import { directoryOf, joinPath, lastPart } from "./repository-path.ts";

/** What the inputs say of all images. */
export interface SharedInputs {
  readonly target?: string | undefined;
  /** Empty: not said. */
  readonly platforms: readonly Platform[];
  readonly buildArgs: Readonly<Record<string, string>>;
}

export interface DeclaredImage {
  readonly name: string;
  /** It is the repository's own image, at its root. */
  readonly isRoot: boolean;
  readonly directory: RepositoryPath;
  readonly context: RepositoryPath;
  /** `undefined`: whichever of Dockerfile and Containerfile lies in the directory. */
  readonly dockerfilePath: RepositoryPath | undefined;
  readonly target: string | undefined;
  readonly platforms: readonly Platform[];
  readonly publish: boolean;
  readonly buildArgs: Readonly<Record<string, string>>;
}

/**
 * Every image with a fit name, once. An entry of the config overrides the found image of its name, or takes over the directory that its
 * `path` names; else it adds an image. What is said of one image wins over an input, an input over the file's defaults.
 */
export function declareImages(
  found: readonly FoundDirectory[],
  config: CatalogConfig,
  inputs: SharedInputs,
  rootName: string,
): { readonly images: readonly DeclaredImage[]; readonly problems: readonly UserError[] } {
  const problems: UserError[] = [];
  const shared = (said: SharedSettings | undefined) => joined(said, inputs, config.defaults);
  const claimed = new Set(config.images.flatMap((entry) => entry.path ?? []));
  const left = new Map<RepositoryPath, NamedDirectory>();
  for (const each of found) if (!claimed.has(each.directory)) left.set(each.directory, withName(each, rootName));
  const declared = config.images.flatMap((entry): readonly DeclaredImage[] => {
    const own = entry.path === undefined ? [...left.values()].find((each) => each.name === entry.name) : undefined;
    if (own !== undefined) left.delete(own.directory);
    const beside = entry.file === undefined ? entry.context : directoryOf(entry.file);
    const directory = entry.path ?? own?.directory ?? beside;
    if (directory === undefined) {
      problems.push(
        placeless(
          entry,
          found.map((each) => withName(each, rootName).name),
        ),
      );
      return [];
    }
    const isRoot = entry.name === rootName && directory === ".";
    const inside = found.find((each) => each.directory === directory)?.dockerfile;
    const context = entry.context ?? directory;
    return [{ name: entry.name, isRoot, directory, context, dockerfilePath: entry.file ?? inside, ...shared(entry) }];
  });
  const others = [...left.values()].map(({ name, directory, dockerfile }): DeclaredImage => {
    const isRoot = directory === ".";
    return { name, isRoot, directory, context: directory, dockerfilePath: dockerfile, ...shared(undefined) };
  });
  const images = [...declared, ...others];
  const file = config.file ?? ".github/image-publish.yml";
  const unfit = images.filter(({ name, isRoot }) => !isRoot && !fitName.test(name.toLowerCase()));
  problems.push(...sameNames(images, file), ...unfit.map((image) => unfitName(image, file)));
  return { images: images.filter((image) => !unfit.includes(image)), problems };
}

interface NamedDirectory extends FoundDirectory {
  readonly name: string;
}

function withName(found: FoundDirectory, rootName: string): NamedDirectory {
  return { ...found, name: found.directory === "." ? rootName : lastPart(found.directory) };
}

function joined(said: SharedSettings | undefined, inputs: SharedInputs, defaults: SharedSettings) {
  return {
    target: said?.target ?? inputs.target ?? defaults.target,
    platforms: said?.platforms ?? (inputs.platforms.length > 0 ? inputs.platforms : (defaults.platforms ?? [])),
    publish: said?.publish ?? defaults.publish ?? true,
    buildArgs: { ...defaults.buildArgs, ...inputs.buildArgs, ...said?.buildArgs },
  };
}

function placeless(entry: ImageSettings, found: readonly string[]): UserError {
  const like = nearest(entry.name, found);
  return new UserError(`no directory holds an image named "${entry.name}"`, {
    hint:
      like === undefined
        ? 'say where it lies with "path" or "file"'
        : `did you mean "${like}"? Else say where it lies with "path"`,
    at: entry.at,
  });
}

/** Names become parts of repositories, in lower case: there they must stay apart. */
function sameNames(images: readonly DeclaredImage[], file: string): readonly UserError[] {
  const directories = Map.groupBy(images, ({ name }) => name.toLowerCase());
  return [...directories].flatMap(([name, several]) => {
    const [first, second] = several.map(({ directory }) => directory).sort();
    if (first === undefined || second === undefined) return [];
    const hint = `give one of them another name in ${file}, as in images: {other-name: {path: ${second}}}`;
    return [
      new UserError(`two images have the name "${name}", in ${first} and in ${second}`, { hint, at: { file: second } }),
    ];
  });
}

const component = "[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*";
const fitName = new RegExp(`^${component}(?:/${component})*$`);

function unfitName({ name, directory }: DeclaredImage, file: string): UserError {
  return new UserError(`"${name}" can't be an image's name`, {
    hint: `use letters and digits, parted by single dots, dashes or underscores; ${file} can name it, as in images: {fit-name: {path: ${directory}}}`,
    at: { file: directory },
  });
}

/** Where the Dockerfile of a directory may lie. */
export function dockerfileCandidates({ directory, context, dockerfilePath }: DeclaredImage): readonly RepositoryPath[] {
  if (dockerfilePath !== undefined) return [dockerfilePath];
  return [...new Set([directory, context])].flatMap((each) =>
    ["Dockerfile", "Containerfile"].map((name) => joinPath(each, name)),
  );
}
