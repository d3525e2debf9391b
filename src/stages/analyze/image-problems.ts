/** Problems of single images that show only when their tags, labels and paths are made. */

import type { Image } from "../../catalog/catalog.ts";
import { concernsOnce } from "../../catalog/graph/troubled.ts";
import { throwProblems, type UserError } from "../../errors.ts";
import { attempt } from "../../lib/attempt.ts";
import { inTurns } from "../../lib/pause.ts";
import type { ImageDetails } from "../../plan/make-plan.ts";
import type { ProblemsByImage } from "./parted.ts";

/** By name of the image. @throws UserError, or `Problems`, for a mistake that all images share and that isn't in a file: an input's. */
export async function detailProblems(
  images: readonly Image[],
  details: (image: Image) => ImageDetails,
): Promise<ProblemsByImage> {
  const problems = await inTurns(problemsOf(images, details));
  const ofInputs = [...problems.values()].filter(({ at }) => at === undefined).map((problem) => ({ problem }));
  if (images.length > 1 && ofInputs.length === images.length) {
    throwProblems(concernsOnce(ofInputs).map(({ problem }) => problem));
  }
  return problems;
}

function* problemsOf(
  images: readonly Image[],
  details: (image: Image) => ImageDetails,
): Generator<void, ReadonlyMap<string, UserError>> {
  const problems = new Map<string, UserError>();
  for (const image of images) {
    yield;
    const read = attempt(() => details(image));
    if ("problem" in read) problems.set(image.name, read.problem);
  }
  return problems;
}
