/** The one invocation of buildx that builds one image: pure, from what is planned to an argument vector. */
import { posix } from "node:path";
import { UserError } from "../../errors.ts";
import { attestationValue, readAttestation } from "../../model/buildflags/attestation.ts";
import { parseCacheEntries } from "../../model/buildflags/cache-entry.ts";
import { csvLine } from "../../model/buildflags/csv-record.ts";
import type { Candidate } from "../../model/candidate.ts";
import type { Digest } from "../../model/digest.ts";
import type { Repository } from "../../model/reference.ts";
import type { PlannedBuild, PlannedImage } from "../../plan/plan.ts";
import { type ProvenanceContext, provenanceArgument } from "./provenance.ts";

/** Where the bytes of a parent image are. */
export type ImageSource =
  | { readonly kind: "registry"; readonly repository: Repository; readonly digest: Digest }
  /** `path` is an OCI layout, absolute or from the repository's root. */
  | { readonly kind: "layout"; readonly path: string; readonly digest: Digest };

/** What holds for every image of a run. */
export interface BuildSettings {
  /** `false`: nothing is pushed, every candidate is an OCI layout. */
  readonly push: boolean;
  /** What provenance describes of the run, and how much of it by default. */
  readonly provenance: ProvenanceContext;
  /** Values of `--secret`, which name secrets and hold none. */
  readonly secrets: readonly string[];
  /** Values of `--ssh`. */
  readonly ssh: readonly string[];
  /** `false`: the runner's cache service doesn't answer, so entries of type `gha` are left out. */
  readonly cacheService: boolean;
}

/** Where an invocation writes: both absolute and outside the checkout. */
export interface OutputPaths {
  readonly layout: string;
  readonly metadata: string;
}

/** Where the candidate goes: its first repository, or a layout where nothing is pushed or it has no repository. */
export function destination(planned: PlannedBuild, push: boolean): Repository | "layout" {
  return (push ? planned.repositories[0] : undefined) ?? "layout";
}

/**
 * The arguments after `docker`, to be run in the repository's root. `sources` says for every parent by name where it is.
 * The output is an OCI index pushed by digest alone, also for one platform: `BUILDKIT_MULTI_PLATFORM` and
 * `oci-mediatypes` see to it, and index annotations need it.
 */
export function buildArguments(
  planned: PlannedBuild,
  sources: ReadonlyMap<string, ImageSource>,
  builder: string,
  settings: BuildSettings,
  paths: OutputPaths,
): readonly string[] {
  const usable = (line: string): boolean => settings.cacheService || !isCacheService(line);
  return [
    ...["buildx", "build", "--builder", builder],
    ...["--progress", "rawjson", "--metadata-file", paths.metadata],
    ...["--file", fromRoot(planned.dockerfile)],
    ...(planned.target === null ? [] : ["--target", planned.target]),
    ...(planned.platforms.length === 0 ? [] : ["--platform", planned.platforms.join(",")]),
    ...pairs(planned.args).flatMap((pair) => ["--build-arg", pair]),
    ...["--build-arg", "BUILDKIT_MULTI_PLATFORM=1"],
    ...contexts(planned, sources).flatMap((context) => ["--build-context", context]),
    ...pairs(planned.labels).flatMap((pair) => ["--label", pair]),
    ...pairs(planned.annotations).flatMap((pair) => ["--annotation", pair]),
    ...(planned.fresh ? [] : planned.cache.from.filter(usable)).flatMap((line) => ["--cache-from", line]),
    ...planned.cache.to.filter(usable).flatMap((line) => ["--cache-to", line]),
    ...(planned.fresh ? ["--pull", "--no-cache"] : []),
    ...optionArguments(planned),
    ...["--provenance", provenanceArgument(planned.provenance ?? undefined, settings.provenance)],
    ...(planned.sbom === null ? [] : ["--sbom", attestationValue(readAttestation("sbom", planned.sbom))]),
    ...settings.secrets.flatMap((secret) => ["--secret", secret]),
    ...settings.ssh.flatMap((agent) => ["--ssh", agent]),
    ...["--output", output(planned, settings.push, paths.layout)],
    fromRoot(planned.context),
  ];
}

/** BuildKit takes the stages to build without cache only where others have one. */
function optionArguments({ options = {}, fresh }: PlannedBuild): readonly string[] {
  const { network, allow = [], addHosts = [], shmSize, ulimits = [], cgroupParent, noCacheFilters = [] } = options;
  return [
    ...(network === undefined ? [] : [`--network=${network}`]),
    ...allow.map((each) => `--allow=${each}`),
    ...addHosts.map((each) => `--add-host=${each}`),
    ...(shmSize === undefined ? [] : [`--shm-size=${shmSize}`]),
    ...ulimits.map((each) => `--ulimit=${each}`),
    ...(cgroupParent === undefined ? [] : [`--cgroup-parent=${cgroupParent}`]),
    ...(fresh ? [] : noCacheFilters).map((each) => `--no-cache-filter=${each}`),
  ];
}

/**
 * Where each parent of a build is: the candidate of this run, or the published digest.
 * @throws UserError for a parent that is neither built in this run nor published.
 */
export function parentSources(
  planned: PlannedBuild,
  images: ReadonlyMap<string, PlannedImage>,
  candidates: ReadonlyMap<string, Candidate>,
): ReadonlyMap<string, ImageSource> {
  const sources = new Map<string, ImageSource>();
  for (const parent of planned.parents) {
    const candidate = candidates.get(parent.name);
    const digest = candidate?.digest ?? parent.published;
    const repository = images.get(parent.name)?.repositories[0];
    if (candidate?.layout !== undefined) {
      sources.set(parent.name, { kind: "layout", path: candidate.layout, digest: candidate.digest });
    } else if (digest !== null && repository !== undefined) {
      sources.set(parent.name, { kind: "registry", repository, digest });
    } else {
      throw new UserError(
        `${planned.name} depends on ${parent.name}, which is neither published nor built in this run`,
        {
          hint: `let the run build ${parent.name} too`,
          at: parent.at,
        },
      );
    }
  }
  return sources;
}

/** Whether a cache line (`type=gha,…`) is about the runner's cache service. */
export function isCacheService(line: string): boolean {
  return parseCacheEntries(line).some(({ type }) => type === "gha");
}

/** A leading `./` keeps a path from being read as an option, a URL or standard input; one with a leading `/` is none. */
function fromRoot(path: string): string {
  return path === "." || posix.isAbsolute(path) ? path : `./${path}`;
}

function pairs(record: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(record).map(([key, value]) => `${key}=${value}`);
}

/** All named contexts; a parent that is used in several places is named once. */
function contexts(planned: PlannedBuild, sources: ReadonlyMap<string, ImageSource>): readonly string[] {
  const found = planned.parents.flatMap(({ name, contextName }) => {
    if (contextName === null) return [];
    const source = sources.get(name);
    if (source === undefined) throw new Error(`no source was given for ${name}, the parent of ${planned.name}`);
    return [`${contextName}=${sourceUrl(source)}`];
  });
  const others = planned.contexts.map(
    (each) => `${each.name}=${each.kind === "directory" ? fromRoot(each.path) : each.value}`,
  );
  return [...new Set([...others, ...found])];
}

function sourceUrl(source: ImageSource): string {
  return source.kind === "registry"
    ? `docker-image://${source.repository}@${source.digest}`
    : `oci-layout://${source.path}@${source.digest}`;
}

function output(planned: PlannedBuild, push: boolean, layout: string): string {
  const to = destination(planned, push);
  const common: readonly string[] = [
    "oci-mediatypes=true",
    ...(planned.compression === null ? [] : planned.compression.split(",")),
    // Nix leaves the layers uncompressed, and BuildKit doesn't compress existing layers unless it is forced to.
    ...(planned.variant === "nix" && !planned.compression?.includes("force-") ? ["force-compression=true"] : []),
    // An epoch sets the times in config and history; only rewritten layers are the same bytes again.
    ...(planned.args.SOURCE_DATE_EPOCH === undefined ? [] : ["rewrite-timestamp=true"]),
  ];
  return to === "layout"
    ? csvLine(["type=oci", "tar=false", `dest=${layout}`, ...common])
    : csvLine(["type=image", `name=${to}`, "push-by-digest=true", "name-canonical=true", "push=true", ...common]);
}
