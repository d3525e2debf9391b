/** Walks the plan: builds every image as soon as what it needs is there, and puts its tags on it. */
import { bounded } from "../bounded.ts";
import { buildImage } from "../build/build-image.ts";
import { parentSources } from "../build/buildx.ts";
import type { Candidate } from "../build/candidate.ts";
import { BuildError } from "../build/diagnose.ts";
import { UserError } from "../errors.ts";
import type { PlannedBuild, PlannedPromote } from "../plan/plan.ts";
import type { ImageResult } from "../report/run-result.ts";
import { type Outcome, walk } from "../walk.ts";
import { loadPublished } from "./after-build.ts";
import type { BuildSession } from "./build-session.ts";
import { type GateRules, type Passage, passGate, passRelease } from "./gate.ts";
import type { Planning } from "./plan-run.ts";
import { type Publishing, publishAgain, publishCandidate } from "./publish-image.ts";
import { recordCandidate } from "./record-candidate.ts";
import type { Session } from "./session.ts";
import { orderOf } from "./walk-order.ts";

/** By name of the image; none of them rejects. */
export type Results = ReadonlyMap<string, Promise<ImageResult>>;

/** What is published already needs nothing but tags: it waits for nobody. */
export function promoteAll(planning: Planning, session: Session, publishing: Publishing): Results {
  const rules = gateRules(planning, session);
  const run = bounded(promotionsAtOnce, (planned: PlannedPromote) =>
    passRelease(planned, rules)
      .then((error): ImageResult | Promise<ImageResult> =>
        error === undefined ? publishAgain(planned, publishing) : { planned, outcome: "failed", error },
      )
      .then((result) => loadPublished(result, session, planning.credentials))
      .catch((error: unknown) => failed(planned, error)),
  );
  const promotes = planning.plan.images.filter((image) => image.kind === "promote");
  return new Map(promotes.map((planned) => [planned.name, run(planned)]));
}

const promotionsAtOnce = 8;

function gateRules({ registry, scanning }: Planning, { inputs }: Session): GateRules {
  return {
    maxSize: inputs.maxSize,
    registry,
    scan: async (planned, made) => (scanning.isWanted(planned.name) ? scanning.judge(planned, made) : undefined),
  };
}

/** How many images are built at once at least: much of a build is waiting for networks. */
const leastConcurrency = 4;

/** The results of all images that are built, each as soon as its tags are put. */
export async function walkPlan(
  planning: Planning,
  session: Session,
  publishing: Publishing,
  { dependencies, complete }: Pick<BuildSession, "dependencies" | "complete">,
): Promise<Results> {
  const { plan, registry, lately, scanning } = planning;
  const { context, outside } = session;
  const { signal } = outside;
  const byName = new Map(plan.images.map((image) => [image.name, image]));
  const nodes = plan.images
    .filter((image) => image.kind === "build")
    .map((planned) => ({
      name: planned.name,
      planned,
      parents: planned.parents.map(({ name }) => name).filter((name) => byName.get(name)?.kind === "build"),
    }));
  const rules = gateRules(planning, session);
  const passages = new Map<string, Promise<Passage>>();
  const published = new Map<string, Promise<ImageResult>>();
  const outcomes = await walk(
    nodes,
    async ({ name, planned }, parents: ReadonlyMap<string, Candidate>) => {
      if (scanning.isWanted(name)) scanning.begin(planned);
      const built = await buildImage(planned, parentSources(planned, byName, parents), dependencies);
      const candidate = await recordCandidate(planned, built, { context, registry });
      const above = new Map([...passages].filter(([each]) => parents.has(each)));
      const passage = passGate(planned, candidate, above, rules);
      passages.set(name, passage);
      // Not waited for: children need the digest alone.
      published.set(
        name,
        passage
          .then((gate) => afterGate(gate, planned, candidate, () => publishCandidate(planned, candidate, publishing)))
          .then(complete)
          .catch((error: unknown) => failed(planned, error)),
      );
      return candidate;
    },
    {
      concurrency: Math.max(leastConcurrency, outside.parallelism),
      signal,
      priority: orderOf(nodes, lately, context.trigger.kind === "schedule"),
    },
  );
  return new Map(nodes.map(({ name, planned }) => [name, resultOf(planned, outcomes.get(name), published.get(name))]));
}

async function afterGate(
  gate: Passage,
  planned: PlannedBuild,
  candidate: Candidate,
  publish: () => Promise<ImageResult>,
): Promise<ImageResult> {
  switch (gate.kind) {
    case "passed":
      return publish();
    case "held":
      return { planned, outcome: "failed", error: gate.error, candidate };
    case "blocked":
      return { planned, outcome: "blocked", by: gate.by };
  }
}

async function resultOf(
  planned: PlannedBuild,
  outcome: Outcome<Candidate> | undefined,
  published: Promise<ImageResult> | undefined,
): Promise<ImageResult> {
  switch (outcome?.kind) {
    case "done":
      return (await published) ?? { planned, outcome: "cancelled" };
    case "blocked":
      return { planned, outcome: "blocked", by: outcome.by };
    case "failed":
      return failed(planned, outcome.error);
    default:
      return { planned, outcome: "cancelled" };
  }
}

/** A defect of ours in one image must not hide what became of the others. */
function failed(planned: PlannedBuild | PlannedPromote, error: unknown): ImageResult {
  if (error instanceof BuildError) return { planned, outcome: "failed", error, output: error.output };
  if (error instanceof UserError) return { planned, outcome: "failed", error };
  const defect = new UserError(`${planned.name} could not be published because of a defect of image-publish`, {
    hint: "report it, with a log of a run with debug logging on",
    cause: error,
  });
  return { planned, outcome: "failed", error: defect };
}
