/** Systems whose packages may have findings that no scan sees: end-of-life, or unknown to the database. */
import type { SourceLocation } from "../../errors.ts";
import { inBackticks, plainLine } from "../../lib/plain-text.ts";
import { count } from "../../lib/quantities.ts";
import type { Remark } from "../../model/remark.ts";
import type { ImageScan, JudgedPlatform, ScannedImage } from "../../scan/judged.ts";
import { middleCut } from "../summary/abbreviation.ts";

/** An image with its place in the repository. */
export interface PlacedImage {
  readonly name: string;
  /** The names of the images that it is based on. */
  readonly parents: readonly string[];
  /** The line that brings its base. */
  readonly at: SourceLocation;
}

/** One for each system, at the first image that has it from outside. Nothing is blocked for it. */
export function unwatchedRemarks(scans: readonly ImageScan[], images: readonly PlacedImage[]): readonly Remark[] {
  const seen = scans.flatMap((scan) =>
    scan.kind === "unscanned" ? [] : scan.platforms.map(({ os, unwatched }) => ({ image: scan.name, os, unwatched })),
  );
  const systems = Map.groupBy(seen, ({ os, unwatched }) => JSON.stringify([os, unwatched]));
  return [...systems.values()].flatMap((some): readonly Remark[] => {
    const [first] = some;
    if (first?.unwatched === undefined) return [];
    const names = new Set(some.map(({ image }) => image));
    const placed = images.filter(({ name }) => names.has(name));
    const own = placed.filter(({ parents }) => !parents.some((parent) => names.has(parent)));
    const of = withHeirs(own.length === 0 ? [...names] : own.map(({ name }) => name), names.size);
    const os = first.os === undefined ? undefined : inBackticks(first.os);
    const at = own[0] === undefined ? {} : { at: own[0].at };
    if (first.unwatched === "ended") {
      const ended = `${os ?? "the operating system"} is end-of-life, and nobody reports findings for it any more`;
      const message = `${ended}: what is wrong with the packages of ${of} is unknown`;
      return [{ message, hint: "build on a release that is still supported", ...at }];
    }
    const message = `the vulnerability database has no entries for ${os ?? "the operating system"}: what is wrong with the packages of ${of} is unknown`;
    const hint = "build on a system that Trivy has findings for, and leave /etc/os-release in the image";
    return [{ message, hint, ...at }];
  });
}

function withHeirs(own: readonly string[], all: number): string {
  const heirs = all - own.length;
  const depend = `${heirs === 1 ? "depends" : "depend"} on ${own.length === 1 ? "it" : "them"}`;
  return `${listed(own)}${heirs <= 0 ? "" : ` (and of ${count(heirs, "image")} that ${depend})`}`;
}

/** What is to be read in an image's row; `undefined`: nothing. */
export function unwatchedBrief({ platforms }: ScannedImage): string | undefined {
  const here = new Set(platforms.map(({ unwatched }) => unwatched));
  if (here.has("ended")) return "the operating system is end-of-life";
  return here.has("unknown") ? "the operating system is unknown" : undefined;
}

/** The system of a platform, in the brackets after it; `undefined` where there is none. */
export function systemText({ os, unwatched }: Pick<JudgedPlatform, "os" | "unwatched">): string | undefined {
  if (os === undefined) return unwatched === undefined ? undefined : "unknown system";
  return os;
}

const mostNames = 20;

function listed(images: readonly string[]): string {
  const more = images.length - mostNames;
  const names = images.slice(0, mostNames).map((image) => `\`${inBackticks(middleCut(plainLine(image), 48))}\``);
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
