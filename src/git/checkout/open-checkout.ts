/** Opens a checkout of which a part may be left out. */
import { memoize } from "../../lib/memoize.ts";
import type { FileLooks, Files } from "../../ports.ts";
import type { Git } from "../git.ts";
import type { GitTree, TrackedFile } from "../git-tree.ts";
import { alteredPaths, alteringSettings } from "./altered.ts";
import { type Checkout, lookAt } from "./checkout.ts";
import { indexFiles } from "./file-index.ts";
import { leftOutContent } from "./left-out-content.ts";
import { leftOutFiles } from "./left-out-files.ts";
import { type WholeFiles, wholeFiles } from "./whole-files.ts";

export interface CheckoutParts {
  readonly git: Pick<Git, "blobs" | "fetchBlobs">;
  readonly tree: GitTree;
  /** What is in the working tree. */
  readonly files: Pick<Files, "read" | "list" | "makeDirectory"> & FileLooks;
  readonly workspace: string;
  /** The same with symlinks followed. */
  readonly realWorkspace: string;
  /** A folder of the run's own, absolute, for what git has to write. */
  readonly folder: string;
}

/** What is left out is listed at the first question, and its content is read, or fetched, where it is asked for. */
export function openCheckout(parts: CheckoutParts): Checkout & { readonly files: WholeFiles } {
  const { git, tree, files, workspace, realWorkspace, folder } = parts;
  const bare = onDisk(tree, files, workspace);
  const read = leftOutContent(git);
  const whole = (content: (file: TrackedFile) => Promise<Uint8Array>) =>
    wholeFiles({ roots: [workspace, realWorkspace], disk: files, leftOut: bare.leftOut, content });
  // Attributes are never altered themselves.
  const attributed = { ...bare, files: whole(read) };
  const altered = memoize(async () => {
    const [{ files: tracked }, settings, { attributesFile }] = await Promise.all([
      tree.tracked(),
      tree.settings(alteringSettings),
      tree.layout(),
    ]);
    return alteredPaths(attributed, tracked, [], { settings, attributesFile });
  });
  const writtenBytes = async ({ path }: TrackedFile): Promise<Uint8Array> => {
    await files.makeDirectory(folder);
    await tree.writeInto(folder, path);
    const found = await lookAt({ files, workspace: folder }, path);
    return found?.kind === "file" ? found.content() : new Uint8Array();
  };
  const written = memoize(
    async (file: TrackedFile) => {
      const plain = await read(file);
      const isAltered = file.content.startsWith("100") && (await altered(undefined)).get(file.path) === "other";
      return isAltered ? writtenBytes(file) : plain;
    },
    ({ path }) => path,
  );
  return { ...bare, files: whole(written) };
}

/** A repository of which only what is there is read. */
function onDisk(git: GitTree, files: FileLooks, workspace: string): Checkout {
  const leftOut = memoize(async () =>
    indexFiles(await leftOutFiles(await git.tracked(), (path) => lookAt({ files, workspace }, path))),
  );
  return {
    git,
    files,
    workspace,
    leftOut: () => leftOut(undefined),
    inside: (path) => onDisk(git.inside(path), files, `${workspace}/${path}`),
  };
}
