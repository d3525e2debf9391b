/** From the session to the plan: surveys the repository, asks the registry what is needed of it, and decides. */
import type { Catalog, Image } from "../../catalog/catalog.ts";
import { describeIncomplete } from "../../changes/describe-incomplete.ts";
import type { UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import type { Reason } from "../../model/reason.ts";
import type { Remark } from "../../model/remark.ts";
import { RegistryError } from "../../oci/registry/registry-error.ts";
import { type ImageDetails, makePlanInTurns } from "../../plan/make-plan.ts";
import { parentsToLookUp, type ReasonsByImage, toBuild } from "../../plan/needed.ts";
import type { Plan } from "../../plan/plan.ts";
import type { LastBuild } from "../../plan/publish-state.ts";
import type { Reconciliation } from "../../plan/reconcile.ts";
import { type Trouble, troublesOf } from "../../plan/troubles.ts";
import type { Clock } from "../../ports.ts";
import { troubleRemarks } from "../../report/plan/plan-troubles.ts";
import type { Outside } from "../../run/outside.ts";
import { recordRules } from "../../run/record-rules.ts";
import type { Session } from "../../run/session.ts";
import type { ImageScan } from "../../scan/judged.ts";
import { cacheAccess } from "../analyze/details/cache-access.ts";
import type { CacheKind } from "../analyze/details/image-cache.ts";
import { imageDetails } from "../analyze/details/image-details.ts";
import { elsewhereRemarks } from "../analyze/elsewhere-remarks.ts";
import { detailProblems } from "../analyze/image-problems.ts";
import { type ProblemsByImage, splitBy } from "../analyze/parted.ts";
import type { Survey } from "../analyze/survey.ts";
import { worthRebuilding } from "./fixable.ts";
import { planRefs } from "./plan-refs.ts";
import { plannedPathProblems, refusedImages } from "./planned-paths.ts";
import { type Preparation, prepare } from "./preparation.ts";
import { type Reconciled, reconciled, type StateQuestions } from "./publish-states.ts";
import { type PublishedParents, publishedParents } from "./published-parents.ts";
import { isRebuild, runIdentity } from "./run-identity.ts";
import { withUnnamedHosts } from "./unnamed-hosts.ts";
import { writePlan } from "./write-plan.ts";

export interface Planning extends Preparation {
  /** Of what is published, where the plan follows from it. */
  readonly scans: readonly ImageScan[];
  readonly plan: Plan;
  /** Where it was written. */
  readonly planPath: string;
  readonly remarks: readonly Remark[];
  /** How images that are built were built the last time. */
  readonly lastBuilds: ReadonlyMap<string, LastBuild>;
  /** Images that can't be planned. */
  readonly troubles: readonly Trouble[];
  /** By name of the image: releases whose exact tag names other content, which makes the run fail. */
  readonly taken: ReadonlyMap<string, UserError>;
}

export interface PlanOptions {
  /** Whether the registries are asked what they hold: a run that can't be without it, one that can, or one without a network. */
  readonly ask: "must" | "may" | "nobody";
  /** The name of an image that is asked about in particular: what its tags are made of is known though it isn't built. */
  readonly about?: string | undefined;
}

/**
 * Plans what the event asks for, and writes the plan into the session's folder. @throws UserError (or `Problems`) when the
 * repository or the inputs are not in order, or a registry that has to be asked doesn't answer. Without asking, parents that
 * this run doesn't build are taken for published, their digests unknown.
 */
export async function planRun(session: Session, { ask, about }: PlanOptions): Promise<Planning> {
  const { context, inputs, outside } = session;
  // An image of a pull request or of an untrusted checkout never replaces another run's image.
  const isOwn = context.trigger.kind !== "pull-request" && session.trust.kind === "trusted";
  const isAsked = ask !== "nobody" && inputs.settings.converge && isOwn;
  const asking = new AbortController();
  const signal = AbortSignal.any([outside.signal, asking.signal]);
  const prepared = await prepare(session, { all: (push) => push && isAsked, about, signal });
  try {
    return await withUnnamedHosts(decide(prepared, session, { ask, isAsked, asking }), prepared);
  } catch (error) {
    await prepared.scanning.close();
    throw error;
  }
}

interface Asking extends Pick<PlanOptions, "ask"> {
  readonly isAsked: boolean;
  /** Ends what is asked of registries. */
  readonly asking: AbortController;
}

async function decide(prepared: Preparation, session: Session, how: Asking): Promise<Planning> {
  const { inputs, outside, trust } = session;
  const { push, sources } = prepared;
  const converges = push && how.isAsked;
  const { narrow, scans } =
    how.ask === "must" ? await narrowed(prepared, session) : { narrow: prepared.surveyed, scans: [] };
  const details = detailsFor(narrow, prepared, session);
  const problems = await detailProblems(imagesInQuestion(narrow, converges), details);
  const surveyed = { ...narrow, ...splitBy(narrow, problems) };
  const answer = converges ? await answered({ ...prepared, surveyed }, details, session, how) : { remarks: [] };
  const decided = answer.reconciled ?? byEventAlone(surveyed);
  const published = answer.reconciled
    ? foundParents(answer.reconciled, how.ask)
    : await askedParents(parentsToLookUp(surveyed.catalog, decided.affected), prepared, session, how.ask);
  const clear = { ...surveyed, ...splitBy(surveyed, published.unclear) };
  const concerned = concernedBy(published.unclear, surveyed, decided);
  const planOf = (survey: Survey) => {
    const troubles = troublesOf({ ...survey, affected: concerned });
    const { affected, left, promoted } = decided;
    const found = { affected, left, promoted, published: published.digests };
    return makePlanInTurns({ ...planFacts(survey, push, session), ...found, troubles, details });
  };
  const whole = await planOf(clear);
  const secretFiles = inputs.settings.secretFiles.map(({ text }) => text);
  const paths = await plannedPathProblems(whole, secretFiles, session.paths);
  // A plan alone opens none of them, and shows what else there is.
  const isRefused = paths.length > 0 && (how.ask === "must" || trust.kind === "untrusted");
  const remaining = isRefused ? { ...clear, ...splitBy(clear, refusedImages(paths)) } : clear;
  const plan = isRefused ? await planOf(remaining) : whole;
  const troubles = troublesOf({ ...remaining, affected: concerned });
  const remarks = [
    ...inputs.warnings,
    ...surveyed.remarks,
    ...(push ? [...elsewhereRemarks(plan, clear.catalog, session, sources), ...defaultBranchRemarks(session)] : []),
    ...answer.remarks,
    ...published.remarks,
    ...detailRemarks(whole, clear.catalog, details),
    // A run that builds reports these with the images that fail by them.
    ...(how.ask === "must" ? [] : describeIncomplete({ absent: leftOutOf(plan, surveyed), pointers: [] })),
    ...(isRefused ? [] : paths.map(({ problem: { message, hint } }) => ({ message, hint }))),
    ...troubleRemarks(troubles),
  ];
  const { lastBuilds, taken } = decided;
  return {
    ...prepared,
    surveyed: remaining,
    scans,
    plan,
    planPath: await writePlan(plan, session.folder, outside.files),
    remarks,
    lastBuilds,
    troubles,
    taken,
  };
}

/** The details of images, each made once. */
function detailsFor(
  { catalog, settingsOf }: Survey,
  { push, sources }: Preparation,
  session: Session,
): (image: Image) => ImageDetails {
  const { context, trust, outside } = session;
  return imageDetails(session, {
    ...sources,
    settingsOf,
    cache: cacheKind(outside, catalog.images.length > 0),
    cacheAccess: cacheAccess({ context, trust, push, env: outside.env }),
  });
}

/** What there is to do where registries are not asked. */
function byEventAlone({ affected, left }: Survey): Reconciliation {
  return { affected, left, promoted: new Map(), lastBuilds: new Map(), taken: new Map() };
}

interface ParentsFound extends Omit<PublishedParents, "digests"> {
  /** `null` where nobody asked. */
  readonly digests: ReadonlyMap<string, Digest | null>;
}

function foundParents({ published, unclear, taken }: Reconciled, ask: PlanOptions["ask"]): ParentsFound {
  return { digests: published, unclear, remarks: ask === "must" ? [] : remarksOn(taken) };
}

async function askedParents(
  parents: readonly Image[],
  { sources, registry, push }: Preparation,
  session: Session,
  ask: PlanOptions["ask"],
): Promise<ParentsFound> {
  if (ask === "must") return publishedParents(parents, session, { sources, registry, push });
  return { digests: new Map(parents.map(({ name }) => [name, null])), remarks: [], unclear: new Map() };
}

/** What the run is about. Whether there is something to do for what is unclear nobody knows: the run fails by it. */
function concernedBy(unclear: ProblemsByImage, surveyed: Survey, decided: Reconciliation): ReasonsByImage {
  const doubts = [...unclear.keys()].map((name) => [name, []] as const);
  return new Map<string, readonly Reason[]>([...doubts, ...surveyed.affected, ...decided.affected]);
}

function planFacts({ comparison, catalog, hashes }: Survey, push: boolean, session: Session) {
  const { context } = session;
  return {
    event: context.eventName,
    ...planRefs(session),
    commit: context.commit,
    base: comparison.kind === "files" ? comparison.base : undefined,
    nothing: comparison.kind === "nothing" ? comparison.what : undefined,
    catalog,
    hashes,
    push,
    fresh: isRebuild(session),
    movingTagsOnly: movesTagsOnly(session),
  };
}

/** A scheduled rebuild pushes only mutable tags. */
function movesTagsOnly({ context }: Pick<Session, "context">): boolean {
  return context.trigger.kind === "schedule";
}

/** The images whose details the run needs: those that it may build, and where registries are asked those that it asks about. */
function imagesInQuestion({ catalog, affected, left }: Survey, converges: boolean): readonly Image[] {
  const needed = toBuild(catalog, affected, new Map());
  return catalog.images.filter(({ name }) => needed.has(name) || (converges && !left.has(name)));
}

/** Those of the images that the run is about, each once. */
function detailRemarks({ images }: Plan, catalog: Catalog, details: (image: Image) => ImageDetails): readonly Remark[] {
  const planned = new Set(images.flatMap(({ name, kind }) => (kind === "skip" ? [] : [name])));
  const all = catalog.images.flatMap((image) => (planned.has(image.name) ? details(image).remarks : []));
  return [...new Map(all.map((each) => [each.message, each])).values()];
}

function leftOutOf({ images }: Plan, { leftOut }: Survey) {
  return images.flatMap(({ kind, name }) => (kind === "build" ? (leftOut.get(name) ?? []) : []));
}

/** A run that only plans reports what would fail. */
function remarksOn(taken: ReadonlyMap<string, UserError>): readonly Remark[] {
  return [...taken.values()].map(({ message, hint }) => ({ message, hint }));
}

interface Narrowed extends Pick<Planning, "scans"> {
  readonly narrow: Survey;
}

/** `rebuild: fixable` is about scheduled rebuilds; a plan alone scans nothing, and takes everything. */
async function narrowed({ surveyed, scanning }: Preparation, { context, inputs }: Session): Promise<Narrowed> {
  if (inputs.settings.rebuild !== "fixable" || context.trigger.kind !== "schedule") {
    return { narrow: surveyed, scans: [] };
  }
  const { affected, left, scans } = await worthRebuilding(surveyed, scanning);
  const troubled = surveyed.troubled.flatMap(({ image: { name } }) => {
    const reasons = surveyed.affected.get(name);
    return reasons === undefined ? [] : [[name, reasons] as const];
  });
  return { narrow: { ...surveyed, affected: new Map([...affected, ...troubled]), left }, scans };
}

/** Without an answer the event's diff alone counts: a registry that need not be asked is not waited for. */
async function answered(
  { surveyed, registry, history }: Preparation,
  details: StateQuestions["details"],
  session: Session,
  { ask, asking }: Asking,
): Promise<{ readonly reconciled?: Reconciled; readonly remarks: readonly Remark[] }> {
  const { context, inputs, outside } = session;
  const request = {
    identity: runIdentity(session),
    defaultBranch: context.defaultBranch,
    movingTagsOnly: movesTagsOnly(session),
    promotes: inputs.settings.promote,
    hashes: surveyed.hashes,
    settingsOf: surveyed.settingsOf,
  };
  const answer = reconciled({ surveyed, details, request, registry, history, records: recordRules(session) });
  if (ask === "must") return { reconciled: await answer, remarks: [] };
  try {
    return { reconciled: await withinLongestWait(answer, outside.clock), remarks: [] };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    asking.abort(error);
    const message = `the plan ignores what is published, as the registry can't be queried: ${error.message}`;
    return { remarks: [{ message, hint: error.hint }] };
  }
}

/** How long a plan that can do without waits for registries, in milliseconds. */
const longestWait = 20_000;

async function withinLongestWait<T>(work: Promise<T>, clock: Clock): Promise<T> {
  const ended = new AbortController();
  const late = clock.sleep(longestWait, ended.signal).then(() => {
    throw new RegistryError("unavailable", `there was no answer within ${longestWait / 1000} s`, { hint: "run again" });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    ended.abort();
    late.catch(() => {});
    work.catch(() => {});
  }
}

/** What the cache is where nobody says. */
function cacheKind(outside: Pick<Outside, "hasCacheService">, isNeeded: boolean): CacheKind {
  return isNeeded && outside.hasCacheService() ? "gha" : "none";
}

/** Where it matters, which is where a branch's tags are wanted. */
function defaultBranchRemarks({ event, trust }: Session): readonly Remark[] {
  if (trust.kind === "untrusted" || event.defaultBranch !== undefined || event.ref.kind !== "branch") return [];
  return [
    {
      message: "the repository's default branch is unknown, so `latest` isn't updated",
      hint: "give `token` the right to read the repository, or let the checkout keep its remote",
    },
  ];
}
