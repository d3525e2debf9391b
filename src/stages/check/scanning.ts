/** Scans what a run makes, or what is published: compared with what it takes the place of, judged, and kept for the report. */

import type { Image } from "../../catalog/catalog.ts";
import { layerSteps, settingPlaces } from "../../catalog/dockerfile/layer-steps.ts";
import { UserError } from "../../errors.ts";
import { slots } from "../../lib/bounded.ts";
import { onceEach } from "../../lib/once-each.ts";
import type { Candidate } from "../../model/candidate.ts";
import { formatReference, type Repository } from "../../model/reference.ts";
import type { CredentialStore } from "../../oci/login/credentials.ts";
import type { PlannedBuild, PlannedPromote } from "../../plan/plan.ts";
import type { Session } from "../../run/session.ts";
import { heldBy } from "../../scan/complaint.ts";
import { judge, type Published } from "../../scan/judge.ts";
import type { ImageScan } from "../../scan/judged.ts";
import { mendedByRebuild } from "../../scan/remedy.ts";
import type { Scanned, ScanSubject } from "../../scan/scanner.ts";
import type { ScannerFacts } from "../../scan/scanner-facts.ts";
import type { Survey } from "../analyze/survey.ts";
import { type BuiltImage, openBases, type Parent } from "./image-bases.ts";
import { openImageScanner } from "./image-scanner.ts";
import { type PublishedOptions, publishedImage } from "./published-image.ts";

/** What there is of an image: what a run built, or what is published. */
export type Scannable = Pick<Candidate, "digest" | "layout" | "platforms" | "bases"> & {
  /** Where it is, where that isn't the image's first repository. */
  readonly repository?: Repository;
};

export interface PublishedScan {
  readonly scan: ImageScan;
  /** What it is built on that goes by another digest now, as a person would write it. */
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
  /** Begins, beside the builds, what a gate would wait for: the scan of what is published now. Never rejects. */
  begin(planned: PlannedBuild | PlannedPromote): void;
  /** What this run built, whether or not it is scanned: others may be built on it. */
  made(planned: PlannedBuild, candidate: Candidate): void;
  /**
   * Once more, if it passed for what was published, and something else is by now: to be asked right before tags are put.
   */
  confirm(planned: PlannedBuild | PlannedPromote, made: Scannable, scan: ImageScan): Promise<ImageScan>;
  /** @throws UserError for a file of the user's that is not there. */
  judge(planned: PlannedBuild | PlannedPromote, made: Scannable): Promise<ImageScan>;
  /** The same, of what would take the place of what was judged before: kept for the report only where it passes. */
  judgeFound(planned: PlannedBuild | PlannedPromote, made: Scannable): Promise<ImageScan>;
  /** What is published of an image; `undefined`: nothing. What can't be looked up could not be scanned. */
  published(image: Image): Promise<PublishedScan | undefined>;
  /** A software bill of materials (CycloneDX, JSON) from a scan's report, before `close`. @throws UserError */
  bill(report: string): Promise<Uint8Array>;
  /** Which scanner it was, before `close`; `undefined` where nothing was scanned. */
  facts(): Promise<ScannerFacts | undefined>;
  /** To be called when all is scanned. Never rejects. */
  close(): Promise<void>;
  /** By name of the image, in the catalog's order. */
  readonly scans: ReadonlyMap<string, ImageScan>;
}

interface ToScan {
  readonly image: Image;
  readonly source: ScanSubject["source"];
  readonly made: Scannable;
}

export interface ScanningParts extends PublishedOptions {
  readonly surveyed: Survey;
  readonly credentials: CredentialStore;
}

/** How many images are looked at at once; the scanner has a bound of its own. */
const atOnce = 8;

export function openScanning(session: Session, parts: ScanningParts): Scanning {
  const { surveyed, registry } = parts;
  const images = new Map(surveyed.catalog.images.map((image) => [image.name, image]));
  const settingsOf = (image: Image) => surveyed.settingsOf(image.publicName, image).scan;
  const scanner = openImageScanner(session, { ...parts, settingsOf });
  const scans = new Map<string, ImageScan>();
  /** What this run built, by name; `undefined`: it was not pushed. */
  const built = new Map<string, BuiltImage | undefined>();
  /** By name of the image, what was scanned last. */
  const scanned = new Map<string, Promise<Scanned>>();
  const scanOnce = onceEach(
    ({ image, source, made }: ToScan): Promise<Scanned> => scanner.scan(image, source, made),
    ({ image, source, made }) => `${image.name} ${source.kind === "registry" ? source.repository : ""}@${made.digest}`,
  );
  const bases = openBases({ images: surveyed.catalog.images, registry, built: parentNamed });
  const slot = slots(atOnce);

  function imageNamed(name: string): Image {
    const image = images.get(name);
    if (image === undefined) throw new Error(`there is no image ${name}`);
    return image;
  }

  async function parentNamed(name: string): Promise<Parent | undefined> {
    const found = await scanned.get(name);
    const own = built.get(name);
    if (found?.kind === "scanned") {
      const layers = found.platforms.map((each) => [each.platform, each.layers.map(({ diffId }) => diffId)] as const);
      return { layers: new Map(layers), bases: own?.bases ?? {} };
    }
    return built.has(name) ? own : publishedImage(imageNamed(name), undefined, session, parts);
  }

  async function publishedNow(planned: PlannedBuild | PlannedPromote): Promise<Published> {
    const image = imageNamed(planned.name);
    try {
      const found = await publishedImage(image, planned, session, parts);
      if (found === undefined) return { kind: "first" };
      const scanned = await scanner.scanPublished({ image, ...found });
      if (scanned.kind === "unscanned") return { kind: "unknown", error: scanned.error };
      return { kind: "published", tag: found.tag, digest: found.digest, platforms: scanned.platforms };
    } catch (error) {
      if (error instanceof UserError) return { kind: "unknown", error };
      throw error;
    }
  }

  async function judged(
    image: Image,
    scanned: Scanned,
    published: Published,
    taken: BuiltImage["bases"],
  ): Promise<ImageScan> {
    const found = scanned.kind === "scanned" && scanned.platforms.some(({ findings }) => findings.length > 0);
    const platforms = found ? scanned.platforms.map(({ platform }) => platform) : [];
    const below = found ? await bases.basesOf(image, taken, platforms) : [];
    const result = judge(scanned, {
      name: image.name,
      rules: settingsOf(image).rules,
      published,
      bases: below,
      stepsOn: (platform) => layerSteps(image, platform),
      settingsOn: (platform) => settingPlaces(image, platform),
    });
    scans.set(image.name, result);
    return result;
  }

  async function judgeMade(planned: PlannedBuild | PlannedPromote, made: Scannable): Promise<ImageScan> {
    const image = imageNamed(planned.name);
    const repository = made.repository ?? image.repositories[0];
    if (repository === undefined) throw new Error(`${image.name} has no repository`);
    const source: ScanSubject["source"] =
      made.layout === undefined ? { kind: "registry", repository } : { kind: "layout", folder: made.layout };
    const scanning = scanOnce({ image, source, made });
    scanned.set(image.name, scanning);
    const [found, published] = await Promise.all([scanning, publishedNow(planned)]);
    return judged(image, found, published, takenBy(made));
  }

  async function judgeFound(planned: PlannedBuild | PlannedPromote, made: Scannable): Promise<ImageScan> {
    const { name } = planned;
    const [before, scannedBefore] = [scans.get(name), scanned.get(name)];
    const scan = await judgeMade(planned, made);
    if (before === undefined || heldBy(scan) === undefined) return scan;
    scans.set(name, before);
    if (scannedBefore !== undefined) scanned.set(name, scannedBefore);
    return scan;
  }

  async function confirm(planned: PlannedBuild | PlannedPromote, made: Scannable, scan: ImageScan): Promise<ImageScan> {
    // Where nothing counts, or all of it holds, it is the same whatever is published.
    if (scan.kind === "unscanned" || !scan.passes || !scan.isRed) return scan;
    const { comparedWith } = scan;
    if (comparedWith.kind !== "published") return scan;
    const now = await publishedNow(planned);
    return now.kind === "published" && now.digest === comparedWith.digest ? scan : judgeMade(planned, made);
  }

  async function published(image: Image): Promise<PublishedScan | undefined> {
    try {
      const found = await publishedImage(image, undefined, session, parts);
      if (found === undefined) return undefined;
      const scanned = await scanner.scanPublished({ image, ...found });
      const itself = { kind: "itself", found: { tag: found.tag, digest: found.digest } } as const;
      const [scan, moved] = await Promise.all([
        judged(image, scanned, itself, found.bases),
        bases.moved(withoutPinned(found.bases, image)),
      ]);
      return { scan, moved };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { scan: await judged(image, { kind: "unscanned", error }, { kind: "itself" }, {}), moved: [] };
    }
  }

  function ofName(name: string): readonly (readonly [string, ImageScan])[] {
    const scan = scans.get(name);
    return scan === undefined ? [] : [[name, scan]];
  }

  function isWanted(name: string): boolean {
    const image = images.get(name);
    return image !== undefined && image.repositories.length > 0 && settingsOf(image).isWanted;
  }

  return {
    get scans() {
      return new Map([...images.keys()].flatMap((name) => ofName(name)));
    },
    isWanted,
    checkFiles: (names) => scanner.checkFiles(names.filter(isWanted).map(imageNamed)),
    begin(planned) {
      scanner.prepare();
      publishedNow(planned).catch(() => {});
    },
    made: ({ name, repositories: [repository] }, candidate) => {
      const { digest, layout } = candidate;
      const isPushed = layout === undefined && repository !== undefined;
      built.set(name, isPushed ? { repository, digest, bases: takenBy(candidate) } : undefined);
    },
    judge: (planned, made) => slot(() => judgeMade(planned, made)),
    judgeFound: (planned, made) => slot(() => judgeFound(planned, made)),
    confirm,
    published,
    bill: scanner.bill,
    facts: scanner.facts,
    close: scanner.close,
  };
}

function takenBy({ bases }: Scannable): BuiltImage["bases"] {
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
  return moved.length > 0 || mendedByRebuild(scan).length > 0;
}
