/** Builds one image: runs buildx, follows what it says, and takes nothing for done but a digest that can be read back. */
import { UserError } from "../errors.ts";
import { type Digest, digestOf, isDigest } from "../oci/digest.ts";
import type { Repository } from "../oci/reference.ts";
import type { PlannedBuild } from "../plan/plan.ts";
import type { Clock, Files, Log, Processes } from "../ports.ts";
import { type BuildSettings, buildArguments, destination, type ImageSource } from "./buildx.ts";
import type { Candidate } from "./candidate.ts";
import { layoutReader, type ReadManifest, readContents } from "./contents.ts";
import { BuildError, diagnose } from "./diagnose.ts";
import type { Environment } from "./environment.ts";
import { isTransient } from "./failures.ts";
import { plainLine } from "./plain.ts";
import { type BuildProgress, duration, followBuild, liveLine } from "./progress.ts";
import { parseStatus } from "./rawjson.ts";

export interface BuildDependencies {
  readonly processes: Processes;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: BuildSettings;
  /** The child's whole environment, with the values of secrets. */
  readonly environment: Environment;
  /** The repository's root, absolute. */
  readonly workspace: string;
  /** A folder of the run's own, absolute; the layouts stay there for later stages. */
  readonly temp: string;
  readonly signal: AbortSignal;
  /** Reads a manifest that was pushed. */
  readonly manifests: (repository: Repository, digest: Digest) => Promise<Uint8Array>;
}

/** Pauses before the attempts after the first, in milliseconds. */
const pauses: readonly number[] = [2_000, 10_000, 30_000];

/** While a build runs, how often a line says what it does. */
const livePause = 10_000;

/**
 * Builds and pushes by digest alone (or into a layout). A registry that was busy or broke off is tried again after a pause.
 * @throws BuildError (a UserError with category and line) when the build failed; the signal's reason when it was aborted.
 */
export async function buildImage(
  planned: PlannedBuild,
  sources: ReadonlyMap<string, ImageSource>,
  deps: BuildDependencies,
): Promise<Candidate> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await buildOnce(planned, sources, attempt, deps);
    } catch (error) {
      const pause = pauses[attempt];
      if (!(error instanceof BuildError) || !isTransient(error.category) || pause === undefined) throw error;
      deps.log.info(`${planned.name}: a registry was busy or broke off; trying again in ${duration(pause / 1000)}`);
      await deps.clock.sleep(pause, deps.signal);
    }
  }
}

async function buildOnce(
  planned: PlannedBuild,
  sources: ReadonlyMap<string, ImageSource>,
  attempt: number,
  deps: BuildDependencies,
): Promise<Candidate> {
  const { files, clock, log, settings } = deps;
  const started = clock.now().getTime();
  const seconds = (): number => (clock.now().getTime() - started) / 1000;
  const folder = `${deps.temp}/${folderName(planned.name)}`;
  const paths = { layout: `${folder}/layout`, metadata: `${folder}/metadata-${attempt}.json` };
  await files.makeDirectory(folder);

  const progress = followBuild();
  const text: string[] = [];
  const { code } = await whileTelling(planned.name, progress, seconds, deps, (onLine) =>
    deps.processes.run("docker", buildArguments(planned, sources, settings, paths), {
      cwd: deps.workspace,
      env: deps.environment,
      signal: deps.signal,
      onLine: (line, stream) => {
        if (stream === "stderr") onLine(line, text);
      },
    }),
  );
  tellWarnings(planned, progress, log);

  const digest = code === 0 ? digestIn(await files.read(paths.metadata)) : undefined;
  if (digest === undefined) {
    const step = progress.failed();
    log.group(`${planned.name}: failed after ${duration(seconds())}`, [
      ...progress.lines(),
      ...(step?.output.map((line) => `    ${line}`) ?? []),
      ...text.map((line) => plainLine(line)),
    ]);
    throw code === 0 ? noDigest(planned) : diagnose({ ...diagnosed(planned), code, text, step });
  }
  const to = destination(planned, settings.push);
  const read: ReadManifest = to === "layout" ? layoutReader(files, paths.layout) : (each) => deps.manifests(to, each);
  const platforms = await readContents(digest, planned.platforms, read);
  const steps = progress.steps();
  log.group(
    `${planned.name}: built in ${duration(seconds())}, ${steps.executed} steps ran, ${steps.cached} from cache`,
    progress.lines(),
  );
  return { digest, layout: to === "layout" ? paths.layout : undefined, platforms, seconds: seconds(), steps };
}

type OnLine = (line: string, text: string[]) => void;

/** Runs a build while following its stream, and says now and then what a long one is doing. */
async function whileTelling<T>(
  image: string,
  progress: BuildProgress,
  seconds: () => number,
  deps: BuildDependencies,
  run: (onLine: OnLine) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const telling = tell(image, progress, seconds, deps, ended.signal);
  try {
    return await run((line, text) => {
      const status = parseStatus(line);
      if (status === undefined) keep(text, line);
      else progress.add(status);
    });
  } finally {
    ended.abort();
    await telling;
  }
}

async function tell(
  image: string,
  progress: BuildProgress,
  seconds: () => number,
  { clock, log }: BuildDependencies,
  ended: AbortSignal,
): Promise<void> {
  let told: string | undefined;
  for (let quiet = 0; !ended.aborted; quiet++) {
    try {
      await clock.sleep(livePause, ended);
    } catch {
      return;
    }
    const current = progress.current();
    // A step that takes minutes is told of once in a minute.
    if (current === undefined || (current === told && quiet < 6)) continue;
    log.info(liveLine(image, current, seconds()));
    told = current;
    quiet = 0;
  }
}

/** What buildx says beside the stream is short; a builder gone mad must not fill the memory. */
function keep(text: string[], line: string): void {
  if (line.trim() === "") return;
  text.push(line);
  if (text.length > 200) text.splice(0, 100);
}

function tellWarnings(planned: PlannedBuild, progress: BuildProgress, log: Log): void {
  for (const { message, detail, url, line } of progress.warnings()) {
    const hint = [detail, url].filter((part) => part !== undefined && part !== "").join(", see ");
    log.warning(plainLine(`${planned.name}: ${message}`), plainLine(hint) || "mend the line", {
      title: "Dockerfile",
      at: { file: planned.dockerfile, ...(line === undefined ? {} : { line }) },
    });
  }
}

/** The digest in buildx's metadata file; exit code 0 alone proves nothing. */
function digestIn(metadata: Uint8Array | undefined): Digest | undefined {
  if (metadata === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(metadata));
    if (typeof parsed !== "object" || parsed === null || !("containerimage.digest" in parsed)) return undefined;
    const found = parsed["containerimage.digest"];
    return typeof found === "string" && isDigest(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function noDigest(planned: PlannedBuild): UserError {
  return new UserError(`${planned.name} could not be built: buildx ended well but made no image`, {
    hint: "check that `target` and the Dockerfile's last stage give an image, and that buildx is a released version",
    at: planned.at,
  });
}

function diagnosed({ name, dockerfile, at }: PlannedBuild): {
  image: string;
  dockerfile: string;
  at: PlannedBuild["at"];
} {
  return { image: name, dockerfile, at };
}

/** A name for a folder that neither leaves its parent nor means anything to buildx's own syntax, one for each image. */
function folderName(image: string): string {
  return `${image.replace(/[^A-Za-z0-9-]+/g, "_").slice(0, 60)}-${digestOf(image).slice(-8)}`;
}
