/** Source hashes of working trees on disk. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemFiles } from "../../../src/adapters/files.ts";
import { childProcesses } from "../../../src/adapters/processes.ts";
import type { Image } from "../../../src/catalog/catalog.ts";
import { readInputs } from "../../../src/changes/sources/image-inputs.ts";
import { incompleteFiles } from "../../../src/changes/sources/incomplete.ts";
import { readListing } from "../../../src/changes/sources/listing.ts";
import { sourceHashes } from "../../../src/changes/sources/source-hash.ts";
import { openCheckout } from "../../../src/git/checkout/open-checkout.ts";
import { openGit } from "../../../src/git/git.ts";
import { openGitTree } from "../../../src/git/git-tree.ts";
import type { Processes } from "../../../src/ports.ts";
import { catalogOf, type ImageSketch } from "../../unit/changes/catalog-of.ts";

interface WorkingTree {
  readonly folder: string;
  /** Git, where it is to be asked in another way. */
  readonly processes?: Processes;
}

export async function survey(
  { folder, processes = childProcesses }: WorkingTree,
  sketches: readonly ImageSketch[],
  settingsOf: (image: Image) => unknown = () => null,
) {
  const catalog = catalogOf(...sketches);
  const env = { PATH: process.env.PATH, HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1" };
  const options = {
    processes,
    workspace: folder,
    env,
    serverUrl: "https://github.com",
    token: undefined,
  };
  const checkout = openCheckout({
    git: openGit(options),
    tree: openGitTree(options),
    files: systemFiles,
    workspace: folder,
    realWorkspace: folder,
    folder: join(tmpdir(), "written-by-git"),
  });
  const listing = await readListing(checkout);
  const argumentsOf = ({ buildArgs }: Image) => buildArgs;
  const { inputs } = await readInputs(catalog, { listing, checkout, files: checkout.files, argumentsOf });
  const sources = { inputs, listing, checkout };
  const [hashes, incomplete] = await Promise.all([
    sourceHashes(catalog, { ...sources, settingsOf }),
    incompleteFiles(catalog, sources),
  ]);
  return { hashes, incomplete };
}

/** The hash of the last image; an error where it has none. */
export async function hashOf(
  repository: WorkingTree,
  sketches: readonly ImageSketch[] = [{ name: "app" }],
  settingsOf?: (image: Image) => unknown,
): Promise<string> {
  const { hashes } = await survey(repository, sketches, settingsOf);
  const hash = hashes.get(sketches.at(-1)?.name ?? "");
  if (hash?.kind !== "known") throw new Error(hash?.why ?? "no such image");
  return hash.hash;
}
