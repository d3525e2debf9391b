/** Turns the decision of an image's checks into the image's result. */
import { BuildError } from "../../buildx/diagnosis/build-error.ts";
import { UserError } from "../../errors.ts";
import type { Candidate } from "../../model/candidate.ts";
import type { PlannedBuild, PlannedPromote } from "../../plan/plan.ts";
import type { ImageResult } from "../../results/run-result.ts";
import type { GateResult } from "../check/gate.ts";

/** Only what passed is published. The result has the scan also where it does not pass. Never rejects. */
export async function afterGate(
  gate: Promise<GateResult>,
  planned: PlannedBuild | PlannedPromote,
  candidate: Candidate | undefined,
  publish: () => Promise<ImageResult>,
  signal: AbortSignal,
): Promise<ImageResult> {
  const decision = await gate;
  const result =
    decision.kind === "passed"
      ? await publish().catch((error: unknown) => failed(planned, error, signal))
      : notPublished(decision, planned, candidate, signal);
  return { ...(decision.scan && { scan: decision.scan }), ...result };
}

function notPublished(
  decision: Exclude<GateResult, { readonly kind: "passed" }>,
  planned: PlannedBuild | PlannedPromote,
  candidate: Candidate | undefined,
  signal: AbortSignal,
): ImageResult {
  const made = candidate === undefined ? {} : { candidate };
  switch (decision.kind) {
    case "blocked":
      return { planned, outcome: "blocked", by: decision.by, ...made };
    case "skipped":
      return { planned, outcome: "skipped-for-parent", parent: decision.parent, ...made };
    case "canceled":
      return { planned, outcome: "cancelled" };
    case "failed":
      return { ...failed(planned, decision.error, signal), ...made };
  }
}

/** A defect of ours in one image must not hide what became of the others. */
export function failed(planned: PlannedBuild | PlannedPromote, error: unknown, signal: AbortSignal): ImageResult {
  if (signal.aborted && error === signal.reason) return { planned, outcome: "cancelled" };
  if (error instanceof BuildError) {
    const { reason, output, excerpt } = error;
    return { planned, outcome: "failed", error, reason, output, excerpt };
  }
  if (error instanceof UserError) return { planned, outcome: "failed", error };
  const defect = new UserError(`${planned.name} could not be published because of a defect of image-publish`, {
    hint: "report it, with a log of a run with debug logging on",
    cause: error,
  });
  return { planned, outcome: "failed", error: defect };
}
