/** By what our own pull requests and commits are known again. */
import { createHash } from "node:crypto";
import type { MovedFile } from "../moved.ts";

export interface Marker {
  /** Of what the pins move to: what a person declined once is not proposed again. */
  readonly version: string;
  /** Of the edit itself: with other files before or after it, it is another; `pending` while the pull request is unfinished. */
  readonly edit: string;
}

/** The marker's value in a pull request that still lacks something. */
export const pending = "pending";

/** The marker for these files. */
export function markerOf(files: readonly MovedFile[]): Marker {
  const moves = files.flatMap(({ pins }) => pins.map(({ image, to }) => JSON.stringify([image, to])));
  const edits = files
    .map(({ path, before, after }) => JSON.stringify([path, hash(before), hash(after)]))
    .sort((a, b) => (a < b ? -1 : 1));
  return { version: hash([...new Set(moves)].sort().join("\n")), edit: hash(edits.join("\n")) };
}

/** A pull request's body with the marker at its end, where nobody sees it. */
export function withMarker(body: string, { version, edit }: Marker): string {
  return `${body.trimEnd()}\n\n<!-- image-publish:bump version=${version} edit=${edit} -->\n`;
}

export function withoutMarker(body: string): string {
  return body.replace(pattern, "").trimEnd();
}

/** `undefined`: there is none. */
export function readMarker(body: string): Marker | undefined {
  const [, version, edit] = pattern.exec(body) ?? [];
  return version === undefined || edit === undefined ? undefined : { version, edit };
}

/** The last line of our commits' messages (a trailer, git-interpret-trailers(1)). */
export function trailerOf({ version, edit }: Marker): string {
  return `Image-Publish-Bump: ${version} ${edit}`;
}

/**
 * All that a commit says that it makes, the whole of it last. Where several jobs propose together, what each of them wants is there, too:
 * a person who closes the pull request declines that of each.
 */
export function readTrailers(message: string): readonly Marker[] {
  const [last] = /(?:\nImage-Publish-Bump: [0-9a-f]{16} [0-9a-f]{16})+\s*$/.exec(message) ?? [];
  return [...(last ?? "").matchAll(/: ([0-9a-f]{16}) ([0-9a-f]{16})/g)].flatMap(([, version, edit]) =>
    version === undefined || edit === undefined ? [] : [{ version, edit }],
  );
}

/** What a commit says that it makes; `undefined`: it is not ours. */
export function readTrailer(message: string): Marker | undefined {
  return readTrailers(message).at(-1);
}

const pattern = /<!-- image-publish:bump version=([0-9a-f]{16}) edit=([0-9a-f]{16}|pending) -->/;

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
