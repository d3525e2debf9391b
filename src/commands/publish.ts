/** `command: publish`: walks the plan, builds every image as soon as what it needs is there, and puts its tags on it. */
import { buildImage } from "../build/build-image.ts";
import { parentSources } from "../build/buildx.ts";
import type { Candidate } from "../build/candidate.ts";
import { UserError } from "../errors.ts";
import type { Registry } from "../oci/registry-client.ts";
import type { Plan, PlannedBuild, PlannedImage } from "../plan/plan.ts";
import { closingLines, failureNotices } from "../report/console.ts";
import { outputsOf } from "../report/outputs.ts";
import { renderPlan } from "../report/plan-table.ts";
import type { ImageResult, Remark, RunResult } from "../report/run-result.ts";
import { renderSummary } from "../report/summary.ts";
import { type Outcome, walk } from "../walk.ts";
import { openBuildSession } from "./build-session.ts";
import type { CommandResult } from "./command-result.ts";
import { type Planning, planRun } from "./plan-run.ts";
import { publishCandidate } from "./publish-image.ts";
import type { Session } from "./session.ts";

/** @throws UserError for what keeps the run from starting; what fails in it is told in the result. */
export async function publish(session: Session): Promise<CommandResult> {
  const { clock, log } = session.outside;
  const started = clock.now().getTime();
  const planning = await planRun(session, { askRegistry: true });
  const { images, remarks } = await execute(planning, session);
  const result: RunResult = {
    plan: planning.plan,
    images,
    remarks: [...planning.remarks, ...remarks],
    seconds: (clock.now().getTime() - started) / 1000,
    forge: planning.forge,
  };
  for (const { message, hint } of result.remarks) log.warning(message, hint);
  const lines = closingLines(result);
  for (const line of lines) log.info(line);
  const outputs = outputsOf(result, planning.planPath);
  return {
    outputs: { ...outputs },
    summary: renderSummary(result),
    text: () => "",
    json: JSON.parse(outputs.images),
    failures: failureNotices(result),
  };
}

interface Executed {
  readonly images: readonly ImageResult[];
  readonly remarks: readonly Remark[];
}

async function execute({ plan, registry, credentials }: Planning, session: Session): Promise<Executed> {
  if (!plan.images.some((image) => image.kind === "build")) return { images: plan.images.map(skipped), remarks: [] };
  const [title = "", ...lines] = renderPlan(plan, { colour: false, width: 120 }).split("\n");
  session.outside.log.group(title, lines);
  const building = await openBuildSession(plan, session, registry, credentials);
  try {
    return { images: await walkPlan(plan, session, registry, building.dependencies), remarks: building.remarks };
  } finally {
    await building.close();
  }
}

/** How many images are built at once at least: much of a build is waiting for networks. */
const leastConcurrency = 4;

async function walkPlan(
  plan: Plan,
  { outside }: Session,
  registry: Registry,
  dependencies: Parameters<typeof buildImage>[2],
): Promise<readonly ImageResult[]> {
  const byName = new Map(plan.images.map((image) => [image.name, image]));
  const builds = plan.images.filter((image) => image.kind === "build");
  const nodes = builds.map((planned) => ({
    name: planned.name,
    planned,
    parents: planned.parents.map(({ name }) => name).filter((name) => byName.get(name)?.kind === "build"),
  }));
  const published = new Map<string, Promise<ImageResult>>();
  const outcomes = await walk(
    nodes,
    async ({ planned }, parents: ReadonlyMap<string, Candidate>) => {
      const candidate = await buildImage(planned, parentSources(planned, byName, parents), dependencies);
      // Not waited for: children need the digest alone.
      const publishing = publishCandidate(planned, candidate, registry, outside.signal);
      publishing.catch(() => {});
      published.set(planned.name, publishing);
      return candidate;
    },
    { concurrency: Math.max(leastConcurrency, outside.parallelism), signal: outside.signal },
  );
  return Promise.all(plan.images.map((planned) => resultOf(planned, outcomes.get(planned.name), published)));
}

async function resultOf(
  planned: PlannedImage,
  outcome: Outcome<Candidate> | undefined,
  published: ReadonlyMap<string, Promise<ImageResult>>,
): Promise<ImageResult> {
  if (planned.kind !== "build" || outcome === undefined) return skipped(planned);
  switch (outcome.kind) {
    case "done":
      return (await published.get(planned.name)) ?? skipped(planned);
    case "blocked":
      return { planned, outcome: "blocked", by: outcome.by };
    case "cancelled":
      return { planned, outcome: "cancelled" };
    case "failed":
      return { planned, outcome: "failed", error: userErrorOf(outcome.error, planned) };
  }
}

function skipped(planned: PlannedImage): ImageResult {
  return { planned, outcome: "skipped" };
}

/** A defect of ours in one image must not hide what became of the others. */
function userErrorOf(error: unknown, { name }: PlannedBuild): UserError {
  if (error instanceof UserError) return error;
  return new UserError(`${name} could not be built because of a defect of image-publish`, {
    hint: "report it, with a log of a run with debug logging on",
    cause: error,
  });
}
