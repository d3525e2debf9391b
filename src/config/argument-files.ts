/** The files of build arguments that settings name, read. */
import { posix } from "node:path";
import { UserError } from "../errors.ts";
import { attempt, attemptLater } from "../lib/attempt.ts";
import { mapped } from "../lib/pause.ts";
import { problemAt, type SourcedLine } from "../lib/text/sourced-line.ts";
import type { Placed } from "../model/placed.ts";
import { type RepositoryPath, repositoryPath } from "../model/repository-path.ts";
import type { Files } from "../ports.ts";
import { readArgumentFile } from "./argument-file.ts";
import type { ReadAssignments } from "./assignments.ts";

/** By path; `undefined`: there is no such file. */
export type ArgumentFiles = ReadonlyMap<RepositoryPath, ReadAssignments | undefined>;

const reads = 16;

export async function readArgumentFiles(
  paths: readonly RepositoryPath[],
  { root, files }: { readonly root: string; readonly files: Pick<Files, "read"> },
): Promise<ArgumentFiles> {
  const read = async (path: RepositoryPath): Promise<ReadAssignments | undefined> => {
    const bytes = await attemptLater(() => files.read(posix.join(root, path)));
    if ("problem" in bytes) return { values: new Map(), problems: [bytes.problem] };
    return bytes.value && readArgumentFile(bytes.value, path);
  };
  return new Map(await mapped([...new Set(paths)], async (path) => [path, await read(path)] as const, reads));
}

/** What the files that one setting names give, a later one before an earlier one. */
export interface GivenArguments {
  readonly paths: readonly RepositoryPath[];
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly UserError[];
}

export function argumentsOfPaths(named: readonly Placed<RepositoryPath>[], files: ArgumentFiles): GivenArguments {
  return given(
    named.map(({ value, at }) => ({ path: value, missing: () => missing(value, { at }) })),
    files,
  );
}

/** Of an input. */
export function argumentsOfLines(lines: readonly SourcedLine[], files: ArgumentFiles): GivenArguments {
  const read = lines.map((line) => ({ line, path: attempt(() => repositoryPath(line.text)) }));
  const named = read.flatMap(({ line: { input, line }, path }) =>
    "value" in path ? [{ path: path.value, missing: () => missing(path.value, { input: { name: input, line } }) }] : [],
  );
  const found = given(named, files);
  const wrong = read.flatMap(({ line, path }) => ("problem" in path ? [problemAt(line, path.problem)] : []));
  return { ...found, problems: [...wrong, ...found.problems] };
}

/** The paths in an input that are ones. */
export function pathsInLines(lines: readonly SourcedLine[]): readonly RepositoryPath[] {
  return lines.flatMap(({ text }) => {
    const path = attempt(() => repositoryPath(text));
    return "value" in path ? [path.value] : [];
  });
}

function given(
  named: readonly { readonly path: RepositoryPath; readonly missing: () => UserError }[],
  files: ArgumentFiles,
): GivenArguments {
  const read = named.map(
    ({ path, missing: problem }) => files.get(path) ?? { values: new Map(), problems: [problem()] },
  );
  return {
    paths: named.map(({ path }) => path),
    values: Object.fromEntries(read.flatMap(({ values }) => [...values])),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function missing(
  path: RepositoryPath,
  place: Pick<ConstructorParameters<typeof UserError>[1], "at" | "input">,
): UserError {
  return new UserError(`the file of build arguments ${path} is not there`, {
    hint: 'correct its path in "build-args-file", which is relative to the repository\'s root',
    ...place,
  });
}
