/** Asks the registries how all images stand, and makes of what the event affects what there is to do. */

import type { Catalog, Image } from "../../catalog/catalog.ts";
import { hashedArguments } from "../../changes/sources/own-parts.ts";
import { knownHash } from "../../changes/sources/source-hash.ts";
import { UserError } from "../../errors.ts";
import { mapped } from "../../lib/pause.ts";
import type { Digest } from "../../model/digest.ts";
import { type ImageTag, tagText } from "../../model/image-tags.ts";
import type { Reason } from "../../model/reason.ts";
import { isTag, type Tag } from "../../model/reference.ts";
import { type Commit, sourceCommit } from "../../model/run-context.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { isUnclear } from "../../oci/registry/registry-error.ts";
import type { ImageDetails } from "../../plan/make-plan.ts";
import { parentsToLookUp, type ReasonsByImage } from "../../plan/needed.ts";
import { unneededImages } from "../../plan/unneeded.ts";
import type { History, Mover } from "../../publish/guard.ts";
import { type Lately, type Standing, type StandingOptions, standingOf, type Wish } from "../../publish/standing.ts";
import { recordRules } from "../../run/record-rules.ts";
import type { Session } from "../../run/session.ts";
import { variantSuffix } from "../../tags/rules/flavor.ts";
import type { ProblemsByImage } from "../analyze/parted.ts";
import type { Survey } from "../analyze/survey.ts";
import { isOfBase } from "./base-revision.ts";

export interface ConvergeOptions {
  readonly registry: Registry;
  readonly history: Omit<History, "published">;
  readonly details: (image: Image) => ImageDetails;
  readonly movingTagsOnly: boolean;
}

/** What is to be done, by name of the image. */
export interface Converged {
  /** To be built or promoted. */
  readonly affected: ReasonsByImage;
  readonly promoted: ReadonlyMap<string, Digest>;
  /** Of what is not built, and others build on. */
  readonly published: ReadonlyMap<string, Digest>;
  /** Why nothing is done for an image, where that isn't for its being untouched. */
  readonly left: ReasonsByImage;
  /** How images were built the last time. */
  readonly lately: ReadonlyMap<string, Lately>;
  /** Releases whose exact tag names other content. */
  readonly taken: ReadonlyMap<string, UserError>;
  /** Of which an answer leaves open what is published. */
  readonly unclear: ProblemsByImage;
}

/** How many images are asked about at once. */
const parallel = 16;

/** @throws RegistryError when an image's first registry can't be reached, or refuses. */
export async function converge(session: Session, surveyed: Survey, options: ConvergeOptions): Promise<Converged> {
  const { catalog } = surveyed;
  const unclear = new Map<string, UserError>();
  const ask = async (image: Image) =>
    [image.name, await standing(image, session, surveyed, options).catch(noteIn(unclear, image))] as const;
  const chosen = catalog.images.filter(({ name, repositories }) => repositories.length > 0 && !surveyed.left.has(name));
  const found = (await mapped(chosen, ask, parallel)).filter(
    (each): each is [string, Standing] => each[1] !== undefined,
  );
  const standings = onNewParents(catalog, surveyed.affected, new Map(found));
  const actions = new Map([...standings].map(([name, { kind }]) => [name, kind === "build" ? kind : "other"] as const));
  const unneeded = unneededImages({ catalog, affected: surveyed.affected, actions });
  const wanted = new Map([...surveyed.affected].filter(([name]) => !unneeded.has(name)));
  const affected = acting(catalog, wanted, standings);
  const askParent = async (image: Image) =>
    [image.name, await standingOfParent(image, session, surveyed, options).catch(noteIn(unclear, image))] as const;
  const published = new Map<string, Digest>();
  // What has to be built for others may itself be built on something.
  for (let open = parentsToLookUp(catalog, affected); open.length > 0; ) {
    const found = await mapped(open, askParent, parallel);
    for (const [name, digest] of found) if (digest !== undefined) published.set(name, digest);
    const missing = found.flatMap(([name, digest]) => (digest === undefined && !unclear.has(name) ? [name] : []));
    const needed = new Map([...affected, ...missing.map((name): [string, readonly Reason[]] => [name, []])]);
    const asked = new Set([...published.keys(), ...missing, ...unclear.keys()]);
    open = parentsToLookUp(catalog, needed).filter(({ name }) => !asked.has(name));
  }
  return {
    affected,
    published,
    promoted: new Map([...standings].flatMap(([name, each]) => (each.kind === "promote" ? [[name, each.digest]] : []))),
    left: new Map([
      ...surveyed.left,
      ...leftBy(standings, surveyed.affected),
      ...[...unneeded].map((name) => [name, [notNeeded]] as const),
    ]),
    lately: new Map(
      [...standings].flatMap(([name, each]) => (each.kind === "build" && each.lately ? [[name, each.lately]] : [])),
    ),
    taken: new Map(catalog.images.flatMap((image) => takenBy(image, standings.get(image.name), options))),
    unclear,
  };
}

/** Notes an error that is about one image's repository alone, so that the others go on. @throws every other one */
function noteIn(unclear: Map<string, UserError>, { name }: Image): (error: unknown) => undefined {
  return (error) => {
    if (!isUnclear(error)) throw error;
    unclear.set(name, error);
  };
}

const notNeeded: Reason = { kind: "not-chosen", detail: "it is not published, and no image that is built needs it" };

type Standings = ReadonlyMap<string, Standing>;

/**
 * An affected image whose parent is built, as for the version in its bytes, is built on that one: what is published of it stands
 * on another.
 */
function onNewParents({ images }: Catalog, affected: ReasonsByImage, asked: Standings): Standings {
  const standings = new Map(asked);
  // Parents stand before their children.
  for (const { name, parents } of images) {
    const built = parents.find(({ parent }) => standings.get(parent)?.kind === "build");
    if (standings.get(name)?.kind !== "promote" || !affected.has(name) || built === undefined) continue;
    standings.set(name, { kind: "build", because: [{ kind: "builds-on", image: built.parent }], lately: undefined });
  }
  return standings;
}

/** What there is to do, with reasons; images that are not published stay with what the event says. */
function acting({ images }: Catalog, affected: ReasonsByImage, standings: Standings): ReasonsByImage {
  return new Map(
    images.flatMap(({ name }): readonly (readonly [string, readonly Reason[]])[] => {
      const found = standings.get(name);
      const reasons = affected.get(name);
      if (found === undefined) return reasons === undefined ? [] : [[name, reasons]];
      if (found.kind !== "build" && found.kind !== "promote") return [];
      return [[name, [...(reasons ?? []), ...found.because]]];
    }),
  );
}

function leftBy(standings: Standings, affected: ReasonsByImage): readonly (readonly [string, readonly Reason[]])[] {
  return [...standings].flatMap(([name, each]): readonly (readonly [string, readonly Reason[]])[] => {
    if (each.kind === "superseded") return [[name, [{ kind: "superseded", detail: each.why }]]];
    return each.kind === "current" && affected.has(name) ? [[name, [{ kind: "current" }]]] : [];
  });
}

async function standing(image: Image, session: Session, surveyed: Survey, options: ConvergeOptions): Promise<Standing> {
  const { tags, release, bakedVersion } = options.details(image);
  const wish = wishFor(image, surveyed, {
    tags: tags.tags.filter(({ moves }) => moves || !options.movingTagsOnly),
    bakedVersion: bakedVersion ?? null,
    isAffected: surveyed.affected.has(image.name),
    mover: { ...moverOf(session), release, platforms: image.platforms },
  });
  if (wish === undefined) throw new Error(`${image.name} has no repository`);
  return standingOf(wish, standingOptions(image, session, surveyed, options, release !== undefined));
}

/** The digest that others are to build on; `undefined` where nothing that is published will do. */
async function standingOfParent(
  image: Image,
  session: Session,
  surveyed: Survey,
  options: ConvergeOptions,
): Promise<Digest | undefined> {
  const { tags, bakedVersion } = options.details(image);
  const moving = tags.tags.filter(({ moves }) => moves);
  const usual = defaultTags(image, session, surveyed).map((tag): ImageTag => ({ tag, moves: true }));
  const wish = wishFor(image, surveyed, {
    tags: moving.length > 0 ? moving : usual,
    bakedVersion: bakedVersion ?? null,
    isAffected: false,
    mover: { ...moverOf(session), release: undefined, platforms: image.platforms },
  });
  if (wish === undefined) return undefined;
  const found = await standingOf(wish, standingOptions(image, session, surveyed, options, false));
  // What a newer commit made of other sources is not what this commit's images are made of.
  if (found.kind === "build" || (found.kind === "current" && found.isOther)) return undefined;
  return found.digest;
}

function wishFor(
  { name, repositories, platforms }: Image,
  { hashes }: Survey,
  wish: Pick<Wish, "tags" | "bakedVersion" | "isAffected" | "mover">,
): Wish | undefined {
  const [first, ...others] = repositories;
  if (first === undefined) return undefined;
  return { ...wish, repositories: [first, ...others], platforms, sourceHash: knownHash(hashes, name) };
}

function standingOptions(
  image: Image,
  session: Session,
  surveyed: Survey,
  { registry, history }: ConvergeOptions,
  isRelease: boolean,
): StandingOptions {
  return {
    records: recordRules(session),
    hasArguments: hashedArguments(image).length > 0,
    isOfBase: (revision: Commit) =>
      isOfBase(image, revision, surveyed.catalog, {
        registry,
        tagsOf: (parent) => defaultTags(parent, session, surveyed),
      }),
    registry,
    history,
    elsewhere: defaultTags(image, session, surveyed),
    buildsReleases: isRelease && !session.inputs.settings.promote,
    changedSince: async (revision: Commit) => (await surveyed.affectedSince(revision))?.has(image.name),
  };
}

/** Who puts the tags of this run. */
export function moverOf({ context, inputs }: Session): Omit<Mover, "release" | "platforms"> {
  return {
    commit: sourceCommit(context),
    ref: context.ref.full,
    isRebuild: isRebuild({ context, inputs }),
    mayGoBack: inputs.settings.move === "any",
  };
}

/** Built anew though nothing changed: fresh bases, no cache. */
export function isRebuild({ context, inputs }: Pick<Session, "context" | "inputs">): boolean {
  return inputs.settings.rebuild === "always" || context.trigger.kind === "schedule";
}

function defaultTags(image: Image, { context: { defaultBranch } }: Session, { settingsOf }: Survey): readonly Tag[] {
  const ending = variantSuffix(image, settingsOf(image.publicName).flavor);
  return defaultBranch === undefined ? [] : [`${tagText(defaultBranch)}${ending}`].filter(isTag);
}

/** One version never names two images. */
function takenBy(
  image: Image,
  found: Standing | undefined,
  { details }: ConvergeOptions,
): readonly (readonly [string, UserError])[] {
  if (found?.kind !== "superseded" || found.isTaken === false) return [];
  const version = details(image).release?.version;
  const message = `${image.name}${version === undefined ? "" : ` ${version}`} can't be released: ${found.why}`;
  return [[image.name, new UserError(message, { hint: found.isTaken.hint })]];
}
