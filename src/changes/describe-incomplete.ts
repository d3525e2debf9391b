/** What is remarked of images whose sources the checkout has not, or not really. */
import { oneRemark, type RemarkKind } from "../catalog/remark.ts";
import type { Incomplete, IncompleteFiles } from "./incomplete.ts";

export function describeIncomplete({ absent, pointers }: IncompleteFiles) {
  return [...oneRemark(absent, leftOut), ...oneRemark(pointers, pointing)];
}

const leftOut = kind(
  "which this sparse checkout leaves out",
  "check out without `sparse-checkout`, or with the folders that images are built from",
);

const pointing = kind(
  "which Git LFS holds and the checkout doesn't",
  "check out with `lfs: true`, unless the pointers themselves are wanted",
);

/** @param why a clause on the files. */
function kind(why: string, hint: string): RemarkKind<Incomplete> {
  const files = ({ path, count }: Incomplete) => (count === 1 ? path : `${path} and ${count - 1} more`);
  return {
    one: (each) => ({ message: `${each.image} is built from ${files(each)}, ${why}`, hint }),
    several: (listed, { length }) => ({ message: `${length} images are built from files ${why}: ${listed}`, hint }),
    item: (each) => `${each.image} (${files(each)})`,
  };
}
