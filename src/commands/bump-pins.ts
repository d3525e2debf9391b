/** The stage bump: pins of the branch follow what was published, by pull request. */

import { bounded } from "../bounded.ts";
import { bumpBranch } from "../bump/bump-branch.ts";
import { giteaBumps } from "../bump/forge/gitea.ts";
import { githubBumps } from "../bump/forge/github.ts";
import { imageNames } from "../bump/image-names.ts";
import { movePins, type PinFile } from "../bump/move-pins.ts";
import type { LeftPin, MovedFile, PublishedVersion } from "../bump/moved.ts";
import { isPossiblePinFile } from "../bump/pin-reader.ts";
import type { Proposal, ProposalResult, PullRequestSettings } from "../bump/proposal.ts";
import { type ProposeTools, propose } from "../bump/propose.ts";
import { hasCommit, tagForm } from "../bump/tag-form.ts";
import type { Catalog, Image } from "../catalog/catalog.ts";
import { globMatches, pathGlob } from "../catalog/path-glob.ts";
import { knownHash } from "../changes/source-hash.ts";
import { type Commit, repositoryUrl } from "../context/run-context.ts";
import { explain, UserError } from "../errors.ts";
import type { Repository, Tag } from "../oci/reference.ts";
import { pullRequestText } from "../report/pull-request-text.ts";
import type { ImageResult, Remark } from "../report/run-result.ts";
import { variantSuffix } from "../tags/flavor.ts";
import { pullRequestSettings } from "./bump-settings.ts";
import { type BumpTarget, bumpTarget } from "./bump-target.ts";
import { bumpedImages } from "./bumped-images.ts";
import type { Failure } from "./command-result.ts";
import type { Preparation } from "./preparation.ts";
import { versionOfResult, versionsInRegistry } from "./published-versions.ts";
import type { Session } from "./session.ts";
import { tagsToFollow } from "./tag-sources.ts";

export interface BumpReport {
  readonly results: readonly ProposalResult[];
  /** What moves, by the images that are proposed together. */
  readonly moved: readonly MovedFile[];
  /** Pins that want a person. */
  readonly left: readonly LeftPin[];
  readonly remarks: readonly Remark[];
  /** What makes the run red, where the config file says that pull requests are required. */
  readonly errors: readonly UserError[];
}

/** Nothing to do. */
export const noBump: BumpReport = { results: [], moved: [], left: [], remarks: [], errors: [] };

/** Titled, as they are about no image. */
export function bumpFailures({ errors }: BumpReport): readonly Failure[] {
  return errors.map(({ message, hint }) => ({ title: "A pull request was refused", message, hint }));
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
  const files = await filesOf(target.at, settings.bump, surveyed.catalog, session);
  const versions = await versionsFor(files, images, target, prepared, session);
  const groups = pullRequestSettings(surveyed.bump).grouped
    ? [{ name: undefined, versions }]
    : [...Map.groupBy(versions, ({ name }) => name)].map(([name, own]) => ({ name, versions: own }));
  const ours = repositoriesOf(surveyed.catalog);
  const moves = await Promise.all(
    groups.map(async (group) => ({ ...group, ...(await movePins(files, group.versions, ours)) })),
  );
  const ambiguous = moves.flatMap(({ left }) => left.filter(({ kind }) => kind === "ambiguous"));
  const moved = moves.flatMap((move) => move.files);
  const remarks = ambiguous.map(leftRemark);
  if (settings.dryRun) return { ...noBump, moved, left: ambiguous, remarks };
  const results = await proposeAll(moves, target, prepared, session, images);
  const refused = results.flatMap((result) => result.warnings.map((warning) => refusal(result, warning)));
  return {
    results,
    moved,
    left: ambiguous,
    remarks: [...remarks, ...refused],
    errors:
      surveyed.bump.required === true && results.some(({ outcome }) => outcome === "refused")
        ? refused.map(({ message, hint }) => new UserError(message, { hint }))
        : [],
  };
}

type OnBranch = Extract<BumpTarget, { readonly kind: "branch" }>;

/** The files that may name an image of ours. */
async function filesOf(
  at: Commit,
  wanted: Session["inputs"]["settings"]["bump"],
  { images }: Catalog,
  { git }: Session,
): Promise<readonly PinFile[]> {
  const globs = typeof wanted === "string" ? undefined : wanted.map((glob) => pathGlob(glob).parts);
  const isWanted = (path: string) =>
    globs === undefined ? isPossiblePinFile(path) : globs.some((parts) => globMatches(parts, path.split("/")));
  const listed = (await git.filesIn(at)).filter(({ path }) => isWanted(path));
  const blobs = await git.blobs([...new Set(listed.map(({ blob }) => blob))]);
  const names = imageNames(images.flatMap(({ repositories }) => repositories));
  const files = listed.flatMap(({ path, blob }) => {
    const bytes = blobs.get(blob);
    return bytes === undefined ? [] : [{ path, bytes }];
  });
  // Charts are told by their images' names, which stand in other files than the version.
  return files.some(({ bytes }) => names.mayBeIn(bytes)) ? files : [];
}

/** Of images that no file names nothing is asked. */
async function versionsFor(
  files: readonly PinFile[],
  results: readonly ImageResult[],
  { branch, at }: OnBranch,
  { surveyed, registry, sources, history }: Preparation,
  session: Session,
): Promise<readonly PublishedVersion[]> {
  const byName = new Map(results.map((result) => [result.planned.name, result]));
  const named = surveyed.catalog.images.filter(({ name, repositories }) => {
    const names = imageNames(repositories);
    return repositories.length > 0 && !surveyed.left.has(name) && files.some(({ bytes }) => names.mayBeIn(bytes));
  });
  const { commit, ref } = session.context;
  const isAtHead = commit === at;
  // What a branch's run was overtaken with may be older than what is published by now.
  const isOvertaken = ref.kind === "branch" && !isAtHead;
  // Once for all: a registry may have thousands of tags.
  const words = new Set(files.flatMap(({ bytes }) => wordsIn(bytes)));
  const options = {
    registry,
    history,
    moving: (image: Image) => tagsToFollow(session, image, sources),
    ref: `refs/heads/${branch}`,
    at,
    sourceHash: (image: Image) => (isAtHead ? knownHash(surveyed.hashes, image.name) : null),
    isOwn: ownTags(surveyed),
    isPinned: (tag: Tag) => words.has(tag),
  };
  const look = bounded(8, async (image: Image): Promise<readonly PublishedVersion[]> => {
    const result = byName.get(image.name);
    // Of what failed or is held the published one is the newest still.
    const own = result && !isOvertaken ? versionOfResult(result, isAtHead) : undefined;
    if (own !== undefined && isAtHead) return [own];
    const held = await versionsInRegistry(image, options);
    return own === undefined ? held : [own, ...held.flatMap(withCommits)];
  });
  return (await Promise.all(named.map(look))).flat();
}

/** What may be tags in a file. */
function wordsIn(bytes: Uint8Array): readonly string[] {
  return (
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      .toString("latin1")
      .match(/\w[\w.-]*/g) ?? []
  );
}

/** As a version has them; none of any other kind. */
function withCommits(version: PublishedVersion): readonly PublishedVersion[] {
  const tags = version.tags.filter((tag) => hasCommit(tagForm(tag)));
  return tags.length === 0 ? [] : [{ ...version, tags }];
}

function ownTags({ catalog, settingsOf }: Preparation["surveyed"]): (image: Image, tag: Tag) => boolean {
  const endingOf = (image: Image) => variantSuffix(image, settingsOf(image.publicName).flavor);
  return (image, tag) => {
    const own = endingOf(image);
    const others = catalog.images.filter(
      ({ name, publicName }) => publicName === image.publicName && name !== image.name,
    );
    return (
      tag.endsWith(own) && !others.map(endingOf).some((ending) => ending.length > own.length && tag.endsWith(ending))
    );
  };
}

interface Move {
  /** `undefined`: of all images. */
  readonly name: string | undefined;
  readonly versions: readonly PublishedVersion[];
  readonly files: readonly MovedFile[];
}

/** One after the other where they are of one branch; a branch of an image that nothing moves for is closed. */
async function proposeAll(
  moves: readonly Move[],
  { branch, isDefault, at }: OnBranch,
  prepared: Preparation,
  session: Session,
  images: readonly ImageResult[],
): Promise<readonly ProposalResult[]> {
  const settings = pullRequestSettings(prepared.surveyed.bump);
  const wanted = new Map(moves.map((move) => [bumpBranch(move.name, branch, isDefault), move]));
  const open = await session.git.remoteBranches("image-publish/bump*");
  const names = [undefined, ...prepared.surveyed.catalog.images.map(({ name }) => name)];
  const ours = names.map((name) => bumpBranch(name, branch, isDefault));
  const pairs = ours.filter((each) => open.has(`refs/heads/${each}`) || (wanted.get(each)?.files.length ?? 0) > 0);
  if (pairs.length === 0) return [];
  const tools = toolsOf(prepared, session);
  const one = bounded(4, async (each: string) => {
    const move = wanted.get(each);
    const proposal =
      move === undefined || move.files.length === 0
        ? undefined
        : await proposalOf(move, at, settings, prepared, session, images);
    return propose({ branch: each, base: branch }, proposal, tools);
  });
  return Promise.all(pairs.map(one));
}

async function proposalOf(
  { versions, files }: Move,
  at: Commit,
  settings: PullRequestSettings,
  prepared: Preparation,
  session: Session,
  results: readonly ImageResult[],
): Promise<Proposal> {
  const images = await bumpedImages(versions, files, prepared, session, results);
  const { forge } = prepared;
  const text = pullRequestText({ images, files, at, forge, runUrl: session.context.runUrl });
  const ours = repositoriesOf(prepared.surveyed.catalog);
  return { ...text, at, files, settings, moveAgain: async (again) => (await movePins(again, versions, ours)).files };
}

function repositoriesOf({ images }: Catalog): readonly Repository[] {
  return images.flatMap(({ repositories }) => repositories);
}

/** @throws UserError where there is nobody to be. */
function toolsOf({ forge }: Preparation, { context, inputs, outside }: Session): ProposeTools {
  const { bumpToken, token = bumpToken } = inputs.settings;
  const mine = bumpToken ?? token;
  if (mine === undefined) {
    throw new UserError("pins are moved by pull request, and there is no token to make one", {
      hint: "leave `token` at its default, or set `bump-token`",
    });
  }
  const access = { ...outside, apiUrl: context.apiUrl, owner: context.owner, repo: context.repo, token: mine };
  const client = forge?.kind === "forgejo" ? giteaBumps(access) : githubBumps(access);
  return { ...outside, forge: client, repositoryUrl: repositoryUrl(context) };
}

function leftRemark({ image, path, line, why }: LeftPin): Remark {
  return {
    message: `${path}:${line} names ${image}, and stays as it is: ${why}`,
    hint: "write the version there as one whole value, or leave the file out of `bump`",
  };
}

function refusal({ branch, newPullRequestUrl }: ProposalResult, { message, hint }: Remark): Remark {
  // The next run fills in what is left out of the link here.
  const page = newPullRequestUrl === undefined ? "" : `; open it by hand: ${newPullRequestUrl.split("&body=")[0]}`;
  return { message: `no pull request from ${branch}: ${message}`, hint: `${hint}${page}` };
}

/** Whatever keeps pins from moving keeps nothing from being published: it is told, and the run goes on. */
export async function bumpAfter(work: () => Promise<BumpReport>, signal: AbortSignal): Promise<BumpReport> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (signal.aborted) {
      const message = "the run was cancelled before its pins had moved";
      return { ...noBump, remarks: [{ message, hint: "let the next run move them, or run `command: bump`" }] };
    }
    if (!(error instanceof UserError)) throw error;
    return { ...noBump, remarks: [{ message: `pins were not moved: ${explain(error)}`, hint: error.hint }] };
  }
}
