/** Remarks on tags as sentences, one for each image and reason, with the tags in backticks. */

import type { Remark } from "../model/remark.ts";
import type { ImageResult } from "../results/run-result.ts";
import { shortTag } from "./summary/abbreviation.ts";
import { type TagNote, tagNotes } from "./summary/tag-notes.ts";

/** Of exact tags that name other bytes: somebody has to give the new ones a version. */
export function unmovedRemarks(images: readonly ImageResult[]): readonly Remark[] {
  const hint = "an exact tag is immutable: publish the new image under a new version";
  return sentences(images, ["held"]).map((message) => ({ message, hint }));
}

/** Of tags that stay as something newer has them, and of moves that are unusual: nobody has to do anything. */
export function quietNotes(images: readonly ImageResult[]): readonly string[] {
  return sentences(images, ["stays", "moved"]);
}

function sentences(images: readonly ImageResult[], kinds: readonly TagNote["kind"][]): readonly string[] {
  return images.flatMap((image) =>
    tagNotes(image)
      .filter(({ kind }) => kinds.includes(kind))
      .map((note) => sentenceOf(note, image.planned.name)),
  );
}

/** "`1.2.3` of app was left where it is: it names other bytes already; so was `v1.2.3`; `latest` goes with it". */
function sentenceOf({ kind, tags: [first = "", ...others], because, followers }: TagNote, image: string): string {
  const { verb, one, several } = verbs[kind];
  const more = others.length === 0 ? "" : `; so ${others.length === 1 ? one : several} ${listed(others)}`;
  const go = followers.length === 1 ? "goes" : "go";
  const follow = followers.length === 0 ? "" : `; ${listed(followers)} ${go} with it`;
  return `${quoted(first)} of ${image} ${verb}: ${because}${more}${follow}`;
}

const verbs: Readonly<
  Record<TagNote["kind"], { readonly verb: string; readonly one: string; readonly several: string }>
> = {
  held: { verb: "was left where it is", one: "was", several: "were" },
  stays: { verb: "stays where it is", one: "does", several: "do" },
  moved: { verb: "was moved", one: "was", several: "were" },
};

const most = 8;

function listed(tags: readonly string[]): string {
  const more = tags.length - most;
  const shown = tags.slice(0, most).map(quoted);
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Of a full reference nothing is left out. */
function quoted(label: string): string {
  return `\`${label.includes("/") ? label : shortTag(label)}\``;
}
