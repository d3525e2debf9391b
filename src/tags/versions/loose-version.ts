/** Versions of any scheme, for `type=version`: `6.4.1.10545`, `2.2.0-r3`, `18.6-alpine3.24`. */
import type { ReadVersion } from "./rule-version.ts";

/** What `{{…}}` of a version pattern may name beside the event's expressions. */
export const looseVersionNames: readonly string[] = ["raw", "version", "major", "minor", "patch"];

/**
 * `version` is the text without a leading `v`; `major`, `minor` and `patch` are its leading numbers, 0 where it has
 * fewer. `undefined` for a text without any digit.
 */
export function readLooseVersion(text: string): ReadVersion | undefined {
  const raw = text.trim();
  if (!/\d/.test(raw)) return undefined;
  const version = raw.replace(/^v(?=\d)/i, "");
  const [, major = "0", minor = "0", patch = "0"] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? [];
  return { isStable: true, values: new Map(Object.entries({ raw, version, major, minor, patch })) };
}
