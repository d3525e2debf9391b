/** Systems whose packages may have findings that no scan sees: past their end of life, or not known to the database. */
import { inBackticks, plainLine } from "../../lib/plain-text.ts";
import type { Remark } from "../../model/remark.ts";
import type { ImageScan, JudgedPlatform, ScannedImage } from "../../scan/judged.ts";
import { middleCut } from "../summary/abbreviation.ts";

/** One for each system, whatever images have it. Nothing is held for it. */
export function unwatchedRemarks(scans: readonly ImageScan[]): readonly Remark[] {
  const seen = scans.flatMap((scan) =>
    scan.kind === "unscanned" ? [] : scan.platforms.map(({ os, unwatched }) => ({ image: scan.name, os, unwatched })),
  );
  const systems = Map.groupBy(seen, ({ os, unwatched }) => JSON.stringify([os, unwatched]));
  return [...systems.values()].flatMap((some): readonly Remark[] => {
    const [first] = some;
    if (first?.unwatched === undefined) return [];
    const images = listed([...new Set(some.map(({ image }) => image))]);
    const os = first.os === undefined ? undefined : inBackticks(first.os);
    if (first.unwatched === "ended") {
      const ended = `${os ?? "their system"} is past its end of life, and nobody reports findings for it any more`;
      const message = `${ended}: what is wrong with the packages of ${images} is not seen`;
      return [{ message, hint: "build on a release that is still supported" }];
    }
    const message = `the database knows nothing of ${os === undefined ? "the system" : os} of ${images}: what is wrong with its packages is not seen`;
    const hint = "build on a system that Trivy has findings for, and leave /etc/os-release in the image";
    return [{ message, hint }];
  });
}

/** What is to be read in an image's row; `undefined`: nothing. */
export function unwatchedBrief({ platforms }: ScannedImage): string | undefined {
  const here = new Set(platforms.map(({ unwatched }) => unwatched));
  if (here.has("ended")) return "the operating system is end-of-life";
  return here.has("unknown") ? "the operating system is unknown" : undefined;
}

/** The system of a platform, as it stands in brackets after it; `undefined` where there is none. */
export function systemText({ os, unwatched }: Pick<JudgedPlatform, "os" | "unwatched">): string | undefined {
  if (os === undefined) return unwatched === undefined ? undefined : "a system that is not known";
  const notes = { ended: ", past its end of life", unknown: ", which the database knows nothing of" };
  return `${os}${unwatched === undefined ? "" : notes[unwatched]}`;
}

const mostNames = 20;

function listed(images: readonly string[]): string {
  const more = images.length - mostNames;
  const names = images.slice(0, mostNames).map((image) => `\`${inBackticks(middleCut(plainLine(image), 48))}\``);
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
