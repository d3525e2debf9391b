/**
 * A path in an image without the versions in it, since a release moves `app/shop-1.2.3.jar` to `app/shop-1.3.0.jar` with the
 * same library inside. Several places of one image may be the same without their versions: who compares them counts them.
 */

/** Unchanged where no version is in it. */
export function versionlessPath(path: string): string {
  if (!mayHaveVersion.test(path)) return path;
  return path
    .replace(storeHash, `${anyVersion}-`)
    .replace(peers, `@${anyVersion}`)
    .split("/")
    .map(versionlessName)
    .join("/");
}

/**
 * The same for a secret, where taking too much for a version would let another customer's key pass: numbers, commits, UUIDs, dates
 * and addresses are names here. A version is what only releases are called, or what is in the folder of a package manager.
 */
export function versionlessSecretPath(path: string): string {
  if (!mayHaveVersion.test(path)) return path;
  const names = path.replace(storeHash, `${anyVersion}-`).replace(peers, `@${anyVersion}`).split("/");
  return names
    .map((name, index) => {
      const folder = names[index - 1] ?? "";
      if (packageFolders.test(folder) || crateIndex.test(name)) return versionlessName(name);
      if (folder === "releases" && wholeTime.test(name)) return anyVersion;
      return without(name, releases);
    })
    .join("/");
}

/** Commits may have letters alone. */
const mayHaveVersion = /\d|[a-f]{7}/i;

/** Paths of findings are plain lines, which have no control characters. */
const anyVersion = "\u0001";

function versionlessName(name: string): string {
  return without(name, patterns);
}

function without(name: string, versions: readonly RegExp[]): string {
  return versions.reduce((text, pattern) => text.replace(pattern, anyVersion), name);
}

/** Nix and Guix name a package's folder by a hash of what it is made from. */
const storeHash = /(?<=(?:^|\/)(?:nix|gnu)\/store\/)[0-9a-z]{32}-/g;
/** Behind a package's version pnpm writes its peers, or a hash of them. */
const peers = /(?<=(?:^|\/)\.pnpm\/[^/@][^/@]*|(?:^|\/)\.pnpm\/@[^/@]+)@[^/]+/g;
const packageFolders = /^(?:gems|specifications|(?:site|dist)-packages|pkgs)$/;
const crateIndex = /^(?:index\.crates\.io|github\.com)-[0-9a-f]{16}$/;

const prereleases = "alpha|beta|rc|cr|milestone|pre|preview|snapshot|ea";
const marks = [
  prereleases,
  "dev|devel|develop|development|main|master|trunk|nightly|canary|next|edge|unstable|stable|latest|experimental|test|wip|dirty",
  "post|patch|sp|hotfix|rev|build|final|ga|release|incompatible",
  "[abcmpr](?=[-.]?\\d)",
].join("|");
const packages =
  "jar|war|ear|whl|egg|gem|nupkg|crate|zip|tgz|tar(?:\\.[0-9a-z]+)?|exe|dll|aar|apk|hpi|jpi|nar|rar|gemspec|dist-info|egg-info";
const end = "(?![0-9a-z])";
const commit = "(?:g[0-9a-f]{7,64}|(?=[a-f]*\\d)(?=\\d*[a-f])[0-9a-f]{7,64})";
/** Numbers and words of a platform: `x86_64`, `arm64`, `armv7`, `win32`, `s390x`, `utf-8`. */
const platform = "(?:[a-z]*[-_]?(?:32|64|86|[3-6]86|390|128|256|512)|armv?[-_]?v?\\d)(?![0-9])";

/** Right behind the numbers: `1.1.1w`, `2.0b4`. */
const suffix = "[a-z]+\\d*(?![a-z])";
/** Semantic Versioning's. */
const metadata = `\\+[0-9a-z][0-9a-z.+-]*?(?=\\.(?:${packages})\\b|$)`;
const marked = (words: string) => `[-._~+]?(?:${words})(?:[-.]?\\d+)*${end}`;

/** What may follow a version's numbers (Semantic Versioning, PEP 440, Maven, git describe, distributions, builds of Conda). */
const qualifiers = [
  suffix,
  metadata,
  `[-._~+]${anyVersion}`,
  `[-._~+]v?\\d+(?:\\.\\d+)*${end}`,
  marked(marks),
  `-(?:${commit}|[0-9a-f]{7,8}|[0-9a-f]{12}|[0-9a-f]{40})${end}`,
  "[-_](?:py\\d+)?h[0-9a-f]{7}_\\d+",
  // Branches: `1.3.0-feature-login.3`, `1.3.0-PR-12`.
  `-(?:feature|feat|bugfix|fix|pr)(?:[-._][0-9a-z]+)*?(?=\\.(?:${packages})$|$)`,
  `-(?:[a-z]+-)*[a-z]+\\.\\d+(?:\\.\\d+)*${end}`,
  // Revisions: `1ubuntu2.1`, `.el8_9`, `.redhat-00001`, `+deb12u1`.
  `[-._~+](?!${platform})(?:\\d+[a-z]+|[a-z]+)[-.]?\\d+(?:[._u]\\d+)*${end}`,
].join("|");

const numbers = "(?:\\d+!)?(?:(?<![a-z])v)?\\d+(?:(?:\\.(?:\\d+|x(?![0-9a-z])))+|(?=\\+\\d))";
const day = "(?:19|20)\\d\\d([-_.]?)[01]\\d\\1[0-3]\\d";
const time = "[t_.-]?[0-2]\\d([-_.:]?)[0-5]\\d(?:\\2[0-6]\\d)?(?:[.,]\\d+)?(?:z|[+-]\\d\\d:?\\d\\d)?";

/** A number behind one of these names counts things that are side by side. */
const counted = "(?:worker|instance|shard|replica|tenant|customer|host|server|utf|iso|sha|es|win|linux|python)";
const runtimes =
  "(?:jdk|jre|openjdk|java|tomcat|jetty|wildfly|php|node|nodejs|c?python(?=\\d\\d)|cp(?=\\d\\d)|pp(?=\\d\\d))";

/**
 * A number alone is a version where it is a whole name (`/opt/app/42`) or where one belongs (`shop-142.jar`, `jdk-21`, `name@2`).
 * Elsewhere it belongs to the name: `log4j2`, `lib64`, `python3`, `x86_64`.
 */
const patterns: readonly RegExp[] = [
  /^v?\d+(?=@|$)/i,
  /(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])/gi,
  new RegExp(`(?<![0-9a-z])${day}(?:${time})?${end}`, "gi"),
  new RegExp(`(?<!\\d)${numbers}(?:${qualifiers})*`, "gi"),
  /(?<=(?:manylinux|musllinux|macosx)_)\d+_\d+/gi,
  /(?<![0-9a-z])\d+(?:_\d+){2,}(?![0-9a-z])/gi,
  /(?<=[a-z]_)\d+(?:_\d+)+$/gi,
  /(?<![0-9a-z])\d{7,}(?![0-9a-z])/gi,
  new RegExp(`(?<=@)v?\\d+${end}(?:${qualifiers})*`, "gi"),
  new RegExp(`(?<=\\.so\\.)\\d+${end}`, "gi"),
  // Updates of Java: `jdk8u292-b10`.
  new RegExp(`(?<!\\d)\\d+u\\d+(?:-b\\d+)?${end}`, "gi"),
  new RegExp(`(?<=(?:^|[^a-z])${runtimes})\\d+${end}`, "gi"),
  // The group in the lookahead never gives back what it took, so that the time is in proportion.
  new RegExp(
    `(?<=[0-9a-z][-_.#]|##)(?<!(?:^|[^a-z])${counted}[-_.])(?!${platform})(?=((?:v|r|b|rev|build|release)?\\d+${end}(?:${qualifiers})*))\\1(?=\\.(?:${packages})$|$)`,
    "gi",
  ),
  new RegExp(`(?<=[-_])(?<!arm(?:hf)?[-_])v\\d+${end}`, "gi"),
  // In the middle: `java-17-openjdk-amd64`.
  new RegExp(`(?<=[a-z]-)(?<!(?:^|[^a-z])${counted}-)(?!${platform})\\d+(?=-)`, "gi"),
  /^(?:(?:build|rev|release)[-_.]?\d+|[br]\d\d+|(?:19|20)\d\d-?[qw]\d\d?)$/i,
  new RegExp(`(?<=-)(?:[0-9a-f]{7,8}|[0-9a-f]{40})(?=\\.(?:${packages})$)`, "gi"),
  new RegExp(`(?<![0-9a-z])${commit}${end}`, "gi"),
];

/** Two numbers or three, which are no address and no date. */
const released = `(?<![0-9a-z.])(?!${day}${end})v?\\d{1,5}(?:\\.\\d+){1,2}(?!\\.?\\d)`;
const releases: readonly RegExp[] = [
  /(?<=[0-9a-z]@)v?\d+(?:\.\d+){2}(?!\.\d)[^/]*/gi,
  new RegExp(`(?<=(?:^|[-_])python)\\d\\.\\d+${end}`, "gi"),
  new RegExp(`${released}(?:${[suffix, metadata, marked(`${prereleases}|final|ga|release|post`)].join("|")})*`, "gi"),
];
const wholeTime = new RegExp(`^${day}${time}$`, "i");
