/** The registries that a chart's values set for all its images: `global.registry`, `global.imageRegistry`. Pure. */

/** @param text of a YAML file. */
export function globalRegistriesIn(text: string): readonly string[] {
  const at = text.search(globalKey);
  if (at < 0) return [];
  const [first = "", ...lines] = text.slice(at).split("\n");
  const end = lines.findIndex((line) => /^[^\s#]/.test(line));
  const block = [first, ...(end < 0 ? lines : lines.slice(0, end))].join("\n");
  return [...block.matchAll(registry)].map(([, host = ""]) => host.replace(/\/$/, ""));
}

/** The top-level map `global`. */
export const globalKey = /^["']?global["']?:/m;
const registry = /registry["']?:[ \t]*["']?([\w.-]+(?::\d+)?(?:\/[\w./-]*)?)/gi;
