/** Paths of layouts as buildx takes them in a named context. */
import { posix } from "node:path";
import { UserError } from "../../errors.ts";
import type { ImageSource } from "./buildx.ts";

/**
 * The sources with layouts that can be named after `oci-layout://`. There buildx takes the first `@` for that of a digest and
 * the first `:` for that of a tag, whatever follows, and knows no escape (buildx 0.29, `build/opt.go`). Where a layout's path
 * holds one, the relative path from the workspace, in which buildx runs, mostly doesn't: both are in the runner's work folder.
 * @throws UserError where it does
 */
export function reachableSources(
  sources: ReadonlyMap<string, ImageSource>,
  workspace: string,
): ReadonlyMap<string, ImageSource> {
  return new Map(
    [...sources].map(([name, source]) => [
      name,
      source.kind === "layout" ? { ...source, path: reachableLayout(source.path, workspace) } : source,
    ]),
  );
}

/** One of them. @throws UserError as `reachableSources` */
export function reachableLayout(path: string, workspace: string): string {
  if (!/[@:]/.test(path)) return path;
  const relative = posix.relative(workspace, path);
  if (!/[@:]/.test(relative)) return relative;
  throw new UserError(`buildx can't read an image from ${path}, as the path holds "@" or ":"`, {
    hint: "set RUNNER_TEMP to a folder without either of them",
  });
}
