/**
 * Trivy's databases: those that the runner's cache service keeps from day to day, where the mirror knows them, else fetched
 * from the first mirror that gives them, else, rather than none, those of earlier days.
 */
import { createHash } from "node:crypto";
import { messageOf, type UserError } from "../../../errors.ts";
import { artifactReader } from "../../../oci/registry/artifact-reader.ts";
import type { Log } from "../../../ports.ts";
import type { DatabaseKind } from "./database-kind.ts";
import type { Database } from "./database-layer.ts";
import { type DatabaseDependencies, type DatabaseSource, mirrorsOf } from "./database-source.ts";
import { day, problemOfTimes } from "./database-times.ts";
import { fetchDatabase } from "./fetch-database.ts";
import { type KeptDatabase, keptDatabase } from "./kept-database.ts";

/** @returns the folder that holds the database, the run's own. @throws UserError when there is none to be had */
export async function obtainDatabase(kind: DatabaseKind, deps: DatabaseDependencies): Promise<string> {
  const { clock, credentials, env, files, folder, keptFolders, log, store } = deps;
  const mirrors = mirrorsOf(kind, env);
  const artifacts = artifactReader({ ...deps, credentials: credentials.find });
  const source: DatabaseSource = { kind, mirrors, artifacts };
  const prefix = `image-publish-trivy-${kind.folder}-${hash(mirrors.join())}-`;
  const key = `${prefix}${clock.now().toISOString().slice(0, 10)}`;
  await files.makeDirectory(folder);
  const kept = await keptDatabase(source, { key, prefix }, deps);
  if (kept !== undefined && kept.times.next > clock.now().getTime()) {
    if (kept.doubt !== undefined) warnOfDoubt(kept.doubt, source, log);
    return kept.place;
  }
  const { given, failure } = await fetchDatabase(source, deps);
  if (given !== undefined && failure === undefined) {
    // What would not be taken from the cache is not put there.
    if (problemOfTimes(given.times, kind, clock.now().getTime()) === undefined) {
      const at = await install(given, kind, deps);
      // At once: a run that fails later has fetched it all the same. Another run of today may have been faster.
      deps.afterwards(keptFolders.keep(at, key));
    }
    return given.place;
  }
  const best = newest([given, kept]);
  if (best === undefined || failure === undefined) throw failure ?? new Error(`nothing came of ${store}`);
  warnOfAge(best, failure, log);
  return best.place;
}

function newest(databases: readonly (Database | undefined)[]): Database | KeptDatabase | undefined {
  return databases.flatMap((each) => each ?? []).sort((a, b) => b.times.next - a.times.next)[0];
}

/** For further commands on this machine, where it can be put there. @returns where its layer lies from now on */
async function install(
  { layer }: Database,
  { folder: name }: DatabaseKind,
  { files, log, store }: DatabaseDependencies,
): Promise<string> {
  const to = `${store}/${name}`;
  try {
    await files.remove(to);
    await files.makeDirectory(store);
    await files.move(layer, to);
    return to;
  } catch (error) {
    log.debug(messageOf(error));
    return layer;
  }
}

function warnOfDoubt(doubt: string, { kind, mirrors }: DatabaseSource, log: Log): void {
  const message = `the ${kind.what} of the cache is used without its mirror's confirmation: ${doubt}`;
  log.warning(message, `let the runner reach ${mirrors[0]}, or name a mirror of your own in ${kind.variable}`);
}

function warnOfAge(used: Database | KeptDatabase, failure: UserError, log: Log): void {
  const unconfirmed = "doubt" in used && used.doubt !== undefined ? ", without its mirror's confirmation" : "";
  const old = `one that was to be replaced on ${day(used.times.next)} is used${unconfirmed}`;
  log.warning(`${failure.message}\n${old}: newer vulnerabilities are not found`, failure.hint);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
