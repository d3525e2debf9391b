/** The version of what a Helm chart installs: `appVersion` of its Chart.yaml. */
import { posix } from "node:path";
import { isTag, type Tag } from "../../../model/reference.ts";
import type { PublishedVersion } from "../../moved.ts";
import type { ReadPin } from "../read-pin.ts";

export function isChartFile(path: string): boolean {
  return /(?:^|\/)Chart\.ya?ml$/.test(path);
}

/** `undefined` for a file that isn't a chart. Top-level keys lead their lines, so that nothing has to be parsed. */
export function chartPin(text: string, path: string, key: "appVersion" | "version"): ReadPin | undefined {
  if (!isChartFile(path)) return undefined;
  const hasKey = (name: string): boolean => new RegExp(`^${name}:`, "m").test(text);
  if (!hasKey("apiVersion") || !hasKey("name")) return undefined;
  const match = new RegExp(`^(${key}:[ \\t]+(["']?))([A-Za-z0-9_][\\w.+-]*)\\2[ \\t]*(?:#.*)?\\r?$`, "m").exec(text);
  const [, before, quote, version] = match ?? [];
  if (match === null || before === undefined || version === undefined) return undefined;
  const start = match.index + before.length;
  const span = { start, end: start + version.length, ...(quote === "" ? { isPlain: true as const } : {}) };
  return {
    repository: undefined,
    text: `${key}: ${version}`,
    start,
    tag: version,
    digest: undefined,
    values: { tag: span },
  };
}

/**
 * The folders of the charts whose images a file may name: the Chart.yaml itself, the values beside it, the templates below it.
 */
export function chartFoldersOf(path: string): readonly string[] {
  const base = posix.basename(path);
  const isBeside = isChartFile(base) || /^values.*\.ya?ml$/.test(base);
  const above = [...path.matchAll(/(?:^|\/)templates\//g)].map(({ index }) => path.slice(0, index) || ".");
  return isBeside ? [posix.dirname(path), ...above] : above;
}

/** What a chart may call the version of an image: its tags and its version, with and without `v`, and without a commit. */
export function chartVersions({ tags, version }: Pick<PublishedVersion, "tags" | "version">): readonly Tag[] {
  const named = [...tags, ...(version === undefined ? [] : [version])];
  const alone = named.flatMap((each) => [each, each.replace(/-[0-9a-f]{7,40}(?:-.*)?$/, "")]);
  const both = alone.flatMap((each) => [each, each.startsWith("v") ? each.slice(1) : `v${each}`]);
  return [...new Set(both.filter(isTag))];
}
