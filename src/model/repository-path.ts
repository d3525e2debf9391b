import { posix } from "node:path";
import { UserError } from "../errors.ts";

/** A path relative to the repository's root, with forward slashes; `.` is the root itself. */
export type RepositoryPath = string;

/** A path that a user wrote, in normal form. @throws UserError when it leads out of the repository. */
export function repositoryPath(text: string): RepositoryPath {
  const normal = posix.normalize(text.trim()).replace(/(?<=.)\/$/, "");
  const leadsOut = posix.isAbsolute(normal) || normal === ".." || normal.startsWith("../");
  if (!leadsOut && !/[\\\0]|^[A-Za-z]+:/.test(normal)) return normal;
  throw new UserError(`"${text}" isn't a path inside the repository`, {
    hint: "write it relative to the repository's root, with forward slashes, such as images/base",
  });
}

export function joinPath(directory: RepositoryPath, name: string): RepositoryPath {
  return posix.join(directory, name);
}

export function directoryOf(path: RepositoryPath): RepositoryPath {
  return posix.dirname(path);
}

/** The last part of a path. */
export function lastPart(path: RepositoryPath): string {
  return posix.basename(path);
}

/** What docker takes for an address rather than a path (buildx, `build.IsRemoteURL`; moby, `urlutil`). */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^(?:git@|github\.com\/)/.test(text);
}
