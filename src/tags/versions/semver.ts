/** Versions of Semantic Versioning 2.0.0 (https://semver.org), read strictly but for a leading `v`. */
import parse from "semver/functions/parse.js";
import type { ReadVersion } from "./rule-version.ts";

/** What `{{…}}` of a semver pattern may name. */
export const semverNames: readonly string[] = ["raw", "version", "major", "minor", "patch"];

/** `undefined` for a text that isn't a semantic version: `v1.2`, `2024.01.05`. */
export function readSemver(text: string): ReadVersion | undefined {
  const parsed = parse(text);
  if (parsed === null) return undefined;
  return {
    isStable: parsed.prerelease.length === 0,
    values: new Map([
      ["raw", text],
      ["version", parsed.version],
      ["major", `${parsed.major}`],
      ["minor", `${parsed.minor}`],
      ["patch", `${parsed.patch}`],
    ]),
  };
}
