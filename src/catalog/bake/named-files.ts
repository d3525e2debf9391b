/** The bake files that the input `bake-file` names. */
import { posix } from "node:path";
import { UserError } from "../../errors.ts";
import { attemptLater, outcomes } from "../../lib/attempt.ts";
import { mapped } from "../../lib/pause.ts";
import { problemAt, type SourcedLine } from "../../lib/text/sourced-line.ts";
import { directoryOf, isUrl, type RepositoryPath, repositoryPath } from "../../model/repository-path.ts";
import { pathFrom } from "../graph/named-contexts.ts";
import type { BakeFolder } from "./print.ts";
import { type PrintInput, printOne } from "./print-all.ts";

/** Each is a process that one processor is busy with. */
const prints = 4;

/** The files that a value names, which are read together, later ones overriding earlier ones: `base.hcl + release.hcl`. @throws UserError */
function filesTogether(text: string): readonly RepositoryPath[] {
  return text.split(/\s\+\s/).map(repositoryPath);
}

export interface NamedBakeFiles {
  readonly bakes: readonly BakeFolder[];
  readonly problems: readonly UserError[];
}

/**
 * Where the paths of each file's targets begin: in its folder, as of files that are found by convention; in the root, where the
 * folder has none of the targets' Dockerfiles and the root has, as for `docker buildx bake --file folder/name.hcl`.
 */
export async function namedBakeFiles(lines: readonly SourcedLine[], input: PrintInput): Promise<NamedBakeFiles> {
  const found = await mapped(lines, (line) => attemptLater(() => filesAt(line, input)));
  const { values, problems } = outcomes<readonly RepositoryPath[]>(found);
  const sets = [...new Map(values.map((files) => [files.join("\0"), files])).values()];
  const byFolder = Map.groupBy(sets, ([file = "."]) => directoryOf(file));
  const places = [...byFolder].flatMap(([folder, alike]) =>
    alike.map((named): BakeFolder => ({ folder, file: named[0] ?? folder, named, isShared: alike.length > 1 })),
  );
  return { bakes: await mapped(places, (at) => placed(at, input), prints), problems };
}

/** @throws UserError for a path that is none, or where no file is. */
async function filesAt(line: SourcedLine, { root, files }: PrintInput): Promise<readonly RepositoryPath[]> {
  try {
    const named = filesTogether(line.text);
    for (const path of named) {
      if ((await files.read(posix.join(root, path))) !== undefined) continue;
      throw new UserError(`the bake file ${path} is not there`, {
        hint: "correct its path, which is relative to the repository's root",
      });
    }
    return named;
  } catch (error) {
    throw problemAt(line, error);
  }
}

async function placed(at: BakeFolder, input: PrintInput): Promise<BakeFolder> {
  const inRoot: BakeFolder = { ...at, folder: "." };
  if (at.folder === "." || (await hasDockerfile(at, input))) return at;
  return (await hasDockerfile(inRoot, input)) ? inRoot : at;
}

/** What can't be printed is reported when it is read. */
async function hasDockerfile(at: BakeFolder, input: PrintInput): Promise<boolean> {
  const printed = await attemptLater(() => printOne(at, input));
  const targets = "value" in printed ? [...printed.value.definition.targets.values()] : [];
  const paths = targets.flatMap(({ context, dockerfile, isInline }) =>
    isInline || isUrl(context) ? [] : [pathFrom(pathFrom(at.folder, context), dockerfile)],
  );
  for (const path of new Set(paths)) {
    const read = await attemptLater(() => input.files.read(posix.join(input.root, path)));
    if ("value" in read && read.value !== undefined) return true;
  }
  return false;
}
