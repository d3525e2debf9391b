/** Walks the plan: builds every image as soon as what it needs is there, and tags it. */
import { leftOutProblem } from "../../changes/describe-incomplete.ts";
import { type Outcome, walk } from "../../lib/walk.ts";
import type { Candidate } from "../../model/candidate.ts";
import type { Plan, PlannedBuild, PlannedImage } from "../../plan/plan.ts";
import type { LastBuild } from "../../plan/publish-state.ts";
import type { ImageResult } from "../../results/run-result.ts";
import type { Survey } from "../analyze/survey.ts";
import type { Scanning } from "../check/scanning.ts";
import { afterGate, failed } from "./after-gate.ts";
import { gatesOf, type ImageGates, lineageOf, type MadeImage, type MadeImages } from "./image-gates.ts";
import { namedIn } from "./promote-all.ts";
import { type CheckFoundDigest, type Publishing, publishCandidate } from "./publish-image.ts";
import { orderOf } from "./walk-order.ts";

export interface Walk {
  readonly plan: Pick<Plan, "images">;
  /** What an image's build would take and isn't there. */
  readonly leftOut: Survey["leftOut"];
  /** How images were built the last time. */
  readonly lastBuilds: ReadonlyMap<string, LastBuild>;
  readonly isSchedule: boolean;
  /** How many images this machine can build at once. */
  readonly parallelism: number;
  readonly gates: Pick<ImageGates, "built" | "found">;
  readonly scanning: Pick<Scanning, "isWanted" | "prefetch">;
  readonly publishing: Publishing;
  /** What this run promotes. */
  readonly promoted: MadeImages;
  /** Builds an image on the candidates of its parents. */
  readonly build: (planned: PlannedBuild, candidates: ReadonlyMap<string, Candidate>) => Promise<Candidate>;
  /** Brings a candidate to where it is published from. */
  readonly push: (
    planned: PlannedBuild,
    candidate: Candidate,
    publish: (pushed: Candidate) => Promise<ImageResult>,
  ) => Promise<ImageResult>;
  /** Runs for every image after its tags are pushed. */
  readonly complete: (result: ImageResult) => Promise<ImageResult>;
}

/** By name of the image; none of them rejects. */
export type Results = ReadonlyMap<string, Promise<ImageResult>>;

interface BuiltImage extends MadeImage {
  readonly candidate: Candidate;
}

/** How many images are built at once at least: much of a build is waiting for networks. */
const leastConcurrency = 4;

/** The results of all images that are built, each as soon as its tags are pushed. */
export async function walkPlan(walking: Walk): Promise<Results> {
  const { plan, leftOut, publishing, parallelism } = walking;
  const { signal } = publishing;
  const nodes = nodesOf(plan.images, leftOut);
  const outcomes = await walk(
    nodes,
    ({ planned }, parents: ReadonlyMap<string, BuiltImage>) => makeImage(planned, parents, walking),
    {
      concurrency: Math.max(leastConcurrency, parallelism),
      signal,
      priority: orderOf(nodes, walking.lastBuilds, walking.isSchedule),
    },
  );
  return new Map(nodes.map(({ name, planned }) => [name, resultOf(planned, outcomes.get(name), signal)]));
}

function nodesOf(images: readonly PlannedImage[], leftOut: Walk["leftOut"]) {
  const built = new Set(images.flatMap(({ kind, name }) => (kind === "build" ? [name] : [])));
  return images
    .filter((image) => image.kind === "build")
    .map((planned) => ({
      name: planned.name,
      planned,
      // What can't be built fails at once.
      parents: leftOut.has(planned.name)
        ? []
        : planned.parents.map(({ name }) => name).filter((name) => built.has(name)),
    }));
}

/** Builds one image. Its checks and tags are not waited for: children need the digest alone. */
async function makeImage(
  planned: PlannedBuild,
  built: ReadonlyMap<string, BuiltImage>,
  { leftOut, gates, scanning, publishing, promoted, ...walking }: Walk,
): Promise<BuiltImage> {
  const { name } = planned;
  const lacking = leftOut.get(name);
  if (lacking !== undefined) throw leftOutProblem(lacking);
  if (scanning.isWanted(name)) scanning.prefetch(planned);
  const candidates = new Map([...built].map(([parent, { candidate }]) => [parent, candidate]));
  const candidate = await walking.build(planned, candidates);
  const above = planned.parents.map((parent) => parent.name);
  const parents: MadeImages = new Map([...namedIn(promoted, above), ...built]);
  const gate = gates.built(planned, candidate, parents);
  const check: CheckFoundDigest = (found) => gates.found(planned, found, parents);
  const publish = async () =>
    walking.push(planned, candidate, (pushed) => publishCandidate(planned, pushed, publishing, check));
  const result = afterGate(gate, planned, candidate, publish, publishing.signal)
    .then(walking.complete)
    .catch((error: unknown) => failed(planned, error, publishing.signal));
  return {
    candidate,
    gates: gatesOf(parents, [name, gate]),
    lineage: lineageOf(parents, [name, { kind: "built", made: candidate }]),
    result,
  };
}

async function resultOf(
  planned: PlannedBuild,
  outcome: Outcome<BuiltImage> | undefined,
  signal: AbortSignal,
): Promise<ImageResult> {
  switch (outcome?.kind) {
    case "done":
      return outcome.value.result;
    case "blocked":
      return { planned, outcome: "skipped-for-parent", parent: outcome.by };
    case "failed":
      return failed(planned, outcome.error, signal);
    default:
      return { planned, outcome: "cancelled" };
  }
}
