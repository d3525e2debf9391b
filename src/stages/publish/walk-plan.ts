/** Walks the plan: builds every image as soon as what it needs is there, and puts its tags on it. */

import { BuildError } from "../../buildx/diagnosis/diagnose.ts";
import { buildImage } from "../../buildx/invocation/build-image.ts";
import { parentSources } from "../../buildx/invocation/buildx.ts";
import { leftOutProblem } from "../../changes/describe-incomplete.ts";
import { UserError } from "../../errors.ts";
import { bounded } from "../../lib/bounded.ts";
import { type Outcome, walk } from "../../lib/walk.ts";
import type { Candidate } from "../../model/candidate.ts";
import type { PlannedBuild, PlannedPromote } from "../../plan/plan.ts";
import type { ImageResult } from "../../results/run-result.ts";
import { patientAttested } from "../../run/attested.ts";
import { recordRules } from "../../run/record-rules.ts";
import type { Session } from "../../run/session.ts";
import { loadPublished } from "../build/after-build.ts";
import type { BuildSession } from "../build/build-session.ts";
import { pushLayout } from "../build/push-layout.ts";
import { type GateRules, type Passage, type Passages, passAgain, passGate } from "../check/gate.ts";
import type { Planning } from "../plan/plan-run.ts";
import { type Publishing, publishAgain, publishCandidate } from "./publish-image.ts";
import { recordCandidate } from "./record-candidate.ts";
import { orderOf } from "./walk-order.ts";

/** By name of the image; none of them rejects. */
export type Results = ReadonlyMap<string, Promise<ImageResult>>;

/** Of one run: what each image is built on tells whether it may have tags. */
export interface Gates {
  readonly passages: Map<string, Promise<Passage>>;
  readonly rulesFor: (name: string) => GateRules;
  /** Those of the images that one is built on. */
  readonly above: (name: string) => Passages;
}

export function openGates({ registry, scanning, surveyed, history }: Planning, session: Session): Gates {
  const { inputs, outside } = session;
  const { clock, signal } = outside;
  const attested = history.attested && patientAttested(history.attested, { clock, signal });
  const records = recordRules(session);
  const passages = new Map<string, Promise<Passage>>();
  const parents = new Map(
    surveyed.catalog.images.map(({ name, parents: edges }) => [name, edges.map(({ parent }) => parent)]),
  );
  return {
    passages,
    rulesFor: (name) => ({
      maxSize: inputs.maxSize,
      registry,
      records,
      attested,
      scanning: scanning.isWanted(name) ? scanning : undefined,
    }),
    above: (name) => {
      const wanted = new Set(parents.get(name));
      return new Map([...passages].filter(([each]) => wanted.has(each)));
    },
  };
}

/** What is published already needs nothing but tags: it waits for no build. */
export function promoteAll(planning: Planning, session: Session, publishing: Publishing, gates: Gates): Results {
  const { outside } = session;
  const results = new Map<string, Promise<ImageResult>>();
  const run = bounded(promotionsAtOnce, ({ planned, above }: { planned: PlannedPromote; above: Passages }) =>
    passAgain(planned, above, gates.rulesFor(planned.name)),
  );
  for (const planned of planning.plan.images.filter((image) => image.kind === "promote")) {
    const passage = run({ planned, above: gates.above(planned.name) });
    gates.passages.set(planned.name, passage);
    const result = passage
      .then((gate) => afterGate(gate, planned, undefined, () => publishAgain(planned, publishing)))
      .then((done) => loadPublished(done, session, planning.credentials))
      .catch((error: unknown) => failed(planned, error, outside.signal));
    results.set(planned.name, result);
  }
  return results;
}

const promotionsAtOnce = 8;

/** How many images are built at once at least: much of a build is waiting for networks. */
const leastConcurrency = 4;

/** The results of all images that are built, each as soon as its tags are put. */
export async function walkPlan(
  planning: Planning,
  session: Session,
  publishing: Publishing,
  gates: Gates,
  { dependencies, complete }: Pick<BuildSession, "dependencies" | "complete">,
): Promise<Results> {
  const { plan, registry, lastBuilds, scanning, surveyed } = planning;
  const { context, outside, trust } = session;
  const { signal } = outside;
  const byName = new Map(plan.images.map((image) => [image.name, image]));
  const nodes = plan.images
    .filter((image) => image.kind === "build")
    .map((planned) => ({
      name: planned.name,
      planned,
      // What can't be built fails at once.
      parents: surveyed.leftOut.has(planned.name)
        ? []
        : planned.parents.map(({ name }) => name).filter((name) => byName.get(name)?.kind === "build"),
    }));
  const published = new Map<string, Promise<ImageResult>>();
  const publishBuilt = (planned: PlannedBuild, candidate: Candidate): Promise<ImageResult> => {
    const publishOne = (pushed: Candidate) => publishCandidate(planned, pushed, publishing);
    if (!plan.push) return publishOne(candidate);
    return pushLayout(planned, candidate, publishOne, { registry, files: outside.files, signal });
  };
  const outcomes = await walk(
    nodes,
    async ({ name, planned }, parents: ReadonlyMap<string, Candidate>) => {
      const lacking = surveyed.leftOut.get(name);
      if (lacking !== undefined) throw leftOutProblem(lacking);
      if (scanning.isWanted(name)) scanning.begin(planned);
      const built = await buildImage(planned, parentSources(planned, byName, parents), dependencies);
      const candidate = await recordCandidate(planned, built, { context, registry, trust });
      scanning.made(planned, candidate);
      const passage = passGate(planned, candidate, gates.above(name), gates.rulesFor(name));
      gates.passages.set(name, passage);
      // Not waited for: children need the digest alone.
      published.set(
        name,
        passage
          .then((gate) => afterGate(gate, planned, candidate, () => publishBuilt(planned, candidate)))
          .then(complete)
          .catch((error: unknown) => failed(planned, error, signal)),
      );
      return candidate;
    },
    {
      concurrency: Math.max(leastConcurrency, outside.parallelism),
      signal,
      priority: orderOf(nodes, lastBuilds, context.trigger.kind === "schedule"),
    },
  );
  return new Map(
    nodes.map(({ name, planned }) => [name, resultOf(planned, outcomes.get(name), published.get(name), signal)]),
  );
}

async function afterGate(
  gate: Passage,
  planned: PlannedBuild | PlannedPromote,
  candidate: Candidate | undefined,
  publish: () => Promise<ImageResult>,
): Promise<ImageResult> {
  switch (gate.kind) {
    case "passed":
      return publish();
    case "held":
      return { planned, outcome: "failed", error: gate.error, ...(candidate === undefined ? {} : { candidate }) };
    case "blocked":
      return { planned, outcome: "blocked", by: gate.by, ...(candidate === undefined ? {} : { candidate }) };
  }
}

async function resultOf(
  planned: PlannedBuild,
  outcome: Outcome<Candidate> | undefined,
  published: Promise<ImageResult> | undefined,
  signal: AbortSignal,
): Promise<ImageResult> {
  switch (outcome?.kind) {
    case "done":
      return (await published) ?? { planned, outcome: "cancelled" };
    case "blocked":
      return { planned, outcome: "blocked", by: outcome.by };
    case "failed":
      return failed(planned, outcome.error, signal);
    default:
      return { planned, outcome: "cancelled" };
  }
}

/** A defect of ours in one image must not hide what became of the others. */
function failed(planned: PlannedBuild | PlannedPromote, error: unknown, signal: AbortSignal): ImageResult {
  if (signal.aborted && error === signal.reason) return { planned, outcome: "cancelled" };
  if (error instanceof BuildError)
    return { planned, outcome: "failed", error, output: error.output, excerpt: error.excerpt };
  if (error instanceof UserError) return { planned, outcome: "failed", error };
  const defect = new UserError(`${planned.name} could not be published because of a defect of image-publish`, {
    hint: "report it, with a log of a run with debug logging on",
    cause: error,
  });
  return { planned, outcome: "failed", error: defect };
}
