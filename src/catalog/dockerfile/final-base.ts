/** The final base of an image: the image whose layers it begins with, through all stages of its Dockerfile. */
import { type Reference, tryReference } from "../../model/reference.ts";
import type { DockerfileImage, Image } from "../catalog.ts";
import { contextKey } from "../graph/named-contexts.ts";
import { finalStages } from "./final-stages.ts";

export type FinalBase =
  | { readonly kind: "parent"; readonly name: string }
  | { readonly kind: "image"; readonly reference: Reference };

/**
 * `undefined` for an image from scratch or of Nix, for one whose base is unknown before the build, and where the
 * platforms are based on different ones.
 */
export function finalBase(image: Image): FinalBase | undefined {
  return image.variant === "nix" ? undefined : baseOf(image);
}

function baseOf(image: DockerfileImage): FinalBase | undefined {
  const platforms = image.platforms.length === 0 ? [undefined] : image.platforms;
  const texts = platforms.map((platform) => {
    const { base } = finalStages(image, platform);
    return base?.kind === "image" || base?.kind === "replaced" ? base.text : undefined;
  });
  const [text] = texts;
  return text !== undefined && texts.every((each) => each === text) ? meaningOf(text, image) : undefined;
}

function meaningOf(text: string, { contexts, parents }: Image): FinalBase | undefined {
  const key = contextKey(text);
  const edge = parents.find(({ contextName }) => contextName === key);
  if (edge !== undefined) return { kind: "parent", name: edge.parent };
  const context = contexts.find(({ name }) => name === key);
  if (context?.kind === "directory") return undefined;
  const named = context === undefined ? text : /^docker-image:\/\/(.*)$/.exec(context.value)?.[1];
  const reference = named === undefined ? undefined : tryReference(named);
  return reference && { kind: "image", reference };
}
