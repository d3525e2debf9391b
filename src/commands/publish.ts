/** `command: publish`: walks the plan, builds every image as soon as what it needs is there, and puts its tags on it. */
import { buildImage } from "../build/build-image.ts";
import { parentSources } from "../build/buildx.ts";
import type { Candidate } from "../build/candidate.ts";
import { BuildError } from "../build/diagnose.ts";
import { throwProblems, UserError } from "../errors.ts";
import type { Registry } from "../oci/registry-client.ts";
import type { Plan, PlannedBuild, PlannedImage } from "../plan/plan.ts";
import { closingLines, failureNotices } from "../report/console.ts";
import { imageOutputs, outputsOf } from "../report/outputs.ts";
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
  tell(planning.remarks, session);
  throwProblems(severalRepositories(planning.plan));
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

/** A plan has all repositories of an image; nothing copies between them yet. */
function severalRepositories({ images, push }: Plan): readonly UserError[] {
  const one = images.find(({ kind, repositories }) => push && kind === "build" && repositories.length > 1);
  if (one === undefined) return [];
  const message = `${one.name} would be pushed to ${one.repositories.join(" and ")}; this version pushes an image to one`;
  return [new UserError(message, { hint: "leave one line in `images`" })];
}

interface Executed {
  readonly images: readonly ImageResult[];
  readonly remarks: readonly Remark[];
}

async function execute({ plan, registry, credentials }: Planning, session: Session): Promise<Executed> {
  if (!plan.images.some((image) => image.kind === "build")) return { images: plan.images.map(skipped), remarks: [] };
  const [title = "", ...lines] = renderPlan(plan, { colour: false, width: 120 }).split("\n");
  session.outside.log.group(title, lines);
  const { dependencies, remarks, close } = await openBuildSession(plan, session, registry, credentials);
  tell(remarks, session);
  try {
    const images = await walkPlan(plan, session, registry, dependencies);
    const left = await close();
    tell(left, session);
    return { images, remarks: [...remarks, ...left] };
  } catch (error) {
    await close();
    throw error;
  }
}

function tell(remarks: readonly Remark[], { outside }: Session): void {
  for (const { message, hint } of remarks) outside.log.warning(message, hint);
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
  const isRelease = plan.ref.startsWith("refs/tags/");
  const published = new Map<string, Promise<ImageResult>>();
  const outcomes = await walk(
    nodes,
    async ({ planned }, parents: ReadonlyMap<string, Candidate>) => {
      const candidate = await buildImage(planned, parentSources(planned, byName, parents), dependencies);
      // Not waited for: children need the digest alone.
      published.set(
        planned.name,
        publishCandidate(planned, candidate, registry, { isRelease, signal: outside.signal }).catch((error: unknown) =>
          failed(planned, error),
        ),
      );
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
      return failed(planned, outcome.error);
  }
}

function skipped(planned: PlannedImage): ImageResult {
  return { planned, outcome: "skipped" };
}

/** A defect of ours in one image must not hide what became of the others. */
function failed(planned: PlannedBuild, error: unknown): ImageResult {
  if (error instanceof BuildError) return { planned, outcome: "failed", error, output: error.output };
  if (error instanceof UserError) return { planned, outcome: "failed", error };
  const defect = new UserError(`${planned.name} could not be published because of a defect of image-publish`, {
    hint: "report it, with a log of a run with debug logging on",
    cause: error,
  });
  return { planned, outcome: "failed", error: defect };
}
