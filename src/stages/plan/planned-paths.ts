/** The paths that the children of a build open, looked at before anything is built. */

import { type Concern, concernsOnce } from "../../catalog/graph/troubled.ts";
import { throwable, throwProblems } from "../../errors.ts";
import type { AskedPath, LocalPaths, PathUse } from "../../lib/local-paths.ts";
import { directoryOf, joinPath } from "../../model/repository-path.ts";
import type { Plan, PlannedBuild } from "../../plan/plan.ts";
import { cacheFolders, contextFolder } from "../../run/session-paths.ts";
import type { ProblemsByImage } from "../analyze/parted.ts";

/** Why builds of a plan may not be made, and which; empty where all may. */
export async function plannedPathProblems(
  { images }: Plan,
  secretFiles: readonly string[],
  paths: Pick<LocalPaths, "refusals">,
): Promise<readonly Concern[]> {
  const builds = images.filter((image) => image.kind === "build");
  const secrets = builds.length === 0 ? [] : secretFiles.map((line) => line.slice(line.indexOf("=") + 1).trim());
  const opened: readonly Opened[] = [
    ...builds.flatMap((build) => openedBy(build).map(([path, use]) => ({ path, use, images: [build.name] }))),
    ...secrets.map((path) => ({
      path,
      use: { what: "the secret's file", setting: "secret-files" as const },
      images: undefined,
    })),
  ];
  const refusals = await paths.refusals(opened);
  return concernsOnce(
    opened.flatMap(({ images }, index) => {
      const problem = refusals[index];
      return problem === undefined ? [] : [{ problem, images }];
    }),
  );
}

/** The images that a plan may not build, by name. @throws UserError, or `Problems`, for a refused path that is of all images. */
export function refusedImages(paths: readonly Concern[]): ProblemsByImage {
  const ofAll = paths.filter(({ images }) => images === undefined);
  if (ofAll.length > 0) throwProblems(paths.map(({ problem }) => problem));
  const byImage = Map.groupBy(
    paths.flatMap(({ problem, images = [] }) => images.map((name) => ({ name, problem }))),
    ({ name }) => name,
  );
  return new Map(
    [...byImage].flatMap(([name, own]) => {
      const error = throwable(own.map(({ problem }) => problem));
      return error === undefined ? [] : [[name, error] as const];
    }),
  );
}

type Use = readonly [path: string, use: PathUse];

interface Opened extends AskedPath {
  /** `undefined` where it is of all. */
  readonly images: readonly string[] | undefined;
}

function openedBy(build: PlannedBuild): readonly Use[] {
  const { name, at, dockerfile, context, contexts, cache } = build;
  if (build.variant === "nix") return [[dockerfile, { what: `the Nix file of ${name}`, at }]];
  const named = contexts.flatMap((each): readonly Use[] => {
    const path = each.kind === "directory" ? each.path : contextFolder(each.value);
    if (path === undefined) return [];
    return [
      [path, { what: `the build context "${each.name}" of ${name}`, at, isWhole: true, setting: "build-contexts" }],
    ];
  });
  const caches = (lines: readonly string[], key: "src" | "dest", setting: "cache-from" | "cache-to") =>
    lines.flatMap((line) =>
      cacheFolders(line, key).map((path): Use => [path, { what: `the cache of ${name}`, at, setting }]),
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
