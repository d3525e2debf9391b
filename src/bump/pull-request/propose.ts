/** Brings a bump's branch and pull request to where they are wanted, one step after the other, by the forge's API alone. */

import type { BranchFacts, BranchPair, BumpForge, FileWrite, PullRequest } from "../../forge/bump-forge.ts";
import { ForgeError, isOvertaken } from "../../forge/forge-error.ts";
import type { Commit } from "../../model/run-context.ts";
import type { Clock } from "../../ports.ts";
import type { MovedFile } from "../moved.ts";
import { noPinCommits, type PinCommits, type PinCommitTools, readPinCommits } from "./branch-history.ts";
import { completePullRequest } from "./complete-pull-request.ts";
import { type Marker, markerOf, pending, readMarker, trailerOf, withMarker, withoutMarker } from "./marker.ts";
import { newPullRequestUrl } from "./new-pull-request-url.ts";
import { type BranchState, type BumpStep, branchStateOf, nextStep } from "./next-step.ts";
import type {
  JointProposal,
  MarkedProposal,
  Proposal,
  ProposalResult,
  ProposalWarning,
  PullRequestSettings,
} from "./proposal.ts";

export interface ProposeTools extends PinCommitTools {
  readonly forge: BumpForge;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly signal?: AbortSignal | undefined;
  /** The repository's page. */
  readonly repositoryUrl: string;
  /**
   * The proposal that keeps `edits`, which commits of this action have made on the branch: a job of `-jdk17` keeps the pins that a
   * job of `-jdk21` moved. `undefined`: nothing moves. Where it isn't given, the branch has only what this run wants.
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
  const own = proposal === undefined ? undefined : { ...proposal, marker: markerOf(proposal.files) };
  let request: Request = { wanted: own, kept: [] };
  let branch: BranchState | undefined;
  let done: Done = { steps: new Set(), warnings: [], wrote: undefined };
  let overtaken = 0;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    tools.signal?.throwIfAborted();
    try {
      if (branch === undefined) {
        const seen = await look(pair, own, tools);
        request = await requestBeside(seen, own, tools);
        branch = seen.branch;
      }
      const step = nextStep(branch, request.wanted);
      if (step.kind === "none" && step.because === "foreign") return foreign(pair, request, done);
      if (step.kind === "none") return resultOf(pair, branch.open, done.warnings, outcomeOf(done, step.because));
      const performed = await perform(step, branch, { pair, ...request, wrote: done.wrote }, tools.forge);
      branch = { ...branch, ...performed.branch };
      done = after(done, step, performed);
      if (performed.error !== undefined) throw performed.error;
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      if (!isOvertaken(error) || overtaken === mostOvertakings)
        return refused(pair, request, branch, done, error, tools);
      overtaken += 1;
      branch = undefined;
      // Two runs that keep step with each other would go on overtaking one another.
      await tools.clock.sleep(Math.round(tools.random() * 1000 * overtaken), tools.signal);
    }
  }
  throw new Error(`the bump of ${pair.branch} does not come to an end`);
}

const mostOvertakings = 4;
/** A look, five steps after it, and all of that again as often as we may be overtaken. */
const mostSteps = 6 * (mostOvertakings + 1);

/** What this run wants, with what the branch has for others' sake. */
interface Request {
  readonly wanted: MarkedProposal | undefined;
  /** What else the branch's commits say that they make, and the next one is to say, too. */
  readonly kept: readonly Marker[];
}

/** What the steps so far have done. */
interface Done {
  readonly steps: ReadonlySet<BumpStep["kind"]>;
  readonly warnings: readonly ProposalWarning[];
  /** The commit that this run made on the base, with nobody else's below it. */
  readonly wrote: Commit | undefined;
}

/** What one step has done. */
interface Performed {
  /** What of the branch is different then. */
  readonly branch: Partial<BranchState>;
  readonly warnings?: readonly ProposalWarning[];
  readonly made?: Pick<Done, "wrote">;
  /** Why the step did not come to its end. */
  readonly error?: ForgeError | undefined;
}

function after(done: Done, { kind }: BumpStep, { warnings = [], made = done, error }: Performed): Done {
  return {
    steps: error === undefined ? new Set([...done.steps, kind]) : done.steps,
    warnings: [...done.warnings, ...warnings],
    wrote: made.wrote,
  };
}

async function requestBeside(
  { facts, branch: { mayBeWritten, marker, others, open }, pinCommits: { edits, markers } }: Seen,
  own: MarkedProposal | undefined,
  tools: ProposeTools,
): Promise<Request> {
  const alone = { wanted: own, kept: [] };
  // What a person closed the pull request of is nothing to keep.
  const isClosed = open === undefined && facts.pullRequests.some((pull) => pull.head === facts.head);
  if (tools.joint === undefined || !mayBeWritten || isClosed || edits.length === 0 || others === "work") return alone;
  if (own !== undefined && (others !== "nothing" || marker?.edit === own.marker.edit)) return alone;
  const proposal = await tools.joint(edits);
  if (proposal === undefined) return alone;
  const together = { ...proposal, marker: markerOf(proposal.files) };
  const isNew = own !== undefined && !markers.some(({ version }) => version === own.marker.version);
  if (isNew && (await wasDeclined(facts, own.marker.version, tools))) {
    return { wanted: { ...together, joint: { ...proposal.joint, isOfOthers: true } }, kept: [] };
  }
  const known = own === undefined ? markers : [...markers, own.marker];
  const kept = known.filter(({ edit }) => edit !== together.marker.edit).slice(-mostKept);
  return { wanted: together, kept };
}

const mostKept = 8;

/** The forge's lists, and what the commits in them are. */
async function look(pair: BranchPair, own: MarkedProposal | undefined, tools: ProposeTools): Promise<Seen> {
  const facts = await tools.forge.look(pair);
  const { head, commits } = facts;
  const known = commits && new Set(commits.map(({ id }) => id));
  const pinCommits = head === undefined || known?.size === 0 ? noPinCommits : await readPinCommits(head, known, tools);
  const isOpen = facts.pullRequests.some((pull) => pull.state === "open");
  const isDeclined = own !== undefined && !isOpen && (await wasDeclined(facts, own.marker.version, tools));
  const branch = branchStateOf(facts, pinCommits, new Set(isDeclined ? [own.marker.version] : []));
  return { facts, branch, pinCommits };
}

interface Seen {
  readonly facts: BranchFacts;
  readonly branch: BranchState;
  readonly pinCommits: PinCommits;
}

/** Whether somebody closed a pull request of ours for this version. Its text alone proves nothing: others may write it. */
async function wasDeclined({ pullRequests }: BranchFacts, version: string, tools: PinCommitTools): Promise<boolean> {
  for (const { state, body, head } of pullRequests) {
    if (state !== "closed" || head === undefined || readMarker(body) === undefined) continue;
    const { first, markers } = await readPinCommits(head, undefined, tools);
    if (first.size > 0 && markers.some((marker) => marker.version === version)) return true;
  }
  return false;
}

async function perform(
  step: BumpStep,
  { head, open, editsOnBranch }: BranchState,
  { pair, wanted, kept, wrote }: Request & Pick<Done, "wrote"> & { readonly pair: BranchPair },
  forge: BumpForge,
): Promise<Performed> {
  if (step.kind === "close") {
    await forge.close(step.pull, nothingLeft, withoutMarker(step.pull.body));
    return { branch: { open: undefined } };
  }
  if (step.kind === "delete-branch") {
    await forge.deleteBranch(pair.branch, step.head);
    return { branch: { head: undefined } };
  }
  if (wanted === undefined || step.kind === "none") return { branch: {} };
  if (step.kind === "read") return { branch: { unmoved: await unmovedAt(step.head, wanted, forge) } };
  if (step.kind === "write") {
    const { parent, files } = step;
    const message = { headline: unskipped(wanted.title), body: [...kept, wanted.marker].map(trailerOf).join("\n") };
    const commit = await forge.write({ ...pair, head, parent, files, message, pullRequest: open });
    const edits = new Set([...editsOnBranch, ...kept.map(({ edit }) => edit), wanted.marker.edit]);
    const written = { head: commit, unmoved: [], editsOnBranch: edits };
    if (parent === head) return { branch: written, made: { wrote: undefined } };
    const anew = { marker: wanted.marker, others: "nothing", mayBeWritten: true } as const;
    return { branch: { ...written, ...anew }, made: { wrote: commit } };
  }
  if (step.kind === "open") {
    const marker = hasMore(wanted.settings) ? { ...wanted.marker, edit: pending } : wanted.marker;
    const text = { title: wanted.title, body: withMarker(wanted.body, marker) };
    return { branch: { open: await forge.open({ ...pair, ...text, draft: wanted.settings.draft }) } };
  }
  const mergeable = head !== undefined && head === wrote ? head : undefined;
  const { pull, warnings, error } = await completePullRequest(step.pull, wanted, forge, mergeable);
  return { branch: { open: pull }, warnings, error };
}

/** What others have under our name is theirs: nothing is written to it, opened or closed. */
function foreign(pair: BranchPair, { wanted }: Request, { warnings }: Done): ProposalResult {
  if (wanted === undefined) return resultOf(pair, undefined, warnings, "left");
  const warning = {
    message: `the branch ${pair.branch} isn't one that this action made: its first commit isn't known to change only versions of this repository's images`,
    hint: "delete or rename the branch; the next run creates it again",
  };
  return resultOf(pair, undefined, [...warnings, warning], "refused");
}

const nothingLeft = "Closed, as there is nothing left to do: the files name what is published.";

async function unmovedAt(
  head: Commit,
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

function outcomeOf({ steps }: Done, because: (BumpStep & { kind: "none" })["because"]): ProposalResult["outcome"] {
  if (steps.has("open")) return "opened";
  if (steps.has("write") || steps.has("complete")) return "updated";
  if (steps.has("close") || steps.has("delete-branch")) return "closed";
  return because === "up-to-date" ? "unchanged" : because === "foreign" ? "refused" : because;
}

function resultOf(
  pair: BranchPair,
  open: PullRequest | undefined,
  warnings: readonly ProposalWarning[],
  outcome: ProposalResult["outcome"],
): ProposalResult {
  const pullRequest = open === undefined ? undefined : { number: open.number, url: open.url };
  return { ...pair, outcome, pullRequest, warnings, newPullRequestUrl: undefined };
}

/** Nothing is taken back: a branch that has what is wanted stays, above all. */
function refused(
  pair: BranchPair,
  { wanted }: Request,
  branch: BranchState | undefined,
  { warnings }: Done,
  { message, hint }: ForgeError,
  { repositoryUrl }: ProposeTools,
): ProposalResult {
  const result = resultOf(pair, branch?.open, [...warnings, { message, hint }], "refused");
  if (wanted === undefined || branch === undefined || nextStep(branch, wanted).kind !== "open") return result;
  const text = { title: wanted.title, body: withMarker(wanted.body, wanted.marker) };
  return { ...result, newPullRequestUrl: newPullRequestUrl(repositoryUrl, pair, text) };
}
