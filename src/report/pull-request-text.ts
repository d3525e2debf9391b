/** The text of a bump's pull request. Names, versions and paths are hostile text. */

import type { MovedFile, MovedPin } from "../bump/moved.ts";
import type { PullRequestText } from "../forge/bump-forge.ts";
import { code, markdown } from "../lib/markdown.ts";
import { plainLine, shortened } from "../lib/plain-text.ts";
import { count, formatSize } from "../lib/quantities.ts";
import { type Digest, isDigest } from "../model/digest.ts";
import type { Forge } from "../results/run-result.ts";
import type { Finding } from "../scan/finding.ts";
import { ignorePath } from "../scan/ignore-path.ts";
import { shortCommit, shortDigest } from "./summary/abbreviation.ts";
import { compareLink, fileLink } from "./summary/forge-links.ts";

/** What is known of an image that pins follow. */
export interface BumpedImage {
  readonly name: string;
  readonly digest: Digest;
  /** Compressed bytes of a platform, and of the image that the pins name now. */
  readonly size?: { readonly now: number; readonly before: number | undefined };
  readonly findings?: { readonly gone: readonly Finding[]; readonly new: readonly Finding[] };
  /** What the pinned image and this one were made from. */
  readonly commits?: { readonly from: string; readonly to: string };
}

export interface ReportedBump {
  /** Those that pins follow, at least one. */
  readonly images: readonly BumpedImage[];
  readonly files: readonly MovedFile[];
  /** The base's commit that the files were read at. */
  readonly at: string;
  readonly forge: Forge | undefined;
  readonly runUrl: string | undefined;
}

export function pullRequestText(bump: ReportedBump): PullRequestText {
  const sections = [published(bump), table(bump), ...bump.images.flatMap(findingLists), files(bump), footer];
  return { title: title(bump), body: sections.filter((section) => section !== "").join("\n\n") };
}

const footer =
  "Commits that you add to this branch stay. A newer version takes this one's place here; closing this skips the version.";

function title({ images, files: moved }: ReportedBump): string {
  const [only] = images;
  const names = images.map(({ name }) => name).join(", ");
  if (only === undefined || images.length > 1) return inTitle(`Bump ${count(images.length, "image")}: ${names}`);
  const { from, to } = versions(moved, only.name);
  return inTitle(`Bump ${only.name}${from === undefined ? "" : ` from ${from}`}${to === undefined ? "" : ` to ${to}`}`);
}

/** A squash turns the title into a commit's message: brackets are removed, as `[skip ci]` would skip workflows. */
function inTitle(text: string): string {
  return shortened(plainLine(text).trim().replaceAll("[", "(").replaceAll("]", ")"), 200);
}

function published({ images, runUrl }: ReportedBump): string {
  const isAddress = runUrl !== undefined && /^https?:\/\/[\w.:/~%-]+$/.test(runUrl);
  const run = isAddress ? `[this run](${runUrl})` : "a run of image-publish";
  return `${images.length === 1 ? "This image was" : "These images were"} published by ${run}.`;
}

function table({ images, files: moved, forge }: ReportedBump): string {
  const rows = images.map((image) => {
    const { from, to } = versions(moved, image.name);
    const compared = image.commits;
    const commits = compared && `${shortCommit(compared.from)}…${shortCommit(compared.to)}`;
    return {
      image: markdown(image.name),
      from: from === undefined ? "" : code(from),
      to: to === undefined ? "" : code(to),
      digest: code(shortDigest(image.digest)),
      size: image.size === undefined ? "" : size(image.size),
      findings: image.findings === undefined ? "" : findings(image.findings),
      commits: compared && commits ? compareLink(forge, compared.from, compared.to, code(commits)) : "",
    };
  });
  const known = (["image", "from", "to", "digest", "size", "findings", "commits"] as const).filter((column) =>
    rows.some((row) => row[column] !== ""),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(known),
    line(known.map(() => "---")),
    ...rows.map((row) => line(known.map((column) => row[column]))),
  ].join("\n");
}

function size({ now, before }: NonNullable<BumpedImage["size"]>): string {
  if (before === undefined || before === now) return formatSize(now);
  return `${formatSize(now)} (${now > before ? "+" : "−"}${formatSize(Math.abs(now - before))})`;
}

function findings({ gone, new: added }: NonNullable<BumpedImage["findings"]>): string {
  return gone.length + added.length === 0 ? "the same" : `${gone.length} fixed, ${added.length} new`;
}

function findingLists({ name, findings: found }: BumpedImage): readonly string[] {
  const lists = [
    { what: "New", all: found?.new ?? [] },
    { what: "Fixed", all: found?.gone ?? [] },
  ];
  return lists.flatMap(({ what, all }) => {
    if (all.length === 0) return [];
    const lines = all.slice(0, mostFindings).map((each) => `- ${findingLine(each)}`);
    const rest = all.length - lines.length;
    return [
      `${what} in ${markdown(name)}:\n`.concat(
        "\n",
        [...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])].join("\n"),
      ),
    ];
  });
}

function findingLine(finding: Finding): string {
  const where = finding.kind === "vulnerability" ? `${finding.package} ${finding.installed}` : ignorePath(finding);
  return `${markdown(finding.id)} (${finding.severity.toLowerCase()}) in ${code(where)}`;
}

function files({ files: moved, forge, at }: ReportedBump): string {
  const pins = moved.flatMap(({ path, pins: all }) => all.map((pin) => ({ path, ...pin })));
  const lines = pins
    .slice(0, mostPins)
    .map(({ path, line, from, to }) => `- ${fileLink(forge, at, { file: path, line })}: ${code(from)} → ${code(to)}`);
  const rest = pins.length - lines.length;
  // A sentence before it, as two lists in a row would be one.
  return ["What moves:\n", ...lines, ...(rest > 0 ? [`- and ${count(rest, "place")} more`] : [])].join("\n");
}

const mostFindings = 20;
const mostPins = 100;

/** What all pins of an image name now, and what they name then; `undefined` where they differ. */
function versions(moved: readonly MovedFile[], image: string): { readonly from?: string; readonly to?: string } {
  const all = moved.flatMap(({ pins }) => pins.filter((pin) => pin.image === image));
  // A value that exists for the tag and for the digest is shown with its tag.
  const named = all.filter(({ to }) => !isDigest(to));
  const pins = named.length > 0 ? named : all;
  const one = (which: keyof Pick<MovedPin, "from" | "to">): string | undefined => {
    const [version, ...others] = new Set(pins.map((pin) => versionIn(pin[which])));
    return others.length === 0 ? version : undefined;
  };
  const [from, to] = [one("from"), one("to")];
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** The tag of a reference, the beginning of a digest, and whatever else as it is. */
function versionIn(text: string): string {
  const [, named = "", digest] = /^(.*?)(?:@?(sha256:[0-9a-f]{64}))?$/s.exec(text) ?? [];
  const tag = /:([\w][\w.-]*)$/.exec(named)?.[1];
  if (tag !== undefined) return tag;
  return digest === undefined ? text : shortDigest(digest);
}
