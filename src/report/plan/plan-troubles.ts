/** Messages about images that can't be planned. */
import { throwable } from "../../errors.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { Remark } from "../../model/remark.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";
import { quietProblems, type Trouble } from "../../plan/troubles.ts";
import type { ImageResult } from "../../results/run-result.ts";

/** One for each problem that the run doesn't fail by, with the images that it concerns and those that depend on them. */
export function troubleRemarks(troubles: readonly Trouble[]): readonly Remark[] {
  return quietProblems(troubles).map(({ problem: { message, hint, at }, file, images, waiting }) => {
    const them = file === undefined && images.length === 1 ? "it" : "them";
    const own = someOf([...(file === undefined ? [] : [`the images of ${file}`]), ...images], { last: "and" });
    const verb = waiting.length === 1 ? "depends" : "depend";
    const others = waiting.length === 0 ? "" : `, and ${someOf(waiting, { last: "and" })}, which ${verb} on ${them}`;
    return {
      message: `${message}. Not planned because of it: ${own}${others}`,
      hint,
      ...(at === undefined ? {} : { at }),
    };
  });
}

/** The result of an image that the run fails by, as it can't be planned; `undefined` for any other. */
export function troubledResult(planned: PlannedImage, troubles: readonly Trouble[]): ImageResult | undefined {
  const trouble = troubles.find(({ image }) => image.name === planned.name);
  if (trouble?.fails !== true) return undefined;
  const error = throwable(trouble.problems);
  if (error !== undefined) return { planned, outcome: "failed", error };
  return { planned, outcome: "skipped-for-parent", parent: trouble.waitsFor ?? "" };
}

/** The results of a run that builds and publishes nothing. */
export function skippedResults({ images }: Plan, troubles: readonly Trouble[]): readonly ImageResult[] {
  return images.map((planned) => troubledResult(planned, troubles) ?? { planned, outcome: "skipped" });
}
