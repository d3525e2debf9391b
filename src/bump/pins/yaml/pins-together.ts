/** A tag and the digest beside it in a map move together, or neither does. Pure. */
import type { Scalar } from "yaml";
import { isTag } from "../../../model/reference.ts";
import type { ReadPin } from "../read-pin.ts";
import { roleOf, stemOf } from "./key-role.ts";
import {
  digestsBeside,
  type Field,
  type Fields,
  fieldsOf,
  hasStrayDigest,
  isFilled,
  type SplitName,
  textOf,
  twice,
} from "./yaml-split-names.ts";
import { digestNotPlain, digestOf, hexSpanOf, type SplitPlaces, spanOf } from "./yaml-split-pins.ts";

/** A map with what is known of the images in it. */
export interface MapOfImages<Inner extends SplitName> {
  /** With what it merges. */
  readonly fields: Fields;
  readonly own: Fields;
  readonly split: readonly SplitName[];
  /** Images that maps in it name, under their keys. */
  readonly below: readonly Inner[];
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
  { fields, own, split, below, whole }: MapOfImages<Inner>,
  places: Pick<SplitPlaces, "text" | "offset">,
): Together<Inner> {
  const references = [...own].flatMap(([key, { node, isAlias }]) => {
    const pin = isAlias || isDigestKey(key) ? undefined : whole.get(node);
    return pin?.repository === undefined ? [] : [{ stem: stemOf(key), node, pin, repository: pin.repository }];
  });
  const isOnly = references.length + split.length + below.length === 1;
  const isStray = isOnly && hasStrayDigest(fields);
  const digests: Scalar[] = [];
  const besideOf = (image: Pick<SplitName, "stem" | "repository">): readonly Field[] => {
    const found = digestsBeside({ ...image, isOnly }, fields);
    digests.push(...found.map(({ node }) => node).filter((node) => whole.has(node)));
    return found;
  };
  const withDigest = <S extends SplitName>(image: S, mayBeStray: boolean): S => {
    const [digest, ...others] = besideOf(image);
    if (others.length > 0) return { ...image, digest, doubt: image.doubt ?? twice("digest") };
    return digest === undefined && mayBeStray && image.tag !== undefined
      ? { ...image, doubt: image.doubt ?? unknownDigest }
      : { ...image, digest };
  };
  return {
    split: split.map((each) => withDigest(each, isStray)),
    below: below.map((each) => withDigest(each, false)),
    whole: references.map(({ node, pin, stem, repository }) => {
      const tags = fieldsOf("tag", stem, fields).filter((field) => isFilled(field) && isVersionOf(pin, field));
      const beside = { digests: besideOf({ stem, repository }), tags };
      return [node, withBeside(pin, beside, isStray && pin.digest === undefined, places)] as const;
    }),
    digests,
  };
}

const unknownDigest = "a digest beside it may be its own: write it under the key `digest`, or take it out";

function isDigestKey(key: string): boolean {
  const { role } = roleOf(key) ?? {};
  return role === "digest" || role === "sum";
}

/** Whether a tag that is written beside a reference is one of the image. */
function isVersionOf({ tag }: ReadPin, field: Field): boolean {
  const text = textOf(field);
  return text === tag || /\d/.test(text) || tag === undefined;
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
  const left = (doubt: string): ReadPin => ({ ...pin, values: { doubt } });
  if (digest === undefined && tag === undefined) return isStray ? left(unknownDigest) : pin;
  if (digests.length > 1 || (digest !== undefined && pin.digest !== undefined)) return left(twice("digest"));
  if (tags.length > 1 || (tag !== undefined && pin.tag !== undefined)) return left(twice("tag"));
  if ([digest, tag].some((field) => field?.isAlias || field?.node.anchor !== undefined)) return left(anchored);
  const found = digestOf(digest);
  const spans = { tag: spanOf(tag, textOf(tag), places), digest: hexSpanOf(digest, found, places) };
  if (digest !== undefined && spans.digest === undefined) return left(digestNotPlain);
  if (tag !== undefined && !isTag(textOf(tag)))
    return left("the tag beside it is no plain text: write the version there");
  const [tagSpan, digestSpan] = [pin.values.tag ?? spans.tag, pin.values.digest ?? spans.digest];
  return {
    ...pin,
    tag: pin.tag ?? (tag && textOf(tag)),
    digest: pin.digest ?? (found && (found.isHex ? `sha256:${found.text}` : found.text)),
    values: { ...(tagSpan && { tag: tagSpan }), ...(digestSpan && { digest: digestSpan }) },
  };
}

const anchored = "the version beside it is shared by an anchor: write it out";
