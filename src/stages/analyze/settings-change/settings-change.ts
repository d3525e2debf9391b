/** Which images changed config and bake files mean. */
import type { BakeChange, ConfigChange } from "../../../changes/affected.ts";
import type { EventComparison } from "../../../changes/comparison.ts";
import type { Links } from "../../../changes/sources/links.ts";
import type { CatalogRun, ReadCatalog } from "../read-catalog.ts";
import { bakeChange } from "./bake-change.ts";
import { configChange, configOfToday } from "./config-change.ts";

export interface SettingsChange {
  readonly config: ConfigChange;
  readonly bake: BakeChange;
}

/**
 * The config file is compared by today's bake files, the bake files by the config file of before: what both change together is
 * seen, and neither is blamed for the other. A setting that moved from one into the other hasn't changed.
 */
export async function settingsChange(
  run: CatalogRun,
  comparison: EventComparison,
  now: ReadCatalog,
  links: Links,
): Promise<SettingsChange> {
  const { paths, affects, before } = await configChange(run, comparison, now, links);
  const bake = await bakeChange(run, comparison, { now, config: before ?? configOfToday(run, now) }, links);
  const isAsBefore = (name: string) => before !== undefined && bake.isAsBefore(name);
  return { config: { paths, affects: (name) => affects(name) && !isAsBefore(name) }, bake };
}
