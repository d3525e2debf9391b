import type { DockerfileImage, Image } from "../catalog.ts";
import { type DockerfileSurroundings, triggersOf } from "../dockerfile/stages.ts";
import { contextKey } from "./named-contexts.ts";

/** What the other images of a catalog and the named contexts put into an image's Dockerfile. */
export function surroundingsOf(image: DockerfileImage, images: ReadonlyMap<string, Image>): DockerfileSurroundings {
  const parents = new Map(image.parents.map(({ contextName, parent }) => [contextName, images.get(parent)]));
  const contexts = new Set(image.contexts.map(({ name }) => name));
  return {
    isContext: (name) => contexts.has(name) || parents.has(name),
    triggersOf(base) {
      const parent = parents.get(contextKey(base));
      return parent?.variant === "dockerfile" ? triggersOf(parent.dockerfile, parent) : [];
    },
  };
}
