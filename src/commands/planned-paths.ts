/** The paths that the children of a build open, looked at before anything is built. */

import { directoryOf, joinPath } from "../catalog/repository-path.ts";
import type { UserError } from "../errors.ts";
import type { LocalPaths, PathUse } from "../local-paths.ts";
import type { Plan, PlannedBuild } from "../plan/plan.ts";
import { cacheFolders, contextFolder } from "./session-paths.ts";

/** Why builds of a plan may not be made; empty where all may. */
export async function plannedPathProblems(
  { images }: Plan,
  secretFiles: readonly string[],
  paths: Pick<LocalPaths, "refusal">,
): Promise<readonly UserError[]> {
  const builds = images.filter((image) => image.kind === "build");
  const secrets = builds.length === 0 ? [] : secretFiles.map((line) => line.slice(line.indexOf("=") + 1).trim());
  const opened: readonly Opened[] = [
    ...builds.flatMap(openedBy),
    ...secrets.map((path): Opened => [path, { what: "the secret's file", setting: "secret-files" }]),
  ];
  const refusals = await Promise.all(opened.map(([path, use]) => paths.refusal(path, use)));
  const problems = refusals.filter((each) => each !== undefined);
  // Images may share what is wrong with them.
  return [...new Map(problems.map((each) => [each.message, each])).values()];
}

type Opened = readonly [path: string, use: PathUse];

function openedBy(build: PlannedBuild): readonly Opened[] {
  const { name, at, dockerfile, context, contexts, cache } = build;
  if (build.variant === "nix") return [[dockerfile, { what: `the Nix file of ${name}`, at }]];
  const named = contexts.flatMap((each): readonly Opened[] => {
    const path = each.kind === "directory" ? each.path : contextFolder(each.value);
    if (path === undefined) return [];
    return [
      [path, { what: `the build context "${each.name}" of ${name}`, at, isWhole: true, setting: "build-contexts" }],
    ];
  });
  const caches = (lines: readonly string[], key: "src" | "dest", setting: "cache-from" | "cache-to") =>
    lines.flatMap((line) =>
      cacheFolders(line, key).map((path): Opened => [path, { what: `the cache of ${name}`, at, setting }]),
    );
  return [
    [context, { what: `the build context of ${name}`, at, isWhole: true, setting: "context" }],
    [dockerfile, { what: `the Dockerfile of ${name}`, at, setting: "file" }],
    // BuildKit's frontend may ask for anything beside the Dockerfile.
    [directoryOf(dockerfile), { what: `the folder of the Dockerfile of ${name}`, at, isWhole: true, setting: "file" }],
    [`${dockerfile}.dockerignore`, { what: `the ignore file of ${name}`, at }],
    [joinPath(context, ".dockerignore"), { what: `the ignore file of ${name}`, at }],
    ...named,
    ...caches(cache.from, "src", "cache-from"),
    ...caches(cache.to, "dest", "cache-to"),
  ];
}
