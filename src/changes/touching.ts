/** Which of the changed files go into an image. */
import type { Image } from "../catalog/catalog.ts";
import type { ChangedFile } from "./changed-file.ts";
import type { FileIndex } from "./file-index.ts";
import { type IgnoreFile, type IgnoreFiles, ignorePaths, noIgnoreFile } from "./ignore-files.ts";

/** The changed files that go into an image, each once; its Dockerfile and ignore file come first. */
export type Touching = (image: Image) => readonly ChangedFile[];

/**
 * A file goes into an image when it is its Dockerfile or the ignore file in force, or lies in its context and is not ignored.
 * A context at the repository's root makes every file count that nobody ignores.
 */
export function touching(index: FileIndex, ignores: IgnoreFiles): Touching {
  // Many images may share a context, such as the root.
  const contexts = new Map<string, readonly ChangedFile[]>();
  const inContext = (context: string, ignoreFile: IgnoreFile): readonly ChangedFile[] => {
    const key = `${context}\0${ignoreFile.path ?? ""}`;
    const found = contexts.get(key) ?? filesInContext(index, context, ignoreFile);
    contexts.set(key, found);
    return found;
  };
  return (image) => {
    const ignoreFile = ignores.get(image.name) ?? noIgnoreFile;
    const { own, shared } = ignorePaths(image);
    const first = [
      index.atOrAbove(image.dockerfilePath),
      index.at(own),
      // Where the Dockerfile has an ignore file of its own, the context's is a file like others.
      ignoreFile.path === own ? undefined : index.at(shared),
      // A submodule in which the context lies, or a symlink that stands for it.
      image.context === "." ? undefined : index.atOrAbove(image.context),
    ];
    const files = new Set(first.filter((file) => file !== undefined));
    for (const file of inContext(image.context, ignoreFile)) files.add(file);
    return [...files];
  };
}

function filesInContext(index: FileIndex, context: string, { ignore }: IgnoreFile): readonly ChangedFile[] {
  const start = context === "." ? 0 : context.length + 1;
  return index.below(context).filter(({ path }) => !ignore.ignores(path.slice(start)));
}
