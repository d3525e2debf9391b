/** What the keys of a map mean for an image: `tag`, `imageDigest`, `web_image`, `image.repository`. */

export type Role = "registry" | "repository" | "image" | "name" | "tag" | "version" | "digest" | "sum";

export interface KeyRole {
  readonly role: Role;
  /** Which of several images in a map it is about: `web` of `webImageTag`; empty where the key names none. */
  readonly stem: string;
}

const roles: Readonly<Record<string, Role>> = {
  registry: "registry",
  repository: "repository",
  repo: "repository",
  image: "image",
  img: "image",
  name: "name",
  tag: "tag",
  version: "version",
  digest: "digest",
  sha: "digest",
  sha256: "digest",
  hash: "sum",
  checksum: "sum",
};
const noise = new Set(["container", "docker", "oci", "new", ...Object.keys(roles)]);

/** `undefined` for a key that says nothing of an image. */
export function roleOf(key: string): KeyRole | undefined {
  const words = wordsOf(key);
  const role = Object.hasOwn(roles, words.at(-1) ?? "") ? roles[words.at(-1) ?? ""] : undefined;
  return role && { role, stem: stemOf(key) };
}

/** Whether a key says in full whose digest it holds: `imageSha256`, `web_digest`; `sha256` and `hash` may be of anything. */
export function namesItsImage(key: string): boolean {
  return wordsOf(key).length > 1 || key.toLowerCase() === "digest";
}

/** Whether a key says something of an image or of how it is run, rather than of another thing beside it. */
export function isAboutImage(key: string): boolean {
  const words = wordsOf(key);
  return roleOf(key) !== undefined || words.some((word) => noise.has(word) || ofImages.has(word));
}

/** Whether a key is one of digests or checksums, in whatever form. */
export function holdsDigests(key: string): boolean {
  return wordsOf(key).some((word) => /^(?:digest|sha|sha256|hash|checksum)(?:s|es)?$/.test(word));
}

const ofImages = new Set(
  "pull policy secret secrets platform os arch architecture variant namespace hostname restart host user kind".split(
    " ",
  ),
);

/** A key of a version in short, as arguments of a build have (`V`, `BASE_VER`), with what is before it. */
export function shortVersionKey(key: string): { readonly stem: string } | undefined {
  const [, before] = /^(.*?)(?:^|[_.-])v(?:er)?$/i.exec(key) ?? [];
  return before === undefined ? undefined : { stem: stemOf(before) };
}

/** Also of a key without a role. */
export function stemOf(key: string): string {
  return wordsOf(key)
    .filter((word) => !noise.has(word))
    .join("-");
}

function wordsOf(key: string): readonly string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** In text: keys of versions, also as names of values, which may belong to the image next to them. */
export const versionKeys =
  /(?:tag|(?<!api)version|digest|sha|sha256|hash|checksum)\\?["']?[ \t]*[:=]|name\\?["']?:[ \t]*["']?(?:[\w.-]*(?:tag|version|digest|sha|sha256)|(?:[\w.-]*[_.-])?v(?:er)?)["']?[ \t]*(?:[,}#\r]|$)|(?:tag|version)["']?,?\s+(?:-\s+)?["']?v?\d|(?<![a-z\d])v(?:er)?["']?[ \t]*[:=][ \t]*["']?v?\d/im;
/** Those that may be about a reference in full. */
export const keysBeside = /(?:tag|digest|sha|sha256|hash|checksum)\\?["']?[ \t]*:/i;

/** In text: a digest that is no part of a reference. */
export const loneDigest = /(?<!@sha256:)(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/;
