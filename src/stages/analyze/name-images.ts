/** Gives images their names: where they are pushed, what else they are known as, and which of their tags follow this run. */
import type { ImageName } from "../../catalog/catalog.ts";
import type { DeclaredImage } from "../../catalog/layout/declared-images.ts";
import type { GivenNames, MeantTags, NamedDeclaration } from "../../catalog/names/given-names.ts";
import { anyImage, type OwnPlaces } from "../../catalog/names/own-places.ts";
import { attempt } from "../../lib/attempt.ts";
import { mapped } from "../../lib/pause.ts";
import { tagText } from "../../model/image-tags.ts";
import { repository } from "../../model/reference.ts";
import { forgeRegistry, type RunContext } from "../../model/run-context.ts";
import type { SettingsOf } from "../../settings/image-settings.ts";
import { aliasesOf, repositoriesOf } from "../../tags/image-names.ts";
import { variantSuffix } from "../../tags/rules/flavor.ts";
import { buildArgumentsOf, type Naming, ownReleaseNames, tagsOf } from "./details/image-details.ts";
import { mergedRun } from "./details/merged-run.ts";

export interface NamingRules {
  readonly run: Naming;
  readonly settingsOf: SettingsOf;
  /** By the public name: what is written where a place can't be read. */
  readonly unreadNames: ReadonlyMap<string, readonly string[]>;
  /** The public names of images that are not published, whatever they declare. */
  readonly unpublished: ReadonlySet<string>;
}

export async function nameImages(
  images: readonly DeclaredImage[],
  rules: NamingRules,
): Promise<readonly NamedDeclaration[]> {
  return mapped(images, (image) => {
    const names = namesOf(image, image.isRoot, rules);
    const isPublished = image.publish && !rules.unpublished.has(image.publicName);
    return {
      image,
      names,
      isPublished,
      repositories: isPublished ? names.knownAs : [],
      buildArgs: attempt(() => buildArgumentsOf(rules.run, image, rules.settingsOf)),
    };
  });
}

export function namesOf(image: ImageName, isRoot: boolean, rules: NamingRules): GivenNames {
  const { publicName: name } = image;
  const { names, aliases } = rules.settingsOf(name);
  const facts = { context: rules.run.context, name, isRoot };
  const [pushed, others] = [repositoriesOf(names, facts), aliasesOf(aliases, facts)];
  return {
    ...{ knownAs: pushed.values, unpushed: pushed.unpushed, aliases: others.values },
    problems: [...pushed.problems, ...others.problems],
    unread: [...(rules.unreadNames.get(name) ?? []), ...pushed.unread, ...others.unread],
    tags: attempt(() => meantTags(image, rules)),
  };
}

/** @param rootName the name of the image at the root */
export function ownPlacesOf(rootName: string, rules: NamingRules): OwnPlaces {
  const root: ImageName = { name: rootName, publicName: rootName, variant: "dockerfile" };
  const { owner, repo, serverUrl } = rules.run.context;
  return {
    ofRoot: namesOf(root, true, rules),
    ofAny: namesOf(anyImage, false, rules),
    forgePlace: repository(`${forgeRegistry({ serverUrl })}/${owner}/${repo}`.toLowerCase()),
  };
}

/** A tag of an image's own version, which is in its files, is none of these: who names it is pinned to it. */
function meantTags(image: ImageName, { run, settingsOf }: NamingRules): MeantTags {
  const { context } = run;
  const target = targetBranch(run);
  const sources = { ...ownReleaseNames(image), rulesOf: settingsOf, facts: new Map() };
  const now = tagsOf(run, image, sources).tags;
  const merged = mergedRun(run);
  const onceMerged = merged === undefined ? [] : tagsOf(merged, image, sources).tags;
  const suffix = variantSuffix(image, settingsOf(image.publicName).flavor);
  const usual = ["latest", ...(target === undefined ? [] : [tagText(target)])];
  const isPullRequest = context.trigger.kind === "pull-request";
  return {
    moving: new Set([...now, ...onceMerged].flatMap(({ tag, moves }) => (moves ? [tag] : []))),
    usual: new Set(usual.map((tag) => `${tag}${suffix}`)),
    exact: new Set(isPullRequest ? [] : now.flatMap(({ tag, moves }) => (moves ? [] : [tag]))),
  };
}

/** Where a pull request's commits are meant to go, and those of a fork outside of pull requests. */
function targetBranch({ context, trust }: Naming): RunContext["defaultBranch"] {
  if (context.trigger.kind === "pull-request") return context.trigger.baseRef;
  return trust.kind === "untrusted" ? context.defaultBranch : undefined;
}
