/** Pins in text of which no more is known than lines: scripts, templates, what is broken. */

import type { ImageNames } from "../names-in-files.ts";
import type { PinDoubt, ReadPin } from "../read-pin.ts";
import { blockComments, type Comments, shellComments } from "./comments.ts";
import { pinAt } from "./derived-text.ts";

/** References in full, but those in comments. */
export function textPins(text: string, names: ImageNames, comments: Comments = shellComments): readonly ReadPin[] {
  return outsideComments(names.pinsWithVariables(text, 0), text, comments);
}

/** What isn't in a comment, in the order of the text. */
function outsideComments<T extends { readonly start: number }>(
  all: readonly T[],
  text: string,
  comments: Comments,
): readonly T[] {
  if (all.length === 0) return [];
  const blocks = blockComments(text, comments);
  let block = 0;
  let end = -1;
  let comment = 0;
  return all
    .toSorted((a, b) => a.start - b.start)
    .filter(({ start }) => {
      while ((blocks[block]?.end ?? Number.POSITIVE_INFINITY) <= start) block += 1;
      if ((blocks[block]?.start ?? Number.POSITIVE_INFINITY) <= start) return false;
      if (start > end) {
        const begin = text.lastIndexOf("\n", start - 1) + 1;
        const next = text.indexOf("\n", start);
        end = next < 0 ? text.length : next;
        comment = begin + startOutside(text.slice(begin, end), begin, blocks, comments);
      }
      return start < comment;
    });
}

/** Where a line's comment begins; one of several lines that ends on it hides nothing behind its end. */
function startOutside(
  line: string,
  begin: number,
  blocks: ReturnType<typeof blockComments>,
  comments: Comments,
): number {
  const hidden = blocks.filter(({ start, end }) => start < begin + line.length && end > begin);
  const visible = hidden.reduce((text, { start, end }) => {
    const [from, to] = [Math.max(0, start - begin), Math.min(line.length, end - begin)];
    return `${text.slice(0, from)}${" ".repeat(to - from)}${text.slice(to)}`;
  }, line);
  return comments.startIn(visible);
}

/** The same of a text that is a part of a file. */
export function textPinsAt(text: string, names: ImageNames, offset: number): readonly ReadPin[] {
  return textPins(text, names).map((pin) => pinAt(pin, offset));
}

/** Names on their own whose version seems to be on a line next to them, which isn't certain. */
export function namesNearVersions(
  text: string,
  names: ImageNames,
  comments: Comments = shellComments,
): readonly ReadPin[] {
  if (!versionOnLine.test(text)) return [];
  return outsideComments(names.bareNamesIn(text), text, comments).flatMap(({ repository, text: name, start }) => {
    const [, tag] =
      versionOnLine.exec(around(text, start)) ?? tagOnLine.exec(blockAround(text, start, ofAnother)) ?? [];
    const doubt = {
      why: "its version seems to be on a line beside it",
      remedy: "write the whole reference in one place",
    };
    return tag === undefined
      ? []
      : [{ repository, text: `${name}:${tag}`, start, tag, digest: undefined, values: { doubt } }];
  });
}

const version = "[\"']?(?:\\s*[:=]\\s*|,?\\s+(?:-\\s+)?)[\"']?(v?\\d+(?:\\.\\d+)+(?:[\\w.-]*\\w)?)(?![\\w$%{])";
const versionOnLine = new RegExp(`(?:tag|(?<!api)version)${version}`, "i");
/** Also where it is lines away, up to what names another image. */
const tagOnLine = new RegExp(`(?<!git[_-]?)tag${version}`, "i");

const ofAnother = /^\s*\[\w|(?:image|repository|repo|imageName)["']?\s*[:=]/i;

/** A digest on a line beside a tag would stay, whatever it belongs to. */
export function withDigestsNear(pins: readonly ReadPin[], text: string): readonly ReadPin[] {
  if (!lineOfDigest.test(text)) return pins;
  return pins.map((pin) => {
    if (pin.tag === undefined || pin.digest !== undefined || "doubt" in pin.values) return pin;
    return lineOfDigest.test(blockAround(text, pin.start)) ? { ...pin, values: { doubt: digestNear } } : pin;
  });
}

/** Why a tag stays that has a digest near it. */
export const digestNear: PinDoubt = {
  why: "a digest on a line beside it may be its own, and would stay",
  remedy: "write it behind the tag",
};
const lineOfDigest = /(?:digest|sha|sha256|hash)["']?\s*[:=]\s*["']?(?:sha256:)?[0-9a-f]{64}(?![0-9a-f])/i;

/** The lines around a place, up to a blank one, one of brackets alone, or an edge, at most eight on each side. */
function blockAround(text: string, at: number, edge?: RegExp): string {
  const isEdge = (line: string): boolean => !/\w/.test(line) || edge?.test(line) === true;
  const before = text.slice(0, at).split("\n").slice(-9).toReversed();
  const after = text.slice(at).split("\n").slice(0, 9);
  const upTo = (lines: readonly string[]): readonly string[] => {
    const last = lines.findIndex((line, index) => index > 0 && isEdge(line));
    return last < 0 ? lines : lines.slice(0, last);
  };
  return upTo(before).toReversed().join("\n") + upTo(after).join("\n");
}

/** Two lines before and two after a place. */
function around(text: string, at: number): string {
  let [start, end] = [at, at];
  for (let count = 0; count < 3 && start > 0; count++) start = text.lastIndexOf("\n", start - 1);
  for (let count = 0; count < 3 && end >= 0; count++) end = text.indexOf("\n", end + 1);
  return text.slice(Math.max(start, 0), end < 0 ? text.length : end);
}
