/** Builds one image: runs buildx, follows what it says, and takes nothing for done but a digest that can be read back. */
import { UserError } from "../errors.ts";
import { type Digest, digestOf, isDigest } from "../oci/digest.ts";
import type { Repository } from "../oci/reference.ts";
import type { PlannedBuild } from "../plan/plan.ts";
import type { Clock, Log, Processes } from "../ports.ts";
import { type BuildSettings, buildArguments, destination, type ImageSource } from "./buildx.ts";
import type { Candidate } from "./candidate.ts";
import { layoutReader, type ReadManifest, readContents } from "./contents.ts";
import { BuildError, diagnose } from "./diagnose.ts";
import type { Environment } from "./environment.ts";
import { isTransient } from "./failures.ts";
import { builtByNix, type NixImageDependencies } from "./nix.ts";
import { plainLine } from "./plain.ts";
import { type BuildProgress, duration, followBuild, liveLine } from "./progress.ts";
import { parseStatus } from "./rawjson.ts";

export interface BuildDependencies {
  readonly processes: Processes;
  readonly files: NixImageDependencies["files"];
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warning" | "group">;
  readonly settings: BuildSettings;
  /** The child's whole environment, with the values of secrets. */
  readonly environment: Environment;
  /** That of nix-build, which gets none of these. */
  readonly nixEnvironment: Environment;
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
  const started = deps.clock.now().getTime();
  const seconds = (): number => (deps.clock.now().getTime() - started) / 1000;
  const folder = `${deps.temp}/${folderName(planned.name)}`;
  await deps.files.makeDirectory(folder);
  const build = planned.variant === "nix" ? await builtByNix(planned, folder, deps) : planned;
  for (let attempt = 0; ; attempt++) {
    const paths = { layout: `${folder}/layout`, metadata: `${folder}/metadata-${attempt}.json` };
    const args = buildArguments(build, sources, deps.settings, paths);
    const built = await runBuildx(planned, args, seconds, deps);
    const digest = built.code === 0 ? digestIn(await deps.files.read(paths.metadata)) : undefined;
    if (digest !== undefined) {
      tellWarnings(planned, built.progress, deps.log);
      const candidate = await candidateOf(digest, planned, paths.layout, deps);
      const steps = built.progress.steps();
      const counts = `${steps.executed} ${steps.executed === 1 ? "step" : "steps"} ran, ${steps.cached} from cache`;
      deps.log.group(`${planned.name}: built in ${duration(seconds())}, ${counts}`, built.progress.lines());
      return { ...candidate, seconds: seconds(), steps };
    }
    const error = built.code === 0 ? noDigest(planned) : failureOf(planned, built);
    const pause = pauses[attempt];
    if (!(error instanceof BuildError) || !isTransient(error.category) || pause === undefined) {
      tellWarnings(planned, built.progress, deps.log);
      deps.log.group(`${planned.name}: failed after ${duration(seconds())}`, failureBlock(built));
      throw error;
    }
    deps.log.info(`${error.message}; trying again in ${duration(pause / 1000)}`);
    await deps.clock.sleep(pause, deps.signal);
  }
}

/** How one invocation ended. */
interface Invocation {
  readonly code: number;
  readonly progress: BuildProgress;
  /** What buildx said beside the stream, a line each. */
  readonly text: readonly string[];
}

async function runBuildx(
  planned: PlannedBuild,
  args: readonly string[],
  seconds: () => number,
  deps: BuildDependencies,
): Promise<Invocation> {
  const progress = followBuild();
  const text: string[] = [];
  const ended = new AbortController();
  const telling = tellNowAndThen(planned.name, progress, seconds, deps, ended.signal);
  try {
    const { code } = await deps.processes.run("docker", args, {
      cwd: deps.workspace,
      env: deps.environment,
      signal: deps.signal,
      onLine: (line, stream) => {
        const status = stream === "stderr" ? parseStatus(line) : undefined;
        if (status !== undefined) progress.add(status);
        else if (stream === "stderr") keep(text, line);
      },
    });
    return { code, progress, text };
  } finally {
    ended.abort();
    await telling;
  }
}

function candidateOf(
  digest: Digest,
  planned: PlannedBuild,
  layout: string,
  deps: BuildDependencies,
): Promise<Unmeasured> {
  const to = destination(planned, deps.settings.push);
  const read: ReadManifest = to === "layout" ? layoutReader(deps.files, layout) : (each) => deps.manifests(to, each);
  return readContents(digest, planned.platforms, read).then((platforms) => ({
    digest,
    layout: to === "layout" ? layout : undefined,
    platforms,
  }));
}

type Unmeasured = Omit<Candidate, "seconds" | "steps">;

function failureOf({ name, dockerfile, at }: PlannedBuild, { code, text, progress }: Invocation): BuildError {
  return diagnose({ image: name, dockerfile, at, code, text, step: progress.failed(text.join("\n")) });
}

/** Everything that helps to see what went wrong, and only then: the steps, the broken one's output, BuildKit's words. */
function failureBlock({ progress, text }: Invocation): readonly string[] {
  const output = progress.failed(text.join("\n"))?.output ?? [];
  return [...progress.lines(), ...output.map((line) => `    ${line}`), ...text.map((line) => plainLine(line))];
}

/** Says now and then what a build that takes long is doing, until `ended`. */
async function tellNowAndThen(
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

function tellWarnings(planned: PlannedBuild, progress: BuildProgress, log: BuildDependencies["log"]): void {
  for (const { message, detail, url, line } of progress.warnings()) {
    const hint = [detail, url].filter((part) => part !== undefined && part !== "").join(", see ");
    const short = message.replace(/ \(line \d+\)$/, "");
    log.warning(plainLine(`${planned.name}: ${short}`), plainLine(hint) || "mend the line", {
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

/** A name for a folder that neither leaves its parent nor means anything to buildx's own syntax, one for each image. */
function folderName(image: string): string {
  return `${image.replace(/[^A-Za-z0-9-]+/g, "_").slice(0, 60)}-${digestOf(image).slice(-8)}`;
}
