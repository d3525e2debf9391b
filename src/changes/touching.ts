/** Which of the changed files go into an image. */
import type { Image } from "../catalog/catalog.ts";
import type { ChangedFile } from "./changed-file.ts";
import type { FileIndex } from "./file-index.ts";
import { type IgnoreFile, type IgnoreFiles, ignorePaths, noIgnoreFile } from "./ignore-files.ts";

/** The changed files that go into an image: the first few, and how many there are. */
export interface Touched {
  /** Its Dockerfile and ignore file come first. */
  readonly named: readonly ChangedFile[];
  readonly count: number;
}

export interface TouchingInput {
  readonly index: FileIndex;
  readonly ignores: IgnoreFiles;
  /** Changes that count for every image. */
  readonly ofAll: readonly ChangedFile[];
}

const mostNamed = 10;

/**
 * A file goes into an image when it is its Dockerfile or the ignore file in force, or lies in its context and is not ignored.
 * A context at the repository's root makes every file count that nobody ignores.
 */
export function touching({ index, ignores, ofAll }: TouchingInput): (image: Image) => Touched {
  const contexts = new Map<string, ReadonlySet<ChangedFile>>();
  // Many images may share a context, such as the root: it is gone through once, and never copied.
  const inContext = (context: string, ignoreFile: IgnoreFile): ReadonlySet<ChangedFile> => {
    const key = `${context}\0${ignoreFile.path ?? ""}`;
    const found = contexts.get(key) ?? filesInContext(index, context, ignoreFile);
    contexts.set(key, found);
    return found;
  };
  return (image) => {
    const ignoreFile = ignores.get(image.name) ?? noIgnoreFile;
    const first = new Set([...ofAll, ...filesByName(image, index, ignoreFile)]);
    const context = inContext(image.context, ignoreFile);
    const named = [...first];
    for (const file of context) {
      if (named.length >= mostNamed) break;
      if (!first.has(file)) named.push(file);
    }
    const outside = [...first].filter((file) => !context.has(file)).length;
    return { named: named.slice(0, mostNamed), count: context.size + outside };
  };
}

function filesByName(image: Image, index: FileIndex, ignoreFile: IgnoreFile): readonly ChangedFile[] {
  const { own, shared } = ignorePaths(image);
  return [
    index.atOrAbove(image.dockerfilePath),
    index.at(own),
    // Where the Dockerfile has an ignore file of its own, the context's is a file like others.
    ignoreFile.path === own ? undefined : index.at(shared),
    // A submodule in which the context lies, or a symlink that stands for it.
    image.context === "." ? undefined : index.atOrAbove(image.context),
  ].filter((file) => file !== undefined);
}

function filesInContext(index: FileIndex, context: string, { ignore }: IgnoreFile): ReadonlySet<ChangedFile> {
  const start = context === "." ? 0 : context.length + 1;
  return new Set(index.below(context).filter(({ path }) => !ignore.ignores(path.slice(start))));
}
