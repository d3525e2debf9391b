/** What is there, and what of it the event affects: the stages up to the plan. */
import type { Catalog, FileTarget, Image } from "../../catalog/catalog.ts";
import type { TroubledImage } from "../../catalog/graph/troubled.ts";
import { type Affected, affectedImages, describeDeleted } from "../../changes/affected.ts";
import { compare, compareSince, type EventComparison } from "../../changes/comparison.ts";
import { describeIncomplete } from "../../changes/describe-incomplete.ts";
import { describeMisplaced, misplacedPaths } from "../../changes/misplaced.ts";
import { selectImages } from "../../changes/select.ts";
import { type ImageInputs, inputsOfUnplaced, readInputs } from "../../changes/sources/image-inputs.ts";
import { type Incomplete, incompleteFiles } from "../../changes/sources/incomplete.ts";
import { linksOf } from "../../changes/sources/links.ts";
import { readListing } from "../../changes/sources/listing.ts";
import { type SourceHash, sourceHashes } from "../../changes/sources/source-hash.ts";
import { watchProblem } from "../../changes/sources/watch.ts";
import { configPaths, emptyConfig } from "../../config/config.ts";
import type { BumpSettings } from "../../config/config-schema.ts";
import { throwProblems, UserError } from "../../errors.ts";
import { memoize } from "../../lib/memoize.ts";
import { optionsOfContent } from "../../model/buildflags/build-options.ts";
import type { Reason } from "../../model/reason.ts";
import type { Remark } from "../../model/remark.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import type { Commit } from "../../model/run-context.ts";
import type { ReasonsByImage } from "../../plan/needed.ts";
import type { Session } from "../../run/session.ts";
import { untrustedRemarks } from "../../run/withheld.ts";
import { type ImageSettings, readImageSettings, type SettingsOf } from "../../settings/image-settings.ts";
import { type IsOwnTag, tagOwners } from "../../settings/tag-owners.ts";
import { isOfSome } from "../../tags/versions/release-tag.ts";
import { buildArgumentsOf, releaseNames } from "./details/image-details.ts";
import { imageRelease } from "./details/image-release.ts";
import { misnamedRemarks } from "./details/misnamed-remarks.ts";
import { runFactRemarks, withoutRunFacts } from "./details/run-facts.ts";
import { everyImage, type ProblemsByImage, type SplitCatalog, splitBy } from "./parted.ts";
import { readCatalog } from "./read-catalog.ts";
import { settingsChange } from "./settings-change/settings-change.ts";

export interface Survey {
  /** The images that are in order. */
  readonly catalog: Catalog;
  /** The others: they are in no other list here, but in `affected` and `left`. */
  readonly troubled: readonly TroubledImage[];
  readonly fileTargets: readonly FileTarget[];
  readonly comparison: EventComparison;
  readonly affected: ReasonsByImage;
  /** Images that the run is not about, whatever changed. */
  readonly left: ReasonsByImage;
  /** Where an image's sources are located, by the image's name. */
  readonly inputs: ReadonlyMap<string, ImageInputs>;
  /** Where the config file may be located. */
  readonly configPaths: readonly RepositoryPath[];
  readonly settingsOf: SettingsOf;
  /** The config file's settings for pull requests that move pins. */
  readonly bump: BumpSettings;
  readonly isOwnTag: IsOwnTag;
  /** By name of the image. */
  readonly hashes: ReadonlyMap<string, SourceHash>;
  /** What images are built from and a sparse checkout leaves out, by name of the image. */
  readonly leftOut: ReadonlyMap<string, Incomplete>;
  readonly remarks: readonly Remark[];
  /** The event deleted an image. */
  readonly deletes: boolean;
  /** The images of which a source changed since a commit; `undefined` where that is unknown. */
  affectedSince(base: Commit): Promise<ReadonlySet<string> | undefined>;
}

/** @throws UserError (or `Problems`) for a repository that is not in order, and for `only` that names no image. */
export async function survey(session: Session): Promise<Survey> {
  const { context, inputs } = session;
  if (context.trigger.kind === "gone") {
    const comparison: EventComparison = { kind: "nothing", what: context.trigger.what };
    const { settingsOf } = await readImageSettings(emptyConfig, inputs);
    return {
      catalog: { images: [] },
      fileTargets: [],
      troubled: [],
      comparison,
      affected: new Map(),
      left: new Map(),
      inputs: new Map(),
      configPaths: [],
      settingsOf,
      bump: {},
      isOwnTag: () => true,
      hashes: new Map(),
      leftOut: new Map(),
      remarks: [],
      deletes: false,
      affectedSince: async () => undefined,
    };
  }
  const { checkoutFiles: files } = session;
  const [read, comparison, listing] = await Promise.all([
    readCatalog(session, files),
    compareAll(session),
    readListing(session.checkout),
  ]);
  const { settingsOf, bump, configFile, remarks } = read;
  const argumentsOf = (image: Image) => buildArgumentsOf(session, image, settingsOf);
  const everyone = { images: everyImage(read) };
  const { inputs: found, problems } = await readInputs(everyone, {
    listing,
    checkout: session.checkout,
    files,
    argumentsOf,
  });
  const split = splitBy(read, new Map([...watchProblems(read.catalog.images), ...ofImages(problems, read.catalog)]));
  const { catalog, troubled } = split;
  const unplaced = troubled.filter(({ isUnplaced }) => isUnplaced);
  const inside = new Map([...found, ...unplaced.map(({ image }) => [image.name, inputsOfUnplaced(image)] as const)]);
  const argumentText = (value: string) => withoutRunFacts(value, context);
  const sources = { inputs: inside, listing, checkout: session.checkout, argumentText };
  const [hashes, incomplete] = await Promise.all([
    sourceHashes(catalog, {
      ...sources,
      settingsOf: (image) => hashedSettings(image, settingsOf(image.publicName, image)),
    }),
    incompleteFiles(catalog, sources),
  ]);
  const links = linksOf(listing, session.checkout);
  const settingsSince = memoize(
    (compared: EventComparison) => settingsChange(session, compared, read, links),
    (compared) => (compared.kind === "files" ? compared.base : compared.kind),
  );
  const affectedBy = async (compared: EventComparison, selected: ReadonlySet<string>): Promise<Affected> =>
    affectedImages({
      catalog: { images: everyImage(split) },
      comparison: compared,
      commit: context.commit,
      inputs: inside,
      selected,
      ...(await settingsSince(compared)),
      unseen: unknownHashes(hashes),
      troubled: new Set(troubled.map(({ image }) => image.name)),
    });
  const unread = troubled.filter(({ kind }) => kind === "file");
  const named = { images: withoutFiles(split) };
  const selected = orUnread(() => selectImages(named, inputs.settings.only, read.fileTargets), unread);
  const all = new Set(everyImage(split).map(({ name }) => name));
  const unreadFiles = unread.map(({ image }) => image.name);
  const { affected, deleted } = await affectedBy(comparison, new Set([...selected, ...unreadFiles]));
  const misnamed = unread.length > 0 ? [] : misnamedRemarks(named, session, settingsOf);
  const inOrder = new Set(catalog.images.map(({ name }) => name));
  const leftImages = leftOut(named, { selected, inOrder }, session, settingsOf);
  const left = withFilesLeft(leftImages, named, unread, inputs.settings.only);
  return {
    catalog,
    troubled,
    fileTargets: read.fileTargets,
    comparison,
    affected: new Map([...affected].filter(([name]) => !left.has(name))),
    left,
    inputs: inside,
    configPaths: configPaths(inputs.settings.config),
    settingsOf,
    bump,
    isOwnTag: tagOwners(everyImage(split), (name) => settingsOf(name)),
    hashes,
    leftOut: new Map(incomplete.absent.map((each) => [each.image, each])),
    remarks: [
      ...untrustedRemarks(session),
      ...remarks,
      ...misnamed,
      ...describeDeleted(deleted, read.absent),
      ...describeMisplaced(misplacedPaths(catalog, inside, listing), configFile),
      ...runFactRemarks(catalog.images, context),
      ...describeIncomplete({ absent: [], pointers: incomplete.pointers }),
    ],
    deletes: deleted.length > 0,
    affectedSince: memoize(async (base) => {
      const since = await compareSince(base, session.git);
      return since.kind === "files" ? new Set((await affectedBy(since, all)).affected.keys()) : undefined;
    }),
  };
}

/** Bad patterns of images that are in order so far. */
function watchProblems(images: readonly Image[]): ProblemsByImage {
  return new Map(
    images.flatMap(({ name, watch }) => {
      const problem = watchProblem(watch);
      return problem === undefined ? [] : [[name, problem] as const];
    }),
  );
}

/** A problem that an image had before may well make another one here. */
function ofImages(problems: ProblemsByImage, { images }: Catalog): ProblemsByImage {
  const names = new Set(images.map(({ name }) => name));
  return new Map([...problems].filter(([name]) => names.has(name)));
}

/** Where a bake file can't be read, a name that is nobody's may be one of its images. */
function orUnread<T>(work: () => T, unread: readonly TroubledImage[]): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) throwProblems(unread.flatMap(({ problems }) => problems));
    throw error;
  }
}

function withoutFiles(split: SplitCatalog): readonly Image[] {
  const files = new Set(split.troubled.flatMap(({ kind, image }) => (kind === "file" ? [image] : [])));
  return everyImage(split).filter((image) => !files.has(image));
}

/** A file that can't be read is left where the run is about images that are known. */
function withFilesLeft(
  left: ReasonsByImage,
  { images }: Catalog,
  unread: readonly TroubledImage[],
  only: readonly string[],
): ReasonsByImage {
  const isAboutOthers = only.length > 0 || (left.size > 0 && left.size < images.length);
  if (unread.length === 0 || !isAboutOthers) return left;
  const reason: Reason = { kind: "not-chosen", detail: "the run is about other images" };
  return new Map([...left, ...unread.map(({ image }) => [image.name, [reason]] as const)]);
}

/** `rebuild: always` takes everything, whatever changed. */
function compareAll({ event, git, inputs }: Session): Promise<EventComparison> {
  if (inputs.settings.rebuild === "always")
    return Promise.resolve({ kind: "everything", because: { kind: "asked-for" } });
  return compare(event, git);
}

/**
 * The images that the run is not about: neither `only` nor `variant` nor the git tag means them. A git tag of single images
 * releases none that isn't published. @param inOrder of the others, nobody knows whether they are published.
 */
function leftOut(
  catalog: Catalog,
  { selected, inOrder }: { readonly selected: ReadonlySet<string>; readonly inOrder: ReadonlySet<string> },
  { event, commitDate, inputs }: Session,
  settingsOf: SettingsOf,
): ReasonsByImage {
  const { variant } = inputs.settings;
  const releases = releaseNames(catalog, settingsOf);
  const left = new Map<string, readonly Reason[]>();
  const isSingle = event.ref.kind === "tag" && isOfSome(event.ref.name, releases);
  for (const { name, publicName, variant: own, repositories } of catalog.images) {
    const image = { publicName, variant: own };
    const release = imageRelease({ context: event, commitDate }, image, settingsOf(publicName), releases);
    const detail = !selected.has(name)
      ? "`only` doesn't name it"
      : variant !== undefined && variant !== own
        ? `\`variant\` is ${variant}`
        : release?.kind === "left"
          ? release.because
          : isSingle && inOrder.has(name) && repositories.length === 0
            ? "it is not published, so that the git tag releases nothing of it"
            : undefined;
    if (detail !== undefined) left.set(name, [{ kind: "not-chosen", detail }]);
  }
  return left;
}

function unknownHashes(hashes: Survey["hashes"]): ReadonlyMap<string, string> {
  return new Map([...hashes].flatMap(([name, hash]) => (hash.kind === "unknown" ? [[name, hash.why] as const] : [])));
}

/** The settings that change an image and aren't in its files, with expressions as they were written. */
function hashedSettings({ variant }: Image, settings: ImageSettings): unknown {
  const { labels, annotations, provenance, sbom, compression, variables } = settings;
  const levels = variables?.annotationLevels;
  const options = variant === "nix" ? undefined : optionsOfContent(settings.options);
  return {
    ...(options && { options }),
    ...(levels && { levels }),
    labels: labels.map(({ key, value, isEnabled }) => [key.text, value.text, isEnabled]),
    annotations: annotations.map(({ key, value, isEnabled }) => [key.text, value.text, isEnabled]),
    provenance: provenance ?? null,
    sbom: sbom ?? null,
    compression: compression ?? null,
  };
}
