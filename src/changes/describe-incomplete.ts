/** What is remarked of images whose sources the checkout has not, or not really. */

import { UserError } from "../errors.ts";
import { someOf } from "../lib/text/some-of.ts";
import { oneRemark, type RemarkKind } from "../model/remark.ts";
import type { Incomplete, IncompleteFiles } from "./sources/incomplete.ts";

export function describeIncomplete({ absent, pointers }: IncompleteFiles) {
  return [...oneRemark(absent, leftOut), ...oneRemark(pointers, pointing)];
}

/** No image is built from a part of its files. */
export function leftOutProblem(incomplete: Incomplete): UserError {
  const { message, hint } = leftOut.one(incomplete);
  return new UserError(message, { hint });
}

const leftOut = kind("which this sparse checkout leaves out", (all) => {
  const folders = [...new Set(all.flatMap((each) => each.folders))];
  return folders.includes(".")
    ? "check out without `sparse-checkout`, as files of the root are left out"
    : `add ${someOf(folders, { most: 10 })} to \`sparse-checkout\` at actions/checkout, or check out without it`;
});

const pointing = kind(
  "which Git LFS holds and the checkout doesn't",
  () => "check out with `lfs: true`, unless the pointers themselves are wanted",
);

/** @param why a clause on the files. */
function kind(why: string, hint: (all: readonly Incomplete[]) => string): RemarkKind<Incomplete> {
  const files = ({ path, count }: Incomplete) => (count === 1 ? path : `${path} and ${count - 1} more`);
  return {
    one: (each) => ({ message: `${each.image} is built from ${files(each)}, ${why}`, hint: hint([each]) }),
    several: (listed, all) => ({
      message: `${all.length} images are built from files ${why}: ${listed}`,
      hint: hint(all),
    }),
    item: (each) => `${each.image} (${files(each)})`,
  };
}
