/** Python's versions (https://packaging.python.org/en/latest/specifications/version-specifiers/, "Parsing version strings"). */
import type { ReadVersion } from "./rule-version.ts";

/** What `{{…}}` of a pep440 pattern may name. */
export const pep440Names: readonly string[] = [
  ...["raw", "version", "major", "minor", "patch"],
  ...["epoch", "release", "pre", "post", "dev", "local"],
];

/** `undefined` for a text that isn't a PEP 440 version. `version` is the normal form: `1.0.0-beta.2` is `1.0.0b2`. */
export function readPep440(text: string): ReadVersion | undefined {
  const groups = grammar.exec(text.trim())?.groups;
  if (groups === undefined) return undefined;
  const segments = (groups.release ?? "").split(".").map(integer);
  const epoch = integer(groups.epoch);
  const pre =
    groups.pre === undefined
      ? ""
      : `${prePhases[groups.pre.toLowerCase()] ?? groups.pre.toLowerCase()}${integer(groups.preNumber)}`;
  const isPost = groups.postDash !== undefined || groups.post !== undefined;
  const post = isPost ? integer(groups.postDash ?? groups.postNumber) : "";
  const dev = groups.dev === undefined ? "" : integer(groups.devNumber);
  const local = (groups.local ?? "").toLowerCase().split(/[-_.]/).map(normalLocal).join(".");
  const release = segments.join(".");
  const version = [
    epoch === "0" ? "" : `${epoch}!`,
    release,
    pre,
    post === "" ? "" : `.post${post}`,
    dev === "" ? "" : `.dev${dev}`,
    local === "" ? "" : `+${local}`,
  ].join("");
  const [major = "0", minor = "0", patch = "0"] = segments;
  return {
    isStable: pre === "" && post === "" && dev === "",
    values: new Map(Object.entries({ raw: text, version, major, minor, patch, epoch, release, pre, post, dev, local })),
  };
}

const prePhases: Readonly<Record<string, string>> = { alpha: "a", beta: "b", c: "rc", pre: "rc", preview: "rc" };

const grammar = new RegExp(
  [
    "^v?(?:(?<epoch>\\d+)!)?(?<release>\\d+(?:\\.\\d+)*)",
    "(?:[-_.]?(?<pre>alpha|beta|preview|pre|rc|a|b|c)[-_.]?(?<preNumber>\\d*))?",
    "(?:-(?<postDash>\\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postNumber>\\d*))?",
    "(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>\\d*))?",
    "(?:\\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$",
  ].join(""),
  "i",
);

/** An integer without leading zeros; nothing is 0. */
function integer(digits: string | undefined): string {
  return (digits ?? "").replace(/^0+(?=.)/, "") || "0";
}

function normalLocal(part: string): string {
  return /^\d+$/.test(part) ? integer(part) : part;
}
