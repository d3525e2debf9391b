/**
 * A database from the runner's cache service, or from an earlier command on this machine. Whoever can write there chose its
 * content: it is trusted only where a mirror has an artifact with the same digest, and unpacked only then.
 */
import { messageOf, UserError } from "../../../errors.ts";
import { plainLine, shortened } from "../../../lib/plain-text.ts";
import type { Digest } from "../../../model/digest.ts";
import { reference } from "../../../model/reference.ts";
import { maximumManifest } from "../../../oci/manifest.ts";
import type { Files } from "../../../ports.ts";
import { checkLayer, type Database, layerIn, manifestIn, unpackDatabase, withLimit } from "./database-layer.ts";
import type { DatabaseDependencies, DatabaseSource } from "./database-source.ts";
import { problemOfTimes } from "./database-times.ts";

export interface KeptDatabase extends Database {
  /** Why no mirror could say whether it is theirs; `undefined` where one did. */
  readonly doubt: string | undefined;
}

/** @returns one that may be used, old or not; `undefined` where there is none. What is wrong with one is a warning. */
export async function keptDatabase(
  source: DatabaseSource,
  keys: { readonly key: string; readonly prefix: string },
  deps: DatabaseDependencies,
): Promise<KeptDatabase | undefined> {
  const { kind } = source;
  const { files, folder, keptFolders, log, store } = deps;
  const [stored, restored] = [`${folder}/stored-${kind.folder}`, `${folder}/restored-${kind.folder}`];
  const from = `${store}/${kind.folder}`;
  if ((await files.list(from)) !== undefined) {
    const found = await usable(source, stored, from, deps, () => copied(source, from, stored, deps));
    if (found !== undefined) return found;
  }
  return usable(source, restored, "the cache service", deps, async () => {
    const key = await keptFolders.restore(restored, keys.key, keys.prefix);
    if (key !== undefined) log.debug(`the ${kind.what} comes from the cache: ${plainLine(key)}`);
    return key !== undefined;
  });
}

/** @param bring fills the folder, and returns whether there was anything to fill it with */
async function usable(
  source: DatabaseSource,
  folder: string,
  origin: string,
  deps: DatabaseDependencies,
  bring: () => Promise<boolean>,
): Promise<KeptDatabase | undefined> {
  const { kind } = source;
  const { clock, files, log, signal } = deps;
  const place = `${folder}-unpacked`;
  try {
    if (!(await bring())) return undefined;
    const digest = await checkLayer(kind, folder, files);
    const { doubt, denier } = await mirrorsOn(digest, source, signal);
    if (denier !== undefined) {
      log.info(
        `the ${kind.what} of ${origin} is not used: ${denier} doesn't have ${digest}, so that it is fetched again`,
      );
      return await without(folder, place, files);
    }
    const database = await unpackDatabase(kind, folder, place, files);
    const problem = problemOfTimes(database.times, kind, clock.now().getTime());
    if (problem === undefined) return { ...database, doubt };
    if (!problem.isMereAge) throw new UserError(problem.why, { hint: "fetch it again" });
    log.info(`the ${kind.what} of ${origin} is not used: ${problem.why}`);
  } catch (error) {
    signal.throwIfAborted();
    const why = shortened(plainLine(messageOf(error)), 400);
    const hint = `no action is needed, as it is fetched again; if it happens again, delete the entries image-publish-trivy-${kind.folder}-… of the cache, and check who may write to it`;
    log.warning(`the ${kind.what} of ${origin} is not used: ${why}`, hint);
  }
  return without(folder, place, files);
}

async function without(folder: string, place: string, files: Pick<Files, "remove">): Promise<undefined> {
  await Promise.all([folder, place].map((each) => files.remove(each).catch(() => undefined)));
}

/** To a folder that nobody else writes to, so that what is checked is what is used. */
async function copied(
  { kind }: DatabaseSource,
  from: string,
  to: string,
  { files }: DatabaseDependencies,
): Promise<boolean> {
  await files.makeDirectory(to);
  await files.writeStream(manifestIn(to), withLimit(files.readStream(manifestIn(from)), maximumManifest));
  await files.writeStream(layerIn(to), withLimit(files.readStream(layerIn(from)), kind.maximum.layer));
  return true;
}

interface Confirmation {
  /** Why no mirror could say whether it is theirs. */
  readonly doubt?: string;
  /** Which one says that it isn't. */
  readonly denier?: string;
}

/**
 * One mirror that has it is enough: they may differ in their manifests. Where one says that it hasn't, and none that it has, it
 * is no database of theirs, or, as is usual after a few days, none any more.
 */
async function mirrorsOn(
  digest: Digest,
  { mirrors, artifacts }: DatabaseSource,
  signal: AbortSignal,
): Promise<Confirmation> {
  const doubts: string[] = [];
  let denier: string | undefined;
  for (const mirror of mirrors) {
    try {
      if (await artifacts.has(reference(mirror).repository, digest)) return {};
      denier ??= mirror;
    } catch (error) {
      signal.throwIfAborted();
      doubts.push(messageOf(error));
    }
  }
  return denier === undefined ? { doubt: doubts.join("; ") } : { denier };
}
