/** What tags are made of, for the images that a run is about, and the tags by which published ones are found. */
import type { Image } from "../catalog/catalog.ts";
import { isTag, type Tag } from "../oci/reference.ts";
import { toBuild } from "../plan/needed.ts";
import { variantSuffix } from "../tags/flavor.ts";
import { tagText } from "../tags/image-tags.ts";
import { bakeTools } from "./bake-tools.ts";
import { releaseNames, type TagSources, tagsOf } from "./image-details.ts";
import { gatherFacts } from "./image-facts.ts";
import type { Session } from "./session.ts";
import type { Survey } from "./survey.ts";

/** What the tags of all images are made of that this run may build, or look for in a registry: with `all`, every image. */
export async function tagSources(
  session: Session,
  { catalog, affected, settingsOf, hashes }: Survey,
  { all, about }: { readonly all: boolean; readonly about: string | undefined },
): Promise<TagSources> {
  const { context } = session;
  const needed = toBuild(catalog, affected, new Map());
  const images = catalog.images.filter(({ name }) => needed.has(name) || name === about || all);
  const reader = { root: context.workspace, files: session.checkoutFiles, bake: bakeTools(session) };
  return {
    ...releaseNames(catalog, settingsOf),
    rulesOf: settingsOf,
    facts: await gatherFacts(images, (name) => settingsOf(name).rules, reader, hashes),
  };
}

/** Tags under which what is published of an image is looked for: this run's own moving tags, then the lines it came from. */
export function tagsToFollow(session: Session, image: Image, sources: TagSources): readonly Tag[] {
  const { trigger, defaultBranch } = session.context;
  const own = tagsOf(session, image, sources)
    .tags.filter(({ moves }) => moves)
    .map(({ tag }) => tag);
  const base = trigger.kind === "pull-request" ? [trigger.baseRef] : [];
  const branches = [...base, ...(defaultBranch === undefined ? [] : [defaultBranch])];
  const ending = variantSuffix(image, sources.rulesOf(image.publicName).flavor);
  const usual = [...branches.map(tagText), "latest"].map((tag) => `${tag}${ending}`);
  return [...new Set([...own, ...usual])].filter(isTag);
}
