/** Brings a bump's branch and pull request to where they are wanted, one step after the other, by the forge's API alone. */

import type { BranchPair, BranchState, BumpForge, FileWrite } from "../../forge/bump-forge.ts";
import { ForgeError, isOvertaken } from "../../forge/forge-error.ts";
import type { Commit } from "../../model/run-context.ts";
import type { Clock } from "../../ports.ts";
import type { MovedFile } from "../moved.ts";
import { type LineTools, noLine, type PinLine, pinLine } from "./branch-history.ts";
import { completePullRequest } from "./complete-pull-request.ts";
import { type Marker, markerOf, pending, readMarker, trailerOf, withMarker, withoutMarker } from "./marker.ts";
import { newPullRequestUrl } from "./new-pull-request-url.ts";
import { type BumpStep, nextStep, type Standing, standingOf } from "./next-step.ts";
import type {
  JointProposal,
  MarkedProposal,
  Proposal,
  ProposalResult,
  ProposalWarning,
  PullRequestSettings,
} from "./proposal.ts";

export interface ProposeTools extends LineTools {
  readonly forge: BumpForge;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly signal?: AbortSignal | undefined;
  /** The repository's page. */
  readonly repositoryUrl: string;
  /**
   * What is proposed where our commits on the branch change this, which may be for other jobs' sake; `undefined`: nothing moves.
   * Without it, a branch has what one run wants.
   */
  readonly joint?: (edits: readonly FileWrite[]) => Promise<JointProposal | undefined>;
}

/**
 * @param proposal `undefined`: there is nothing to move, so that an open pull request has nothing left to do.
 * @returns what became of it. Whatever the forge refuses is in there; nothing of it is thrown.
 */
export async function propose(
  pair: BranchPair,
  proposal: Proposal | undefined,
  tools: ProposeTools,
): Promise<ProposalResult> {
  const marked = proposal === undefined ? undefined : { ...proposal, marker: markerOf(proposal.files) };
  let run: Run = { pair, wanted: marked, tools, did: new Set(), warnings: [], wrote: undefined, kept: [] };
  let standing: Standing | undefined;
  let overtaken = 0;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    tools.signal?.throwIfAborted();
    try {
      if (standing === undefined) {
        const seen = await look({ ...run, wanted: marked });
        run = { ...run, ...(await wantedBeside(seen, marked, tools)) };
        standing = seen.standing;
      }
      const step = nextStep(standing, run.wanted);
      if (step.kind === "none" && step.because === "foreign") return notOurs(run, standing);
      if (step.kind === "none") return resultOf(run, standing, outcomeOf(run, step));
      standing = { ...standing, ...(await perform(step, standing, run)) };
      run.did.add(step.kind);
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      if (!isOvertaken(error) || overtaken === mostOvertakings) return refused(run, standing, error);
      overtaken += 1;
      standing = undefined;
      // Two runs that keep step with each other would go on overtaking one another.
      await tools.clock.sleep(Math.round(tools.random() * 1000 * overtaken), tools.signal);
    }
  }
  throw new Error(`the bump of ${pair.branch} does not come to an end`);
}

const mostOvertakings = 4;
/** A look, five steps after it, and all of that again as often as we may be overtaken. */
const mostSteps = 6 * (mostOvertakings + 1);

interface Run {
  readonly pair: BranchPair;
  readonly wanted: MarkedProposal | undefined;
  readonly tools: ProposeTools;
  readonly did: Set<BumpStep["kind"]>;
  readonly warnings: ProposalWarning[];
  /** What else the branch's commits say that they make, and the next one is to say, too. */
  readonly kept: readonly Marker[];
  /** The commit that this run made on the base, with nobody else's below it. */
  wrote: Commit | undefined;
}

/** What this run wants, with what the branch has for others' sake. */
async function wantedBeside(
  { state, standing: { isOurs, marker, others, open }, line: { edits, markers } }: Seen,
  own: MarkedProposal | undefined,
  tools: ProposeTools,
): Promise<Pick<Run, "wanted" | "kept">> {
  const alone = { wanted: own, kept: [] };
  // What a person closed the pull request of is nothing to keep.
  const isClosed = open === undefined && state.pullRequests.some((pull) => pull.head === state.head);
  if (tools.joint === undefined || !isOurs || isClosed || edits.length === 0 || others === "work") return alone;
  if (own !== undefined && (others !== "nothing" || marker?.edit === own.marker.edit)) return alone;
  const proposal = await tools.joint(edits);
  if (proposal === undefined) return alone;
  const together = { ...proposal, marker: markerOf(proposal.files) };
  const isNew = own !== undefined && !markers.some(({ version }) => version === own.marker.version);
  if (isNew && (await wasDeclined(state, own.marker.version, tools))) {
    return { wanted: { ...together, joint: { ...proposal.joint, isOfOthers: true } }, kept: [] };
  }
  const known = own === undefined ? markers : [...markers, own.marker];
  const kept = known.filter(({ edit }) => edit !== together.marker.edit).slice(-mostKept);
  return { wanted: together, kept };
}

const mostKept = 8;

/** The forge's lists, and what the commits in them are. */
async function look({ pair, wanted, tools }: Run): Promise<Seen> {
  const state = await tools.forge.look(pair);
  const { head, commits } = state;
  const known = commits && new Set(commits.map(({ id }) => id));
  const line = head === undefined || known?.size === 0 ? noLine : await pinLine(head, known, tools);
  const isOpen = state.pullRequests.some((pull) => pull.state === "open");
  const isDeclined = wanted !== undefined && !isOpen && (await wasDeclined(state, wanted.marker.version, tools));
  const standing = standingOf(state, line, new Set(isDeclined ? [wanted.marker.version] : []));
  return { state, standing, line };
}

interface Seen {
  readonly state: BranchState;
  readonly standing: Standing;
  readonly line: PinLine;
}

/** Whether somebody closed a pull request of ours for this version. Its text alone proves nothing: others may write it. */
async function wasDeclined({ pullRequests }: BranchState, version: string, tools: LineTools): Promise<boolean> {
  for (const { state, body, head } of pullRequests) {
    if (state !== "closed" || head === undefined || readMarker(body) === undefined) continue;
    const { first, markers } = await pinLine(head, undefined, tools);
    if (first.size > 0 && markers.some((marker) => marker.version === version)) return true;
  }
  return false;
}

/** @returns what stands otherwise then. */
async function perform(step: BumpStep, { head, open, brought: old }: Standing, run: Run): Promise<Partial<Standing>> {
  const { pair, wanted, warnings } = run;
  const { forge } = run.tools;
  if (step.kind === "close") {
    await forge.close(step.pull, nothingLeft, withoutMarker(step.pull.body));
    return { open: undefined };
  }
  if (step.kind === "delete-branch") {
    await forge.deleteBranch(pair.branch, step.head);
    return { head: undefined };
  }
  if (wanted === undefined || step.kind === "none") return {};
  if (step.kind === "read") return { unmoved: await unmovedAt(step.head, wanted, forge) };
  if (step.kind === "write") {
    const { parent, files } = step;
    const message = { headline: unskipped(wanted.title), body: [...run.kept, wanted.marker].map(trailerOf).join("\n") };
    const made = await forge.write({ ...pair, head, parent, files, message, pullRequest: open });
    run.wrote = parent === head ? undefined : made;
    const brought = new Set([...old, ...run.kept.map(({ edit }) => edit), wanted.marker.edit]);
    const anew = { marker: wanted.marker, others: "nothing", isOurs: true } as const;
    return { head: made, unmoved: [], brought, ...(parent === head ? {} : anew) };
  }
  if (step.kind === "open") {
    const marker = hasMore(wanted.settings) ? { ...wanted.marker, edit: pending } : wanted.marker;
    const text = { title: wanted.title, body: withMarker(wanted.body, marker) };
    return { open: await forge.open({ ...pair, ...text, draft: wanted.settings.draft }) };
  }
  const mergeable = head !== undefined && head === run.wrote ? head : undefined;
  return { open: await completePullRequest(step.pull, wanted, { forge, mergeable, warnings }) };
}

/** What others have under our name is theirs: nothing is written to it, opened or closed. */
function notOurs(run: Run, standing: Standing): ProposalResult {
  if (run.wanted === undefined) return resultOf(run, { ...standing, open: undefined }, "left");
  run.warnings.push({
    message: `the branch ${run.pair.branch} is not ours: it isn't known to begin with a commit that changes versions of this repository's images and nothing else`,
    hint: "delete or rename the branch; the next run creates it again",
  });
  return resultOf(run, { ...standing, open: undefined }, "refused");
}

const nothingLeft = "Closed, as there is nothing left to do: the files name what is published.";

async function unmovedAt(
  head: NonNullable<Standing["head"]>,
  { files, moveAgain }: Proposal,
  forge: BumpForge,
): Promise<readonly MovedFile[]> {
  const read = await Promise.all(files.map(async ({ path }) => ({ path, bytes: await forge.read(head, path) })));
  return moveAgain(read.flatMap(({ path, bytes }) => (bytes === undefined ? [] : [{ path, bytes }])));
}

/** No commit of ours keeps workflows from running: `[skip ci]` is no part of any version or name. */
function unskipped(headline: string): string {
  return headline.replaceAll("[", "(").replaceAll("]", ")");
}

function hasMore({ labels, reviewers, assignees, autoMerge }: PullRequestSettings): boolean {
  return labels.length + reviewers.length + assignees.length > 0 || autoMerge !== false;
}

function outcomeOf({ did }: Run, { because }: BumpStep & { kind: "none" }): ProposalResult["outcome"] {
  if (did.has("open")) return "opened";
  if (did.has("write") || did.has("complete")) return "updated";
  if (did.has("close") || did.has("delete-branch")) return "closed";
  return because === "settled" ? "unchanged" : because === "foreign" ? "refused" : because;
}

function resultOf(
  { pair, warnings }: Run,
  standing: Standing | undefined,
  outcome: ProposalResult["outcome"],
): ProposalResult {
  const open = standing?.open;
  return {
    ...pair,
    outcome,
    pullRequest: open === undefined ? undefined : { number: open.number, url: open.url },
    warnings,
    newPullRequestUrl: undefined,
  };
}

/** What stands is kept: a branch that holds what is wanted, above all. */
function refused(run: Run, standing: Standing | undefined, error: ForgeError): ProposalResult {
  const { pair, wanted, tools, warnings } = run;
  warnings.push({ message: error.message, hint: error.hint });
  const isReady = wanted !== undefined && standing !== undefined && nextStep(standing, wanted).kind === "open";
  return {
    ...resultOf(run, standing, "refused"),
    newPullRequestUrl: isReady
      ? newPullRequestUrl(tools.repositoryUrl, pair, {
          title: wanted.title,
          body: withMarker(wanted.body, wanted.marker),
        })
      : undefined,
  };
}
