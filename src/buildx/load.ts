/** Loads a candidate into the engine under names, for the tests of later steps: the same digests that were built. */
import { messageOf, UserError } from "../errors.ts";
import type { Candidate, CandidatePlatform } from "../model/candidate.ts";
import { type Platform, partsOf } from "../model/platform.ts";
import type { Repository } from "../model/reference.ts";
import { type Manifest, parseManifest } from "../oci/manifest.ts";
import type { Files, Processes } from "../ports.ts";
import { bareEnvironment, type Environment, withoutLogins } from "./builder/environment.ts";
import { layoutReader } from "./contents.ts";
import { lastMessage } from "./invocation/short-line.ts";

export interface LoadDependencies {
  readonly processes: Processes;
  readonly files: Pick<Files, "read" | "write" | "makeDirectory" | "remove">;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  /** A folder of the run's own, absolute. */
  readonly temp: string;
}

/** An engine holds one image under a name, so of several platforms the one that it runs itself is loaded. */
export interface LoadedImage {
  readonly names: readonly string[];
  readonly platform: Platform;
}

/**
 * Loads a candidate from its layout, or from the repository that it was pushed to.
 * @param names full references with tags, at least one.
 * @throws UserError when the engine doesn't take it; the signal's reason when aborted.
 */
export async function loadImage(
  image: string,
  candidate: Pick<Candidate, "platforms" | "layout">,
  pushedTo: Repository | undefined,
  names: readonly string[],
  deps: LoadDependencies,
): Promise<LoadedImage> {
  try {
    const one = chosen(candidate.platforms, await enginePlatform(deps));
    if (candidate.layout !== undefined) await loadLayout(one, candidate.layout, names, deps);
    else if (pushedTo !== undefined) await pull(one, pushedTo, names, deps);
    return { names, platform: one.platform };
  } catch (cause) {
    deps.signal.throwIfAborted();
    throw new UserError(`${image} was built and could not be loaded into the engine: ${messageOf(cause)}`, {
      hint: "check that the engine runs, has room, and can read from the registry; or set `load: false`",
      cause,
    });
  }
}

/** `linux/amd64`, as the engine reports it. */
async function enginePlatform(deps: LoadDependencies): Promise<string> {
  const answer = await docker(["version", "--format", "{{.Server.Os}}/{{.Server.Arch}}"], deps);
  return answer.trim();
}

/** One of another architecture runs through an emulator, if at all. */
function chosen(platforms: readonly CandidatePlatform[], engine: string): CandidatePlatform {
  const native = platforms.find(({ platform }) => {
    const { os, architecture } = partsOf(platform);
    return `${os}/${architecture}` === engine;
  });
  const found = native ?? platforms[0];
  if (found === undefined) throw new Error("the candidate has no platform");
  return found;
}

async function pull(
  { digest }: CandidatePlatform,
  repository: Repository,
  names: readonly string[],
  deps: LoadDependencies,
): Promise<void> {
  const reference = `${repository}@${digest}`;
  await docker(["pull", "--quiet", reference], deps);
  for (const name of names) await docker(["tag", reference, name], deps);
}

/**
 * An archive that every engine reads: an OCI layout of one image for those with the containerd store, and manifest.json
 * (moby, image/spec, "Combined Image JSON + Filesystem Changeset Format") for the others.
 */
async function loadLayout(
  { digest }: CandidatePlatform,
  layout: string,
  names: readonly string[],
  deps: LoadDependencies,
): Promise<void> {
  const bytes = await layoutReader(deps.files, layout)(digest);
  const manifest = parseManifest(bytes);
  if (manifest.kind !== "manifest") throw new Error(`${digest} isn't an image`);
  const blobs = [digest, manifest.config.digest, ...manifest.layers.map((layer) => layer.digest)].map(blobPath);
  const folder = `${deps.temp}/load-${digest.slice(-12)}`;
  const archive = `${folder}/image.tar`;
  await deps.files.makeDirectory(folder);
  try {
    const files = headFiles({ mediaType: manifest.mediaType, digest, size: bytes.length }, manifest, names);
    for (const [name, content] of Object.entries(files))
      await deps.files.write(`${folder}/${name}`, JSON.stringify(content));
    const parts = ["-C", folder, ...Object.keys(files), "-C", layout, ...new Set(blobs)];
    await run("tar", ["-cf", archive, ...parts], deps);
    await docker(["load", "--quiet", "--input", archive], deps);
  } finally {
    await deps.files.remove(folder);
  }
}

function headFiles(
  descriptor: object,
  { config, layers }: Manifest,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  const entries = names.map((name) => ({
    ...descriptor,
    annotations: {
      "io.containerd.image.name": name,
      "org.opencontainers.image.ref.name": name.slice(name.lastIndexOf(":") + 1),
    },
  }));
  return {
    "oci-layout": { imageLayoutVersion: "1.0.0" },
    "index.json": { schemaVersion: 2, manifests: entries },
    "manifest.json": [
      { Config: blobPath(config.digest), RepoTags: names, Layers: layers.map(({ digest }) => blobPath(digest)) },
    ],
  };
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function docker(args: readonly string[], deps: LoadDependencies): Promise<string> {
  return run("docker", args, deps);
}

const limit = 600_000;

async function run(program: string, args: readonly string[], deps: LoadDependencies): Promise<string> {
  const { environment, signal } = deps;
  const env = environmentOf(program, args, environment);
  const { code, stdout, stderr } = await deps.processes.run(program, args, { env, signal, timeout: limit });
  if (code !== 0) throw new Error(lastMessage(stderr) || `${program} ${args[0]} ended with exit code ${code}`);
  return new TextDecoder().decode(stdout);
}

/** Logins are for what reads from a registry. */
function environmentOf(program: string, [verb]: readonly string[], environment: Environment): Environment {
  if (program !== "docker") return bareEnvironment(environment);
  return verb === "pull" ? environment : withoutLogins(environment);
}
