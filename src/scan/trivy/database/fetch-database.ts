/** Fetches a database from the first mirror that has one of today. */
import { messageOf, UserError } from "../../../errors.ts";
import { plainLine, shortened } from "../../../lib/plain-text.ts";
import { reference } from "../../../model/reference.ts";
import { RegistryError } from "../../../oci/registry/registry-error.ts";
import { retryFetch, Transient } from "../fetch-retries.ts";
import { layerOf } from "./database-kind.ts";
import { type Database, layerIn, manifestIn, unpackDatabase } from "./database-layer.ts";
import type { DatabaseDependencies, DatabaseSource } from "./database-source.ts";
import { day } from "./database-times.ts";

/** `given` without a failure is one of today; with a failure the newest of those that are to be replaced already. */
export interface FetchResult {
  readonly given: Database | undefined;
  readonly failure: UserError | undefined;
}

interface Failure {
  readonly message: string;
  /** Asking again may change it. */
  readonly isTransient: boolean;
}

/**
 * One mirror after the other, all of them again after a while. A mirror that lags behind is as good as one that fails, but for
 * what it gave if there is nothing newer. @throws the signal's reason when it is aborted
 */
export async function fetchDatabase(source: DatabaseSource, deps: DatabaseDependencies): Promise<FetchResult> {
  const { kind, mirrors } = source;
  const { clock, log, signal } = deps;
  /** What mirrors gave that is to be replaced already, by mirror. */
  const old = new Map<string, Database>();
  let fetches = 0;
  const ask = async (mirror: string): Promise<Database | Failure> => {
    try {
      return await fetchFrom(mirror, `${deps.folder}/fetched-${kind.folder}-${++fetches}`, source, deps);
    } catch (error) {
      signal.throwIfAborted();
      const isTransient = error instanceof RegistryError && error.isTransient;
      // A registry's error names its host itself.
      const reason = error instanceof RegistryError ? messageOf(error) : `${mirror}: ${messageOf(error)}`;
      return { message: shortened(plainLine(reason), 600), isTransient };
    }
  };
  const fresh = retryFetch(async () => {
    const failures: Failure[] = [];
    for (const mirror of mirrors) {
      const given = old.get(mirror) ?? (await ask(mirror));
      if ("message" in given) failures.push(given);
      else if (given.times.next > clock.now().getTime()) {
        log.debug(`the ${kind.what} comes from ${mirror}`);
        return given;
      } else {
        old.set(mirror, given);
        const message = `${mirror} gave one that was to be replaced on ${day(given.times.next)}`;
        failures.push({ message, isTransient: false });
      }
    }
    const lines = [`the ${kind.what} could not be fetched:`, ...failures.map(({ message }) => message)];
    const cause = new UserError(lines.join("\n  "), {
      hint: `let the runner reach ${mirrors[0]}, or name a mirror of your own in ${kind.variable}`,
    });
    throw failures.some(({ isTransient }) => isTransient) ? new Transient(cause.message, { cause }) : cause;
  }, deps);
  try {
    return { given: await fresh, failure: undefined };
  } catch (failure) {
    if (!(failure instanceof UserError)) throw failure;
    const [given] = [...old.values()].sort((a, b) => b.times.next - a.times.next);
    return { given, failure };
  }
}

/** @throws UserError, of the registry or of what it gave */
async function fetchFrom(
  mirror: string,
  folder: string,
  { kind, artifacts }: DatabaseSource,
  { files }: DatabaseDependencies,
): Promise<Database> {
  const { repository, tag = kind.tag, digest } = reference(mirror);
  const manifest = await artifacts.manifest(repository, digest ?? tag);
  if (manifest === undefined) {
    throw new UserError(`there is no ${digest ?? tag}`, { hint: `correct ${kind.variable}` });
  }
  const layer = layerOf(kind, manifest);
  const place = `${folder}-unpacked`;
  try {
    await files.makeDirectory(folder);
    await files.write(manifestIn(folder), manifest.bytes);
    await files.writeStream(layerIn(folder), artifacts.layer(repository, layer));
    return await unpackDatabase(kind, folder, place, files);
  } catch (error) {
    await Promise.all([folder, place].map((each) => files.remove(each).catch(() => undefined)));
    throw error;
  }
}
