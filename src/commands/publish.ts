/** `command: publish`: walks the plan, builds every image as soon as what it needs is there, and puts its tags on it. */

import { bounded } from "../bounded.ts";
import { buildImage } from "../build/build-image.ts";
import { parentSources } from "../build/buildx.ts";
import type { Candidate } from "../build/candidate.ts";
import { BuildError } from "../build/diagnose.ts";
import { UserError } from "../errors.ts";
import type { Plan, PlannedBuild, PlannedPromote } from "../plan/plan.ts";
import { closingLines, failureNotices } from "../report/console.ts";
import { imageOutputs, outputsOf } from "../report/outputs.ts";
import { renderPlan } from "../report/plan-table.ts";
import type { ImageResult, Remark, RunResult } from "../report/run-result.ts";
import { renderSummary } from "../report/summary.ts";
import { type Outcome, walk } from "../walk.ts";
import { loadPublished } from "./after-build.ts";
import { type BuildSession, openBuildSession } from "./build-session.ts";
import { checkPins } from "./check-pins.ts";
import type { CommandResult } from "./command-result.ts";
import { moverOf } from "./converge.ts";
import { type GateRules, type Passage, passGate } from "./gate.ts";
import { type Planning, planRun } from "./plan-run.ts";
import { type Publishing, publishAgain, publishCandidate } from "./publish-image.ts";
import { recordCandidate } from "./record-candidate.ts";
import type { Session } from "./session.ts";
import { orderOf } from "./walk-order.ts";

/** @throws UserError for what keeps the run from starting; what fails in it is told in the result. */
export async function publish(session: Session): Promise<CommandResult> {
  const { clock, log } = session.outside;
  const started = clock.now().getTime();
  const planning = await planRun(session, { ask: "must" });
  tell(planning.remarks, session);
  await checkPins(session.inputs.settings.checkPins, planning.plan, session.context, session.outside.files);
  const { images, remarks } = await execute(planning, session);
  const result: RunResult = {
    plan: planning.plan,
    images,
    remarks: [...planning.remarks, ...remarks],
    seconds: (clock.now().getTime() - started) / 1000,
    forge: planning.forge,
  };
  for (const line of closingLines(result)) log.info(line);
  const outputs = outputsOf(result, planning.planPath);
  return {
    outputs: { ...outputs },
    summary: renderSummary(result),
    text: () => "",
    json: imageOutputs(result),
    failures: failureNotices(result),
  };
}

interface Executed {
  readonly images: readonly ImageResult[];
  readonly remarks: readonly Remark[];
}

async function execute(planning: Planning, session: Session): Promise<Executed> {
  const { plan, registry, credentials } = planning;
  if (plan.images.every((image) => image.kind === "skip"))
    return { images: await settled(plan, new Map()), remarks: [] };
  const [title = "", ...lines] = renderPlan(plan, { colour: false, width: 120 }).split("\n");
  session.outside.log.group(title, lines);
  if (!plan.images.some((image) => image.kind === "build")) {
    return { images: await settled(plan, promoteAll(planning, session)), remarks: [] };
  }
  const { dependencies, complete, remarks, close } = await openBuildSession(plan, session, registry, credentials);
  tell(remarks, session);
  // Not before what may keep the run from starting.
  const promotions = promoteAll(planning, session);
  try {
    const built = await walkPlan(planning, session, { dependencies, complete });
    const images = await settled(plan, new Map([...promotions, ...built]));
    const left = await close();
    tell(left, session);
    return { images, remarks: [...remarks, ...left] };
  } catch (error) {
    await close();
    throw error;
  }
}

type Results = ReadonlyMap<string, Promise<ImageResult>>;

function settled({ images }: Plan, results: Results): Promise<readonly ImageResult[]> {
  return Promise.all(images.map((planned) => results.get(planned.name) ?? { planned, outcome: "skipped" as const }));
}

/** What is published already needs nothing but tags: it waits for nobody. */
function promoteAll(planning: Planning, session: Session): Results {
  const publishing = publishingOf(planning, session);
  const run = bounded(promotionsAtOnce, (planned: PlannedPromote) =>
    publishAgain(planned, publishing)
      .then((result) => loadPublished(result, session, planning.credentials))
      .catch((error: unknown) => failed(planned, error)),
  );
  const promotes = planning.plan.images.filter((image) => image.kind === "promote");
  return new Map(promotes.map((planned) => [planned.name, run(planned)]));
}

const promotionsAtOnce = 8;

function publishingOf({ registry, history }: Planning, session: Session): Publishing {
  const { clock, signal } = session.outside;
  return {
    registry,
    clock,
    history,
    signal,
    mover: moverOf(session),
    started: session.context.startedAt,
    copy: async (digest, from, to) => {
      await registry.copyImage({ digest, from, to, signal });
    },
  };
}

function tell(remarks: readonly Remark[], { outside }: Session): void {
  for (const { message, hint } of remarks) outside.log.warning(message, hint);
}

/** How many images are built at once at least: much of a build is waiting for networks. */
const leastConcurrency = 4;

/** The results of all images that are built, each as soon as its tags are put. */
async function walkPlan(
  planning: Planning,
  session: Session,
  { dependencies, complete }: Pick<BuildSession, "dependencies" | "complete">,
): Promise<Results> {
  const { plan, registry, lately } = planning;
  const { context, outside, inputs } = session;
  const { signal } = outside;
  const publishing = publishingOf(planning, session);
  const byName = new Map(plan.images.map((image) => [image.name, image]));
  const nodes = plan.images
    .filter((image) => image.kind === "build")
    .map((planned) => ({
      name: planned.name,
      planned,
      parents: planned.parents.map(({ name }) => name).filter((name) => byName.get(name)?.kind === "build"),
    }));
  const rules: GateRules = { maxSize: inputs.maxSize, registry };
  const passages = new Map<string, Promise<Passage>>();
  const published = new Map<string, Promise<ImageResult>>();
  const outcomes = await walk(
    nodes,
    async ({ name, planned }, parents: ReadonlyMap<string, Candidate>) => {
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
