/** Which of the changed files are inputs of an image. */

import type { ChangedFile } from "../git/changed-file.ts";
import type { FileIndex } from "../git/checkout/file-index.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import { contextFiles } from "./sources/context-files.ts";
import type { ContextInputs, ImageInputs } from "./sources/image-inputs.ts";

/** The changed files that count for an image: the first few, and how many there are. */
export interface Touched {
  /** The Dockerfile and ignore files stand before what is in contexts. */
  readonly named: readonly ChangedFile[];
  readonly count: number;
  /** A context whose changed files all count, because it is unknown whether the build reads them. */
  readonly doubtful: ContextInputs | undefined;
}

const mostNamed = 10;

/**
 * A file is an input of an image when it is its Dockerfile or an ignore file in force, or is in one of its contexts,
 * not ignored, and read by the build. The target of a symlink on the way to one of these is an input as well, and so
 * are `others`.
 */
export function touching(
  index: FileIndex<ChangedFile>,
): (inputs: ImageInputs, others: readonly ChangedFile[]) => Promise<Touched> {
  // Many images may share a context, such as the root: what is found there is never copied.
  const filesOf = contextFiles(index);
  const sets = new Map<readonly ChangedFile[], ReadonlySet<ChangedFile>>();
  const setOf = (files: readonly ChangedFile[]): ReadonlySet<ChangedFile> => {
    const set = sets.get(files) ?? new Set(files);
    sets.set(files, set);
    return set;
  };
  return async (inputs, others) => {
    const first = new Set([...others, ...filesByName(inputs, index)]);
    const found = await Promise.all(
      inputs.contexts.map(async (context) => ({ context, files: setOf(await filesOf(context)) })),
    );
    const isDoubtful = ({ context: { followed }, files }: (typeof found)[number]) =>
      files.size > 0 && followed.kind === "whole" && followed.doubt !== undefined;
    const all = [first, ...found.map(({ files }) => files)];
    return { named: firstOf(all), count: countOf(all), doubtful: found.find(isDoubtful)?.context };
  };
}

function firstOf(sets: readonly ReadonlySet<ChangedFile>[]): readonly ChangedFile[] {
  const named = new Set<ChangedFile>();
  for (const files of sets) {
    for (const file of files) {
      if (named.size >= mostNamed) return [...named];
      named.add(file);
    }
  }
  return [...named];
}

/** How many there are, each once, without putting together what is large. */
function countOf(sets: readonly ReadonlySet<ChangedFile>[]): number {
  const [largest = new Set(), ...others] = sets.toSorted((a, b) => b.size - a.size);
  return largest.size + new Set(others.flatMap((files) => [...files].filter((file) => !largest.has(file)))).size;
}

function filesByName({ recipe, contexts }: ImageInputs, index: FileIndex<ChangedFile>): readonly ChangedFile[] {
  // A submodule in which something lies stands for it.
  const atOrAbove = (path: RepositoryPath) => (path === "." ? undefined : index.atOrAbove(path));
  return [
    ...recipe.paths.map(atOrAbove),
    ...contexts.flatMap(({ ignorePaths }) => ignorePaths.map(index.at)),
    ...contexts.flatMap(({ directory }) => directory.paths.map(atOrAbove)),
  ].filter((file) => file !== undefined);
}
