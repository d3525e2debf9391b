/**
 * Trivy's databases: kept by the runner's cache service from day to day, else fetched from the first mirror that gives them,
 * else, rather than none, those of earlier days.
 */
import { createHash } from "node:crypto";
import { UserError } from "../../errors.ts";
import type { Files, KeptFolders, Log } from "../../ports.ts";
import { lastWords, runTrivy, type Trivy } from "./invocation.ts";
import { type Patience, patiently, Transient } from "./patience.ts";

export interface DatabaseKind {
  /** Its folder in Trivy's cache. */
  readonly folder: "db" | "java-db";
  readonly what: string;
  readonly arguments: readonly [download: string, repository: string];
  /** By which the user names mirrors of their own, as Trivy's own command line takes it. */
  readonly variable: string;
  readonly mirrors: readonly string[];
}

export const vulnerabilities: DatabaseKind = {
  folder: "db",
  what: "vulnerability database",
  arguments: ["--download-db-only", "--db-repository"],
  variable: "TRIVY_DB_REPOSITORY",
  mirrors: [
    "mirror.gcr.io/aquasec/trivy-db:2",
    "ghcr.io/aquasecurity/trivy-db:2",
    "public.ecr.aws/aquasecurity/trivy-db:2",
  ],
};

/** Tells archives of Java that don't say themselves what they are. Asked for only where there are any. */
export const javaArchives: DatabaseKind = {
  folder: "java-db",
  what: "database of Java archives",
  arguments: ["--download-java-db-only", "--java-db-repository"],
  variable: "TRIVY_JAVA_DB_REPOSITORY",
  mirrors: [
    "mirror.gcr.io/aquasec/trivy-java-db:1",
    "ghcr.io/aquasecurity/trivy-java-db:1",
    "public.ecr.aws/aquasecurity/trivy-java-db:1",
  ],
};

export interface DatabaseDependencies extends Patience {
  readonly files: Files;
  readonly log: Log;
  readonly keptFolders: KeptFolders;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where databases lie, absolute, the same in every run: the cache service finds folders by their path. */
  readonly store: string;
  /** The run's own, absolute. */
  readonly folder: string;
  /** Takes work that must end before the run does. */
  readonly afterwards: (work: Promise<void>) => void;
}

/** @returns the folder that holds the database. @throws UserError when there is none to be had */
export async function obtainDatabase(kind: DatabaseKind, trivy: Trivy, deps: DatabaseDependencies): Promise<string> {
  const { files, clock, env, keptFolders, log } = deps;
  const place = `${deps.store}/${kind.folder}`;
  const mirrors = mirrorsOf(env[kind.variable]) ?? kind.mirrors;
  const isFresh = async (): Promise<boolean> => ((await nextUpdate(place, files)) ?? 0) > clock.now().getTime();
  if (await isFresh()) return place;
  const prefix = `image-publish-trivy-${kind.folder}-${hash(mirrors.join())}-`;
  const key = `${prefix}${clock.now().toISOString().slice(0, 10)}`;
  if ((await nextUpdate(place, files)) === undefined) {
    const restored = await keptFolders.restore(place, key, prefix);
    if (restored !== undefined) log.debug(`the ${kind.what} comes from the cache: ${restored}`);
    if (await isFresh()) return place;
  }
  try {
    await fetchDatabase(kind, mirrors, place, trivy, deps);
  } catch (error) {
    const known = await nextUpdate(place, files);
    if (known === undefined || !(error instanceof UserError)) throw error;
    const old = `one that was to be replaced on ${day(known)} is used`;
    log.warning(`${error.message}\n${old}: newer vulnerabilities are not found`, error.hint);
    return place;
  }
  // At once: a run that fails later has fetched it all the same. Another run of today may have been faster.
  deps.afterwards(keptFolders.keep(place, key));
  return place;
}

/** A comma between them, as Trivy takes it. */
function mirrorsOf(text: string | undefined): readonly string[] | undefined {
  const mirrors = (text ?? "").split(",").flatMap((each) => each.trim() || []);
  return mirrors.length === 0 ? undefined : mirrors;
}

/** When its next edition comes, in milliseconds; `undefined` where there is no database, or none that can be read. */
async function nextUpdate(place: string, files: Files): Promise<number | undefined> {
  try {
    const bytes = await files.read(`${place}/metadata.json`);
    const metadata: unknown = bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
    const said = typeof metadata === "object" && metadata !== null && "NextUpdate" in metadata && metadata.NextUpdate;
    const time = typeof said === "string" ? Date.parse(said) : Number.NaN;
    return Number.isNaN(time) ? undefined : time;
  } catch {
    return undefined;
  }
}

/**
 * One mirror after the other, all of them again after a while. What was there before goes only when there is a newer one: a
 * mirror that lags behind is as good as one that fails, but for what it gave if there is nothing newer. @throws UserError when
 * none gives one of today
 */
async function fetchDatabase(
  kind: DatabaseKind,
  mirrors: readonly string[],
  place: string,
  trivy: Trivy,
  deps: DatabaseDependencies,
): Promise<void> {
  const { files, clock, folder, log } = deps;
  const [download, repository] = kind.arguments;
  /** What mirrors gave that is to be replaced already, by mirror. */
  const old = new Map<string, Fetched>();
  let fetches = 0;
  const ask = async (mirror: string): Promise<Fetched | string> => {
    // Of its own: Trivy takes nothing else for an hour where it has fetched one.
    const work = `${folder}/fetched-${kind.folder}-${++fetches}`;
    const args = ["image", download, repository, mirror, "--cache-dir", work, "--no-progress", "--quiet"];
    const ended = await runTrivy(trivy, args);
    if (ended.code !== 0) return lastWords(ended);
    const given = `${work}/${kind.folder}`;
    const next = await nextUpdate(given, files);
    return next === undefined ? `${mirror} gave one that can't be read` : { place: given, next };
  };
  const fresh = patiently(async () => {
    const failures: string[] = [];
    for (const mirror of mirrors) {
      const given = old.get(mirror) ?? (await ask(mirror));
      if (typeof given === "string") failures.push(given);
      else if (given.next > clock.now().getTime()) {
        log.debug(`the ${kind.what} comes from ${mirror}`);
        return given;
      } else {
        old.set(mirror, given);
        failures.push(`${mirror} gave one that was to be replaced on ${day(given.next)}`);
      }
    }
    const cause = new UserError([`the ${kind.what} could not be fetched:`, ...failures].join("\n  "), {
      hint: `let the runner reach ${mirrors[0]}, or name a mirror of your own in ${kind.variable}`,
    });
    throw failures.every((failure) => definite.test(failure)) ? cause : new Transient(cause.message, { cause });
  }, deps);
  try {
    await install(await fresh, place, deps);
  } catch (error) {
    const [newest] = [...old.values()].sort((a, b) => b.next - a.next);
    const known = (await nextUpdate(place, files)) ?? Number.NEGATIVE_INFINITY;
    if (newest !== undefined && newest.next > known) await install(newest, place, deps);
    throw error;
  }
}

/** A database that lies at `place`, absolute, and when its next edition comes, in milliseconds. */
interface Fetched {
  readonly place: string;
  readonly next: number;
}

async function install({ place: from }: Fetched, to: string, { files, store }: DatabaseDependencies): Promise<void> {
  await files.remove(to);
  await files.makeDirectory(store);
  await files.move(from, to);
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Asking again does not change these. */
const definite =
  /MANIFEST_UNKNOWN|NAME_UNKNOWN|UNAUTHORIZED|DENIED|status code 40[134]|could not parse|no space left|gave one that/;

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
