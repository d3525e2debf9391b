/** From what the repository and the user say of images to the catalog of this run. */

import type { Catalog, FileTarget, Image, ImageName } from "../../catalog/catalog.ts";
import { buildCatalog } from "../../catalog/graph/build-catalog.ts";
import type { Concern, TroubledImage } from "../../catalog/graph/troubled.ts";
import { besidesByHand, imageByHand } from "../../catalog/layout/image-by-hand.ts";
import { misplacedConfigs } from "../../catalog/layout/misplaced-config.ts";
import type { WrittenAbsent } from "../../catalog/names/absent-images.ts";
import { usualConfigFile } from "../../config/config.ts";
import type { BumpSettings } from "../../config/config-schema.ts";
import { byPlace, throwProblems, type UserError } from "../../errors.ts";
import { mapped } from "../../lib/pause.ts";
import { tagText } from "../../model/image-tags.ts";
import { type Repository, repository } from "../../model/reference.ts";
import type { Remark } from "../../model/remark.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { forgeRegistry } from "../../model/run-context.ts";
import type { Files } from "../../ports.ts";
import { ignoredRemarks, loadMixedConfig } from "../../run/checkout/untrusted-config.ts";
import type { Session } from "../../run/session.ts";
import { readImageSettings, type SettingsOf } from "../../settings/image-settings.ts";
import { aliasesOf, repositoriesOf, repositoryCollisions } from "../../tags/image-names.ts";
import { variantSuffix } from "../../tags/rules/flavor.ts";
import { bakeTools } from "./bake-tools.ts";
import { buildArgumentsOf, tagsOf } from "./details/image-details.ts";

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
export async function readCatalog(session: Session, configFiles: Pick<Files, "read">): Promise<ReadCatalog> {
  const { concerns, ...read } = await readAsFarAsPossible(session, configFiles);
  if (concerns.some(({ images }) => images === undefined))
    throwProblems(byPlace(concerns.map(({ problem }) => problem)));
  return read;
}

/**
 * As `readCatalog`, but what the config file says of images that can't be had from the checkout's files is a problem of theirs
 * alone. @throws UserError, or `Problems`, for a config file that can't be understood.
 */
export async function readAsFarAsPossible(
  session: Session,
  configFiles: Pick<Files, "read">,
): Promise<ReadCatalog & { readonly concerns: readonly Concern[] }> {
  const { context, inputs } = session;
  const { settings } = inputs;
  const mixed = await loadMixedConfig(session, configFiles);
  const { config, settingsOnly } = mixed;
  const entries = { ...config, images: [...config.images, ...settingsOnly] };
  const { settingsOf, problems, ofEntries, unreadNames } = await readImageSettings(entries, inputs);
  const byHand = imageByHand(settings);
  const ofAll = withoutEntries(mixed);
  const others = [
    ...withoutEntries({ problems, ofEntries }),
    ...(byHand === undefined ? [] : besidesByHand(settings, config)),
  ];
  if (ofAll.length + others.length > 0)
    throwProblems(byPlace([...mixed.problems, ...problems, ...others.filter((each) => !problems.includes(each))]));
  const {
    remarks,
    absent,
    concerns,
    troubled,
    fileTargets,
    images: found,
  } = await buildCatalog({
    root: context.workspace,
    files: session.checkoutFiles,
    globs: settings.path,
    rootName: context.repo.toLowerCase(),
    config,
    entryProblems: joined(mixed.ofEntries, ofEntries),
    inputs: settings,
    bakeTargets: settings.bakeTarget,
    bake: bakeTools(session),
    byHand,
    argumentsOf: (image) => buildArgumentsOf(session, image, settingsOf),
    placesOf: ({ publicName: name }, isRoot) => {
      const { names, aliases } = settingsOf(name);
      const [pushed, others] = [
        repositoriesOf(names, { context, name, isRoot }),
        aliasesOf(aliases, { context, name, isRoot }),
      ];
      return {
        ...{ knownAs: pushed.values, unpushed: pushed.unpushed, aliases: others.values },
        problems: [...pushed.problems, ...others.problems],
        unread: [...(unreadNames.get(name) ?? []), ...pushed.unread, ...others.unread],
      };
    },
    forgeHost: forgeRegistry(context),
    forgePlace: forgePlace(context),
    movingTags: (image) => movingTags(session, settingsOf, image),
  });
  // An image whose entry an untrusted checkout has dropped is still one that its base doesn't publish.
  const unpublished = new Set(settingsOnly.flatMap(({ name, said }) => (said.publish === false ? [name] : [])));
  const asPublished = (image: Image): Image =>
    unpublished.has(image.publicName) ? { ...image, repositories: [] } : image;
  const catalog: Catalog = { images: found.map(asPublished) };
  const pushed = await mapped(catalog.images, (image) => ({
    ...image,
    isAlike: settings.variant === undefined && settingsOf(image.publicName).flavor.suffix.isGiven,
  }));
  return {
    catalog,
    troubled: troubled.map((each) => ({ ...each, image: asPublished(each.image) })),
    settingsOf,
    bump: config.bump,
    fileTargets,
    configFile: config.file ?? usualConfigFile,
    remarks: [
      ...ignoredRemarks(mixed, session),
      ...(await misplacedConfigs(context.workspace, settings.config, session.checkoutFiles)),
      ...remarks,
    ],
    absent,
    concerns: [...concerns, ...repositoryCollisions(pushed).map((problem) => ({ problem }))],
  };
}

function forgePlace({ owner, repo, serverUrl }: Session["context"]): Repository {
  return repository(`${forgeRegistry({ serverUrl })}/${owner}/${repo}`.toLowerCase());
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

/** What a fork's commit is built for outside of pull requests is taken to be meant for the default branch. */
function untrustedTarget({ trust }: Session, defaultBranch: string | undefined): string | undefined {
  return trust.kind === "untrusted" ? defaultBranch : undefined;
}

/**
 * A pull request's images are taken for what their base branch would make of them: its tags move when it is merged. A tag of
 * an image's own version is none of these, so that who names it is pinned to it.
 */
function movingTags(session: Session, settingsOf: SettingsOf, image: ImageName): ReadonlySet<string> {
  const { trigger, defaultBranch } = session.context;
  const target = trigger.kind === "pull-request" ? trigger.baseRef : untrustedTarget(session, defaultBranch);
  const sources = { names: [image.publicName], rulesOf: settingsOf, facts: new Map() };
  const own = tagsOf(session, image, sources)
    .tags.filter(({ moves }) => moves)
    .map(({ tag }) => tag);
  const suffix = variantSuffix(image, settingsOf(image.publicName).flavor);
  const usual = ["latest", ...(target === undefined ? [] : [tagText(target)])];
  return new Set([...own, ...usual.map((tag) => `${tag}${suffix}`)]);
}
