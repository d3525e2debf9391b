/** Declared images with their names and what they are built by, each as far as it can be read. */
import type { SourceLocation, UserError } from "../../errors.ts";
import { attemptLater, outcomes } from "../../lib/attempt.ts";
import { mapped } from "../../lib/pause.ts";
import { withFileArguments } from "../dockerfile/file-arguments.ts";
import type { CatalogInput } from "../layout/declare-catalog.ts";
import { type DeclaredImage, dockerfileCandidates } from "../layout/declared-images.ts";
import { type ReadRecipe, recipeReader } from "../layout/recipes.ts";
import { type GivenNames, meaningOfTag, type NamedDeclaration, type TagMeaning } from "../names/given-names.ts";
import { unreadDockerfile } from "./troubled.ts";

export type ReadImage = ReadRecipe & Known;

export interface Known extends GivenNames, Pick<NamedDeclaration, "isPublished" | "repositories" | "buildArgs"> {
  /** How a tag means it; an image whose tags are unknown may be meant by any. @param isShared as for `meaningOfTag` */
  tagMeaning(tag: string, isShared: boolean): TagMeaning | undefined;
  /** Of its names and of what it is built by. */
  readonly problems: readonly UserError[];
}

/** How many images are read at a time. */
export const imagesAtOnce = 64;

/** @param unnamed names of images that have a problem already: others may name them all the same. */
export async function readImages(
  images: readonly NamedDeclaration[],
  unnamed: ReadonlySet<string>,
  input: Pick<CatalogInput, "root" | "files" | "entryProblems">,
): Promise<readonly ReadImage[]> {
  const reader = recipeReader(input);
  return mapped(
    images,
    (each) => (unnamed.has(each.image.name) ? withoutRecipe(each) : readImage(each, reader, input)),
    imagesAtOnce,
  );
}

async function readImage(
  { image, names, ...own }: NamedDeclaration,
  reader: (image: DeclaredImage) => Promise<ReadRecipe>,
  { entryProblems }: Pick<CatalogInput, "entryProblems">,
): Promise<ReadImage> {
  const recipe = await attemptLater(() => reader(image));
  const { tags } = names;
  const [ofRecipe, ofTags] = [outcomes([recipe]), outcomes([tags])];
  const { buildArgs } = own;
  const read = "value" in recipe ? withArguments(recipe.value) : undefined;
  const at = "problem" in recipe ? recipe.problem.at : undefined;
  return {
    ...(read ?? unreadRecipe(image, at)),
    ...own,
    buildArgs:
      read?.kind === "dockerfile" && "value" in buildArgs
        ? { value: { ...buildArgs.value, ...read.image.fileArguments } }
        : buildArgs,
    ...names,
    tagMeaning:
      "value" in tags && !entryProblems?.has(image.publicName)
        ? (tag, isShared) => meaningOfTag(tags.value, tag, isShared)
        : anyTag,
    problems: [...ofRecipe.problems, ...names.problems, ...ofTags.problems],
  };
}

function withArguments(recipe: ReadRecipe): ReadRecipe {
  if (recipe.kind === "nix") return recipe;
  return { ...recipe, image: withFileArguments(recipe.image, recipe.dockerfile) };
}

const anyTag = (): TagMeaning => "moving";

function withoutRecipe({ image, names, ...own }: NamedDeclaration): ReadImage {
  return { ...unreadRecipe(image, undefined), ...own, ...names, tagMeaning: anyTag, problems: [] };
}

function unreadRecipe(image: DeclaredImage, at: SourceLocation | undefined): ReadRecipe {
  if (image.variant === "nix") {
    return { kind: "nix", image, reads: { kind: "paths", paths: [image.directory, image.nixFile].sort() } };
  }
  const file = at?.file ?? dockerfileCandidates(image)[0] ?? image.directory;
  return { kind: "dockerfile", image, dockerfilePath: file, dockerfile: unreadDockerfile(file, at) };
}
