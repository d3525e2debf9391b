/** One image that the inputs describe, as those of docker/build-push-action do. */
import { UserError } from "../../errors.ts";
import { attempt, outcomes } from "../../lib/attempt.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf, isUrl, joinPath, repositoryPath } from "../../model/repository-path.ts";
import { readNamedContext } from "../graph/named-contexts.ts";
import { directoryImage, directoryName, type FoundImage } from "./found-image.ts";

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
    context: attempt(() => withInput("context", () => contextPath(given.context ?? "."))),
    file: attempt(() => withInput("file", () => (given.file === undefined ? undefined : repositoryPath(given.file)))),
    contexts: attempt(() => withInput("build-contexts", () => given.contexts.map(contextOf))),
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
        name: given.name ?? directoryName(directory, rootName),
        from: "inputs",
        context,
        dockerfilePath: isNix ? undefined : file,
        contexts: new Map(contexts.map((each) => [each.to.name, each])),
      },
    ],
    problems,
  };
}

function contextPath(text: string): RepositoryPath {
  if (!isUrl(text) && !text.includes("{{")) return repositoryPath(text);
  throw new UserError(`"${text}" is not a directory of the checkout, which is what is built`, {
    hint: "check the other repository out in a step before, and name its directory",
  });
}

function contextOf(line: string) {
  const equals = line.indexOf("=");
  return readNamedContext(line.slice(0, Math.max(0, equals)), line.slice(equals + 1), ".", { file: "." });
}

/** The same error, with the input that it is about. */
function withInput<T>(input: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`the input "${input}": ${error.message}`, {
      hint: error.hint,
      cause: error.cause,
      // Which of several lines it is about isn't known.
      ...(input === "build-contexts" ? {} : { input: { name: input, line: 1 } }),
    });
  }
}
