/** The scans of a run, from the values that its steps returned. */
import type { Catalog } from "../../catalog/catalog.ts";
import type { ImageResult } from "../../results/run-result.ts";
import type { ImageScan } from "../../scan/judged.ts";

/** By name of the image. */
export type ScansByImage = ReadonlyMap<string, ImageScan>;

/** In the order of the catalog. What the run made of an image counts before what was `published` of it. */
export function collectScans(
  { images }: Pick<Catalog, "images">,
  published: readonly ImageScan[],
  results: readonly ImageResult[],
): ScansByImage {
  const scans = [...published, ...results.flatMap(({ scan }) => scan ?? [])];
  const last = new Map(scans.map((scan) => [scan.name, scan]));
  return new Map(
    images.flatMap(({ name }) => {
      const scan = last.get(name);
      return scan === undefined ? [] : [[name, scan] as const];
    }),
  );
}
