/** A tag and the digest beside it in a map move together, or neither does. Pure. */
import type { Scalar } from "yaml";
import { plainLine } from "../../../lib/plain-text.ts";
import { isTag } from "../../../model/reference.ts";
import type { PinDoubt, ReadPin } from "../read-pin.ts";
import { namesItsImage, roleOf, stemOf } from "./key-role.ts";
import {
  digestsBeside,
  type Field,
  fieldsOfRole,
  hasStrayDigest,
  isFilled,
  type ScalarFields,
  type SplitName,
  strangerIn,
  textOfField,
  twice,
} from "./yaml-split-names.ts";
import { digestNotPlain, digestOfField, hexSpanOf, type SplitPlaces, spanOf } from "./yaml-split-pins.ts";

/** A map with what is known of the images in it. */
export interface MapOfImages<Inner extends SplitName> {
  /** With what it merges. */
  readonly fields: ScalarFields;
  readonly own: ScalarFields;
  readonly split: readonly SplitName[];
  /** Images that maps in it name, under their keys. */
  readonly below: readonly Inner[];
  /** Maps in it, under their keys. */
  readonly inner: readonly (readonly [key: string, fields: ScalarFields])[];
  /** It has lists or maps of digests. */
  readonly hasDigestsBelow: boolean;
  /** Scalars that are a reference as a whole. */
  readonly whole: ReadonlyMap<Scalar, ReadPin>;
}

export interface Together<Inner extends SplitName> {
  readonly split: readonly SplitName[];
  readonly below: readonly Inner[];
  /** References with what is beside them. */
  readonly whole: readonly (readonly [Scalar, ReadPin])[];
  /** Values that are the digest of an image beside them, and no pins of their own. */
  readonly digests: readonly Scalar[];
}

export function pinsTogether<Inner extends SplitName>(
  { fields, own, split, below, inner, hasDigestsBelow, whole }: MapOfImages<Inner>,
  places: Pick<SplitPlaces, "text" | "offset">,
): Together<Inner> {
  const references = [...own].flatMap(([key, { node, isAlias }]) => {
    const pin = isAlias || isDigestKey(key) ? undefined : whole.get(node);
    return pin?.repository === undefined ? [] : [{ stem: stemOf(key), node, pin, repository: pin.repository }];
  });
  const isOnly = references.length + split.length + below.length === 1;
  const isStray = isOnly && (hasDigestsBelow || hasStrayDigest(fields));
  const stranger = strangerIn(fields);
  const digests: Scalar[] = [];
  const besideOf = (image: Pick<SplitName, "stem" | "repository">): readonly Field[] => {
    const found = digestsBeside({ ...image, isOnly }, fields);
    digests.push(...found.map(({ node }) => node).filter((node) => whole.has(node)));
    return found;
  };
  const withDigest = <S extends SplitName>(image: S, mayBeStray: boolean): S => {
    const [digest, ...others] = besideOf(image);
    if (others.length > 0) return { ...image, digest, doubt: image.doubt ?? twice("digest") };
    if (digest === undefined)
      return mayBeStray && image.tag !== undefined ? { ...image, doubt: image.doubt ?? unknownDigest } : image;
    const doubt =
      image.doubt ?? (stranger === undefined || isOfImage(digest, fields) ? undefined : ofAnother(stranger));
    return { ...image, digest, ...(doubt && { doubt }) };
  };
  /** Its tag may be beside its map, or in a map beside its name. */
  const withTag = <S extends SplitName>(image: S, tags: readonly Field[]): S => {
    if (image.tag !== undefined) return image;
    const [tag, ...others] = tags;
    return others.length > 0 ? { ...image, tag, doubt: image.doubt ?? twice("tag") } : { ...image, tag };
  };
  const tagsOf = ({ stem }: SplitName, from: ScalarFields): readonly Field[] =>
    [...new Set([stem, ""])]
      .map((each) => fieldsOfRole("tag", each, from).filter(isFilled))
      .find((each) => each.length > 0) ?? [];
  const tagsInside = (image: SplitName): readonly Field[] =>
    inner
      .filter(([key]) => isOnly && roleOf(key) !== undefined && stemOf(key) === image.stem)
      .flatMap(([, its]) => tagsOf(image, its));
  return {
    split: onceNamed(split.map((each) => withDigest(withTag(each, tagsInside(each)), isStray))),
    below: below.map((each) => withDigest(isOnly ? withTag(each, tagsOf(each, fields)) : each, isStray)),
    whole: references.flatMap(({ node, pin, stem, repository }) => {
      const tags = fieldsOfRole("tag", stem, fields).filter((field) => isFilled(field) && isVersionOf(pin, field));
      const found = besideOf({ stem, repository });
      if (found.some((digest) => !isOfImage(digest, fields)) && stranger !== undefined)
        return [[node, { ...pin, values: { doubt: ofAnother(stranger) } }] as const];
      const beside = { digests: found, tags };
      const together = withBeside(pin, beside, isStray && pin.digest === undefined, places);
      return [[node, together] as const, ...(pin.tag === undefined ? [] : secondTags(pin, tags, places))];
    }),
    digests,
  };
}

const unknownDigest: PinDoubt = {
  why: "a digest beside it may be its own",
  remedy: "write it under the key `digest`, or take it out",
};

/** One image under two names, of which one has a digest, and nobody knows whether it is the other's too. */
function onceNamed(split: readonly SplitName[]): readonly SplitName[] {
  return split.map((image) => {
    const same = split.filter(({ repository }) => repository === image.repository);
    const areUnlike = same.length > 1 && same.some(({ digest }) => digest) && !same.every(({ digest }) => digest);
    return areUnlike ? { ...image, doubt: image.doubt ?? namedTwice } : image;
  });
}

const namedTwice: PinDoubt = {
  why: "its name is in two places, and a digest beside one of them",
  remedy: "write name, tag and digest once",
};

function ofAnother(stranger: string): PinDoubt {
  return {
    why: `the digest beside it may be that of \`${plainLine(stranger)}\``,
    remedy: `write it behind the tag, or under the key \`imageDigest\``,
  };
}

/** Whether the key of a digest, or how it is written, says that it is an image's. */
function isOfImage(digest: Field, fields: ScalarFields): boolean {
  const [key = ""] = [...fields].find(([, field]) => field === digest) ?? [];
  return namesItsImage(key) && (key.toLowerCase() !== "digest" || !/^[0-9a-f]{64}$/.test(textOfField(digest)));
}

function isDigestKey(key: string): boolean {
  const { role } = roleOf(key) ?? {};
  return role === "digest" || role === "sum";
}

/** Whether a tag that is written beside a reference is one of the image. */
function isVersionOf({ tag }: ReadPin, field: Field): boolean {
  const text = textOfField(field);
  return text === tag || /\d/.test(text) || tag === undefined;
}

/** Other tags beside a reference with a tag: nobody knows which of them counts. */
function secondTags(
  pin: ReadPin,
  tags: readonly Field[],
  places: Pick<SplitPlaces, "text" | "offset">,
): readonly (readonly [Scalar, ReadPin])[] {
  return tags.flatMap((field) => {
    const tag = textOfField(field);
    const span = spanOf(field, tag, places);
    if (tag === pin.tag || !isTag(tag) || span === undefined) return [];
    return [[field.node, { ...pin, tag, start: span.start, values: { doubt: twice("tag") } }] as const];
  });
}

interface BesideReference {
  readonly digests: readonly Field[];
  readonly tags: readonly Field[];
}

function withBeside(
  pin: ReadPin,
  { digests, tags }: BesideReference,
  isStray: boolean,
  places: Pick<SplitPlaces, "text" | "offset">,
): ReadPin {
  const [digest] = digests;
  const [tag] = tags;
  if ("doubt" in pin.values) return pin;
  const left = (doubt: PinDoubt): ReadPin => ({ ...pin, values: { doubt } });
  if (digest === undefined && tag === undefined) return isStray ? left(unknownDigest) : pin;
  if (digests.length > 1 || (digest !== undefined && pin.digest !== undefined)) return left(twice("digest"));
  if (tags.length > 1 || (tag !== undefined && pin.tag !== undefined)) return left(twice("tag"));
  if ([digest, tag].some((field) => field?.isAlias || field?.node.anchor !== undefined)) return left(anchored);
  const found = digestOfField(digest);
  const spans = { tag: spanOf(tag, textOfField(tag), places), digest: hexSpanOf(digest, found, places) };
  if (digest !== undefined && spans.digest === undefined) return left(digestNotPlain);
  if (tag !== undefined && !isTag(textOfField(tag)))
    return left({ why: "the tag beside it isn't plain text", remedy: "write the version there" });
  const [tagSpan, digestSpan] = [pin.values.tag ?? spans.tag, pin.values.digest ?? spans.digest];
  return {
    ...pin,
    tag: pin.tag ?? (tag && textOfField(tag)),
    digest: pin.digest ?? (found && (found.isHex ? `sha256:${found.text}` : found.text)),
    values: { ...(tagSpan && { tag: tagSpan }), ...(digestSpan && { digest: digestSpan }) },
  };
}

const anchored: PinDoubt = { why: "the version beside it is shared by an anchor", remedy: "write it out" };
