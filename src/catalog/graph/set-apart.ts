/** Images that are in order, apart from those that are not. Pure. */
import { filesOfPlace } from "../bake/bake-files.ts";
import type { BakeFolder } from "../bake/print.ts";
import type { Image } from "../catalog.ts";
import { topologicalOrder } from "./topological-order.ts";
import { type Concern, type TroubledImage, unreadDockerfile, waitingImages } from "./troubled.ts";

export interface ToSetApart {
  /** Those that have an order, in it. */
  readonly ordered: readonly Image[];
  readonly all: readonly Image[];
  /** Bake files that can't be read. */
  readonly unread: readonly BakeFolder[];
  readonly concerns: readonly Concern[];
  /** Whether nobody knows what an image is built from. */
  isUnplaced(name: string): boolean;
  /** Names of images, and of bake files that can't be read, that an image may depend on without an edge. */
  hiddenDependencies(image: Image): readonly string[];
}

/** A problem that concerns all images sets none of them apart. */
export function setApart({ ordered, all, unread, concerns, isUnplaced, hiddenDependencies }: ToSetApart): {
  readonly images: readonly Image[];
  readonly troubled: readonly TroubledImage[];
} {
  const ofImages = concerns.flatMap(({ problem, images = [] }) => images.map((name) => ({ name, problem })));
  const own = Map.groupBy(ofImages, ({ name }) => name);
  const problemsOf = (name: string) => (own.get(name) ?? []).map(({ problem }) => problem);
  const waiting = waitingImages(all, new Set(own.keys()), (image) => [
    ...image.parents.map(({ parent }) => parent),
    ...hiddenDependencies(image),
  ]);
  const isTroubled = ({ name }: Image) => own.has(name) || waiting.has(name);
  const apart = all.filter(isTroubled);
  const sorted = topologicalOrder(apart).images;
  const isSorted = new Set(sorted);
  return {
    images: ordered.filter((image) => !isTroubled(image)),
    troubled: [
      ...unread.map(
        (at): TroubledImage => ({
          image: fileImage(at),
          kind: "file",
          // Elsewhere than at the root, what is below its folder is what its images are built from.
          isUnplaced: at.folder === ".",
          problems: problemsOf(at.file),
          waitsFor: undefined,
        }),
      ),
      ...[...sorted, ...apart.filter((image) => !isSorted.has(image))].map(
        (image): TroubledImage => ({
          image,
          kind: "image",
          isUnplaced: isUnplaced(image.name),
          problems: problemsOf(image.name),
          waitsFor: waiting.get(image.name),
        }),
      ),
    ],
  };
}

/** What stands for the images of a file that can't be read. */
function fileImage(at: BakeFolder): Image {
  const { folder, file } = at;
  const nothing = { platforms: [], annotations: [], watch: [], contexts: [], parents: [], bases: [], unsettled: [] };
  return {
    ...nothing,
    ...{ name: file, publicName: file, variant: "dockerfile", directory: folder, context: folder, target: undefined },
    ...{ dockerfilePath: file, dockerfile: unreadDockerfile(file), bakeFiles: filesOfPlace(at) },
    ...{
      repositories: [],
      knownAs: [],
      isSharing: false,
      buildArgs: {},
      inputArguments: [],
      literalArguments: [],
      argumentFiles: [],
      labels: {},
    },
  };
}
