/** What Dockerfiles copy that their context lacks and the repository's root has. */
import type { Catalog, RepositoryPath } from "../catalog/catalog.ts";
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

/** One remark, however many images there are. */
export function describeMisplaced(misplaced: readonly Misplaced[]): readonly {
  readonly message: string;
  readonly hint: string;
}[] {
  const [first, ...others] = misplaced;
  if (first === undefined) return [];
  const shown = misplaced.slice(0, most);
  const more = misplaced.length - shown.length;
  const entries = shown.map(({ image }) => `${image}: {context: .}`).join(", ");
  const hint = `if the root is what they are built from, write images: {${entries}} into .github/image-publish.yml`;
  if (others.length === 0) {
    const what = first.paths.map(({ written, at }) => `${written} (${formatLocation(at)})`).join(", ");
    const message = `${first.image} copies ${what}, which its context ${first.context} lacks and the repository's root has`;
    return [{ message, hint: hint.replace("they are", "it is") }];
  }
  const which = shown.map(
    ({ image, paths: [path] }) => `${image} (${path?.written}, ${path && formatLocation(path.at)})`,
  );
  const rest = more > 0 ? ` and ${more} more` : "";
  const message = `${misplaced.length} images copy what their context lacks and the repository's root has: ${which.join(", ")}${rest}`;
  return [{ message, hint }];
}

const most = 10;
