/** The output `matrix`: a job for each image to build. */

import type { Remark } from "../model/remark.ts";
import type { PlannedImage } from "../plan/plan.ts";

/** `{"include":[{"image":"base"}]}` */
export function matrixOf(images: readonly PlannedImage[]): string {
  return JSON.stringify({ include: toBuild(images).map(({ name }) => ({ image: name })) });
}

/** GitHub fails a workflow whose matrix makes more jobs (docs.github.com, "Running variations of jobs in a workflow"). */
const mostJobs = 256;

/** What is wrong with the matrix of a plan, if anything. */
export function matrixRemarks(images: readonly PlannedImage[]): readonly Remark[] {
  const { length } = toBuild(images);
  if (length <= mostJobs) return [];
  return [
    {
      message: `the output "matrix" has ${length} entries, and GitHub runs at most ${mostJobs} jobs for a matrix`,
      hint: "build all images in one job with `command: publish`, or plan fewer images at a time with `only`",
    },
  ];
}

function toBuild(images: readonly PlannedImage[]): readonly PlannedImage[] {
  return images.filter(({ kind }) => kind === "build");
}
