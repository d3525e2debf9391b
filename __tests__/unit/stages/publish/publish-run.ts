/** A run over images in a registry in memory: what is built and promoted, what the checks say of it, and which tags there are then. */
import { UserError } from "../../../../src/errors.ts";
import type { Candidate } from "../../../../src/model/candidate.ts";
import type { Digest } from "../../../../src/model/digest.ts";
import { type Repository, repository, tag } from "../../../../src/model/reference.ts";
import type { PlannedBuild, PlannedImage, PlannedPromote } from "../../../../src/plan/plan.ts";
import type { ImageResult } from "../../../../src/results/run-result.ts";
import type { Check } from "../../../../src/stages/check/check.ts";
import { type Ancestors, resultOfScan } from "../../../../src/stages/check/scanning.ts";
import { openImageGates } from "../../../../src/stages/publish/image-gates.ts";
import { promoteAll } from "../../../../src/stages/publish/promote-all.ts";
import { resultsOf } from "../../../../src/stages/publish/publication.ts";
import type { Publishing } from "../../../../src/stages/publish/publish-image.ts";
import { walkPlan } from "../../../../src/stages/publish/walk-plan.ts";
import { parentOfApp, plannedBuild } from "../../buildx/planned.ts";
import { at, historyOf, recordOf, records } from "../../publish/commits.ts";
import { index, type SimulatedRegistry, simulatedRegistry, Timeline } from "../../publish/simulation.ts";
import { promote } from "../../report/example.ts";
import { scanThat } from "../../scan/findings.ts";

export interface ImageInRun {
  readonly name: string;
  readonly on?: readonly string[];
  readonly kind?: "build" | "promote";
  /** What its scan says; absent: it is not scanned. */
  readonly scan?: "clean" | "blocked";
  /** Its scan can't be carried out. */
  readonly scanFails?: unknown;
  /** What the build throws. */
  readonly fails?: unknown;
  /** Sources that the build would take are not there. */
  readonly isLeftOut?: boolean;
}

export interface Outcome {
  readonly results: ReadonlyMap<string, ImageResult>;
  /** What `main` of each image names. */
  readonly main: (name: string) => Digest | undefined;
  readonly digestOf: (name: string) => Digest;
  /** What was done, in order: `prefetch base`, `build base`, `complete base`. */
  readonly did: readonly string[];
  /** Names of the parents whose candidates a build was given. */
  readonly givenTo: ReadonlyMap<string, readonly string[]>;
  /** Names of the images that a scan was given as what an image is based on. */
  readonly ancestorsOf: ReadonlyMap<string, readonly string[]>;
  readonly registry: SimulatedRegistry;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Before anything begins. */
  readonly prepare?: (registry: SimulatedRegistry) => void;
  readonly started?: Date;
  /** When the build of an image begins. */
  readonly onBuild?: (name: string) => void;
  /** Whether GitHub lists an attestation of what was published before. */
  readonly attested?: (digest: Digest) => Promise<boolean | undefined>;
  /** Digests whose scan is another than that of what the run made. */
  readonly scanOf?: (digest: Digest) => "clean" | "blocked" | undefined;
}

export const at0 = new Date("2026-07-01T12:00:00Z");

export function repositoryOf(name: string): Repository {
  return repository(`ghcr.io/o/r/${name}`);
}

const own = (name: string) =>
  index({ content: name, platforms: [], annotations: { of: name }, record: recordOf(at("main-2")) });

function plannedOf({ name, on = [], kind = "build" }: ImageInRun): PlannedImage {
  const common = {
    name,
    repositories: [repositoryOf(name)],
    sourceHash: "a".repeat(64),
    platforms: [],
    tags: [{ tag: tag("main"), moves: true }],
    bakedVersion: null,
    release: null,
  };
  if (kind === "promote") return promote(name, { ...common, digest: own(name).digest });
  return { ...plannedBuild, ...common, parents: on.map((parent) => ({ ...parentOfApp, name: parent })) };
}

/** Runs it as `publish` does. Parents come before children. */
export async function publishRun(images: readonly ImageInRun[], options: RunOptions = {}): Promise<Outcome> {
  const timeline = new Timeline();
  const registry = simulatedRegistry(timeline);
  const { signal = new AbortController().signal, started = at0, scanOf = () => undefined } = options;
  for (const { name } of images) registry.hold(repositoryOf(name), own(name));
  options.prepare?.(registry);
  const did: string[] = [];
  const givenTo = new Map<string, readonly string[]>();
  const sketch = new Map(images.map((image) => [image.name, image]));
  const planned = images.map(plannedOf);
  const ancestorsOf = new Map<string, readonly string[]>();
  const check = ({ name }: PlannedBuild | PlannedPromote, ancestors: Ancestors): Check => {
    ancestorsOf.set(name, [...ancestors.keys()]);
    return async ({ digest }) => {
      const fails = sketch.get(name)?.scanFails;
      if (fails !== undefined) throw fails;
      const decision = (scanOf(digest) ?? sketch.get(name)?.scan) === "blocked" ? "blocked" : "passed";
      return resultOfScan(scanThat(decision, name, { kind: "published", tag: "main", digest }));
    };
  };
  const scanning = {
    isWanted: (name: string) => sketch.get(name)?.scan !== undefined || sketch.get(name)?.scanFails !== undefined,
    prefetch: ({ name }: PlannedImage) => void did.push(`prefetch ${name}`),
    check,
  };
  const gates = openImageGates({ maxSize: undefined, registry, records, attested: options.attested, signal, scanning });
  const publishing: Publishing = {
    registry,
    clock: timeline.clock,
    onWait: () => {},
    history: historyOf(),
    identity: { commit: at("main-2"), ref: "refs/heads/main", isRebuild: false, mayGoBack: false },
    signal,
    started,
    records,
    copy: async () => {},
  };
  const build = async ({ name }: PlannedBuild, candidates: ReadonlyMap<string, Candidate>) => {
    did.push(`build ${name}`);
    options.onBuild?.(name);
    givenTo.set(name, [...candidates.keys()]);
    const fails = sketch.get(name)?.fails;
    if (fails !== undefined) throw fails;
    return candidateOf(name);
  };
  const work = async () => {
    const promoted = promoteAll(planned, {
      gates,
      publishing,
      parentsOf: (name) => sketch.get(name)?.on ?? [],
      load: async (result) => result,
    });
    const built = await walkPlan({
      plan: { images: planned },
      leftOut: new Map(
        images.flatMap(({ name, isLeftOut }) =>
          isLeftOut ? [[name, { absent: [], pointers: [] } as never] as const] : [],
        ),
      ),
      lastBuilds: new Map(),
      isSchedule: false,
      parallelism: 1,
      ...{ gates, scanning, publishing, promoted, build },
      push: (_, candidate, publish) => publish(candidate),
      complete: async (result) => {
        did.push(`complete ${result.planned.name}`);
        return result;
      },
    });
    const all = [...resultsOf(promoted), ...built];
    return new Map(await Promise.all(all.map(async ([name, result]) => [name, await result] as const)));
  };
  const results = await timeline.run(work());
  const main = (name: string) => registry.held.get(`${repositoryOf(name)}:main`)?.digest;
  return { results, main, digestOf: (name) => own(name).digest, did, givenTo, ancestorsOf, registry };
}

function candidateOf(name: string): Candidate {
  return {
    digest: own(name).digest,
    layout: undefined,
    platforms: [],
    seconds: 1,
    bases: [],
    baseAnnotations: {},
    steps: { cached: 0, executed: 1 },
  };
}

export const broken = new UserError("the build failed", { hint: "read its log" });
