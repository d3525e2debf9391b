/** Reads the catalog of this run from the repository's files and the user's settings. */

import type { Catalog, FileTarget } from "../../catalog/catalog.ts";
import { linkImages } from "../../catalog/graph/link-images.ts";
import { type BuiltCatalog, orderCatalog } from "../../catalog/graph/order-catalog.ts";
import type { Concern, TroubledImage } from "../../catalog/graph/troubled.ts";
import { type CatalogInput, declareCatalog } from "../../catalog/layout/declare-catalog.ts";
import { besideDiscover, besidesByHand, imageByHand } from "../../catalog/layout/image-by-hand.ts";
import { misplacedConfigs } from "../../catalog/layout/misplaced-config.ts";
import type { WrittenAbsent } from "../../catalog/names/absent-images.ts";
import { placeFinder } from "../../catalog/patterns/find-places.ts";
import { usualConfigFile } from "../../config/config.ts";
import type { BumpSettings } from "../../config/config-schema.ts";
import { byPlace, throwProblems, type UserError } from "../../errors.ts";
import type { ForgeHistory } from "../../git/forge-history.ts";
import type { Git } from "../../git/git.ts";
import { memoize } from "../../lib/memoize.ts";
import { mapped } from "../../lib/pause.ts";
import type { Remark } from "../../model/remark.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { type Commit, forgeRegistry, type RunContext } from "../../model/run-context.ts";
import type { CheckoutTrust } from "../../model/trust.ts";
import type { Files } from "../../ports.ts";
import { ignoredRemarks, loadMixedConfig } from "../../run/checkout/untrusted-config.ts";
import { ignoredByNix } from "../../settings/ignored-by-nix.ts";
import { readImageSettings, type SettingsOf } from "../../settings/image-settings.ts";
import type { RunInputs } from "../../settings/run-inputs.ts";
import { variantCollisions } from "../../tags/image-names.ts";
import { type BakeRun, bakeTools } from "./bake-tools.ts";
import type { Naming } from "./details/image-details.ts";
import { type NamingRules, nameImages, namesOf, ownPlacesOf } from "./name-images.ts";
import { everyImage } from "./parted.ts";
import { sharedTags } from "./shared-repositories.ts";

/** The parts of a run that decide which images there are. */
export interface CatalogRun extends Naming, BakeRun {
  readonly context: RunContext;
  readonly inputs: RunInputs;
  readonly git: Git;
  /** The commit whose files decide where those of an untrusted checkout may not. */
  readonly base: Commit | undefined;
  /** What the event's own repository has. */
  readonly history: ForgeHistory;
  readonly trust: CheckoutTrust;
}

export interface ReadCatalog {
  /** The images that are in order. */
  readonly catalog: Catalog;
  /** The others. */
  readonly troubled: readonly TroubledImage[];
  readonly settingsOf: SettingsOf;
  readonly bump: BumpSettings;
  /** Where entries of images are, or would be. */
  readonly configFile: RepositoryPath;
  readonly remarks: readonly Remark[];
  readonly fileTargets: readonly FileTarget[];
  /** References in this repository's own places that name none of its images. */
  readonly absent: readonly WrittenAbsent[];
}

/**
 * @param configFiles where the config file is read from.
 * @throws UserError, or `Problems`, where one of the problems concerns all images: then all are reported.
 */
export async function readCatalog(run: CatalogRun, configFiles: Pick<Files, "read">): Promise<ReadCatalog> {
  const { concerns, ...read } = await readAsFarAsPossible(run, configFiles);
  if (concerns.some(({ images }) => images === undefined))
    throwProblems(byPlace(concerns.map(({ problem }) => problem)));
  return read;
}

/**
 * As `readCatalog`, but a config file's settings for images that the checkout's files don't contain are only a problem of those
 * images. @throws UserError, or `Problems`, for a config file that can't be understood.
 */
export async function readAsFarAsPossible(
  run: CatalogRun,
  configFiles: Pick<Files, "read">,
): Promise<ReadCatalog & { readonly concerns: readonly Concern[] }> {
  const { context, inputs } = run;
  const { settings } = inputs;
  const rootName = context.repo.toLowerCase();
  // Patterns and the search for recipes look into the same directories.
  const files = {
    list: memoize((path: string) => run.checkoutFiles.list(path)),
    read: (path: string) => run.checkoutFiles.read(path),
  };
  const find = placeFinder({ root: context.workspace, files });
  const mixed = await loadMixedConfig(run, configFiles, { rootName, find });
  const { config, settingsOnly } = mixed;
  const entries = { ...config, images: [...config.images, ...settingsOnly] };
  const { settingsOf, problems, ofEntries, unreadNames } = await readImageSettings(entries, inputs);
  const byHand = imageByHand(settings);
  const ofAll = withoutEntries(mixed);
  const others = [
    ...withoutEntries({ problems, ofEntries }),
    ...(byHand === undefined ? besideDiscover(settings, config) : besidesByHand(settings, config)),
  ];
  if (ofAll.length + others.length > 0)
    throwProblems(byPlace([...mixed.problems, ...problems, ...others.filter((each) => !problems.includes(each))]));
  const rules: NamingRules = {
    run,
    settingsOf,
    unreadNames,
    // An image whose entry an untrusted checkout has dropped is still one that its base doesn't publish.
    unpublished: new Set(settingsOnly.flatMap(({ name, settings }) => (settings.publish === false ? [name] : []))),
  };
  const { images, remarks, concerns, ...found } = await catalogFrom(rules, {
    root: context.workspace,
    files,
    globs: settings.path,
    rootName,
    config,
    entryProblems: joined(mixed.ofEntries, ofEntries),
    inputs: settings,
    bakeTargets: settings.bakeTarget,
    bakeFiles: settings.bakeFile,
    bake: bakeTools(run),
    byHand,
    ownPlaces: ownPlacesOf(rootName, rules),
    forgeHost: forgeRegistry(context),
  });
  const pushed = await mapped(images, (image) => ({
    ...image,
    isAlike: settings.variant === undefined && settingsOf(image.publicName).flavor.suffix.isGiven,
  }));
  return {
    ...found,
    catalog: { images },
    settingsOf,
    bump: config.bump,
    configFile: config.file ?? usualConfigFile,
    remarks: [
      ...ignoredRemarks(mixed, run),
      ...ignoredByNix(config.images, everyImage({ catalog: { images }, troubled: found.troubled })),
      ...(await misplacedConfigs(context.workspace, settings.config, run.checkoutFiles)),
      ...remarks,
    ],
    concerns: [...concerns, ...variantCollisions(pushed).map((problem) => ({ problem }))],
  };
}

/** The images are declared, then named, then linked by their names. */
async function catalogFrom(rules: NamingRules, input: CatalogInput): Promise<BuiltCatalog> {
  const declared = await declareCatalog(input);
  const named = await nameImages(declared.images, rules);
  const linked = await linkImages(declared, named, input);
  const strangers = linked.strangers.map((image) => ({ image, names: namesOf(image, false, rules) }));
  const images = linked.connected.map(({ image }) => image);
  const shared = await sharedTags(named, images, rules, input);
  const concerns = [...declared.concerns, ...shared];
  return orderCatalog({ ...linked, declared: { ...declared, concerns } }, strangers, input);
}

type OfEntries = ReadonlyMap<string, readonly UserError[]>;

/** The problems that are in no image's entry. */
function withoutEntries({
  problems,
  ofEntries,
}: {
  readonly problems: readonly UserError[];
  readonly ofEntries: OfEntries;
}): readonly UserError[] {
  const own = new Set([...ofEntries.values()].flat());
  return problems.filter((each) => !own.has(each));
}

function joined(first: OfEntries, second: OfEntries): OfEntries {
  const names = new Set([...first.keys(), ...second.keys()]);
  return new Map([...names].map((name) => [name, [...(first.get(name) ?? []), ...(second.get(name) ?? [])]]));
}
