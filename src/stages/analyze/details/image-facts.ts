/** What tag rules read from an image in addition to the event: its own version, and the hash of its sources. */

import { type BakeFolder, type BakeTools, listVariables, placeKey } from "../../../catalog/bake/print.ts";
import { type Image, recipeOf } from "../../../catalog/catalog.ts";
import type { SourceHash } from "../../../changes/sources/source-hash.ts";
import { UserError } from "../../../errors.ts";
import { attemptLater } from "../../../lib/attempt.ts";
import { limitCalls } from "../../../lib/limit.ts";
import { memoize } from "../../../lib/memoize.ts";
import { digestOf } from "../../../model/digest.ts";
import type { TagFacts } from "../../../tags/derive-tags.ts";
import type { Rule } from "../../../tags/rules/rule.ts";
import { formatVersionSource, type VersionSource } from "../../../tags/versions/version-source.ts";
import { ownVersions, type VersionReader } from "./own-versions.ts";

export type ImageFacts = Required<Pick<TagFacts, "ownVersions" | "contents">>;

/** By name of the image; one that isn't in it has nothing that its rules would read. */
export type FactsByImage = ReadonlyMap<string, ImageFacts>;

export interface FactsReader extends Pick<VersionReader, "root" | "files"> {
  readonly bake: BakeTools;
}

const reads = 16;

/**
 * Reads what the rules of each image ask for, and nothing where they don't. `hashes` are the images' source hashes, by
 * name. A file that can't be read or understood is a problem of its image.
 */
export async function gatherFacts(
  images: readonly Image[],
  rulesOf: (name: string) => readonly Rule[],
  { root, files, bake }: FactsReader,
  hashes: ReadonlyMap<string, SourceHash>,
): Promise<{ readonly facts: FactsByImage; readonly problems: ReadonlyMap<string, UserError> }> {
  // One bake file may be that of many images.
  const variablesOf = memoize((at: BakeFolder) => listVariables(at, root, bake), placeKey);
  const reader: VersionReader = { root, files, variablesOf };
  const gather = limitCalls(reads, async (image: Image) => {
    const rules = rulesOf(image.publicName);
    const [versions, file] = await Promise.all([
      ownVersions(sourcesOf(rules), image, reader),
      asksFor(rules, "file") ? hashOfFile(image, reader) : undefined,
    ]);
    const inputs = hashes.get(image.name);
    const contents = {
      ...(file === undefined ? {} : { file }),
      ...(inputs?.kind === "known" ? { inputs: inputs.hash } : {}),
    };
    return [image.name, { ownVersions: versions, contents }] as const;
  });
  const asking = images.filter(({ publicName }) => asksForFacts(rulesOf(publicName)));
  const read = await Promise.all(
    asking.map(async (image) => ({ image, found: await attemptLater(() => gather(image)) })),
  );
  return {
    facts: new Map(read.flatMap(({ found }) => ("value" in found ? [found.value] : []))),
    problems: new Map(read.flatMap(({ image, found }) => ("problem" in found ? [[image.name, found.problem]] : []))),
  };
}

/** Whether any of the rules reads something of the image itself. */
export function asksForFacts(rules: readonly Rule[]): boolean {
  return rules.some(({ type }) => type === "version" || type === "content");
}

function asksFor(rules: readonly Rule[], of: "file" | "inputs"): boolean {
  return rules.some((rule) => rule.type === "content" && rule.of === of);
}

/** Each once. */
function sourcesOf(rules: readonly Rule[]): readonly VersionSource[] {
  const all = rules.flatMap((rule) => (rule.type === "version" ? rule.from : []));
  return [...new Map(all.map((source) => [formatVersionSource(source), source])).values()];
}

/** sha256 of the Dockerfile (or Nix file) as hex, byte for byte: other programs compute the same. */
async function hashOfFile(image: Image, { root, files }: Pick<VersionReader, "root" | "files">): Promise<string> {
  const path = recipeOf(image);
  const bytes = await files.read(`${root}/${path}`);
  if (bytes !== undefined) return digestOf(bytes).slice("sha256:".length);
  throw new UserError(`${path} was deleted while it was read`, {
    hint: "run again when nothing else changes the checkout",
  });
}
