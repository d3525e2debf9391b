/**
 * Where a build cache holds builds up. BuildKit waits for a service that says nothing as long as the connection lasts, and
 * for one that refuses (429) as long as `timeout=` says, each build anew: so a run that has met such a cache goes on
 * without it.
 */
import { type Digest, isDigest } from "../../model/digest.ts";
import type { BuildProgress } from "../invocation/progress.ts";
import type { Vertex } from "../invocation/rawjson.ts";
import { shortLine } from "../invocation/short-line.ts";

/** Shared by the builds of a run. */
export interface CacheTrouble {
  /** Whether builds go without any cache from now on. */
  isGivenUp(): boolean;
  /**
   * @param why a clause, which is reported once.
   * @param hanging the builder in which something waits for the cache for ever, if so.
   */
  giveUp(why: string, hanging?: string): void;
  /** Whether something in a builder waits for ever. */
  hangs(builder: string): boolean;
}

export function cacheTrouble(warn: (message: string, hint: string) => void): CacheTrouble {
  let isGivenUp = false;
  const hanging = new Set<string>();
  return {
    isGivenUp: () => isGivenUp,
    hangs: (builder) => hanging.has(builder),
    giveUp(why, builder) {
      if (builder !== undefined) hanging.add(builder);
      if (isGivenUp) return;
      isGivenUp = true;
      warn(
        `the build cache isn't used in the rest of this run: ${why}`,
        "run again later to use the cache; if it fails again, choose another kind of `cache`",
      );
    },
  };
}

/** So long may a cache say nothing while nothing else is done; longer than `timeout=` lets BuildKit itself wait. */
export const longestSilence = 120_000;

const importing = /^importing cache manifest from /;
const exporting =
  /^exporting (?:cache )?to (?:GitHub Actions Cache|registry|client directory|Azure|S3)|^exporting cache /i;

/**
 * What a build waits for when it waits for nothing but its cache.
 * @param isSuspect something in its builder hangs already: then a build that does nothing at all waits for a step in common.
 */
export function waitsForCache(progress: BuildProgress, isSuspect: boolean): "import" | "export" | undefined {
  const running = progress.vertexes().filter((each) => each.started !== undefined && each.completed === undefined);
  if (running.length === 0) return isSuspect ? "import" : undefined;
  if (running.every(({ name }) => exporting.test(name))) return "export";
  return running.every(({ name }) => importing.test(name)) ? "import" : undefined;
}

/** Why the cache is of no use, where BuildKit gave up on it in the way that costs every build its time; a clause. */
export function refusedByCache(progress: BuildProgress): string | undefined {
  const failed = progress.vertexes().find(({ name, error }) => isCache(name) && refusal.test(error ?? ""));
  return failed?.error === undefined ? undefined : shortLine(failed.error, 200);
}

const refusal = /maximum timeout reached|\b429\b|too many requests|deadline exceeded/i;

function isCache(name: string): boolean {
  return importing.test(name) || exporting.test(name);
}

/** The digest of what was exported, where all of it is where it should be, though the cache isn't. */
export function exportedDigest(progress: BuildProgress): Digest | undefined {
  const done = new Map(
    progress
      .vertexes()
      .filter(isDone)
      .map((each) => [each.id, each]),
  );
  const [last] = progress
    .completed()
    .filter(({ vertex }) => done.has(vertex))
    .slice(-1);
  const digest = last?.id.split(" ").at(-1) ?? "";
  return isDigest(digest) ? digest : undefined;
}

function isDone({ name, completed, error }: Vertex): boolean {
  return /^exporting to (?:image|oci image format)$/.test(name) && completed !== undefined && error === undefined;
}
