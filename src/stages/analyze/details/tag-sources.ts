/** What tags are made of, for the images that a run is about, and the tags by which published ones are found. */
import type { Image, ImageName } from "../../../catalog/catalog.ts";
import { tagText } from "../../../model/image-tags.ts";
import { isTag, type Tag } from "../../../model/reference.ts";
import { toBuild } from "../../../plan/needed.ts";
import { latestAffixes, variantSuffix } from "../../../tags/rules/flavor.ts";
import type { Template } from "../../../tags/text/expression.ts";
import { type BakeRun, bakeTools } from "../bake-tools.ts";
import { everyImage, type ProblemsByImage } from "../parted.ts";
import type { Survey } from "../survey.ts";
import { type Naming, releaseNames, type TagSources, tagsOf } from "./image-details.ts";
import { gatherFacts } from "./image-facts.ts";
import { mergedRun } from "./merged-run.ts";

/** What the tags of all images are made of that this run may build, or look for in a registry: with `all`, every image. */
export async function tagSources(
  run: BakeRun,
  surveyed: Survey,
  { all, about }: { readonly all: boolean; readonly about: string | undefined },
): Promise<{ readonly sources: TagSources; readonly problems: ProblemsByImage }> {
  const { catalog, affected, settingsOf, hashes } = surveyed;
  const needed = toBuild(catalog, affected, new Map());
  const images = catalog.images.filter(({ name }) => needed.has(name) || name === about || all);
  const reader = { root: run.context.workspace, files: run.checkoutFiles, bake: bakeTools(run) };
  const { facts, problems } = await gatherFacts(images, (name) => settingsOf(name).rules, reader, hashes);
  const names = releaseNames({ images: everyImage(surveyed) }, settingsOf);
  return { sources: { ...names, rulesOf: settingsOf, facts }, problems };
}

/** Tags under which what is published of an image is looked for: this run's own mutable tags, then those of the lines it came from. */
export function tagsToFollow(
  run: Naming,
  image: ImageName & Pick<Image, "isSharing">,
  sources: TagSources,
): readonly Tag[] {
  const { trigger, defaultBranch } = run.context;
  const own = movingTags(run, image, sources);
  // In a repository of several images, only what the rules give an image is surely its own.
  if (image.isSharing) return [...new Set([...own, ...tagsOnceMerged(run, image, sources)])];
  const base = trigger.kind === "pull-request" ? [trigger.baseRef] : [];
  const branches = [...base, ...(defaultBranch === undefined ? [] : [defaultBranch])];
  const { flavor } = sources.rulesOf(image.publicName);
  const ending = variantSuffix(image, flavor);
  const around = [flavor.prefix.template, flavor.suffix.template];
  const usual = [
    ...branches.map((branch) => within(around, tagText(branch))),
    within(latestAffixes(flavor), "latest"),
    ...branches.map(tagText),
    "latest",
  ].map((tag) => `${tag}${ending}`);
  return [...new Set([...own, ...usual])].filter(isTag);
}

/** The tags that a push to the branch moves that the run's commit is meant for. */
export function tagsOnceMerged(run: Naming, image: ImageName, sources: TagSources): readonly Tag[] {
  return movingTags(mergedRun(run) ?? run, image, sources);
}

function movingTags(run: Naming, image: ImageName, sources: TagSources): readonly Tag[] {
  return tagsOf(run, image, sources).tags.flatMap(({ tag, moves }) => (moves ? [tag] : []));
}

/** As a flavor without expressions writes it; what others make of it on another branch is not known here. */
function within(around: readonly Template[], tag: string): string {
  const [before = "", after = ""] = around.map(({ text, parts }) => (parts.includes(text) ? tagText(text) : ""));
  return `${before}${tag}${after}`;
}
