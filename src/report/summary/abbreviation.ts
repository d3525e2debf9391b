/** Names that are too long to be shown whole, as people abbreviate them. */
import { shortened } from "../../lib/plain-text.ts";

/** A commit's first seven digits, as in git and on forges. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 7);
}

/** A tag that is a whole commit is cut to what people recognise; other tags only where they are very long. */
export function shortTag(tag: string): string {
  return /^[0-9a-f]{40,}$/.test(tag) ? `${shortCommit(tag)}…` : shortened(tag, 40);
}

/** A name in at most so many characters. The ends stay, as long names differ there. */
export function middleCut(name: string, length: number): string {
  const characters = [...name];
  if (characters.length <= length) return name;
  const end = Math.ceil((length - 1) / 2);
  return `${characters.slice(0, length - 1 - end).join("")}…${characters.slice(-end).join("")}`;
}

/** A digest's first twelve digits, as `docker images` shows them. */
export function shortDigest(digest: string): string {
  return `${digest.slice("sha256:".length).slice(0, 12)}…`;
}
