import type { BranchPair, PullRequestText } from "../../forge/bump-forge.ts";

/** The forge's page for a new pull request, filled in. A text that would make the address too long is left out. */
export function newPullRequestUrl(repositoryUrl: string, { base, branch }: BranchPair, text: PullRequestText): string {
  const page = `${repositoryUrl}/compare/${path(base)}...${path(branch)}?quick_pull=1`;
  const withTitle = `${page}&title=${part(text.title)}`;
  const whole = `${withTitle}&body=${part(text.body)}`;
  return whole.length <= longest ? whole : withTitle.length <= longest ? withTitle : page;
}

/** Servers refuse addresses from 8 KiB on. */
const longest = 6000;

function path(branch: string): string {
  return branch.split("/").map(part).join("/");
}

/** Also what would end a link in Markdown. */
function part(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
