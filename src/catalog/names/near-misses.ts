/** Names in a Dockerfile that are nobody's here, and nearly those of a stage or of an image of the repository. */
import { formatLocation } from "../../errors.ts";
import { didYouMean } from "../../lib/did-you-mean.ts";
import { type Repository, tryReference } from "../../model/reference.ts";
import { oneRemark, type Remark } from "../../model/remark.ts";
import type { ImageName } from "../catalog.ts";
import type { Dockerfile } from "../dockerfile/dockerfile.ts";
import type { OutsideUse } from "../dockerfile/stages.ts";
import type { ImageNaming } from "../graph/edges.ts";
import { contextKey } from "../graph/named-contexts.ts";
import type { NamedImage } from "../graph/owners.ts";

export interface NearMiss {
  readonly use: OutsideUse;
  /** What is meant, as a sentence has it: `the stage "build"`. */
  readonly like: string;
  readonly remark: Remark;
}

/**
 * Such names: BuildKit looks for an image of each, which fails late, or finds somebody else's.
 * @param user the image that uses them, which takes nothing from itself.
 * @param images the repository's. Short names of a FROM are not compared with theirs, as these are those of the world.
 */
export function nearMisses(
  uses: readonly OutsideUse[],
  user: ImageName,
  dockerfile: Dockerfile,
  { contexts, owners }: ImageNaming,
  images: readonly NamedImage[],
): readonly NearMiss[] {
  return uses.flatMap((use): readonly NearMiss[] => {
    if (contexts.has(contextKey(use.text))) return [];
    if (!/^[\w.-]+$/.test(use.text)) return ownRepository(use, [...owners.keys()]);
    const stage = nearestStage(use, dockerfile);
    if (stage !== undefined) return [ofStage(use, stage)];
    if (use.via === "FROM") return [];
    const others = images.filter(({ image }) => image.publicName !== user.publicName);
    const names = others.map(({ image }) => image.name);
    const meant = sameName(use, dockerfile, names) ?? likeliest(use.text, names);
    const like = others.find(({ image }) => image.name === meant);
    return like === undefined ? [] : [ofImage(use, like)];
  });
}

/** One remark on all of them. */
export function nearMissRemarks(all: readonly NearMiss[]): readonly Remark[] {
  // Several images may share a Dockerfile.
  const once = [...new Map(all.map((each) => [each.remark.message, each])).values()];
  return oneRemark(once, {
    one: ({ remark }) => remark,
    several: (listed, { length }) => ({
      message: `${length} names match no stage and no image of this repository, so BuildKit pulls images of these names: ${listed}`,
      hint: "write the names of the stages or images that are meant, or the others with their tags or digests",
    }),
    item: ({ use, like }) => `${placed(use)} names ${use.text}; did you mean ${like}?`,
  });
}

function nearestStage(use: OutsideUse, dockerfile: Dockerfile): string | undefined {
  const { text, via, at } = use;
  const { file, stages } = dockerfile;
  if (isBase(use, dockerfile) || at.file !== file) return undefined;
  const there = stages.filter(({ line }) => via !== "FROM" || line < (at.line ?? 0));
  return likeliest(
    text,
    there.flatMap(({ name }) => (name === undefined || (via === "FROM" && !isOneOff(text, name)) ? [] : [name])),
  );
}

/** What a base is called is an image of the world for sure. */
function isBase({ text, via, at }: OutsideUse, { stages }: Dockerfile): boolean {
  return stages.some(({ base, line }) => (via !== "FROM" || line !== at.line) && nameOf(base) === text);
}

/** The name of an own image, bare: only its whole name means it. */
function sameName(use: OutsideUse, dockerfile: Dockerfile, names: readonly string[]): string | undefined {
  if (isBase(use, dockerfile)) return undefined;
  return names.find((name) => name.toLowerCase() === use.text.toLowerCase());
}

/** The last part of a reference, without tag and digest. */
function nameOf(base: string): string | undefined {
  return /([^/:@]+)(?::[^/@]*)?(?:@.*)?$/.exec(base)?.[1];
}

/** Names that only differ in digits are several of one kind: `node18`, `node20`; one of two letters is like too many. */
function likeliest(text: string, names: readonly string[]): string | undefined {
  if (text.length < 3) return undefined;
  const bare = withoutDigits(text);
  return didYouMean(
    text,
    names.filter((name) => name !== text && withoutDigits(name) !== bare),
  );
}

function withoutDigits(name: string): string {
  return name.toLowerCase().replace(/\d+/g, "");
}

/** The name, of all, that a longer one differs from in a single letter which isn't a digit. */
export function oneLetterOff(text: string, names: readonly string[]): string | undefined {
  if (text.length < shortest) return undefined;
  return likeliest(
    text,
    names.filter((name) => isOneOff(text, name)),
  );
}

/** A letter is missing, too many or wrong, or two neighbors are swapped. */
function isOneOff(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  const [a, b] =
    one.length <= other.length ? [one.toLowerCase(), other.toLowerCase()] : [other.toLowerCase(), one.toLowerCase()];
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  if (b.length === a.length + 1) return a.slice(start) === b.slice(start + 1);
  if (b.length !== a.length) return false;
  if (a.slice(start + 1) === b.slice(start + 1)) return true;
  return a[start] === b[start + 1] && a[start + 1] === b[start] && a.slice(start + 2) === b.slice(start + 2);
}

/** Too many names of three letters are alike. */
const shortest = 4;

function ownRepository(use: OutsideUse, own: readonly Repository[]): readonly NearMiss[] {
  const read = tryReference(use.text);
  if (read === undefined || read.digest !== undefined || own.includes(read.repository)) return [];
  const { folder, name } = partsOf(read.repository);
  const beside = own.map(partsOf).filter((each) => each.folder === folder);
  const like = oneLetterOff(
    name,
    beside.map((each) => each.name),
  );
  if (like === undefined) return [];
  const meant = `${folder}/${like}`;
  const remark = {
    message: `${placed(use)} names ${use.text}, which isn't an image of this repository; did you mean ${meant}?`,
    hint: `write ${meant}, or add the digest of the other image`,
  };
  return [{ use, like: meant, remark }];
}

function partsOf(repository: Repository): { readonly folder: string; readonly name: string } {
  const slash = repository.lastIndexOf("/");
  return { folder: repository.slice(0, slash), name: repository.slice(slash + 1) };
}

function ofStage(use: OutsideUse, stage: string): NearMiss {
  return shortName(use, `the stage "${stage}"`, `write ${stage}, or the image with its tag`);
}

function ofImage(use: OutsideUse, { image: { name }, knownAs: [place] }: NamedImage): NearMiss {
  const write = `write ${place ?? "that image's full name"}, or the other image with its tag`;
  return shortName(use, `this repository's image "${name}"`, write);
}

function shortName(use: OutsideUse, like: string, write: string): NearMiss {
  const remark = {
    message: `${placed(use)} names "${use.text}", which isn't a stage, so BuildKit pulls an image of that name; did you mean ${like}?`,
    hint: `${write} (${use.text}:latest) if it is meant`,
  };
  return { use, like, remark };
}

function placed({ via, at }: OutsideUse): string {
  return `${formatLocation(at)}: ${via}`;
}
