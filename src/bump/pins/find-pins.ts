/** The pins of a file, for those who only look at them. */
import type { SourceLocation } from "../../errors.ts";
import type { Repository } from "../../model/reference.ts";
import { imageNames } from "./names-in-files.ts";
import { readPins } from "./pin-reader.ts";
import { textPlaces } from "./text/text-places.ts";
import { chartPin } from "./yaml/chart-pins.ts";

export interface Pin {
  /** `undefined`: a chart's version. */
  readonly repository: Repository | undefined;
  /** As written; `undefined` where a digest alone is named. */
  readonly tag: string | undefined;
  /** What is written there, for people: `ghcr.io/o/r/app:1.2.3`, `appVersion: 1.2.3`. */
  readonly text: string;
  readonly at: SourceLocation;
}

/**
 * A chart's own version counts where it says no version of what it installs: many charts have versions of their own.
 * @param repositories whose pins are looked for. @returns in the order of lines.
 */
export async function findPins(
  text: string,
  file: string,
  repositories: ReadonlySet<Repository>,
): Promise<readonly Pin[]> {
  const { pins } = await readPins(text, file, imageNames(repositories));
  const chart = chartPin(text, file, "appVersion") ?? chartPin(text, file, "version");
  const places = textPlaces(text);
  const read = pins.filter(({ tag, digest }) => tag !== undefined || digest !== undefined);
  return [...(chart === undefined ? [] : [chart]), ...read]
    .sort((a, b) => a.start - b.start)
    .map((pin) => ({
      repository: pin.repository,
      tag: pin.tag,
      text: pin.text,
      at: { file, line: places.line(pin.start), column: places.column(pin.start) },
    }));
}
