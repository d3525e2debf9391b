/** Builds one image: runs buildx, follows what it says, and takes nothing for done but a digest that can be read back. */
import { posix } from "node:path";
import { formatDuration } from "../../lib/quantities.ts";
import type { Candidate } from "../../model/candidate.ts";
import { type Digest, digestOf, isDigest } from "../../model/digest.ts";
import type { Repository } from "../../model/reference.ts";
import type { PlannedBuild } from "../../plan/plan.ts";
import type { Clock, Files, Log, Processes } from "../../ports.ts";
import { baseAnnotations, resolvedBases } from "../bases.ts";
import { bareEnvironment, type Environment, withoutCacheService } from "../builder/environment.ts";
import { type CacheTrouble, exportedDigest, refusedByCache } from "../cache/cache-trouble.ts";
import { layoutReader, type ReadManifest, readContents } from "../contents.ts";
import { BuildError } from "../diagnosis/build-error.ts";
import { diagnose } from "../diagnosis/diagnose.ts";
import { type FailureCategory, pausesAfter } from "../diagnosis/failure-rows.ts";
import type { LintReport } from "../diagnosis/lint.ts";
import { builtByNix, type NixImageDependencies } from "../nix/nix.ts";
import { type BuildSettings, buildArguments, destination, type ImageSource, isCacheService } from "./buildx.ts";
import { type Invocation, runBuildx } from "./invocation.ts";
import { reachableSources } from "./layout-path.ts";
import type { BuildProgress } from "./progress.ts";
import { shortLine } from "./short-line.ts";

export interface BuildDependencies {
  readonly processes: Processes;
  readonly files: NixImageDependencies["files"];
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "group">;
  readonly settings: BuildSettings;
  readonly builder: BuilderInUse;
  readonly cache: CacheTrouble;
  readonly lint: LintReport;
  /** The whole environment of `buildx build`, and of it alone: with the values of secrets, and the cache service's token. */
  readonly environment: Environment;
  /** That of nix-build, which gets none of these. */
  readonly nixEnvironment: Environment;
  /** Where paths of the plan start, absolute: the checkout, or a copy of it. */
  readonly workspace: string;
  /** The checkout, absolute: paths that lead out of it start here. */
  readonly checkout: string;
  /** As `NixDependencies` have it. */
  readonly restricted: string | undefined;
  /** A folder of the run's own, absolute; the layouts stay there for later stages. */
  readonly temp: string;
  readonly signal: AbortSignal;
  /** Reads a manifest that was pushed. */
  readonly manifests: (repository: Repository, digest: Digest) => Promise<Uint8Array>;
}

/** The builder may be changed for another while a run goes on. */
export interface BuilderInUse {
  name(): string;
  /** Replaces `used`, which hangs, by another one, where there can be one. */
  replace(used: string): Promise<void>;
}

/**
 * Builds and pushes by digest alone (or into a layout). A registry that was busy and a builder that ended are tried again
 * after a pause, a cache that holds the build up is left out.
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
  const build =
    planned.variant === "nix" ? await builtByNix(planned, folder, unpacking(deps)) : anchored(planned, deps);
  const reachable = reachableSources(sources, deps.workspace);
  for (let attempt = 0; ; attempt++) {
    const builder = deps.builder.name();
    const paths = { layout: `${folder}/layout`, metadata: `${folder}/metadata-${attempt}.json` };
    const now = withUsableCache(build, deps.cache);
    const args = buildArguments(now, reachable, builder, deps.settings, paths);
    const child = { ...deps, environment: environmentOf(now, deps) };
    const built = await runBuildx(planned.name, args, seconds, () => deps.cache.hangs(builder), child);
    const digest = await madeDigest(built, paths.metadata, deps.files);
    await heedCache(built, builder, deps);
    if (digest !== undefined) {
      deps.lint.report(planned.dockerfile, built.progress.warnings());
      const made = await candidateOf(digest, planned, sources, built.progress, paths.layout, deps);
      const steps = built.progress.steps();
      const counts = `${steps.executed} ${steps.executed === 1 ? "step" : "steps"} ran, ${steps.cached} from cache`;
      deps.log.group(`${planned.name}: built in ${formatDuration(seconds())}, ${counts}`, built.progress.lines());
      return { ...made, seconds: seconds(), steps };
    }
    // Without its cache it is another build, and not one that failed.
    if (built.stalled !== undefined) continue;
    const error = built.code === 0 ? noDigest(planned) : failureOf(planned, built, deps.restricted);
    const pause = pausesAfter(categoryFor(error, sources))[attempt];
    if (pause === undefined) {
      deps.lint.report(planned.dockerfile, built.progress.warnings());
      deps.log.group(`${planned.name}: failed after ${formatDuration(seconds())}`, failureBlock(built));
      throw error;
    }
    deps.log.info(`${error.message}; trying again in ${formatDuration(pause / 1000)}`);
    await deps.clock.sleep(pause, deps.signal);
  }
}

/** What this run, or another, pushed is there: a registry that doesn't find it yet is one that will. */
function categoryFor(
  { category, buildkitMessage }: BuildError,
  sources: ReadonlyMap<string, ImageSource>,
): FailureCategory {
  if (category !== "base-missing" && category !== "unknown") return category;
  const isParent = [...sources.values()].some(
    ({ kind, digest }) => kind === "registry" && buildkitMessage.includes(digest),
  );
  return isParent && /\bnot found\b|_UNKNOWN\b/.test(buildkitMessage) ? "registry-busy" : category;
}

function environmentOf({ cache }: PlannedBuild, { environment, settings }: BuildDependencies): Environment {
  const isUsed = settings.cacheService && [...cache.from, ...cache.to].some(isCacheService);
  return isUsed ? environment : withoutCacheService(environment);
}

/** What Nix made is unpacked by tar, which needs nothing of a build. */
function unpacking(deps: BuildDependencies): BuildDependencies {
  return { ...deps, environment: bareEnvironment(deps.environment) };
}

/** Contexts outside of the checkout are where they were also for a copy of it. */
function anchored(planned: PlannedBuild, { workspace, checkout, restricted }: BuildDependencies): PlannedBuild {
  if (restricted === undefined || workspace === checkout) return planned;
  const contexts = planned.contexts.map((each) => {
    const [, scheme = "", path = ""] =
      each.kind === "elsewhere" ? (/^(oci-layout:\/\/)?(\.\..*)$/s.exec(each.value) ?? []) : [];
    return path === "" || each.kind === "directory" ? each : { ...each, value: scheme + posix.resolve(checkout, path) };
  });
  return { ...planned, contexts };
}

function withUsableCache(planned: PlannedBuild, cache: CacheTrouble): PlannedBuild {
  return cache.isGivenUp() ? { ...planned, cache: { from: [], to: [] } } : planned;
}

/** A cache that held one build up would hold up the next one too. */
async function heedCache({ stalled, progress }: Invocation, used: string, deps: BuildDependencies): Promise<void> {
  const refused = refusedByCache(progress);
  if (refused !== undefined) deps.cache.giveUp(refused);
  if (stalled === undefined) return;
  deps.cache.giveUp(`it stopped responding (${stalled})`, stalled === "import" ? used : undefined);
  // What waits for the cache in there waits on, and with it every build that shares a step.
  if (stalled === "import") await deps.builder.replace(used);
}

/** By the metadata file; where only the cache was left to be written, by what was exported before. */
async function madeDigest(
  { code, stalled, progress }: Invocation,
  metadata: string,
  files: Pick<Files, "read" | "write">,
): Promise<Digest | undefined> {
  const written = await files.read(metadata);
  // buildx lets everybody read it, and it may hold build arguments.
  if (written !== undefined) await files.write(metadata, written, { private: true });
  if (stalled !== undefined) return exportedDigest(progress);
  return code === 0 ? digestIn(written) : undefined;
}

type Unmeasured = Omit<Candidate, "seconds" | "steps">;

async function candidateOf(
  digest: Digest,
  planned: PlannedBuild,
  sources: ReadonlyMap<string, ImageSource>,
  progress: BuildProgress,
  layout: string,
  deps: BuildDependencies,
): Promise<Unmeasured> {
  const to = destination(planned, deps.settings.push);
  const read: ReadManifest = to === "layout" ? layoutReader(deps.files, layout) : (each) => deps.manifests(to, each);
  const bases = resolvedBases(progress);
  return {
    digest,
    layout: to === "layout" ? layout : undefined,
    platforms: await readContents(digest, planned.platforms, read),
    bases,
    baseAnnotations: baseAnnotations(planned, sources, bases),
  };
}

function failureOf(
  { name, dockerfile, at, platforms }: PlannedBuild,
  { code, text, progress }: Invocation,
  restricted: string | undefined,
): BuildError {
  const step = progress.failed(text.join("\n"));
  return diagnose({ image: name, dockerfile, at, code, platforms: platforms.length, text, step, restricted });
}

/** Everything that helps to see what went wrong, and only then: the steps, the broken one's output, BuildKit's words. */
function failureBlock({ progress, text }: Invocation): readonly string[] {
  const output = progress.failed(text.join("\n"))?.output ?? [];
  return [...progress.lines(), ...output.map((line) => `    ${line}`), ...text.map((line) => shortLine(line))];
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

function noDigest(planned: PlannedBuild): BuildError {
  return new BuildError(planned.name, "buildx ended well but made no image", {
    category: "unknown",
    hint: "check that `target` and the Dockerfile's last stage give an image, and that buildx is a released version",
    at: planned.at,
  });
}

/** A name for a folder that neither leaves its parent nor means anything to buildx's own syntax, one for each image. */
function folderName(image: string): string {
  return `${image.replace(/[^A-Za-z0-9-]+/g, "_").slice(0, 60)}-${digestOf(image).slice(-8)}`;
}
