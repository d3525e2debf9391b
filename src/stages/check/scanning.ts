/** Scans what a run makes, as one of its checks, or what is published: compared with what it replaces, and judged. */

import type { Image } from "../../catalog/catalog.ts";
import { addedLayerSteps, settingPlaces } from "../../catalog/dockerfile/layer-steps.ts";
import { UserError } from "../../errors.ts";
import { limit } from "../../lib/limit.ts";
import { memoize } from "../../lib/memoize.ts";
import { formatReference } from "../../model/reference.ts";
import type { CredentialStore } from "../../oci/login/credentials.ts";
import type { PlannedBuild, PlannedPromote } from "../../plan/plan.ts";
import { judgeScan, type Published } from "../../scan/judge.ts";
import type { ImageScan } from "../../scan/judged.ts";
import { fixedByRebuild } from "../../scan/remedy.ts";
import { scanFailure } from "../../scan/scan-failure.ts";
import type { Scanned, ScanSubject } from "../../scan/scanner.ts";
import type { ScannerFacts } from "../../scan/scanner-facts.ts";
import type { Survey } from "../analyze/survey.ts";
import type { Check, Checkable, CheckResult } from "./check.ts";
import { type BuiltImage, openBases, type Parent } from "./image-bases.ts";
import { type ImageScanner, openImageScanner, type ScannerRun } from "./image-scanner.ts";
import { type PublishedOptions, publishedImage } from "./published-image.ts";

/** An image of this run that others are based on. */
export type Ancestor =
  | { readonly kind: "built"; readonly made: Checkable }
  | { readonly kind: "promoted"; readonly image: BuiltImage };

/** By name of the image; of an image all that it is based on, however far down. */
export type Ancestors = ReadonlyMap<string, Ancestor>;

export interface PublishedScan {
  readonly scan: ImageScan;
  /** The base images that have another digest now, as a person would write their names. */
  readonly moved: readonly string[];
}

export interface Scanning {
  /** Whether an image is to be scanned: it is published, and nobody said otherwise. */
  isWanted(name: string): boolean;
  /**
   * Before anything is built, of the images of these names that are to be scanned. @throws UserError (or `Problems`) for files of
   * the user's that are not there, or that the scanner would not understand.
   */
  checkFiles(names: readonly string[]): Promise<void>;
  /** Fetches, beside a build, what its check would wait for; a check needs no such call. Never rejects. */
  prefetch(planned: PlannedBuild | PlannedPromote): void;
  /** The scan as a check of an image. It rejects with a UserError for a file of the user's that is not there. */
  check(planned: PlannedBuild | PlannedPromote, ancestors: Ancestors): Check;
  /** What is published of an image; `undefined`: nothing. What can't be looked up could not be scanned. */
  published(image: Image): Promise<PublishedScan | undefined>;
  /** An SBOM (CycloneDX, JSON) from a scan's report, before `close`. @throws UserError */
  sbom(report: string): Promise<Uint8Array>;
  /** Which scanner it was, before `close`; `undefined` where nothing was scanned. */
  facts(): Promise<ScannerFacts | undefined>;
  /** To be called when all is scanned. Never rejects. */
  close(): Promise<void>;
}

export interface ScanningParts extends PublishedOptions, ScannerRun {
  readonly surveyed: Pick<Survey, "catalog" | "settingsOf">;
  readonly credentials: CredentialStore;
}

/** How many images are looked at at once; the scanner has a bound of its own. */
const atOnce = 8;

export function openScanning(parts: ScanningParts): Scanning {
  const settingsOf = (image: Image) => parts.surveyed.settingsOf(image.publicName, image).scan;
  return scanningBy(openImageScanner(parts, { ...parts, settingsOf }), parts);
}

export interface ScanningSettings extends PublishedOptions {
  readonly surveyed: ScanningParts["surveyed"];
}

export function scanningBy(scanner: ImageScanner, parts: ScanningSettings): Scanning {
  const { surveyed, registry } = parts;
  const images = new Map(surveyed.catalog.images.map((image) => [image.name, image]));
  const settingsOf = (image: Image) => surveyed.settingsOf(image.publicName, image).scan;
  const bases = openBases({ images: surveyed.catalog.images, registry });
  const limited = limit(atOnce);
  const scanOnce = memoize(
    ({ image, source, made }: ToScan) => limited(() => scanner.scan(image, source, made)),
    ({ image, source, made }) => `${image.name} ${source.kind === "registry" ? source.repository : ""}@${made.digest}`,
  );

  function imageNamed(name: string): Image {
    const image = images.get(name);
    if (image === undefined) throw new Error(`there is no image ${name}`);
    return image;
  }

  function isWanted(name: string): boolean {
    const image = images.get(name);
    return image !== undefined && image.repositories.length > 0 && settingsOf(image).isWanted;
  }

  async function parentNamed(name: string, ancestors: Ancestors): Promise<Parent | undefined> {
    const ancestor = ancestors.get(name);
    const image = imageNamed(name);
    if (ancestor?.kind === "built") {
      const own = builtImage(image, ancestor.made);
      const scanned = isWanted(name) ? await scanOnce(subjectOf(image, ancestor.made)) : undefined;
      return scanned?.kind === "scanned" ? { layers: layersIn(scanned), bases: own?.bases ?? {} } : own;
    }
    if (ancestor !== undefined && isWanted(name)) return ancestor.image;
    return publishedImage(image, undefined, parts);
  }

  async function publishedNow(planned: PlannedBuild | PlannedPromote): Promise<Published> {
    const image = imageNamed(planned.name);
    try {
      const found = await publishedImage(image, planned, parts);
      if (found === undefined) return { kind: "first" };
      const scanned = await scanner.scanPublished({ image, ...found });
      if (scanned.kind === "unscanned") return { kind: "unknown", error: scanned.error };
      return { kind: "published", tag: found.tag, digest: found.digest, platforms: scanned.platforms };
    } catch (error) {
      if (error instanceof UserError) return { kind: "unknown", error };
      throw error;
    }
  }

  async function judged(image: Image, scanned: Scanned, published: Published, taken: Taken): Promise<ImageScan> {
    const found = scanned.kind === "scanned" && scanned.platforms.some(({ findings }) => findings.length > 0);
    const platforms = found ? scanned.platforms.map(({ platform }) => platform) : [];
    const named = (name: string) => parentNamed(name, taken.ancestors);
    return judgeScan(scanned, {
      name: image.name,
      rules: settingsOf(image).rules,
      published,
      bases: found ? await bases.basesOf(image, taken.bases, platforms, named) : [],
      stepsOn: (platform) => addedLayerSteps(image, platform),
      settingsOn: (platform) => settingPlaces(image, platform),
    });
  }

  function check(planned: PlannedBuild | PlannedPromote, ancestors: Ancestors): Check {
    return async (made) => {
      const image = imageNamed(planned.name);
      const taken = { bases: takenBy(made), ancestors };
      const compare = async (scanned: Scanned, published: Published) =>
        resultOfScan(await judged(image, scanned, published, taken));
      const [scanned, published] = await Promise.all([
        scanOnce(subjectOf(image, made)),
        limited(() => publishedNow(planned)),
      ]);
      const result = await compare(scanned, published);
      if (!mayTurn(result.scan)) return result;
      const again = async () => {
        const now = await publishedNow(planned);
        const isSame = now.kind === "published" && published.kind === "published" && now.digest === published.digest;
        return isSame ? result : compare(scanned, now);
      };
      return { ...result, again };
    };
  }

  async function published(image: Image): Promise<PublishedScan | undefined> {
    const ancestors: Ancestors = new Map();
    try {
      const found = await publishedImage(image, undefined, parts);
      if (found === undefined) return undefined;
      const scanned = await scanner.scanPublished({ image, ...found });
      const itself = { kind: "itself", found: { tag: found.tag, digest: found.digest } } as const;
      const [scan, moved] = await Promise.all([
        judged(image, scanned, itself, { bases: found.bases, ancestors }),
        bases.moved(withoutPinned(found.bases, image)),
      ]);
      return { scan, moved };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const scan = await judged(image, { kind: "unscanned", error }, { kind: "itself" }, { bases: {}, ancestors });
      return { scan, moved: [] };
    }
  }

  return {
    isWanted,
    checkFiles: (names) => scanner.checkFiles(names.filter(isWanted).map(imageNamed)),
    prefetch(planned) {
      scanner.prepare();
      // The scanner remembers what it has scanned. What goes wrong here goes wrong in the check, too.
      limited(() => publishedNow(planned)).catch(() => {});
    },
    check,
    published,
    sbom: scanner.sbom,
    facts: scanner.facts,
    close: scanner.close,
  };
}

interface ToScan {
  readonly image: Image;
  readonly source: ScanSubject["source"];
  readonly made: Checkable;
}

/** What an image took from outside, and from this run. */
interface Taken {
  readonly bases: BuiltImage["bases"];
  readonly ancestors: Ancestors;
}

function subjectOf(image: Image, made: Checkable): ToScan {
  if (made.layout !== undefined) return { image, made, source: { kind: "layout", folder: made.layout } };
  const repository = made.repository ?? image.repositories[0];
  if (repository === undefined) throw new Error(`${image.name} has no repository`);
  return { image, made, source: { kind: "registry", repository } };
}

/** `undefined`: it was not pushed. */
function builtImage({ repositories: [repository] }: Image, made: Checkable): BuiltImage | undefined {
  if (made.layout !== undefined || repository === undefined) return undefined;
  return { repository, digest: made.digest, bases: takenBy(made) };
}

function layersIn({ platforms }: Extract<Scanned, { readonly kind: "scanned" }>) {
  return new Map(platforms.map(({ platform, layers }) => [platform, layers.map(({ diffId }) => diffId)] as const));
}

/** The scan policy's decision as that of a check. */
export function resultOfScan(scan: ImageScan): CheckResult & { readonly scan: ImageScan } {
  const failure = scan.decision.kind === "blocked" ? scanFailure(scan) : undefined;
  return failure === undefined
    ? { kind: "passed", scan }
    : { kind: "refused", by: [{ check: "scan", ...failure }], scan };
}

/** Where nothing is blocking, or nothing is published to compare with, the result is the same whatever is published later. */
function mayTurn(scan: ImageScan): boolean {
  return scan.kind === "scanned" && scan.decision.kind === "fails-run" && scan.comparedWith.kind === "published";
}

function takenBy({ bases }: Checkable): BuiltImage["bases"] {
  return Object.fromEntries(bases.map(({ name, digest }) => [name, digest]));
}

/** What a rebuild would take anew: a base that the Dockerfile names by its digest stays the same. */
function withoutPinned(taken: BuiltImage["bases"], image: Image): BuiltImage["bases"] {
  const pinned = new Set(
    image.bases.flatMap(({ reference: { digest, ...named } }) =>
      digest === undefined ? [] : [formatReference(named)],
    ),
  );
  return Object.fromEntries(Object.entries(taken).filter(([name]) => !pinned.has(name)));
}

/** Whether a rebuild of a published image, with nothing changed in the repository, fixes anything in it. */
export function isFixedByRebuild({ scan, moved }: PublishedScan): boolean {
  return moved.length > 0 || fixedByRebuild(scan).length > 0;
}
