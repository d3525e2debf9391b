/** Whether an edit moved pins and nothing else, whoever made it. */

import type { FileWrite } from "../forge/bump-forge.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import type { ImageNames } from "./pins/names-in-files.ts";
import { readPinFile } from "./pins/pin-file.ts";
import type { PinValues, ReadPin, Span } from "./pins/read-pin.ts";

/** Of every file all but tags and digests of these images must be as it was. A chart's version is one of them. */
export async function differInPins(files: readonly FileWrite[], names: ImageNames): Promise<boolean> {
  for (const { path, before, after } of files) {
    const [was, is] = [await withoutPins(path, before, names), await withoutPins(path, after, names)];
    if (was === undefined || was !== is) return false;
  }
  return true;
}

/** The text with each version replaced by a mark; `undefined` for a file that can't be read. */
async function withoutPins(path: RepositoryPath, bytes: Uint8Array, names: ImageNames): Promise<string | undefined> {
  const { text, pins, isUnread } = await readPinFile({ path, bytes }, names);
  if (isUnread || text.includes(mark)) return undefined;
  const spans = pins
    .flatMap(({ values }: ReadPin) => ("doubt" in values ? [] : spansOf(values)))
    .filter(({ start, end }) => version.test(text.slice(start, end)))
    .toSorted((a, b) => a.start - b.start);
  let masked = "";
  let at = 0;
  for (const { start, end } of spans) {
    if (start < at) continue;
    // A version that looks like a number gets quotes.
    const quote = /["']/.test(text[start - 1] ?? "") && text[start - 1] === text[end] ? 1 : 0;
    masked += `${text.slice(at, Math.max(at, start - quote))}${mark}`;
    at = end + quote;
  }
  return masked + text.slice(at);
}

function spansOf({ tag, digest }: PinValues): readonly Span[] {
  return [tag, digest].filter((span) => span !== undefined);
}

/** A tag, a chart's version or a digest, in quotes or not. */
const version = /^(["']?)(?:[\w][\w.+-]{0,127}|sha(?:256|512):[0-9a-f]{64,128})\1$/;
/** Unicode has no such character; a text with it is not read. */
const mark = "\uffff";
