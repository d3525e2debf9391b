/** What a file's bytes are called: by git's mode and blob, also where git doesn't have them. */
import { createHash } from "node:crypto";
import { type Checkout, lookAt } from "../../git/checkout/checkout.ts";
import { memoize } from "../../lib/memoize.ts";
import type { FileLook } from "../../ports.ts";
import type { ListedFile } from "./listing.ts";

export interface ContentReader {
  /** How many bytes have to be read to know the content. */
  cost(file: ListedFile): Promise<number>;
  /** `100644 <id>`; `undefined` where there is no file after all. */
  content(file: ListedFile): Promise<string | undefined>;
}

/** Each file is read once. @param objectFormat the hash by which the repository calls its objects. */
export function contentReader(checkout: Checkout, objectFormat: "sha1" | "sha256"): ContentReader {
  const pathOf = ({ path }: ListedFile): string => path;
  const look = memoize(({ path }: ListedFile) => lookAt(checkout, path), pathOf);
  const read = memoize(async (file: ListedFile) => nameOf(await look(file), objectFormat), pathOf);
  return {
    async cost(file) {
      const found = file.content === undefined ? await look(file) : undefined;
      return found?.kind === "file" ? found.size : 0;
    },
    content: (file) => (file.content === undefined ? read(file) : Promise.resolve(file.content)),
  };
}

/** The content of a directory is the content of its entries. */
async function nameOf(look: FileLook | undefined, objectFormat: string): Promise<string | undefined> {
  switch (look?.kind) {
    case "file":
      return `${look.isExecutable ? "100755" : "100644"} ${blobId(await look.content(), objectFormat)}`;
    case "symlink":
      return `120000 ${blobId(look.target, objectFormat)}`;
    case "other":
      return "other";
    default:
      return undefined;
  }
}

/** As `git hash-object --no-filters` gives it (gitformat-loose(5)). */
function blobId(bytes: Uint8Array, objectFormat: string): string {
  return createHash(objectFormat).update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
