/** Which of what an image takes in comes from the repository's other images, and which from outside. */
import { UserError } from "../../errors.ts";
import { attempt } from "../../lib/attempt.ts";
import { type Reference, reference } from "../../model/reference.ts";
import type { ExternalBase, ImageName, ParentEdge } from "../catalog.ts";
import { giveValue, withoutValue } from "../dockerfile/stage-bases.ts";
import type { OutsideUse } from "../dockerfile/stages.ts";
import type { TagMeaning } from "../names/given-names.ts";
import { contextKey, contextName, type PlacedContext, type PlacedContexts } from "./named-contexts.ts";
import { isSharedBy, type Owners } from "./owners.ts";

/** What names mean to one image. */
export interface ImageNaming {
  readonly contexts: PlacedContexts;
  readonly owners: Owners;
  /** How a tag means an image. @param isShared other images have tags in the same repository. */
  tagMeaning(image: ImageName, tag: string, isShared: boolean): TagMeaning | undefined;
}

export interface Edges {
  readonly parents: readonly ParentEdge[];
  readonly bases: readonly ExternalBase[];
  readonly problems: readonly UserError[];
}

/** What a name in a Dockerfile stands for. */
export type NameMeaning =
  | { readonly kind: "parent"; readonly name: string; readonly contextName: string; readonly isExact?: true }
  | { readonly kind: "base"; readonly reference: Reference }
  /** A named context of files instead of an image. */
  | { readonly kind: "files" };

/**
 * A named context overrides everything. Else a reference is a dependency when its repository is one of an image here, and its
 * tag is one that moves to that image, or one that this event gives it. With a digest or any other tag it is a pin: it names
 * something that is published already, wherever it comes from. @throws UserError, without a place, for an invalid reference.
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
  const owners = naming.owners.get(read.repository) ?? [];
  const isShared = isSharedBy(owners);
  const [parent] = owners.flatMap((image) => {
    const how = meaningTo(image, read, naming, isShared);
    return how === undefined ? [] : [{ name: image.name, how }];
  });
  if (parent === undefined) return { kind: "base", reference: read };
  const isExact = parent.how === "exact" ? ({ isExact: true } as const) : {};
  return { kind: "parent", name: parent.name, contextName: contextName(name, read), ...isExact };
}

/** How a reference, if it is in a repository of an image, means what this run makes of it. */
function meaningTo(
  image: ImageName,
  { digest, tag }: Reference,
  { tagMeaning }: Pick<ImageNaming, "tagMeaning">,
  isShared: boolean,
): TagMeaning | undefined {
  if (digest !== undefined) return undefined;
  // Without a tag the image of the Dockerfile is meant, whatever it is tagged; that of the Nix file has a suffix.
  if (tag === undefined && image.variant === "dockerfile" && !isShared) return "moving";
  return tagMeaning(image, tag ?? "latest", isShared);
}

/** Whether a reference to a repository elsewhere would mean an image, were it that image's: it has no tag, or one that moves. */
export function isMoved(image: ImageName, read: Reference, naming: Pick<ImageNaming, "tagMeaning">): boolean {
  return meaningTo(image, read, naming, false) === "moving";
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
    const { name: parent, contextName, isExact } = meaning;
    if (!parents.has(key)) parents.set(key, { parent, contextName, via, at, ...(isExact && { isExact }) });
  }
  return { parents: [...parents.values()], bases, problems };
}
