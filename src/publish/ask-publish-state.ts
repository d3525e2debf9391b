/**
 * The state of an image in its registries, and what is to be done for it. The registry is the only state, so that a run
 * publishes what a failed or canceled run before it didn't.
 */

import type { Digest } from "../model/digest.ts";
import type { Reason } from "../model/reason.ts";
import type { Tag } from "../model/reference.ts";
import type { Commit } from "../model/run-context.ts";
import type { LastBuild, PublishState } from "../plan/publish-state.ts";
import { sourceTag } from "../plan/record.ts";
import { attestationDoubt } from "./attestation-doubt.ts";
import { isFromOwnHistory, judge } from "./guard.ts";
import { openTags, type TakenTag, type WantedTags } from "./open-tags.ts";
import { hasPlatforms, isMadeOf, type TagState } from "./registry-tags/tag-state.ts";
import { releaseClaim } from "./release-claim.ts";
import { type View, type ViewOptions, viewOf } from "./repository-view.ts";
import { needsRevision } from "./revision.ts";

/** What a run wants of an image. */
export interface DesiredState extends WantedTags {
  /** The event affects it. An image that it doesn't affect only has its mutable tags looked after. */
  readonly isAffected: boolean;
}

export interface PublishStateOptions extends ViewOptions {
  /** Where the newest image of these sources may be as well: the default branch's tag. */
  readonly elsewhere: readonly Tag[];
  /** `promote: false` and the event is a release: what is published may not be it. */
  readonly buildsReleases: boolean;
  /** Whether a source of the image changed since a commit; `undefined` where that is unknown. */
  changedSince(revision: Commit): Promise<boolean | undefined>;
  /** Whether build arguments are among the sources of the image. */
  readonly hasArguments?: boolean;
  /** Whether what the image is based on has this commit in its labels; `undefined` where that is unknown. */
  isOfBase(revision: Commit): Promise<boolean | undefined>;
}

/**
 * Makes as few requests as possible: two or three where nothing is to be done. @throws RegistryError when the first registry
 * can't answer; the others' missing answers count as missing images.
 */
export async function publishStateOf(desired: DesiredState, options: PublishStateOptions): Promise<PublishState> {
  const view = viewOf(desired.repositories[0], desired, options);
  if (!desired.isAffected) return stateOfUntouched(desired, view, options);
  const { identity } = desired;
  const { readTag, history } = view;
  const claim = await releaseClaim(desired, { readTag, attested: history.attested });
  if (claim.kind === "other") return taken(claim);
  if (identity.isRebuild && claim.kind === "free") return whereTagsCould(desired, view);
  const { found, isContent, doubts } =
    claim.kind === "same"
      ? { found: claim.tagState, isContent: false, doubts: [] }
      : await publishedFor(desired, view, options);
  if (found === undefined) return because(doubts, await whereTagsCould(desired, view));
  const open = await openTags(desired, found, view, options);
  if (open.names.length === 0) {
    if (open.taken !== undefined) return taken(open.taken);
    const [why] = open.stays;
    return why === undefined
      ? { kind: "current", digest: found.digest }
      : { kind: "superseded", why, digest: found.digest, isTaken: false };
  }
  const isReleased = claim.kind === "same";
  if (options.buildsReleases && !isReleased) return { kind: "build", because: [], lastBuild: lastBuild(found) };
  // A content tag names its image whoever pushed it; other tags want an attestation.
  const doubt = isContent
    ? await whyUnattested(found.digest, options)
    : await whyNewIndex(desired, found, view, options);
  if (doubt !== undefined) return { kind: "build", because: [doubt], lastBuild: lastBuild(found) };
  return { kind: "promote", digest: found.digest, because: [] };
}

function taken({ tag, why, digest, hint }: TakenTag): PublishState {
  return { kind: "superseded", why: `${tag} names other content: ${why}`, digest, isTaken: { hint } };
}

/** Why an image is built that would else have been promoted. */
function because(doubts: readonly Reason[], state: PublishState): PublishState {
  return state.kind === "build" ? { ...state, because: [...state.because, ...doubts] } : state;
}

/** With `attest`: why a digest may not be promoted. */
async function whyUnattested(
  digest: Digest,
  { history: { attested } }: PublishStateOptions,
): Promise<Reason | undefined> {
  const detail = attested && attestationDoubt(digest, await attested(digest));
  return detail === undefined ? undefined : { kind: "not-attested", detail };
}

/** The same, of an index that would have to be made for this run's revision, and that nobody attested. */
async function whyNewIndex(
  { tags, identity }: DesiredState,
  found: TagState,
  { readTag, history }: View,
  options: PublishStateOptions,
): Promise<Reason | undefined> {
  if (options.history.attested === undefined) return undefined;
  const moving = tags.filter(({ moves }) => moves);
  if (!(await needsRevision(found, moving, readTag, { identity, history }))) return undefined;
  const detail = `${found.digest} is attested for an earlier commit, and this one needs an index of its own`;
  return { kind: "not-attested", detail };
}

/** The state of an image that the event doesn't affect: whether an earlier run failed or was canceled. */
async function stateOfUntouched(
  desired: DesiredState,
  view: View,
  options: PublishStateOptions,
): Promise<PublishState> {
  const tags = desired.tags.filter(({ moves }) => moves);
  const [lead] = tags;
  // Without a tag that should follow there is nothing to look after.
  if (lead === undefined) return { kind: "current", digest: undefined };
  const moving = { ...desired, tags };
  const tagState = await view.readTag(lead.tag);
  const { found, doubts } = await publishedFor(moving, view, options);
  if (found !== undefined) {
    const open = await openTags(moving, found, view, options);
    if (open.names.length === 0) return { kind: "current", digest: tagState?.digest ?? found.digest };
    const doubt = await whyNewIndex(moving, found, view, options);
    if (doubt !== undefined) return { kind: "build", because: [doubt], lastBuild: lastBuild(found) };
    if (found === tagState || (await isFromOwnHistory(found, desired.identity, options.history))) {
      return { kind: "promote", digest: found.digest, because: [{ kind: "incomplete", missing: open.names }] };
    }
  }
  if (tagState === undefined) return { kind: "build", because: [{ kind: "never-published" }], lastBuild: undefined };
  const reason = doubts[0] ?? (await whyBehind(tagState, options));
  const verdict = await judge(lead, tagState, undefined, desired.identity, view.history);
  if (reason === undefined) return { kind: "current", digest: tagState.digest };
  if (verdict.kind === "stays") return { kind: "current", digest: tagState.digest, isOther: true };
  return { kind: "build", because: [reason], lastBuild: lastBuild(tagState) };
}

/** What others published bears no record: it is current if nothing it is made from changed since. */
async function whyBehind(
  { record, revision, doubt, isLabel }: TagState,
  { changedSince, isOfBase, hasArguments }: PublishStateOptions,
): Promise<Reason | undefined> {
  if (doubt !== undefined) return { kind: "no-record", detail: doubt };
  if (record !== undefined) {
    const byArguments = hasArguments === true && (await changedSince(record.revision)) === false;
    return { kind: "behind", revision: record.revision, ...(byArguments ? { byArguments } : {}) };
  }
  if (revision === undefined) return { kind: "no-record", detail: "it names no commit" };
  if (isLabel && (await isOfBase(revision)) !== false) {
    return { kind: "no-record", detail: "the commit in its labels may be the one of its base" };
  }
  switch (await changedSince(revision)) {
    case false:
      return undefined;
    case true:
      return { kind: "behind", revision };
    default:
      return { kind: "no-record", detail: `its commit ${revision.slice(0, 7)} can't be compared with this one` };
  }
}

/** Built where at least one tag could move to it, or where it has none. */
async function whereTagsCould(desired: DesiredState, view: View): Promise<PublishState> {
  const judged = await Promise.all(
    desired.tags.map(async (tag) => {
      const tagState = await view.readTag(tag.tag);
      return { tagState, verdict: await judge(tag, tagState, undefined, desired.identity, view.history) };
    }),
  );
  const tagState = judged.find((each) => each.tagState !== undefined)?.tagState;
  const stays = judged.flatMap(({ verdict }) => (verdict.kind === "stays" ? [verdict.why] : []));
  if (judged.length === 0 || stays.length < judged.length) {
    return { kind: "build", because: [], lastBuild: tagState && lastBuild(tagState) };
  }
  return { kind: "superseded", why: stays[0] ?? "", digest: tagState?.digest, isTaken: false };
}

interface Found {
  readonly found: TagState | undefined;
  /** By the tag that names the content. */
  readonly isContent: boolean;
  /** Why others that are published were not taken. */
  readonly doubts: readonly Reason[];
}

/** An image with the same sources as this run's, which may be promoted. */
async function publishedFor(desired: DesiredState, view: View, options: PublishStateOptions): Promise<Found> {
  const { tags, sourceHash, platforms, identity } = desired;
  // A tag that names the content is right whoever put it, if it has all platforms.
  for (const { tag, of } of tags) {
    const tagState = of === "content" ? await view.readTag(tag) : undefined;
    if (tagState !== undefined && hasPlatforms(tagState, platforms))
      return { found: tagState, isContent: true, doubts: [] };
  }
  const doubts: Reason[] = [];
  if (sourceHash === null) return { found: undefined, isContent: false, doubts };
  const [lead] = tags.filter(({ moves }) => moves);
  const own = lead === undefined || (desired.isAffected && identity.release !== undefined) ? [] : [lead.tag];
  const newest = lead === undefined || identity.release !== undefined ? options.elsewhere : [];
  for (const tag of new Set([...own, ...newest, sourceTag(sourceHash)])) {
    const tagState = await view.readTag(tag);
    if (tagState === undefined || !isMadeOf(tagState, desired)) continue;
    // An untouched image's own tag is looked after whichever of its commits made it.
    const isLead = !desired.isAffected && tag === lead?.tag;
    if (!isLead && !(await isFromOwnHistory(tagState, identity, options.history))) continue;
    const doubt = await whyUnattested(tagState.digest, options);
    if (doubt === undefined) return { found: tagState, isContent: false, doubts };
    doubts.push(doubt);
  }
  return { found: undefined, isContent: false, doubts };
}

function lastBuild({ record }: TagState): LastBuild {
  return { seconds: record?.seconds ?? null, started: record?.started ?? null };
}
