/** Named contexts: a bake file, the config file or an input overrides a name that a Dockerfile uses. */

import { posix } from "node:path";
import { type SourceLocation, UserError } from "../../errors.ts";
import { familiarRepository, type Reference, tryReference } from "../../model/reference.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { isUrl } from "../../model/repository-path.ts";
import type { NamedContext } from "../catalog.ts";

/** The value of one context, with its place. */
export interface PlacedContext {
  readonly to: NamedContext | { readonly kind: "image"; readonly name: string; readonly image: string };
  readonly at: SourceLocation;
}

/** By the name under which BuildKit looks a context up. */
export type PlacedContexts = ReadonlyMap<string, PlacedContext>;

/**
 * Reads the value of a named context: `target:NAME` is an image of this repository, `docker-image://…`, `oci-layout://…` and
 * URLs are what buildx takes them for, everything else is a directory.
 * @param folder what relative paths start from.
 * @throws UserError for an empty name or value.
 */
export function readNamedContext(
  name: string,
  given: string,
  folder: RepositoryPath,
  at: SourceLocation,
): PlacedContext {
  const key = contextKey(name.trim());
  const value = given.trim();
  if (key === "" || value === "") {
    throw new UserError(`"${name}=${given}" isn't a valid build context`, {
      hint: "write NAME=VALUE; the value is a directory, docker-image://REFERENCE or target:IMAGE",
    });
  }
  return { to: { name: key, ...target(value, folder) }, at };
}

function target(value: string, folder: RepositoryPath) {
  const [, scheme = "", rest = ""] = /^(target:|oci-layout:\/\/|cwd:\/\/)?(.*)$/s.exec(value) ?? [];
  if (scheme === "target:") return { kind: "image", image: rest } as const;
  if (isUrl(value) && scheme === "") return { kind: "elsewhere", value } as const;
  const path = pathFrom(folder, rest);
  if (scheme === "oci-layout://") return { kind: "elsewhere", value: `oci-layout://${path}` } as const;
  return isInside(path) ? ({ kind: "directory", path } as const) : ({ kind: "elsewhere", value: path } as const);
}

/** A path relative to the repository's root, which may lead out of it. */
export function pathFrom(folder: RepositoryPath, path: string): string {
  return posix.normalize(posix.isAbsolute(path) ? path : posix.join(folder, path)).replace(/(?<=.)\/$/, "");
}

/** Whether a path of `pathFrom` is in the repository. */
export function isInside(path: string): boolean {
  return !posix.isAbsolute(path) && path !== ".." && !path.startsWith("../");
}

/** The name by which a use is looked up; an invalid reference is looked up as it is. */
export function contextKey(text: string): string {
  const read = tryReference(text);
  return read === undefined ? text : contextName(text, read);
}

/**
 * What BuildKit looks a named context up by (frontend/dockerui, `NamedContext`): the familiar name, `:latest` left out. It
 * keeps the case of a host as written.
 */
export function contextName(text: string, { repository, tag, digest }: Reference): string {
  if (digest !== undefined) return text;
  const familiar = familiarRepository(repository);
  const written = tag === undefined ? text : text.slice(0, -tag.length - 1);
  const name = written.toLowerCase() === familiar ? written : familiar;
  return tag === undefined || tag === "latest" ? name : `${name}:${tag}`;
}
