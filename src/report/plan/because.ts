/** Why an image is in the run, in one sentence of bearable length. */
import { describeReason } from "../../changes/describe-reason.ts";
import { shortened } from "../../lib/plain-text.ts";
import type { Reason } from "../../model/reason.ts";

/** The first reasons, and how many more there are. Plain text. */
export function because(reasons: readonly Reason[]): string {
  const shown = reasons.slice(0, most).map((reason) => shortened(describeReason(reason), 300));
  const more = reasons.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join("; ");
}

const most = 3;

/** Whether it is a reason for doing nothing that holds for many images alike. */
export function isUntouched(kind: Reason["kind"]): boolean {
  return untouched.has(kind);
}

const untouched: ReadonlySet<Reason["kind"]> = new Set(["unaffected", "not-chosen"]);

/** Whether the event, or an earlier run that failed, affects the image. An image that others merely need isn't. */
export function isAffected(reasons: readonly Reason[]): boolean {
  return reasons.some(({ kind }) => kind !== "needed-by" && !isUntouched(kind));
}
