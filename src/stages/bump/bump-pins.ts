/** The stage bump: pins of the branch follow what was published, by pull request. */

import { differInPins } from "../../bump/differ-in-pins.ts";
import { jointMoves } from "../../bump/kept-moves.ts";
import { movePins } from "../../bump/move-pins.ts";
import type { LeftPin, MovedFile } from "../../bump/moved.ts";
import { imageNames } from "../../bump/pins/names-in-files.ts";
import type { PinFile } from "../../bump/pins/pin-file.ts";
import { type BumpGroup, bumpGroups } from "../../bump/pull-request/bump-groups.ts";
import type { Proposal, ProposalResult, PullRequestSettings } from "../../bump/pull-request/proposal.ts";
import { type ProposeTools, propose } from "../../bump/pull-request/propose.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import { explain, UserError } from "../../errors.ts";
import { giteaBumps } from "../../forge/gitea/gitea.ts";
import { githubBumps } from "../../forge/github/github.ts";
import { limitCalls } from "../../lib/limit.ts";
import { inertLine, plainLine } from "../../lib/plain-text.ts";
import { type Repository, repository } from "../../model/reference.ts";
import type { Remark } from "../../model/remark.ts";
import { type Commit, repositoryUrl } from "../../model/run-context.ts";
import { pullRequestText } from "../../report/pull-request-text.ts";
import type { ImageResult, OtherFailure } from "../../results/run-result.ts";
import { recordRules } from "../../run/record-rules.ts";
import type { Session } from "../../run/session.ts";
import { knowsAllImages } from "../check/report/known-images.ts";
import type { Preparation } from "../plan/preparation.ts";
import { bumpHistory } from "./bump-history.ts";
import { bumpTarget, type OnBranch } from "./bump-target.ts";
import { bumpedImages } from "./bumped-images.ts";
import { followedImages } from "./followed-images.ts";

export interface BumpReport {
  readonly results: readonly ProposalResult[];
  /** What moves, by the images that are proposed together. */
  readonly moved: readonly MovedFile[];
  readonly remarks: readonly Remark[];
  /** What fails the run, where the config file says that pull requests are required. */
  readonly errors: readonly UserError[];
}

/** Nothing to do. */
export const noBump: BumpReport = { results: [], moved: [], remarks: [], errors: [] };

export function bumpFailures({ errors }: BumpReport): readonly OtherFailure[] {
  return errors.map((error) => ({ clause: "a pull request was refused", error }));
}

/** What was done for images in this run, if anything; the others are looked up. Refusals of the forge are remarks. */
export async function bumpPins(
  prepared: Preparation,
  session: Session,
  images: readonly ImageResult[],
): Promise<BumpReport> {
  const { settings } = session.inputs;
  const { surveyed, history } = prepared;
  const target = await bumpTarget(surveyed.bump.branch, session, history);
  if (target.kind === "none") {
    session.outside.log.info(`no pin moves: ${target.because}`);
    return noBump;
  }
  const files = await filesOf(target.at, prepared.bumping, surveyed.catalog, session);
  if (files.length === 0) {
    const wanted = surveyed.catalog.images.flatMap(({ repositories }) => repositories);
    const shown = [...wanted.slice(0, 3), ...(wanted.length > 3 ? [`${wanted.length - 3} more`] : [])].join(", ");
    session.outside.log.info(`no pin moves: no file of ${target.branch} that may pin names ${shown || "an image"}`);
  }
  const { followed, remarks: unasked } = await followedImages(files, images, target, prepared, session);
  const open = await session.git.remoteBranches("image-publish/bump*");
  const groups = bumpGroups(
    followed,
    [...open.keys()].map((ref) => ref.slice("refs/heads/".length)),
    {
      base: target.branch,
      isDefault: target.isDefault,
      grouped: prepared.bumping.pullRequests.grouped,
      isWhole: knowsAllImages(session, surveyed),
    },
  );
  const ownRepositories = repositoriesOf(surveyed.catalog);
  const moves = await Promise.all(
    groups.map(async (group) => ({ ...group, ...(await movePins(files, group.versions, ownRepositories)) })),
  );
  const stays = moves.flatMap(({ left }) => left);
  const ambiguous = stays.filter((pin) => pin.kind === "ambiguous");
  for (const { path, line, column, why } of stays.filter(({ kind }) => kind === "not-newer")) {
    session.outside.log.info(inertLine(plainLine(`${path}:${line}:${column} stays: ${why}`)));
  }
  const moved = moves.flatMap((move) => move.files);
  const remarks = [...unasked, ...ambiguous.map(leftRemark)];
  if (settings.dryRun) return { ...noBump, moved, remarks };
  const results = await proposeAll(moves, files, target, prepared, session, images, open);
  const isRequired = surveyed.bump.required === true;
  const fails = ({ outcome }: ProposalResult): boolean => isRequired && outcome === "refused";
  const warnings = (some: readonly ProposalResult[]): readonly Remark[] =>
    some.flatMap((result) => result.warnings.map((warning) => warningOf(result, warning)));
  return {
    results,
    moved,
    remarks: [...remarks, ...warnings(results.filter((result) => !fails(result)))],
    errors: warnings(results.filter(fails)).map(asError),
  };
}

function asError({ message, hint }: Remark): UserError {
  return new UserError(message, { hint });
}

/** The files that may name an image of ours. */
async function filesOf(
  at: Commit,
  { isWanted }: Preparation["bumping"],
  { images }: Catalog,
  { git }: Session,
): Promise<readonly PinFile[]> {
  // A forge's API takes no path that is not UTF-8.
  const listed = (await git.filesIn(at)).filter(({ path }) => path.isWellFormed() && isWanted(path));
  const blobs = await git.blobs([...new Set(listed.map(({ blob }) => blob))]);
  const names = imageNames(images.flatMap(({ repositories }) => repositories));
  const files = listed.flatMap(({ path, blob }) => {
    const bytes = blobs.get(blob);
    return bytes === undefined ? [] : [{ path, bytes }];
  });
  // A chart is recognized by the names of its images, which are in other files than the version.
  return files.some(({ bytes }) => names.mayBeIn(bytes)) ? files : [];
}

interface Move extends BumpGroup {
  readonly files: readonly MovedFile[];
}

/** One for which nothing moves is closed, where it is open. */
async function proposeAll(
  moves: readonly Move[],
  files: readonly PinFile[],
  { branch, at }: OnBranch,
  prepared: Preparation,
  session: Session,
  images: readonly ImageResult[],
  open: ReadonlyMap<string, Commit>,
): Promise<readonly ProposalResult[]> {
  const settings = prepared.bumping.pullRequests;
  const wanted = moves.filter((move) => move.files.length > 0 || open.has(`refs/heads/${move.branch}`));
  if (wanted.length === 0) return [];
  const ownRepositories = repositoriesOf(prepared.surveyed.catalog);
  const tools = { ...toolsOf(prepared, session), history: bumpHistory(session.git, at, prepared.history) };
  const one = limitCalls(4, async (move: Move) => {
    const proposal =
      move.files.length === 0 ? undefined : await proposalOf(move, at, settings, prepared, session, images);
    const names = imageNames([...ownRepositories, ...besides(ownRepositories, move.branch)]);
    return propose({ branch: move.branch, base: branch }, proposal, {
      ...tools,
      differInPins: (changed) => differInPins(changed, names),
      joint: async (edits) => {
        const joint = await jointMoves(edits, { files, published: move.versions, ownRepositories });
        if (joint.files.length === 0) return undefined;
        const whole = { ...move, files: joint.files };
        const proposed = await proposalOf(whole, at, settings, prepared, session, images);
        return { ...proposed, joint: { isOfOthers: !joint.hasOwn, isOvertaken: joint.isOvertaken } };
      },
    });
  });
  return Promise.all(wanted.map(one));
}

async function proposalOf(
  { versions, files }: Move,
  at: Commit,
  settings: PullRequestSettings,
  prepared: Preparation,
  session: Session,
  results: readonly ImageResult[],
): Promise<Proposal> {
  const { registry } = prepared;
  const { commit } = session.context;
  const images = await bumpedImages(versions, files, { registry, records: recordRules(session), commit }, results);
  const { forge } = prepared;
  const text = pullRequestText({ images, files, at, forge, runUrl: session.context.runUrl });
  const ownRepositories = repositoriesOf(prepared.surveyed.catalog);
  return {
    ...text,
    at,
    files,
    settings,
    moveAgain: async (again) => (await movePins(again, versions, ownRepositories)).files,
  };
}

/** Where an image was that the repository has no more, but still a bump of. */
function besides(ownRepositories: readonly Repository[], branch: string): readonly Repository[] {
  const name = branch.replace(/^image-publish\/bump-?/, "").replace(/@.*$/s, "");
  const folders = ownRepositories.flatMap((each) => [each, each.slice(0, each.lastIndexOf("/"))]);
  if (!/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(name)) return [];
  return folders.map((folder) => repository(`${folder}/${name}`));
}

function repositoriesOf({ images }: Catalog): readonly Repository[] {
  return images.flatMap(({ repositories }) => repositories);
}

/** @throws UserError where there is nobody to be. */
function toolsOf(
  { forge }: Preparation,
  { context, inputs, outside }: Session,
): Omit<ProposeTools, "history" | "differInPins"> {
  const { bumpToken, token = bumpToken } = inputs.settings;
  const mine = bumpToken ?? token;
  if (mine === undefined) {
    throw new UserError("pins are moved by pull request, and there is no token to make one", {
      hint:
        context.runUrl === undefined
          ? "set one in the environment variable IMAGE_PUBLISH_TOKEN, or add --dry-run, which shows the pins that would move"
          : "leave `token` at its default, or set `bump-token`",
    });
  }
  const access = { ...outside, apiUrl: context.apiUrl, owner: context.owner, repo: context.repo, token: mine };
  const client = forge?.kind === "forgejo" ? giteaBumps(access) : githubBumps(access);
  return { ...outside, forge: client, repositoryUrl: repositoryUrl(context) };
}

function leftRemark({ image, path, line, column, why, remedy }: LeftPin & { readonly kind: "ambiguous" }): Remark {
  return {
    message: `${path}:${line}:${column} names ${image}, and stays as it is: ${why}`,
    hint: `${remedy}, or leave the file out of \`bump\``,
    at: { file: path, line, column },
  };
}

function warningOf({ branch, outcome, newPullRequestUrl }: ProposalResult, { message, hint }: Remark): Remark {
  if (outcome !== "refused") return { message: `the pull request from ${branch} is incomplete: ${message}`, hint };
  // The next run fills in what is left out of the link here.
  const page = newPullRequestUrl === undefined ? "" : `; open it manually: ${newPullRequestUrl.split("&body=")[0]}`;
  return { message: `no pull request from ${branch}: ${message}`, hint: `${hint}${page}` };
}

/** An error that keeps pins from moving doesn't stop the run: it is reported, and images are published. */
export async function bumpAfter(work: () => Promise<BumpReport>, signal: AbortSignal): Promise<BumpReport> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (signal.aborted) {
      const message = "the run was canceled before its pins had moved";
      return { ...noBump, remarks: [{ message, hint: "let the next run move them, or run `command: bump`" }] };
    }
    if (!(error instanceof UserError)) throw error;
    return { ...noBump, remarks: [{ message: `pins were not moved: ${explain(error)}`, hint: error.hint }] };
  }
}
