/** Which of what an image takes in comes from the repository's other images, and which from outside. */
import { UserError } from "../../errors.ts";
import { attempt } from "../../lib/attempt.ts";
import { type Reference, reference } from "../../model/reference.ts";
import type { ExternalBase, ImageName, ParentEdge } from "../catalog.ts";
import { giveValue, withoutValue } from "../dockerfile/stage-bases.ts";
import type { OutsideUse } from "../dockerfile/stages.ts";
import { contextKey, contextName, type PlacedContext, type PlacedContexts } from "./named-contexts.ts";
import type { Owners } from "./owners.ts";

/** What names mean to one image. */
export interface ImageNaming {
  readonly contexts: PlacedContexts;
  readonly owners: Owners;
  /** Whether this plan moves a tag of an image. */
  moves(image: ImageName, tag: string): boolean;
}

export interface Edges {
  readonly parents: readonly ParentEdge[];
  readonly bases: readonly ExternalBase[];
  readonly problems: readonly UserError[];
}

/** What a name in a Dockerfile stands for. */
export type NameMeaning =
  | { readonly kind: "parent"; readonly name: string; readonly contextName: string }
  | { readonly kind: "base"; readonly reference: Reference }
  /** A named context of files instead of an image. */
  | { readonly kind: "files" };

/**
 * A named context overrides everything. Else a reference is a dependency when its repository is one of an image here
 * and it has no tag, or one that this plan moves. With a digest or any other tag it is a pin: it names something that
 * is published already, wherever it comes from. @throws UserError, without a place, for an invalid reference.
 */
export function meaningOfName(text: string, naming: ImageNaming): NameMeaning {
  const key = contextKey(text);
  const context = naming.contexts.get(key);
  return context === undefined ? meaningOfReference(text, text, naming) : meaningOfContext(key, context, naming);
}

function meaningOfContext(key: string, { to }: PlacedContext, naming: ImageNaming): NameMeaning {
  if (to.kind === "image") return { kind: "parent", name: to.image, contextName: key };
  const prefix = "docker-image://";
  if (to.kind === "directory" || !to.value.startsWith(prefix)) return { kind: "files" };
  const meaning = meaningOfReference(to.value.slice(prefix.length), key, naming);
  return meaning.kind === "parent" ? { ...meaning, contextName: key } : meaning;
}

function meaningOfReference(text: string, name: string, naming: ImageNaming): NameMeaning {
  const read = reference(text);
  const parent = (naming.owners.get(read.repository) ?? []).find((each) => isMoved(each, read, naming));
  if (parent === undefined) return { kind: "base", reference: read };
  return { kind: "parent", name: parent.name, contextName: contextName(name, read) };
}

/** Whether a reference, if it names an image, means what this run makes of it: it has no tag, or one that this plan moves. */
export function isMoved(image: ImageName, read: Reference, { moves }: Pick<ImageNaming, "moves">): boolean {
  return read.digest === undefined && (isLatest(image, read) || moves(image, read.tag ?? "latest"));
}

/** Without a tag the image of the Dockerfile is meant, whatever it is tagged; that of the Nix file has a suffix. */
function isLatest({ variant }: ImageName, { tag }: Reference): boolean {
  return tag === undefined && variant === "dockerfile";
}

/** The edges and outer bases of an image; a parent that is used twice under one name is one edge. */
export function edgesOf(uses: readonly OutsideUse[], naming: ImageNaming): Edges {
  const parents = new Map<string, ParentEdge>();
  const bases: ExternalBase[] = [];
  const problems: UserError[] = [];
  for (const { text, via, at, unset } of uses) {
    const read = attempt(() => meaningOfName(text, naming));
    if ("problem" in read) {
      const { message, hint } = read.problem;
      problems.push(
        unset === undefined
          ? new UserError(`${via} names "${text}", and ${message}`, { hint, at })
          : new UserError(withoutValue(`${via} ${unset.written} names "${text}"`, unset.names), {
              hint: giveValue(unset.names),
              at,
            }),
      );
      continue;
    }
    const meaning = read.value;
    if (meaning.kind === "base") bases.push({ reference: meaning.reference, via, at });
    if (meaning.kind !== "parent") continue;
    const key = `${meaning.name} ${meaning.contextName}`;
    if (!parents.has(key)) parents.set(key, { parent: meaning.name, contextName: meaning.contextName, via, at });
  }
  return { parents: [...parents.values()], bases, problems };
}
