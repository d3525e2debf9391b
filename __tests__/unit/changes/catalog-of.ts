/** Small catalogs by hand. */
import type { DockerfileImage } from "../../../src/catalog/catalog.ts";
import { readDockerfile } from "../../../src/catalog/dockerfile/dockerfile.ts";

export interface ImageSketch extends Partial<DockerfileImage> {
  readonly name: string;
  /** Names of the images it is built on. */
  readonly on?: readonly string[];
  /** The Dockerfile's text. */
  readonly text?: string;
}

/** Parents have to stand before their children. */
export function catalogOf(...sketches: readonly ImageSketch[]): { readonly images: readonly DockerfileImage[] } {
  return { images: sketches.map(imageOf) };
}

function imageOf({ on = [], text = "FROM scratch\nCOPY . /\n", ...sketch }: ImageSketch): DockerfileImage {
  const directory = sketch.directory ?? `images/${sketch.name}`;
  const dockerfilePath = sketch.dockerfilePath ?? `${directory}/Dockerfile`;
  return {
    variant: "dockerfile",
    publicName: sketch.name,
    directory,
    repositories: [],
    knownAs: [],
    isSharing: false,
    dockerfilePath,
    dockerfile: readDockerfile(Buffer.from(text), dockerfilePath),
    context: directory,
    target: undefined,
    platforms: [],
    buildArgs: {},
    inputArguments: Object.keys(sketch.buildArgs ?? {}),
    literalArguments: [],
    argumentFiles: [],
    contexts: [],
    labels: {},
    annotations: [],
    watch: [],
    bakeFiles: [],
    parents: on.map((parent) => ({ parent, contextName: parent, via: "FROM", at: { file: dockerfilePath } })),
    bases: [],
    unsettled: [],
    ...sketch,
  };
}
