/** What is told of images that can't be planned. */
import { throwable } from "../errors.ts";
import type { PlannedImage } from "../plan/plan.ts";
import { quietProblems, type Trouble } from "../plan/troubles.ts";
import type { ImageResult, Remark } from "./run-result.ts";

/** One for each problem that the run doesn't fail by, with the images that it concerns and those that depend on them. */
export function troubleRemarks(troubles: readonly Trouble[]): readonly Remark[] {
  return quietProblems(troubles).map(({ problem: { message, hint, at }, file, images, waiting }) => {
    const isOne = file === undefined && images.length === 1;
    const what = named([...(file === undefined ? [] : [`the images of ${file}`]), ...images]);
    const which = `${what} ${isOne ? "is" : "are"} not planned`;
    const verb = waiting.length === 1 ? "depends" : "depend";
    const others = `, nor ${named(waiting)}, which ${verb} on ${isOne ? "it" : "them"}`;
    const text = `${which}${waiting.length === 0 ? "" : others}: ${message}`;
    return { message: text, hint, ...(at === undefined ? {} : { at }) };
  });
}

/** The result of an image that the run fails by, as it can't be planned; `undefined` for any other. */
export function troubledResult(planned: PlannedImage, troubles: readonly Trouble[]): ImageResult | undefined {
  const trouble = troubles.find(({ image }) => image.name === planned.name);
  if (trouble?.fails !== true) return undefined;
  const error = throwable(trouble.problems);
  if (error !== undefined) return { planned, outcome: "failed", error };
  return { planned, outcome: "blocked", by: trouble.waitsFor ?? "" };
}

const mostNames = 5;

function named(names: readonly string[]): string {
  const more = names.length - mostNames;
  const shown = more > 0 ? [...names.slice(0, mostNames), `${more} more`] : names;
  return shown.length <= 1 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
