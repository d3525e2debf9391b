/** What became of the pull requests that move pins: in the summary, in the log, as an output. */
import type { ProposalResult } from "../bump/pull-request/proposal.ts";
import { code } from "../lib/markdown.ts";
import { inertLine, plainLine } from "../lib/plain-text.ts";
import { forgePageLink } from "./summary/forge-links.ts";
import { type Section, text } from "./summary/sections.ts";

/** Nothing where none was wanted. */
export function bumpSection(bumps: readonly ProposalResult[]): Section {
  const shown = bumps.filter(({ outcome, pullRequest }) => outcome !== "unchanged" || pullRequest !== undefined);
  if (shown.length === 0) return text("");
  const rows = shown.map((bump) => `| ${requestCell(bump)} | ${code(bump.base)} | ${sentences[bump.outcome]} |`);
  return {
    head: "### Pins\n\n| Pull request | of | |\n| --- | --- | --- |",
    pieces: rows,
    tail: "",
    what: "pull requests",
  };
}

/** A line for each that is not as it was. */
export function bumpLines(bumps: readonly ProposalResult[]): readonly string[] {
  return bumps.flatMap(({ branch, outcome, pullRequest }) => {
    if (outcome === "unchanged" && pullRequest === undefined) return [];
    return [
      inertLine(
        plainLine(`${branch}: ${sentences[outcome]}${pullRequest === undefined ? "" : `, ${pullRequest.url}`}`),
      ),
    ];
  });
}

/** The output `pull-requests`. */
export function bumpOutput(bumps: readonly ProposalResult[]): string {
  return JSON.stringify(
    bumps.map(({ branch, base, outcome, pullRequest }) => ({
      branch,
      base,
      outcome,
      number: pullRequest?.number ?? null,
      url: pullRequest?.url ?? null,
    })),
  );
}

function requestCell({ branch, pullRequest, newPullRequestUrl }: ProposalResult): string {
  if (pullRequest !== undefined) return `${forgePageLink(`#${pullRequest.number}`, pullRequest.url)} ${code(branch)}`;
  return newPullRequestUrl === undefined
    ? code(branch)
    : `${forgePageLink("open it", newPullRequestUrl)}: ${code(branch)}`;
}

const sentences: Readonly<Record<ProposalResult["outcome"], string>> = {
  opened: "opened",
  updated: "updated in place",
  unchanged: "open, up to date",
  closed: "closed, as there is nothing left to do",
  declined: "not opened again: somebody closed it for this version",
  newer: "left: a later run proposes a newer version",
  left: "not changed: its branch has commits of others",
  refused: "refused, see above",
};
