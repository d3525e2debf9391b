/** Describes in a pull request the images that pins follow, as far as they are known. */
import type { MovedFile, PublishedVersion } from "../../bump/moved.ts";
import { UserError } from "../../errors.ts";
import { isTag, type Repository, type Tag } from "../../model/reference.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { readPlatforms } from "../../publish/published.ts";
import { parseTagState, type RecordRules } from "../../publish/registry-tags/tag-state.ts";
import type { BumpedImage } from "../../report/pull-request-text.ts";
import type { ImageResult } from "../../results/run-result.ts";
import type { ImageScan } from "../../scan/judged.ts";

interface Looking {
  readonly registry: Registry;
  readonly records: RecordRules;
  /** What is checked out. */
  readonly commit: string;
}

/** Of each image whose pins move, in the order of their names. */
export async function bumpedImages(
  versions: readonly PublishedVersion[],
  files: readonly MovedFile[],
  { registry, records, commit }: Looking,
  results: readonly ImageResult[],
): Promise<readonly BumpedImage[]> {
  const pins = files.flatMap((file) => file.pins);
  const names = [...new Set(pins.map(({ image }) => image))].sort();
  return Promise.all(
    names.flatMap((name) => {
      const version = versions.find((each) => each.name === name);
      if (version === undefined) return [];
      const [pin] = pins.filter(({ image }) => image === name);
      return [
        bumped(
          version,
          pin?.from ?? "",
          { registry, records },
          isOfRun(name, results) ? commit : undefined,
          results.find(({ planned }) => planned.name === name)?.scan,
        ),
      ];
    }),
  );
}

function isOfRun(name: string, results: readonly ImageResult[]): boolean {
  return results.some(({ planned, outcome }) => planned.name === name && outcome !== "skipped");
}

async function bumped(
  { name, digest, repositories }: PublishedVersion,
  from: string,
  { registry, records }: { readonly registry: Registry; readonly records: RecordRules },
  commit: string | undefined,
  scan: ImageScan | undefined,
): Promise<BumpedImage> {
  const [repository] = repositories;
  const [now, before] = await Promise.all([
    facts(registry, repository, digest, records),
    facts(registry, repository, pinnedName(from), records),
  ]);
  const to = commit ?? now?.revision;
  return {
    name,
    digest,
    ...(now === undefined ? {} : { size: { now: now.size, before: before?.size } }),
    ...(scan?.kind === "scanned" ? { findings: findingsOf(scan) } : {}),
    ...(to === undefined || before?.revision === undefined ? {} : { commits: { from: before.revision, to } }),
  };
}

function findingsOf(scan: Extract<ImageScan, { readonly kind: "scanned" }>): NonNullable<BumpedImage["findings"]> {
  const added = scan.findings.filter(({ isReported, standing }) => isReported && standing === "new");
  return { gone: scan.gone, new: added.map(({ finding }) => finding) };
}

/** Of the first platform. Nobody needs it: what can't be had is left out. */
async function facts(
  registry: Registry,
  repository: Repository | undefined,
  name: PublishedVersion["digest"] | Tag | undefined,
  records: RecordRules,
) {
  if (repository === undefined || name === undefined) return undefined;
  try {
    const found = await registry.manifest(repository, name);
    if (found === undefined) return undefined;
    const [first] = await readPlatforms(registry, repository, found.digest);
    return first === undefined ? undefined : { size: first.size, revision: parseTagState(found, records).revision };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The tag of a pin's text, which may be a whole reference. */
function pinnedName(text: string): Tag | undefined {
  const [named = ""] = text.split("@");
  const tag = named.slice(named.lastIndexOf(":") + 1);
  return isTag(tag) ? tag : undefined;
}
