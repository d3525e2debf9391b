/** What Dockerfiles copy that their context lacks and the repository's root has. */
import type { Catalog, RepositoryPath } from "../catalog/catalog.ts";
import { writeEntries } from "../catalog/entry-text.ts";
import { oneRemark } from "../catalog/remark.ts";
import { joinPath } from "../catalog/repository-path.ts";
import { formatLocation } from "../errors.ts";
import type { CopiedPath } from "./followed-paths.ts";
import type { ImageInputs } from "./image-inputs.ts";
import type { Listing } from "./listing.ts";

/** An image whose build would not find something. */
export interface Misplaced {
  readonly image: string;
  readonly context: RepositoryPath;
  /** At least one, in the Dockerfile's order. */
  readonly paths: readonly CopiedPath[];
}

export function misplacedPaths(
  { images }: Catalog,
  inputs: ReadonlyMap<string, ImageInputs>,
  { files }: Pick<Listing, "files">,
): readonly Misplaced[] {
  const isThere = (path: RepositoryPath) => files.atOrAbove(path) !== undefined || files.below(path).length > 0;
  return images.flatMap((image): readonly Misplaced[] => {
    const own = inputs.get(image.name);
    const [main] = own?.contexts ?? [];
    const directory = main?.directory.target;
    if (own?.copied === undefined || main?.name !== undefined || directory === undefined || directory === ".")
      return [];
    const paths = own.copied.filter(({ start }) => !isThere(joinPath(directory, start)) && isThere(start));
    return paths.length === 0 ? [] : [{ image: image.name, context: directory, paths }];
  });
}

/** @param configFile where entries of images are, or would be. */
export function describeMisplaced(misplaced: readonly Misplaced[], configFile: RepositoryPath) {
  const write = (images: readonly Misplaced[]) =>
    writeEntries(
      images.map(({ image: name }) => ({ name, said: { context: "." } })),
      configFile,
    );
  return oneRemark(misplaced, {
    one: (each) => ({
      message: `${each.image} copies ${each.paths.map(placed).join(", ")}, which its context ${each.context} lacks and the repository's root has`,
      hint: `if the root is what it is built from, ${write([each])}`,
    }),
    several: (listed, all) => ({
      message: `${all.length} images copy what their context lacks and the repository's root has: ${listed}`,
      hint: `if the root is what they are built from, ${write(all)}`,
    }),
    item: ({ image, paths: [path] }) => `${image} (${path?.written}, ${path && formatLocation(path.at)})`,
  });
}

function placed({ written, at }: CopiedPath): string {
  return `${written} (${formatLocation(at)})`;
}
