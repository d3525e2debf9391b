/** Asks the registries what they hold of all images, and reconciles what the event affects with it. */
import type { Image } from "../../catalog/catalog.ts";
import { hashedArguments } from "../../changes/sources/own-parts.ts";
import type { UserError } from "../../errors.ts";
import { mapped } from "../../lib/pause.ts";
import type { Digest } from "../../model/digest.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { isUnclear } from "../../oci/registry/registry-error.ts";
import type { ImageDetails } from "../../plan/make-plan.ts";
import { digestToBuildOn, type PublishState } from "../../plan/publish-state.ts";
import {
  type ParentState,
  type ParentStates,
  parentsToAsk,
  type Reconciliation,
  reconcile,
} from "../../plan/reconcile.ts";
import { type DesiredState, type PublishStateOptions, publishStateOf } from "../../publish/ask-publish-state.ts";
import type { History } from "../../publish/guard.ts";
import type { RecordRules } from "../../publish/registry-tags/tag-state.ts";
import type { ProblemsByImage } from "../analyze/parted.ts";
import type { Survey } from "../analyze/survey.ts";
import { isOfBase } from "./base-revision.ts";
import { buildsReleases, defaultTags, desiredParent, desiredState, type RunRequest } from "./desired-state.ts";

export interface StateQuestions {
  readonly surveyed: Pick<Survey, "catalog" | "affected" | "left" | "affectedSince">;
  readonly details: (image: Image) => ImageDetails;
  readonly request: RunRequest;
  readonly registry: Registry;
  readonly history: Omit<History, "published">;
  readonly records: RecordRules;
}

export interface Reconciled extends Reconciliation {
  /** Of what is not built, and others build on. */
  readonly published: ReadonlyMap<string, Digest>;
  /** Of which an answer leaves open what is published. */
  readonly unclear: ProblemsByImage;
}

/** How many images are asked about at once. */
const parallel = 16;

/** @throws RegistryError when an image's first registry can't be reached, or refuses. */
export async function reconciled(questions: StateQuestions): Promise<Reconciled> {
  const { surveyed, details } = questions;
  const { catalog, affected, left } = surveyed;
  const asked = catalog.images.filter(({ name, repositories }) => repositories.length > 0 && !left.has(name));
  const answers = await mapped(asked, (image) => answerOf(image, stateOf(image, questions)), parallel);
  const found = reconcile({
    catalog,
    affected,
    left,
    states: new Map(answers.flatMap(({ name, state }) => (state === undefined ? [] : [[name, state] as const]))),
    versions: new Map(
      asked.flatMap((image) => {
        const version = details(image).release?.version;
        return version === undefined ? [] : [[image.name, version] as const];
      }),
    ),
  });
  const parents = await parentStates(found, new Map(answers.flatMap(unclearOf)), questions);
  return { ...found, ...publishedAmong(parents) };
}

interface Answer<T> {
  readonly name: string;
  readonly state?: T;
  /** Where the answer is about this image's repository alone, so that the others go on. */
  readonly unclear?: UserError;
}

/** @throws what concerns more than the one image */
async function answerOf<T>({ name }: Image, question: Promise<T>): Promise<Answer<T>> {
  try {
    return { name, state: await question };
  } catch (error) {
    if (!isUnclear(error)) throw error;
    return { name, unclear: error };
  }
}

function unclearOf({ name, unclear }: Answer<unknown>): readonly (readonly [string, ParentState])[] {
  return unclear === undefined ? [] : [[name, { kind: "unclear", error: unclear }]];
}

/** The states of images that others are based on and that the run leaves as they are. */
async function parentStates(
  { affected }: Reconciliation,
  unclear: ParentStates,
  questions: StateQuestions,
): Promise<ParentStates> {
  const { catalog } = questions.surveyed;
  let known = unclear;
  for (let open = parentsToAsk(catalog, affected, known); open.length > 0; ) {
    const answers = await mapped(open, (image) => answerOf(image, parentDigest(image, questions)), parallel);
    known = new Map([...known, ...answers.map((each) => [each.name, parentStateOf(each)] as const)]);
    open = parentsToAsk(catalog, affected, known);
  }
  return known;
}

function parentStateOf({ state: digest, unclear }: Answer<Digest | undefined>): ParentState {
  if (unclear !== undefined) return { kind: "unclear", error: unclear };
  return digest === undefined ? { kind: "none" } : { kind: "published", digest };
}

function publishedAmong(parents: ParentStates): Pick<Reconciled, "published" | "unclear"> {
  const all = [...parents];
  return {
    published: new Map(
      all.flatMap(([name, each]) => (each.kind === "published" ? [[name, each.digest] as const] : [])),
    ),
    unclear: new Map(all.flatMap(([name, each]) => (each.kind === "unclear" ? [[name, each.error] as const] : []))),
  };
}

async function stateOf(image: Image, questions: StateQuestions): Promise<PublishState> {
  const { details, surveyed, request } = questions;
  const own = details(image);
  const desired = desiredState(image, own, surveyed.affected.has(image.name), request);
  if (desired === undefined) throw new Error(`${image.name} has no repository`);
  return ask(desired, image, buildsReleases(own, request), questions);
}

async function parentDigest(image: Image, questions: StateQuestions): Promise<Digest | undefined> {
  const desired = desiredParent(image, questions.details(image), questions.request);
  return desired === undefined ? undefined : digestToBuildOn(await ask(desired, image, false, questions));
}

function ask(
  desired: DesiredState,
  image: Image,
  buildsItsReleases: boolean,
  { surveyed, request, registry, history, records }: StateQuestions,
): Promise<PublishState> {
  const { catalog, affectedSince } = surveyed;
  const options: PublishStateOptions = {
    records,
    hasArguments: hashedArguments(image).length > 0,
    isOfBase: (revision) =>
      isOfBase(image, revision, catalog, { registry, tagsOf: (parent) => defaultTags(parent, request) }),
    registry,
    history,
    elsewhere: defaultTags(image, request),
    buildsReleases: buildsItsReleases,
    changedSince: async (revision) => (await affectedSince(revision))?.has(image.name),
  };
  return publishStateOf(desired, options);
}
