/** Which branches of bumps there are to see to, and which are left alone. Pure. */

import type { PublishedVersion } from "../moved.ts";
import { bumpBranch } from "./bump-branch.ts";

/** What is known of an image that pins may follow. */
export type FollowedImage = { readonly name: string } & (
  | { readonly kind: "known"; readonly versions: readonly PublishedVersion[] }
  /** No file names it. */
  | { readonly kind: "unnamed" }
  /** The run isn't about it, or what is published is unknown: no pull request is closed for that. */
  | { readonly kind: "unknown" }
);

export interface BumpGroup {
  readonly branch: string;
  /** What the pins on it follow; empty: what is open of it has nothing left to do. */
  readonly versions: readonly PublishedVersion[];
}

export interface GroupOptions {
  /** The branch whose pins follow. */
  readonly base: string;
  readonly isDefault: boolean;
  /** One for all images. */
  readonly grouped: boolean;
  /** The images are all that the repository has, so that one which is not among them is gone. */
  readonly isWhole: boolean;
}

/** @param open branches of bumps that the repository has. */
export function bumpGroups(
  images: readonly FollowedImage[],
  open: readonly string[],
  { base, isDefault, grouped, isWhole }: GroupOptions,
): readonly BumpGroup[] {
  const branchOf = (name: string | undefined) => bumpBranch(name, base, isDefault);
  const isKnown = images.every(({ kind }) => kind !== "unknown");
  const versionsOf = (image: FollowedImage) => (image.kind === "known" ? image.versions : []);
  const all: BumpGroup = { branch: branchOf(undefined), versions: grouped ? images.flatMap(versionsOf) : [] };
  const single = images
    .filter(({ kind }) => kind !== "unknown")
    .map((image) => ({ branch: branchOf(image.name), versions: grouped ? [] : versionsOf(image) }));
  // What belongs in one for all, or in one for each, is known only where all images are.
  const groups = grouped ? (isKnown ? [all, ...single] : []) : [...single, ...(isKnown ? [all] : [])];
  const branches = new Set([branchOf(undefined), ...images.map(({ name }) => branchOf(name))]);
  const gone = isWhole && isDefault ? open.filter((each) => !branches.has(each) && isOfDefault(each)) : [];
  return [
    ...groups.filter(({ branch, versions }) => versions.length > 0 || open.includes(branch)),
    ...gone.map((branch) => ({ branch, versions: [] })),
  ];
}

function isOfDefault(branch: string): boolean {
  return branch.startsWith("image-publish/bump-") && !branch.includes("@");
}
