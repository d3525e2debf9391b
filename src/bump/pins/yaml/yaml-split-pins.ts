/** Pins whose name and version are values of their own in YAML. */
import type { Scalar } from "yaml";
import { plainLine } from "../../../lib/plain-text.ts";
import type { Repository } from "../../../model/reference.ts";
import type { PinDoubt, ReadPin, Span } from "../read-pin.ts";
import { inPieces, withDefaults } from "../text/derived-text.ts";
import { versionIn } from "../unread-pins.ts";
import { digestIn, type Field, type SplitName, textOfField, twice } from "./yaml-split-names.ts";

/** What stands where: the text, its place in the file, how many aliases stand for a scalar, and what is another image's. */
export interface SplitPlaces {
  readonly text: string;
  readonly offset: number;
  readonly aliased: ReadonlyMap<Scalar, number>;
  readonly foreign: ReadonlySet<Scalar>;
}

/** Two maps that share a value by an anchor are one pin if they mean one image. */
export function splitPins(split: readonly SplitName[], places: SplitPlaces): readonly ReadPin[] {
  const users = new Map<Scalar, { readonly repositories: Set<Repository>; readonly aliases: Set<Field> }>();
  for (const { repository, tag, digest } of split) {
    for (const field of [tag, digest]) {
      if (field === undefined) continue;
      const user = users.get(field.node) ?? { repositories: new Set(), aliases: new Set() };
      users.set(field.node, user);
      user.repositories.add(repository);
      if (field.isAlias) user.aliases.add(field);
    }
  }
  const doubtOf = (field: Field | undefined): PinDoubt | undefined => {
    const user = field && users.get(field.node);
    if (field === undefined || user === undefined) return undefined;
    if (user.repositories.size > 1 || places.foreign.has(field.node))
      return { why: "its anchor stands for the versions of different images", remedy: "write them out" };
    const others = (places.aliased.get(field.node) ?? 0) - user.aliases.size;
    return others > 0
      ? { why: "its anchor is used for something else too", remedy: "write the version out" }
      : undefined;
  };
  const pins = split.flatMap((each) => {
    const doubt = each.doubt ?? doubtOf(each.tag) ?? doubtOf(each.digest);
    return splitPin(each, doubt, places) ?? [];
  });
  return [...new Map(pins.map((pin) => [`${pin.start} ${pin.repository}`, pin])).values()];
}

const tagWithDigest = /^([A-Za-z0-9_][A-Za-z0-9._-]{0,127})(?:@(sha256:[0-9a-f]{64}))?$/;

/** `undefined` where no version is named: an empty tag stands for the chart's version. */
function splitPin(
  { repository, name, tag, digest }: SplitName,
  given: PinDoubt | undefined,
  places: SplitPlaces,
): ReadPin | undefined {
  const tagText = textOfField(tag);
  const digestText = textOfField(digest);
  const derived = withDefaults(tagText)?.text ?? tagText;
  const [, own, attached] = tagWithDigest.exec(derived) ?? [];
  const beside = digestOfField(digest);
  const unread = own === undefined && tagText !== "" ? versionIn(tagText) : undefined;
  if (own === undefined && tagText !== "" && unread === undefined && beside === undefined) return undefined;
  const spans = {
    tag: spanOf(tag, own, places),
    digest: digestText === "" ? spanOf(tag, attached, places) : hexSpanOf(digest, beside, places),
  };
  const isUnread = tagText !== "" && own === undefined;
  const isBroken =
    (own !== undefined && spans.tag === undefined) || (attached !== undefined && spans.digest === undefined);
  const doubt =
    given ??
    (isUnread ? { why: "its tag isn't plain text", remedy: "write the version there" } : undefined) ??
    (digestText !== "" && attached !== undefined ? twice("digest") : undefined) ??
    (digestText !== "" && spans.digest === undefined ? digestNotPlain : undefined) ??
    (isBroken ? inPieces : undefined);
  const start = spans.tag?.start ?? (isUnread ? startOf(tag, places) : undefined) ?? spans.digest?.start;
  if (start === undefined) return undefined;
  const known = attached ?? (beside && (beside.isHex ? `sha256:${beside.text}` : beside.text));
  const shownTag = own ?? unread?.tag;
  return {
    repository,
    text: plainLine(`${name}${tagText === "" ? "" : `:${own ?? tagText}`}${known === undefined ? "" : `@${known}`}`),
    start,
    tag: shownTag,
    digest: isUnread ? undefined : known,
    values:
      doubt === undefined
        ? { ...(spans.tag && { tag: spans.tag }), ...(spans.digest && { digest: spans.digest }) }
        : { doubt },
  };
}

/** Why a tag stays whose digest can't be changed. */
export const digestNotPlain = {
  why: "the digest beside it isn't a plain sha256 digest, and would stay",
  remedy: "write it as one, or take it out",
};

/** The digest that a field holds, a variable's default among them. */
export function digestOfField(field: Field | undefined): ReturnType<typeof digestIn> {
  const text = textOfField(field);
  return digestIn(withDefaults(text)?.text ?? text);
}

function startOf(field: Field | undefined, { offset }: SplitPlaces): number | undefined {
  return field?.node.range === undefined || field.node.range === null ? undefined : offset + field.node.range[0];
}

/** The place of a digest in a scalar. */
export function hexSpanOf(
  field: Field | undefined,
  digest: ReturnType<typeof digestIn>,
  places: Pick<SplitPlaces, "text" | "offset">,
): Span | undefined {
  const span = spanOf(field, digest?.text, places);
  return span && (digest?.isHex ? { ...span, isHex: true } : span);
}

/** The place of a text in a scalar, within its quotes. */
export function spanOf(
  field: Field | undefined,
  text: string | undefined,
  places: Pick<SplitPlaces, "text" | "offset">,
): Span | undefined {
  if (field === undefined || !text) return undefined;
  const [from, to] = field.node.range ?? [0, 0];
  const source = places.text.slice(from, to);
  const index = source.lastIndexOf(text);
  if (index < 0) return undefined;
  const start = places.offset + from + index;
  return { start, end: start + text.length, ...(source === text ? { isPlain: true } : {}) };
}
