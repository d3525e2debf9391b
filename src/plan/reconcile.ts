/** What the event affects against what the registries hold: what is built, promoted and left. Pure. */
import type { Catalog, Image } from "../catalog/catalog.ts";
import { UserError } from "../errors.ts";
import type { Digest } from "../model/digest.ts";
import type { Reason } from "../model/reason.ts";
import { parentsToLookUp, type ReasonsByImage } from "./needed.ts";
import type { LastBuild, PublishState } from "./publish-state.ts";
import { unneededImages } from "./unneeded.ts";

export interface ReconcileInput {
  readonly catalog: Catalog;
  /** By the event. */
  readonly affected: ReasonsByImage;
  /** Images that the run is not about, whatever changed. */
  readonly left: ReasonsByImage;
  /** Of the images that are published and that the run is about. */
  readonly states: PublishStates;
  /** The version that the run would release of an image. */
  readonly versions: ReadonlyMap<string, string>;
}

/** By name of the image. */
export type PublishStates = ReadonlyMap<string, PublishState>;

/** What is to be done, by name of the image. */
export interface Reconciliation {
  /** To be built or promoted. */
  readonly affected: ReasonsByImage;
  readonly promoted: ReadonlyMap<string, Digest>;
  /** Why nothing is done for an image, where that isn't for its being untouched. */
  readonly left: ReasonsByImage;
  /** How images were built the last time. */
  readonly lastBuilds: ReadonlyMap<string, LastBuild>;
  /** Releases whose exact tag names other content. */
  readonly taken: ReadonlyMap<string, UserError>;
}

export function reconcile(input: ReconcileInput): Reconciliation {
  const { catalog, affected } = input;
  const states = onNewParents(catalog, affected, input.states);
  const actions = new Map([...states].map(([name, { kind }]) => [name, kind === "build" ? kind : "other"] as const));
  const unneeded = unneededImages({ catalog, affected, actions });
  const wanted = new Map([...affected].filter(([name]) => !unneeded.has(name)));
  return {
    affected: acting(catalog, wanted, states),
    promoted: valuesOf(states, (state) => (state.kind === "promote" ? state.digest : undefined)),
    left: new Map([
      ...input.left,
      ...valuesOf(states, (state, name) => whyLeft(state, affected.has(name))),
      ...[...unneeded].map((name) => [name, [notNeeded]] as const),
    ]),
    lastBuilds: valuesOf(states, (state) => (state.kind === "build" ? state.lastBuild : undefined)),
    taken: valuesOf(states, (state, name) => takenVersion(state, name, input.versions.get(name))),
  };
}

const notNeeded: Reason = { kind: "not-chosen", detail: "it is not published, and no image that is built needs it" };

/**
 * An affected image whose parent is built, as for the version in its bytes, is built too: what is published of it has another
 * base.
 */
function onNewParents({ images }: Catalog, affected: ReasonsByImage, asked: PublishStates): PublishStates {
  const states = new Map(asked);
  // Parents stand before their children.
  for (const { name, parents } of images) {
    const built = parents.find(({ parent }) => states.get(parent)?.kind === "build");
    if (states.get(name)?.kind !== "promote" || !affected.has(name) || built === undefined) continue;
    states.set(name, { kind: "build", because: [{ kind: "builds-on", image: built.parent }], lastBuild: undefined });
  }
  return states;
}

/** What there is to do, with reasons; images that are not published stay with what the event says. */
function acting({ images }: Catalog, affected: ReasonsByImage, states: PublishStates): ReasonsByImage {
  return new Map(
    images.flatMap(({ name }): readonly (readonly [string, readonly Reason[]])[] => {
      const state = states.get(name);
      const reasons = affected.get(name);
      if (state === undefined) return reasons === undefined ? [] : [[name, reasons]];
      if (state.kind !== "build" && state.kind !== "promote") return [];
      return [[name, [...(reasons ?? []), ...state.because]]];
    }),
  );
}

function whyLeft(state: PublishState, isAffected: boolean): readonly Reason[] | undefined {
  if (state.kind === "superseded") return [{ kind: "superseded", detail: state.why }];
  return state.kind === "current" && isAffected ? [{ kind: "current" }] : undefined;
}

/** One version never names two images. */
function takenVersion(state: PublishState, name: string, version: string | undefined): UserError | undefined {
  if (state.kind !== "superseded" || state.isTaken === false) return undefined;
  const what = version === undefined ? `${name} can't be published` : `${name} ${version} can't be released`;
  const message = `${what}: ${state.why}`;
  return new UserError(message, { hint: state.isTaken.hint });
}

function valuesOf<T>(
  states: PublishStates,
  of: (state: PublishState, name: string) => T | undefined,
): ReadonlyMap<string, T> {
  return new Map(
    [...states].flatMap(([name, state]): readonly (readonly [string, T])[] => {
      const value = of(state, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** What a registry has of an image that others depend on. */
export type ParentState =
  | { readonly kind: "published"; readonly digest: Digest }
  | { readonly kind: "none" }
  /** An answer leaves open what is published. */
  | { readonly kind: "unclear"; readonly error: UserError };

export type ParentStates = ReadonlyMap<string, ParentState>;

/**
 * The images to look up next in the registries, as others depend on them. An image that has to be built for others may
 * have parents too. @param affected to be built or promoted @param known what was looked up already
 */
export function parentsToAsk(catalog: Catalog, affected: ReasonsByImage, known: ParentStates): readonly Image[] {
  const missing = [...known].flatMap(([name, { kind }]) => (kind === "none" ? [[name, []] as const] : []));
  const needed = new Map<string, readonly Reason[]>([...affected, ...missing]);
  return parentsToLookUp(catalog, needed).filter(({ name }) => !known.has(name));
}
