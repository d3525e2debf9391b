/** A working tree in memory, of which git knows nothing. */
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { type ImageInputs, readInputs } from "../../../src/changes/sources/image-inputs.ts";
import type { ListedFile, Listing } from "../../../src/changes/sources/listing.ts";
import type { Checkout } from "../../../src/git/checkout/checkout.ts";
import { indexFiles } from "../../../src/git/checkout/file-index.ts";
import { decodePath } from "../../../src/git/checkout/path-bytes.ts";
import type { GitTree } from "../../../src/git/git-tree.ts";
import type { FileLook } from "../../../src/ports.ts";

/** A file's text, or where a symlink leads. */
export type MemoryFiles = Readonly<Record<string, string | { readonly link: string }>>;

interface MemoryCheckout {
  readonly listing: Listing;
  readonly checkout: Checkout;
}

const root = "/w/";

function memoryCheckout(files: MemoryFiles): MemoryCheckout {
  const listed = Object.keys(files).map((path): ListedFile => ({ path, content: undefined }));
  const index = indexFiles(listed);
  const noGit = new Proxy({}, { get: () => () => Promise.reject(new Error("no git here")) }) as GitTree;
  return {
    listing: { files: index, links: index, large: new Set(), isSparse: false, objectFormat: "sha1" },
    checkout: {
      git: noGit,
      workspace: "/w",
      leftOut: async () => indexFiles([]),
      inside: () => {
        throw new Error("nothing is inside");
      },
      files: { look: async (path) => lookAt(files[decodePath(path).slice(root.length)]) },
    },
  };
}

function lookAt(file: MemoryFiles[string] | undefined): FileLook | undefined {
  if (file === undefined) return undefined;
  if (typeof file !== "string") return { kind: "symlink", target: Buffer.from(file.link) };
  const bytes = Buffer.from(file);
  return { kind: "file", size: bytes.length, isExecutable: false, content: () => Promise.resolve(bytes) };
}

/** What goes into the images of a catalog. */
export async function inputsIn(catalog: Catalog, files: MemoryFiles): Promise<ReadonlyMap<string, ImageInputs>> {
  const { inputs, problems } = await readInputs(catalog, {
    ...memoryCheckout(files),
    argumentsOf: ({ buildArgs }) => buildArgs,
    files: {
      read: async (path) => {
        const file = files[path.slice(root.length)];
        return typeof file === "string" ? Buffer.from(file) : undefined;
      },
    },
  });
  for (const problem of problems.values()) throw problem;
  return inputs;
}
