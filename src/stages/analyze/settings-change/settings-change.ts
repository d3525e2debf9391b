/** Which images changed config and bake files mean. */
import type { ConfigChange, FilesChange } from "../../../changes/affected.ts";
import type { EventComparison } from "../../../changes/comparison.ts";
import type { Links } from "../../../changes/sources/links.ts";
import type { CatalogRun, ReadCatalog } from "../read-catalog.ts";
import { argumentsChange } from "./arguments-change.ts";
import { bakeChange } from "./bake-change.ts";
import { configChange, configOfToday } from "./config-change.ts";

export interface SettingsChange {
  readonly config: ConfigChange;
  readonly bake: FilesChange;
  readonly argumentFiles: FilesChange;
}

/**
 * The config file is compared by today's other files, bake files and files of build arguments by the config file of before: what both change together is
 * seen, and neither is blamed for the other. A setting that moved from one into the other hasn't changed.
 */
export async function settingsChange(
  run: CatalogRun,
  comparison: EventComparison,
  now: ReadCatalog,
  links: Links,
): Promise<SettingsChange> {
  const { paths, affects, before } = await configChange(run, comparison, now, links);
  const compared = { now, config: before ?? configOfToday(run, now) };
  const bake = await bakeChange(run, comparison, compared, links);
  const argumentFiles = await argumentsChange(run, comparison, compared, links);
  const isAsBefore = (name: string) =>
    before !== undefined && (bake.isAsBefore(name) || argumentFiles.isAsBefore(name));
  return { config: { paths, affects: (name) => affects(name) && !isAsBefore(name) }, bake, argumentFiles };
}
