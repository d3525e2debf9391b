/** One image that the inputs describe, as those of docker/build-push-action do. */
import { UserError } from "../errors.ts";
import { attempt, outcomes } from "./attempt.ts";
import type { RepositoryPath } from "./catalog.ts";
import { directoryImage, type FoundImage } from "./found-image.ts";
import { isUrl, readContext } from "./named-contexts.ts";
import { type CatalogRemark, someOf } from "./remark.ts";
import { directoryOf, joinPath, lastPart, repositoryPath } from "./repository-path.ts";

export interface ByHand {
  /** The name to give it; `undefined`: that of its context, of the Dockerfile's directory where the context is the root. */
  readonly name: string | undefined;
  /** As given; `undefined`: the root. */
  readonly context: string | undefined;
  /** As given, relative to the root; `undefined`: the Dockerfile in the context. */
  readonly file: string | undefined;
  /** `name=value`, one each. */
  readonly contexts: readonly string[];
  /** As given. */
  readonly target?: string | undefined;
}

/** The image, or what is wrong with the inputs. Its `target`, arguments and platforms are inputs of all images. */
export function byHandImage(
  given: ByHand,
  rootName: string,
): { readonly images: readonly FoundImage[]; readonly problems: readonly UserError[] } {
  const read = {
    context: attempt(() => said("context", () => contextPath(given.context ?? "."))),
    file: attempt(() => said("file", () => (given.file === undefined ? undefined : repositoryPath(given.file)))),
    contexts: attempt(() => said("build-contexts", () => given.contexts.map(contextOf))),
  };
  const { problems } = outcomes<unknown>(Object.values(read));
  if (!("value" in read.context && "value" in read.file && "value" in read.contexts)) return { images: [], problems };
  const [context, file, contexts] = [read.context.value, read.file.value, read.contexts.value];
  // A Dockerfile often is in a folder of its own below what it builds.
  const directory = file === undefined || context !== "." ? context : directoryOf(file);
  const isNix = file?.endsWith(".nix") === true;
  const image = directoryImage(
    directory,
    isNix ? { nix: file } : { dockerfile: file ?? joinPath(context, "Dockerfile") },
    rootName,
  );
  return {
    images: [
      {
        ...image,
        name: given.name ?? (directory === "." ? rootName : lastPart(directory)),
        from: "inputs",
        context,
        dockerfilePath: isNix ? undefined : file,
        contexts: new Map(contexts.map((each) => [each.to.name, each])),
      },
    ],
    problems,
  };
}

/**
 * `file` or `target` may stand there for images that are found, which they keep from being found.
 * @param others directories that hold images, and are not looked at.
 */
export function besideByHand(
  { file, target, context, contexts }: ByHand,
  others: readonly RepositoryPath[],
  name: string,
  configFile: RepositoryPath,
): readonly CatalogRemark[] {
  if (context !== undefined || contexts.length > 0 || others.length === 0) return [];
  const given = [file === undefined ? [] : "file", target === undefined ? [] : "target"].flat();
  const said = [file === undefined ? [] : `file: ${file}`, target === undefined ? [] : `target: ${target}`].flat();
  const entry = file === undefined ? `defaults: {${said}}` : `images: {${name}: {${said.join(", ")}}}`;
  const inputs = given.map((name) => `"${name}"`).join(" and ");
  const verb = given.length === 1 ? "describes" : "describe";
  const which = others.length === 1 ? "image is" : "images are";
  return [
    {
      message: `the input ${inputs} ${verb} one image, so that no others are searched for: the ${which} not built in ${someOf(others)}`,
      hint: `to build all images, remove the input and write ${entry} into ${configFile}; to build this one alone, set "context", too`,
    },
  ];
}

function contextPath(text: string): RepositoryPath {
  if (!isUrl(text) && !text.includes("{{")) return repositoryPath(text);
  throw new UserError(`"${text}" is not a directory of the checkout, which is what is built`, {
    hint: "check the other repository out in a step before, and name its directory",
  });
}

function contextOf(line: string) {
  const equals = line.indexOf("=");
  return readContext(line.slice(0, Math.max(0, equals)), line.slice(equals + 1), ".", { file: "." });
}

/** The same error, with the input that it is about. */
function said<T>(input: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`the input "${input}": ${error.message}`, { hint: error.hint, cause: error.cause });
  }
}
