/** What there is to know besides: warnings with their remedies, and folded what nobody has to do anything about. */
import { prose, sentence } from "../lib/markdown.ts";
import { shortened } from "../lib/plain-text.ts";
import type { Remark } from "../model/remark.ts";
import { type Section, text } from "./summary/sections.ts";

/** Those of the remarks that are warnings. */
export function warningSection(remarks: readonly Remark[]): Section {
  const warnings = remarks.filter(({ isNote }) => isNote !== true);
  if (warnings.length === 0) return text("");
  const pieces = warnings.map(({ message, hint }) => `- ${remarkText(message)} _How to fix:_ ${remarkText(hint)}`);
  return { head: "### ⚠️ Warnings\n", pieces, tail: "", what: "remarks" };
}

/** Those of the remarks that are none, below other notes. */
export function noteSection(remarks: readonly Remark[], others: readonly string[] = []): Section {
  const notes = [...others, ...remarks.flatMap(({ message, isNote }) => (isNote === true ? [message] : []))];
  if (notes.length === 0) return text("");
  return {
    head: `<details><summary>Notes (${notes.length})</summary>\n`,
    pieces: notes.map((note) => `- ${remarkText(note)}`),
    tail: "\n</details>",
    what: "notes",
  };
}

function remarkText(given: string): string {
  return prose(sentence(shortened(given, 1000)));
}
