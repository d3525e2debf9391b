/** From everything that is known to what will be done. Pure: no clock, no network, no log. */
import { type Catalog, type Image, recipeOf } from "../catalog/catalog.ts";
import { finalBase } from "../catalog/dockerfile/final-base.ts";
import { knownHash, type SourceHash } from "../changes/sources/source-hash.ts";
import type { SourceLocation } from "../errors.ts";
import { pause } from "../lib/pause.ts";
import type { BuildOptions } from "../model/buildflags/build-options.ts";
import type { Digest } from "../model/digest.ts";
import type { ImageTags } from "../model/image-tags.ts";
import { formatReference } from "../model/reference.ts";
import type { Remark } from "../model/remark.ts";
import type { Commit } from "../model/run-context.ts";
import { type ReasonsByImage, toBuild } from "./needed.ts";
import type { Plan, PlannedBase, PlannedBuild, PlannedImage, PlannedParent, PlannedPromote } from "./plan.ts";
import type { Trouble } from "./troubles.ts";
import type { Release } from "./version-line.ts";

export interface PlanInput {
  readonly event: string;
  readonly ref: string;
  /** Where `ref` is a commit for itself. */
  readonly eventRef?: string | undefined;
  readonly commit: Commit;
  readonly base: Commit | undefined;
  readonly catalog: Catalog;
  readonly affected: ReasonsByImage;
  /** Why images that might be affected are left out, where it isn't for being untouched. */
  readonly left?: ReasonsByImage;
  /** Images that can't be planned. */
  readonly troubles?: readonly Trouble[];
  /** Those of `parentsToLookUp` that are published; `null` where nobody asked for the digest. */
  readonly published: ReadonlyMap<string, Digest | null>;
  /** What is there already, and needs tags at most; an image that is in `affected` for it is not built. */
  readonly promoted?: ReadonlyMap<string, Digest>;
  /** By name of the image. */
  readonly hashes: ReadonlyMap<string, SourceHash>;
  readonly push: boolean;
  /** What happened to what the event is of, as a clause; where it is gone, there is nothing to do. */
  readonly nothing?: string | undefined;
  /** Updated base images, and no cache. */
  readonly fresh: boolean;
  /** A scheduled rebuild pushes only mutable tags. */
  readonly movingTagsOnly: boolean;
  readonly details: (image: Image) => ImageDetails;
}

/** What the rules and inputs make of one image. */
export interface ImageDetails {
  readonly tags: ImageTags;
  readonly release: Release | undefined;
  readonly bakedVersion: string | undefined;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly cache: { readonly from: readonly string[]; readonly to: readonly string[] };
  readonly provenance: string | undefined;
  readonly sbom: string | undefined;
  readonly compression: string | undefined;
  readonly options: BuildOptions;
  /** What the rules and inputs ask for in vain. */
  readonly remarks: readonly Remark[];
}

/** The plan of a run. Equal inputs give equal bytes, in whatever order they were found. */
export function makePlan(input: PlanInput): Plan {
  return { ...headOf(input), images: [...plannedImages(input)] };
}

/** The same, with pauses. */
export async function makePlanInTurns(input: PlanInput): Promise<Plan> {
  const images: PlannedImage[] = [];
  for (const image of plannedImages(input)) {
    images.push(image);
    await pause();
  }
  return { ...headOf(input), images };
}

function headOf(input: PlanInput): Omit<Plan, "images"> {
  return {
    schema: 1,
    event: input.event,
    ref: input.ref,
    ...(input.eventRef === undefined ? {} : { eventRef: input.eventRef }),
    commit: input.commit,
    base: input.base ?? null,
    push: input.push,
    ...(input.nothing === undefined ? {} : { nothing: input.nothing }),
  };
}

function* plannedImages(input: PlanInput): Generator<PlannedImage> {
  const promoted = input.promoted ?? new Map<string, Digest>();
  const affected = new Map([...input.affected].filter(([name]) => !promoted.has(name)));
  const building = toBuild(input.catalog, affected, new Map([...input.published, ...promoted]));
  const byName = new Map(input.catalog.images.map((image) => [image.name, image]));
  for (const image of input.catalog.images) {
    const digest = promoted.get(image.name);
    const reasons = building.get(image.name);
    if (digest !== undefined) yield promote(image, digest, input);
    else if (reasons === undefined) yield skip(image, input);
    else yield { ...build(image, input, building, byName), reasons };
  }
  for (const trouble of input.troubles ?? []) yield withTrouble(trouble);
}

function withTrouble({ image, problems, reasons }: Trouble): PlannedImage {
  const { name, repositories } = image;
  const at = problems.find((each) => each.at !== undefined)?.at ?? baseLocation(image);
  return { kind: "skip", name, repositories, sourceHash: null, reasons, at };
}

function skip(image: Image, input: PlanInput): PlannedImage {
  return {
    kind: "skip",
    name: image.name,
    repositories: image.repositories,
    sourceHash: knownHash(input.hashes, image.name),
    reasons: input.left?.get(image.name) ?? [{ kind: "unaffected" }],
    at: baseLocation(image),
  };
}

function promote(image: Image, digest: Digest, input: PlanInput): PlannedPromote {
  return {
    kind: "promote",
    ...publishing(image, input, input.details(image)),
    digest,
    reasons: input.affected.get(image.name) ?? [],
  };
}

type Publishing = Omit<PlannedPromote, "kind" | "digest" | "reasons">;

function publishing(image: Image, input: PlanInput, details: ImageDetails): Publishing {
  const { tags, release, bakedVersion, labels, annotations } = details;
  const isTagged = input.push && image.repositories.length > 0;
  return {
    name: image.name,
    ...(image.publicName === image.name ? {} : { publicName: image.publicName }),
    repositories: image.repositories,
    ...(image.isSharing ? { sharesRepository: true } : {}),
    sourceHash: knownHash(input.hashes, image.name),
    at: baseLocation(image),
    tags: isTagged ? tags.tags.filter((tag) => tag.moves || !input.movingTagsOnly) : [],
    version: tags.version ?? null,
    release: release ?? null,
    bakedVersion: bakedVersion ?? null,
    platforms: image.platforms,
    labels: sorted(labels),
    annotations: sorted(annotations),
  };
}

function build(
  image: Image,
  input: PlanInput,
  building: ReasonsByImage,
  byName: ReadonlyMap<string, Image>,
): Omit<PlannedBuild, "reasons"> {
  const details = input.details(image);
  const { args, cache, provenance, sbom, compression, options } = details;
  return {
    kind: "build",
    ...publishing(image, input, details),
    variant: image.variant,
    context: image.variant === "nix" ? image.directory : image.context,
    dockerfile: recipeOf(image),
    target: image.variant === "nix" ? null : (image.target ?? null),
    args: sorted(args),
    base: baseOf(image, byName),
    contexts: image.contexts,
    parents: image.parents.map(
      (edge): PlannedParent => ({
        name: edge.parent,
        contextName: edge.contextName ?? null,
        via: edge.via,
        at: edge.at,
        published: building.has(edge.parent)
          ? null
          : (input.promoted?.get(edge.parent) ?? input.published.get(edge.parent) ?? null),
      }),
    ),
    cache,
    provenance: provenance ?? null,
    sbom: sbom ?? null,
    compression: compression ?? null,
    ...(Object.keys(options).length === 0 ? {} : { options }),
    fresh: input.fresh,
  };
}

function baseOf(image: Image, images: ReadonlyMap<string, Image>): PlannedBase | null {
  const base = finalBase(image);
  if (base === undefined) return null;
  if (base.kind === "image") {
    const { digest, ...named } = base.reference;
    const tagged =
      digest === undefined && named.tag === undefined ? `${named.repository}:latest` : formatReference(named);
    return { name: tagged, parent: null, digest: digest ?? null };
  }
  // An image that is not published has no name that anybody could look up.
  const repository = images.get(base.name)?.repositories[0];
  return repository === undefined ? null : { name: repository, parent: base.name, digest: null };
}

/** The line that names the image's base: its last FROM that names an image, else the Dockerfile or Nix file itself. */
export function baseLocation(image: Image): SourceLocation {
  const froms = [...image.parents, ...image.bases].filter((each) => each.via === "FROM").map((each) => each.at);
  const last = froms.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).at(-1);
  return last ?? { file: recipeOf(image), line: 1 };
}

function sorted(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
