/**
 * A path in an image without the versions in it, since a release moves `app/shop-1.2.3.jar` to `app/shop-1.3.0.jar` with the
 * same library inside. Several places of one image may be the same without their versions: who compares them counts them.
 */

/** Unchanged where no version is in it. */
export function versionlessPath(path: string): string {
  if (!/\d/.test(path)) return path;
  return path.replace(storeHash, `${anyVersion}-`).split("/").map(versionlessName).join("/");
}

/** Paths of findings are plain lines, which have no control characters. */
const anyVersion = "\u0001";

function versionlessName(name: string): string {
  return patterns.reduce((text, pattern) => text.replace(pattern, anyVersion), name);
}

/** Nix and Guix name a package's folder by a hash of what it is made from. */
const storeHash = /(?<=(?:^|\/)(?:nix|gnu)\/store\/)[0-9a-z]{32}-/g;

const marks = [
  ...["alpha", "beta", "rc", "cr", "milestone", "pre", "preview", "snapshot", "dev", "nightly", "canary", "next"],
  ...[
    "post",
    "patch",
    "sp",
    "hotfix",
    "rev",
    "build",
    "final",
    "ga",
    "release",
    "incompatible",
    "[abcmpr](?=[-.]?\\d)",
  ],
].join("|");
const packages = "jar|war|ear|whl|egg|gem|nupkg|crate|zip|tgz|gemspec|dist-info|egg-info";
const end = "(?![0-9a-z])";
const commit = "g?(?=[a-f]*\\d)(?=\\d*[a-f])[0-9a-f]{7,64}";

/** What may follow a version's numbers (Semantic Versioning, PEP 440, Maven, git describe, builds of Conda). */
const qualifiers = [
  // Right behind the numbers: `1.1.1w`, `2.0b4`.
  "[a-z]+\\d*(?![a-z])",
  // Build metadata.
  `\\+[0-9a-z][0-9a-z.+-]*?(?=\\.(?:${packages})\\b|$)`,
  `[-._~+]v?\\d+(?:\\.\\d+)*${end}`,
  `[-._~+]?(?:${marks})(?:[-.]?\\d+)*${end}`,
  `-${commit}${end}`,
  "[-_](?:py\\d+)?h[0-9a-f]{7}_\\d+",
].join("|");

/**
 * A number alone is a version where it is a whole name (`/opt/app/42`) or where one belongs (`shop-142.jar`, `name@2`). Elsewhere it
 * belongs to the name: `log4j2`, `lib64`, `python3`, `worker-1`, `x86_64`.
 */
const patterns: readonly RegExp[] = [
  /^v?\d+$/i,
  /(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])/gi,
  new RegExp(`(?<!\\d)(?:\\d+!)?(?:(?<![a-z])v)?\\d+(?:(?:\\.\\d+)+|(?=\\+\\d))(?:${qualifiers})*`, "gi"),
  /(?<![0-9a-z])\d+(?:_\d+){2,}(?![0-9a-z])/gi,
  /(?<![0-9a-z])(?:(?:19|20)\d\d-\d\d-\d\d|\d{7,})(?![0-9a-z])/gi,
  new RegExp(`(?<=@)v?\\d+${end}(?:${qualifiers})*`, "gi"),
  // The group in the lookahead never gives back what it took, so that the time is in proportion.
  new RegExp(`(?<=-)(?=(v?\\d+${end}(?:${qualifiers})*))\\1(?=\\.(?:${packages})$)`, "gi"),
  new RegExp(`(?<![0-9a-z])${commit}${end}`, "gi"),
];
