/** A use of an image as messages write it: with its exact place, and the ARG that gives the name. */
import { formatLocation, type SourceLocation } from "../../errors.ts";
import { memoize } from "../../lib/memoize.ts";
import type { OutsideUse } from "../dockerfile/stages.ts";
import { exactPlace } from "../exact-place.ts";
import type { ImageNaming } from "../graph/edges.ts";
import { contextKey } from "../graph/named-contexts.ts";

/** What a use names, and what names it. */
export interface NamedUse {
  /** The reference as it is written. */
  readonly text: string;
  /** `FROM`, `the build context "base"`. */
  readonly by: string;
  readonly at: SourceLocation;
}

/**
 * The use with its origin: the named context that overrides it, where there is one. The text is empty if that isn't an
 * image.
 */
export function namedBy({ text, via, at }: OutsideUse, { contexts }: Pick<ImageNaming, "contexts">): NamedUse {
  const context = contexts.get(contextKey(text));
  if (context === undefined) return { text, by: via, at };
  const value = context.to.kind === "elsewhere" ? context.to.value : "";
  const image = /^docker-image:\/\/(.*)$/.exec(value)?.[1] ?? "";
  return { text: image, by: `the build context "${context.to.name}"`, at: context.at };
}

/** Each once, as several images may share a Dockerfile. */
export function eachUseOnce<T extends NamedUse>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((each) => [`${formatLocation(each.at)} ${each.by} ${each.text}`, each])).values()];
}

/** `images/web/Dockerfile:1:6: FROM names ghcr.io/o/r/base`. @param texts of the files that the uses are in. */
export function useWriter(texts: ReadonlyMap<string, string>): (use: NamedUse) => string {
  const linesOf = memoize((file: string) => texts.get(file)?.split(/\r?\n/) ?? []);
  return ({ at, by, text }) => {
    const { place, argument } = exactPlace(linesOf(at.file), at, text);
    const set = argument === undefined ? "" : `, set by the ARG in ${formatLocation(argument)}`;
    const where = at.file === "." ? "" : `${formatLocation(place)}: `;
    return `${where}${by} names ${text}${set}`;
  };
}
