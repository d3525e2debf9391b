/** Which files git writes into the working tree otherwise than it keeps them (gitattributes(5), "Effects"). */
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf, joinPath } from "../../model/repository-path.ts";
import type { GitLayout, TrackedFile } from "../git-tree.ts";
import { type Checkout, lookAt } from "./checkout.ts";
import { encodePath } from "./path-bytes.ts";

export type Alteration = "lfs" | "other";

/** What says how files are written, beside the attributes in the working tree. */
export interface AlterationSources {
  /** Git's settings, of those in `alteringSettings`. */
  readonly settings: ReadonlyMap<string, string>;
  readonly attributesFile: GitLayout["attributesFile"];
}

export const alteringSettings = /^core\.(autocrlf|eol|attributesfile)$/;

/**
 * The tracked paths that a filter, line ends, an encoding or an `$Id$` alter: there, git calls a file unmodified though its
 * bytes are others than the blob's.
 * @param differing paths of the working tree that git has otherwise, or not at all.
 */
export async function alteredPaths(
  checkout: Checkout,
  tracked: readonly TrackedFile[],
  differing: readonly RepositoryPath[],
  { settings, attributesFile }: AlterationSources,
): Promise<ReadonlyMap<RepositoryPath, Alteration>> {
  const regular = () => tracked.flatMap(({ path, content }) => (content.startsWith("100") ? [path] : []));
  // `input` writes none, but git calls a file unmodified that was added with them.
  const mayHaveCarriageReturns =
    (settings.get("core.autocrlf") ?? "false") !== "false" || settings.get("core.eol") === "crlf";
  // Files that were checked out by other rules than those that are there now.
  const rewritten = differing.filter(isAttributesFile).map(directoryOf);
  const isSuspect = (path: RepositoryPath) =>
    mayHaveCarriageReturns || rewritten.some((folder) => folder === "." || path.startsWith(`${folder}/`));
  const mayBeSuspect = mayHaveCarriageReturns || rewritten.length > 0;
  const suspects = (mayBeSuspect ? regular().filter(isSuspect) : []).map((path) => [path, "other"] as const);
  const places = tracked.map(({ path }) => path).filter(isAttributesFile);
  const untracked = rewritten.map((folder) => joinPath(folder, ".gitattributes"));
  const mayAlter =
    settings.has("core.attributesfile") || (await doAlter(checkout, [...places, ...untracked, attributesFile]));
  if (!mayAlter) return new Map(suspects);
  const names = ["filter", "ident", "working-tree-encoding", "eol"];
  const attributes = await checkout.git.attributes(names, regular());
  const altered = [...attributes].flatMap(([path, values]) => {
    const alteration = alterationBy(values);
    return alteration === undefined ? [] : [[path, alteration] as const];
  });
  return new Map([...suspects, ...altered]);
}

function isAttributesFile(path: RepositoryPath): boolean {
  return path === ".gitattributes" || path.endsWith("/.gitattributes");
}

function alterationBy(values: ReadonlyMap<string, string>): Alteration | undefined {
  if (values.get("filter") === "lfs") return "lfs";
  const eol = values.get("eol");
  return eol === "crlf" || values.size > (eol === undefined ? 0 : 1) ? "other" : undefined;
}

/** To ask for the attributes of every path takes long: most repositories have none that matter. */
async function doAlter(checkout: Checkout, places: readonly string[]): Promise<boolean> {
  const texts = await Promise.all([...new Set(places)].map((path) => textOf(checkout, path)));
  return texts.some((text) => /\b(?:filter|ident|working-tree-encoding)\b|\beol=crlf\b/.test(text));
}

async function textOf(checkout: Checkout, path: string): Promise<string> {
  const found = path.startsWith("/") ? await checkout.files.look(encodePath(path)) : await lookAt(checkout, path);
  return found?.kind === "file" ? new TextDecoder().decode(await found.content()) : "";
}
