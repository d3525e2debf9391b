/** `rebuild: fixable`: a scheduled run builds the images that a rebuild would fix, their dependents, and those where that is unknown. */
import type { Reason } from "../../model/reason.ts";
import type { ImageScan } from "../../scan/judged.ts";
import { fixedByRebuild } from "../../scan/remedy.ts";
import type { Survey } from "../analyze/survey.ts";
import type { PublishedScan, Scanning } from "../check/scanning.ts";

export interface WorthRebuilding extends Pick<Survey, "affected" | "left"> {
  /** Of what is published, in the order of the catalog. */
  readonly scans: readonly ImageScan[];
}

/** What is affected, narrowed, and why the rest is left. */
export async function worthRebuilding(
  { catalog, affected, left }: Pick<Survey, "catalog" | "affected" | "left">,
  scanning: Pick<Scanning, "published" | "isWanted">,
): Promise<WorthRebuilding> {
  const looked = await Promise.all(
    catalog.images
      .filter(({ name }) => affected.has(name) && scanning.isWanted(name))
      .map(async (image) => ({ name: image.name, found: await scanning.published(image) })),
  );
  const reasons = new Map(looked.map(({ name, found }) => [name, whyRebuild(found)]));
  const worth = new Map<string, readonly Reason[]>();
  const nothing = new Map<string, readonly Reason[]>();
  // Parents stand before their children.
  for (const { name, parents, repositories } of catalog.images) {
    if (!affected.has(name) || repositories.length === 0) continue;
    const own = reasons.get(name) ?? affected.get(name) ?? [];
    const below = parents.flatMap(({ parent }): readonly Reason[] =>
      worth.has(parent) ? [{ kind: "builds-on", image: parent }] : [],
    );
    if (own.length + below.length > 0) worth.set(name, unique([...own, ...below]));
    else nothing.set(name, [{ kind: "nothing-to-mend" }]);
  }
  return {
    affected: worth,
    left: new Map([...left, ...nothing]),
    scans: looked.flatMap(({ found }) => found?.scan ?? []),
  };
}

function whyRebuild(found: PublishedScan | undefined): readonly Reason[] {
  if (found === undefined) return [{ kind: "never-published" }];
  const { scan, moved } = found;
  // In doubt it is built.
  if (scan.kind === "unscanned") return [{ kind: "unscanned", detail: scan.error.message }];
  if (moved.length > 0) return moved.map((base) => ({ kind: "base-moved", base }));
  const count = fixedByRebuild(scan).length;
  return count === 0 ? [] : [{ kind: "fixable", count }];
}

function unique(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}
