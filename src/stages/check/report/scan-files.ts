/** The files that a run leaves of its scans: SARIF, the scanner's own reports, and SBOMs. */
import { explain, UserError } from "../../../errors.ts";
import type { Remark } from "../../../model/remark.ts";
import type { Files } from "../../../ports.ts";
import type { ScannedImage } from "../../../scan/judged.ts";
import type { ImageSarif } from "../../../scan/sarif/sarif.ts";
import { sarifText } from "../../../scan/sarif/sarif-log.ts";
import { errorRemarks, type ImageError } from "../../analyze/image-errors.ts";
import type { Survey } from "../../analyze/survey.ts";
import type { Scanning } from "../scanning.ts";

/** Into a folder of the image. */
export async function writeFindings(
  scan: ScannedImage,
  { file }: ImageSarif,
  folder: string,
  files: Pick<Files, "read" | "write" | "makeDirectory">,
): Promise<void> {
  const own = folderOf(scan, folder);
  await files.makeDirectory(own);
  await files.write(`${own}/findings.sarif`, sarifText(file));
  await Promise.all(
    scan.platforms.map(async ({ platform, report }) => {
      const bytes = await files.read(report);
      if (bytes !== undefined) await files.write(`${own}/trivy-${platform.replaceAll("/", "-")}.json`, bytes);
    }),
  );
}

/** SBOMs of the images that want one. @returns remarks on images of which there is none */
export async function writeSboms(
  scans: readonly ScannedImage[],
  folder: string,
  {
    scanning,
    surveyed,
  }: { readonly scanning: Pick<Scanning, "sbom">; readonly surveyed: Pick<Survey, "catalog" | "settingsOf"> },
  files: Pick<Files, "write">,
): Promise<readonly Remark[]> {
  const wanting = new Set(
    surveyed.catalog.images.flatMap((image) =>
      surveyed.settingsOf(image.publicName, image).scan.cyclonedx ? [image.name] : [],
    ),
  );
  const written = scans
    .filter(({ name }) => wanting.has(name))
    .map(async (scan): Promise<readonly ImageError[]> => {
      try {
        for (const { platform, report } of scan.platforms) {
          const path = `${folderOf(scan, folder)}/cyclonedx-${platform.replaceAll("/", "-")}.json`;
          await files.write(path, await scanning.sbom(report));
        }
        return [];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return [{ image: scan.name, error }];
      }
    });
  const unwritten = (await Promise.all(written)).flat();
  return errorRemarks(
    unwritten,
    ({ image, error }) => `${image} has no SBOM: ${explain(error)}`,
    (many) => `${many} images have no SBOM`,
  );
}

function folderOf({ name }: ScannedImage, folder: string): string {
  return `${folder}/${encodeURIComponent(name)}`;
}
