/**
 * Pins on this repository's own images that the registry doesn't have: a version above all published ones is one that is still to
 * be released, so that what names it waits; any other is a mistake.
 */
import { absentTag } from "../../../bump/versions/awaited-tag.ts";
import type { TagLiterals } from "../../../bump/versions/tag-form.ts";
import type { Catalog, ExternalBase, Image, ImageName } from "../../../catalog/catalog.ts";
import { isSharedBy } from "../../../catalog/graph/owners.ts";
import { formatLocation, UserError } from "../../../errors.ts";
import { attemptLater } from "../../../lib/attempt.ts";
import { memoize } from "../../../lib/memoize.ts";
import { mapped } from "../../../lib/pause.ts";
import type { Reason } from "../../../model/reason.ts";
import { formatReference, isTag, type Repository, type Tag } from "../../../model/reference.ts";
import type { Remark } from "../../../model/remark.ts";
import type { Registry } from "../../../oci/registry/registry-client.ts";
import type { ReasonsByImage } from "../../../plan/needed.ts";
import type { ProblemsByImage } from "../../analyze/parted.ts";

export interface AbsentPins {
  /** Images that wait for a release, and what depends on them. */
  readonly waiting: ReasonsByImage;
  readonly problems: ProblemsByImage;
  readonly remarks: readonly Remark[];
}

export interface PinQuestions {
  readonly catalog: Catalog;
  /** The images to be built. */
  readonly building: ReasonsByImage;
  readonly registry: Pick<Registry, "head" | "tags">;
  readonly literalsOf: (image: ImageName) => readonly TagLiterals[];
}

interface OwnPin extends ExternalBase {
  readonly tag: Tag;
  readonly user: Image;
  readonly owners: readonly Image[];
}

const together = 16;

/** What can't be asked is left to the build. */
export async function absentPins({ catalog, building, registry, literalsOf }: PinQuestions): Promise<AbsentPins> {
  const pins = ownPins(catalog, building);
  const isAbsent = memoize(
    async ({ reference, tag }: OwnPin) =>
      valueOr(await attemptLater(async () => (await registry.head(reference.repository, tag)) === undefined), false),
    ({ reference }) => formatReference(reference),
  );
  const tagsOf = memoize(async (repository: Repository) =>
    valueOr(await attemptLater(async () => (await registry.tags(repository)) ?? []), undefined),
  );
  const missing = (await mapped(pins, async (pin) => ((await isAbsent(pin)) ? [pin] : []), together)).flat();
  const waits = new Map<string, { readonly pin: OwnPin; readonly base: string }>();
  const problems = new Map<string, UserError>();
  for (const pin of missing) {
    const tags = await tagsOf(pin.reference.repository);
    if (tags === undefined) continue;
    const base = await awaitedImage(pin, tags, literalsOf);
    if (base === undefined) problems.set(pin.user.name, missingTag(pin));
    else if (!waits.has(pin.user.name)) waits.set(pin.user.name, { pin, base });
  }
  for (const name of problems.keys()) waits.delete(name);
  return {
    waiting: withDependents(catalog, building, waits),
    problems,
    remarks: [...waits.values()].map(waitRemark),
  };
}

function valueOr<T, U>(tried: { readonly value: T } | object, other: U): T | U {
  return "value" in tried ? (tried.value as T) : other;
}

function ownPins({ images }: Catalog, building: ReasonsByImage): readonly OwnPin[] {
  const owners = Map.groupBy(
    images.flatMap((image) => image.repositories.map((repository) => ({ repository, image }))),
    ({ repository }) => repository,
  );
  return images.flatMap((user) =>
    building.has(user.name)
      ? user.bases.flatMap((base) => {
          const { repository, tag, digest } = base.reference;
          const own = owners.get(repository)?.map(({ image }) => image);
          if (own === undefined || tag === undefined || digest !== undefined || !isTag(tag)) return [];
          return [{ ...base, tag, user, owners: own }];
        })
      : [],
  );
}

/** The name of the image that is still to be released with the tag. */
async function awaitedImage(
  { tag, owners }: OwnPin,
  tags: readonly string[],
  literalsOf: PinQuestions["literalsOf"],
): Promise<string | undefined> {
  const isShared = isSharedBy(owners);
  for (const owner of owners) {
    const literals = literalsOf(owner);
    if (isShared && !literals.some((each) => isAround(each, tag))) continue;
    if ((await absentTag(tag, tags, literals, isShared)) === "higher") return owner.publicName;
  }
  return undefined;
}

/** Whether a tag begins and ends as an image's rules have it. */
function isAround(literals: TagLiterals, tag: string): boolean {
  const [before = "", after = ""] = [literals[0], literals.at(-1)];
  return tag.length > before.length + after.length && tag.startsWith(before) && tag.endsWith(after);
}

function missingTag({ reference, via, at, owners }: OwnPin): UserError {
  const [owner] = owners;
  const message = `${via} names ${formatReference(reference)}, which the registry doesn't have`;
  const hint = `write a published tag of ${owner?.publicName ?? "the image"}, or one that a push to the default branch updates, so that this image depends on it`;
  return new UserError(message, { hint, at });
}

function waitRemark({ pin, base }: { readonly pin: OwnPin; readonly base: string }): Remark {
  return {
    message: `${formatLocation(pin.at)}: ${pin.user.name} is not built, because it waits for the release of ${base} ${pin.tag}`,
    hint: `release ${base} ${pin.tag}; the next run then builds ${pin.user.name}`,
  };
}

/** Parents stand before their children. */
function withDependents(
  { images }: Catalog,
  building: ReasonsByImage,
  waits: ReadonlyMap<string, { readonly pin: OwnPin; readonly base: string }>,
): ReasonsByImage {
  const waiting = new Map<string, readonly Reason[]>();
  for (const { name, parents } of images) {
    if (!building.has(name)) continue;
    const own = waits.get(name);
    const above = parents.map(({ parent }) => waiting.get(parent)).find((each) => each !== undefined);
    if (own !== undefined) waiting.set(name, [{ kind: "waits-for-release", image: own.base, version: own.pin.tag }]);
    else if (above !== undefined) waiting.set(name, above);
  }
  return waiting;
}
