/** Scans what a run makes, or what is published: compared with what it takes the place of, judged, and kept for the report. */
import { bounded } from "../bounded.ts";
import type { Candidate } from "../build/candidate.ts";
import type { Image } from "../catalog/catalog.ts";
import { UserError } from "../errors.ts";
import type { CredentialStore } from "../oci/credentials.ts";
import type { Digest } from "../oci/digest.ts";
import { formatReference, type Repository } from "../oci/reference.ts";
import type { Registry } from "../oci/registry-client.ts";
import { onceEach } from "../once-each.ts";
import type { PlannedBuild, PlannedPromote } from "../plan/plan.ts";
import type { History } from "../publish/guard.ts";
import { type Predecessor, predecessorOf } from "../publish/predecessor.ts";
import { readPlatforms } from "../publish/published.ts";
import { judge, type Published } from "../scan/judge.ts";
import type { ImageScan } from "../scan/judged.ts";
import { mendedByRebuild } from "../scan/remedy.ts";
import type { Scanned, ScanSubject } from "../scan/scanner.ts";
import { type OpenScanner, openScanner } from "../scan/trivy/open-scanner.ts";
import { pinnedRelease } from "../scan/trivy/release.ts";
import type { ImageTag } from "../tags/image-tags.ts";
import { moverOf } from "./converge.ts";
import { type BuiltImage, openBases } from "./image-bases.ts";
import type { TagSources } from "./image-details.ts";
import { scanOptions } from "./scan-settings.ts";
import type { Session } from "./session.ts";
import type { Survey } from "./survey.ts";
import { tagsToFollow } from "./tag-sources.ts";

/** What there is of an image: what a run built, or what is published. */
export type Scannable = Pick<Candidate, "digest" | "layout" | "platforms" | "bases">;

export interface PublishedScan {
  readonly image: Image;
  readonly scan: ImageScan;
  readonly predecessor: Predecessor;
  /** What it is built on that goes by another digest now, as a person would write it. */
  readonly moved: readonly string[];
  readonly isMended: boolean;
}

export interface Scanning {
  /** Whether an image is to be scanned: it is published, and nobody said otherwise. */
  isWanted(name: string): boolean;
  /** Begins, beside the builds, what a gate would wait for: the scan of what is published now. Never rejects. */
  begin(planned: PlannedBuild | PlannedPromote): void;
  /** @throws UserError for a file of the user's that is not there. */
  judge(planned: PlannedBuild | PlannedPromote, made: Scannable): Promise<ImageScan>;
  /** What is published of an image; `undefined`: nothing. @throws RegistryError when the registry can't tell. */
  published(image: Image): Promise<PublishedScan | undefined>;
  /** To be called when all is scanned. Never rejects. */
  close(): Promise<void>;
  /** By name of the image, in the order in which they were done. */
  readonly scans: ReadonlyMap<string, ImageScan>;
}

export interface ScanningParts {
  readonly surveyed: Survey;
  readonly sources: TagSources;
  readonly registry: Registry;
  readonly history: Omit<History, "published">;
  readonly credentials: CredentialStore;
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

/** With the program, logins and links to databases. */
function scannerFolder({ folder }: Session): string {
  return `${folder}/trivy`;
}

/** Nothing is fetched before something is to be scanned. */
function scannerFor(session: Session, credentials: CredentialStore): OpenScanner {
  const { outside, folder, context } = session;
  const { env } = outside;
  return openScanner({
    ...outside,
    // Part of a scan is waiting.
    parallelism: outside.parallelism + 1,
    credentials,
    release: pinnedRelease,
    folder: scannerFolder(session),
    reports: `${folder}/reports`,
    store: `${env.RUNNER_TEMP || context.temp}/image-publish-databases`,
    workspace: context.workspace,
  });
}

/** How many images are looked at at once; the scanner has a bound of its own. */
const atOnce = 8;

export function openScanning(session: Session, parts: ScanningParts): Scanning {
  const { surveyed, sources, registry, history, credentials } = parts;
  const scanner = scannerFor(session, credentials);
  const images = new Map(surveyed.catalog.images.map((image) => [image.name, image]));
  const settingsOf = (image: Image) => surveyed.settingsOf(image.publicName, image).scan;
  const scans = new Map<string, ImageScan>();
  /** What this run built, by name. */
  const built = new Map<string, BuiltImage>();
  const bases = openBases({
    images: surveyed.catalog.images,
    registry,
    built: async (name) => built.get(name) ?? latest(imageNamed(name)),
  });

  const optionsOf = onceEach(
    (image: Image) =>
      scanOptions(image, settingsOf(image), { workspace: session.context.workspace, files: session.outside.files }),
    ({ name }) => name,
  );
  const scanPublished = onceEach(
    async ({
      image,
      repository,
      digest,
    }: {
      image: Image;
      repository: Repository;
      digest: Digest;
    }): Promise<Scanned> => {
      const platforms = await readPlatforms(registry, repository, digest);
      return scan(image, { kind: "registry", repository }, platforms);
    },
    ({ image, repository, digest }) => `${image.name} ${repository}@${digest}`,
  );

  function imageNamed(name: string): Image {
    const image = images.get(name);
    if (image === undefined) throw new Error(`there is no image ${name}`);
    return image;
  }

  async function scan(
    image: Image,
    source: ScanSubject["source"],
    platforms: ScanSubject["platforms"],
  ): Promise<Scanned> {
    return scanner.scan({ name: image.name, source, platforms, options: await optionsOf(image) });
  }

  async function predecessor(image: Image, tags: readonly ImageTag[], more: Pick<PlannedBuild, "release"> | undefined) {
    const [repository] = image.repositories;
    if (repository === undefined) return undefined;
    const moving = tags.filter(({ moves }) => moves);
    const followed =
      moving.length > 0 ? moving : tagsToFollow(session, image, sources).map((tag) => ({ tag, moves: true }));
    const mover = { ...moverOf(session), release: more?.release ?? undefined, platforms: image.platforms };
    return predecessorOf(repository, followed, { registry, history, mover });
  }

  async function publishedNow(planned: PlannedBuild | PlannedPromote): Promise<Published> {
    const image = imageNamed(planned.name);
    const [repository] = image.repositories;
    try {
      const found = await predecessor(image, planned.tags, planned);
      if (found === undefined || repository === undefined) return { kind: "first" };
      const scanned = await scanPublished({ image, repository, digest: found.digest });
      if (scanned.kind === "unscanned") return { kind: "unknown", error: scanned.error };
      return { kind: "published", tag: found.tag, digest: found.digest, platforms: scanned.platforms };
    } catch (error) {
      if (error instanceof UserError) return { kind: "unknown", error };
      throw error;
    }
  }

  async function latest(image: Image): Promise<BuiltImage | undefined> {
    const [repository] = image.repositories;
    const found = await predecessor(image, [], undefined);
    if (repository === undefined || found === undefined) return undefined;
    return { repository, digest: found.digest, bases: found.holding.record?.bases ?? {} };
  }

  async function judged(
    image: Image,
    scanned: Scanned,
    published: Published,
    taken: BuiltImage["bases"],
  ): Promise<ImageScan> {
    const found = scanned.kind === "scanned" && scanned.platforms.some(({ findings }) => findings.length > 0);
    const below = found
      ? await bases.basesOf(
          image,
          taken,
          scanned.platforms.map(({ platform }) => platform),
        )
      : [];
    const result = judge(scanned, { name: image.name, rules: settingsOf(image).rules, published, bases: below });
    scans.set(image.name, result);
    return result;
  }

  const slot = bounded(atOnce, (work: () => Promise<ImageScan>) => work());
  return {
    scans,
    isWanted: (name) => {
      const image = images.get(name);
      return image !== undefined && image.repositories.length > 0 && settingsOf(image).isWanted;
    },
    begin(planned) {
      scanner.prepare();
      publishedNow(planned).catch(() => {});
    },
    async close() {
      await scanner.close();
      await session.outside.files.remove(scannerFolder(session)).catch(() => {});
    },
    judge: (planned, made) =>
      slot(async () => {
        const image = imageNamed(planned.name);
        const [repository] = image.repositories;
        if (repository === undefined) throw new Error(`${image.name} has no repository`);
        const taken = Object.fromEntries(made.bases.map(({ name, digest }) => [name, digest]));
        if (made.layout === undefined) built.set(image.name, { repository, digest: made.digest, bases: taken });
        const source: ScanSubject["source"] =
          made.layout === undefined ? { kind: "registry", repository } : { kind: "layout", folder: made.layout };
        const [scanned, published] = await Promise.all([scan(image, source, made.platforms), publishedNow(planned)]);
        return judged(image, scanned, published, taken);
      }),
    async published(image) {
      const [repository] = image.repositories;
      const found = await predecessor(image, [], undefined);
      if (repository === undefined || found === undefined) return undefined;
      const scanned = await scanPublished({ image, repository, digest: found.digest });
      const itself: Published = { kind: "itself" };
      const taken = found.holding.record?.bases ?? {};
      const [scan, moved] = await Promise.all([
        judged(image, scanned, itself, taken),
        bases.moved(withoutPinned(taken, image)),
      ]);
      return {
        image,
        scan,
        predecessor: found,
        moved,
        isMended: mendedByRebuild(scan, { baseMoved: moved.length > 0 }),
      };
    },
  };
}
