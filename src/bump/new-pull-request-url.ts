import type { BranchPair, PullRequestText } from "./forge/bump-forge.ts";

/** The forge's page for a new pull request, filled in. A text that would make the address too long is left out. */
export function newPullRequestUrl(repositoryUrl: string, { base, branch }: BranchPair, text: PullRequestText): string {
  const page = `${repositoryUrl}/compare/${part(base)}...${part(branch)}?quick_pull=1`;
  const withTitle = `${page}&title=${encodeURIComponent(text.title.toWellFormed())}`;
  const whole = `${withTitle}&body=${encodeURIComponent(text.body.toWellFormed())}`;
  return whole.length <= longest ? whole : withTitle.length <= longest ? withTitle : page;
}

/** Servers refuse addresses from 8 KiB on. */
const longest = 6000;

function part(branch: string): string {
  return branch.split("/").map(encodeURIComponent).join("/");
}
