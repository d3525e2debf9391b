/** Addresses of files and commits on the forge. */
import { formatLocation, type SourceLocation } from "../../errors.ts";
import { code } from "../../lib/markdown.ts";
import type { Forge } from "../../results/run-result.ts";
import { shortCommit } from "./abbreviation.ts";

/** A place in a file as Markdown: a link to the line at that commit, or the place alone without a forge. */
export function fileLink(forge: Forge | undefined, commit: string, at: SourceLocation): string {
  const path = at.file.toWellFormed().split("/").map(urlPart).join("/");
  const line = at.line === undefined ? "" : `#L${at.line}`;
  const tree = forge?.kind === "forgejo" ? "src/commit" : "blob";
  return link(code(formatLocation(at)), forge, `${tree}/${urlPart(commit)}/${path}${line}`);
}

/** A commit as Markdown: its first seven digits, linked. */
export function commitLink(forge: Forge | undefined, commit: string): string {
  return link(code(shortCommit(commit)), forge, `commit/${urlPart(commit)}`);
}

/** `text`, linked to the difference between two commits. */
export function compareLink(forge: Forge | undefined, base: string, commit: string, text: string): string {
  return link(text, forge, `compare/${urlPart(base)}...${urlPart(commit)}`);
}

/** `text`, linked to a page elsewhere where its address is one that nothing can break out of; `undefined`: there is none. */
export function pageLink(text: string, url: string | undefined): string {
  return url !== undefined && url.length < 300 && /^https:\/\/[\w.:/~%?=&#+-]+$/.test(url) ? `[${text}](${url})` : text;
}

/** The same for a page of the forge itself, which may be filled in. */
export function forgePageLink(text: string, url: string): string {
  return /^https?:\/\/[\w.:/~%?=&#-]{1,6000}$/.test(url) ? `[${text}](${url})` : text;
}

function link(text: string, forge: Forge | undefined, path: string): string {
  // The forge's address comes from the environment: what could end a link's target makes no link.
  if (forge === undefined || !/^https?:\/\/[\w.:/~%-]+$/.test(forge.repositoryUrl)) return text;
  return `[${text}](${forge.repositoryUrl}/${path})`;
}

/** encodeURIComponent leaves `(` and `)`, which end a Markdown link. */
function urlPart(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
}
