/** `rebuild: fixable`: a scheduled run builds what a rebuild would mend, what builds on that, and what nobody can tell of. */
import type { Reason } from "../../model/reason.ts";
import { mendedByRebuild } from "../../scan/remedy.ts";
import type { Survey } from "../analyze/survey.ts";
import type { PublishedScan, Scanning } from "../check/scanning.ts";

/** What is affected, narrowed, and why the rest is left. */
export async function worthRebuilding(
  { catalog, affected, left }: Pick<Survey, "catalog" | "affected" | "left">,
  scanning: Pick<Scanning, "published" | "isWanted">,
): Promise<Pick<Survey, "affected" | "left">> {
  const reasons = new Map(
    await Promise.all(
      catalog.images
        .filter(({ name }) => affected.has(name) && scanning.isWanted(name))
        .map(async (image) => [image.name, whyRebuild(await scanning.published(image))] as const),
    ),
  );
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
  return { affected: worth, left: new Map([...left, ...nothing]) };
}

function whyRebuild(found: PublishedScan | undefined): readonly Reason[] {
  if (found === undefined) return [{ kind: "never-published" }];
  const { scan, moved } = found;
  // In doubt it is built.
  if (scan.kind === "unscanned") return [{ kind: "unscanned", detail: scan.error.message }];
  if (moved.length > 0) return moved.map((base) => ({ kind: "base-moved", base }));
  const count = mendedByRebuild(scan).length;
  return count === 0 ? [] : [{ kind: "fixable", count }];
}

function unique(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}
