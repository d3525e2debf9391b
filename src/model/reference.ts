import { UserError } from "../errors.ts";
import { type Digest, isDigest } from "./digest.ts";

/** A repository in full, lower case: `ghcr.io/o/r/base`, `docker.io/library/debian`. */
export type Repository = string & { readonly __brand: "Repository" };

/** A tag (OCI distribution-spec, "Pulling manifests"): at most 128 of `[A-Za-z0-9_.-]`, not led by `.` or `-`. */
export type Tag = string & { readonly __brand: "Tag" };

/** What names an image: a repository, and perhaps a tag, a digest, or both. */
export interface Reference {
  readonly repository: Repository;
  readonly tag?: Tag;
  readonly digest?: Digest;
}

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const hostPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const componentPattern = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const maximumName = 255;

export function isTag(text: string): text is Tag {
  return tagPattern.test(text);
}

/** @throws UserError when the registry would refuse it. */
export function tag(text: string): Tag {
  if (isTag(text)) return text;
  throw new UserError(`"${text}" is no tag that a registry takes`, {
    hint: "use at most 128 letters, digits, dots, dashes and underscores, not led by a dot or dash",
  });
}

/** Whether the first component of a name is a registry's host rather than part of the path (distribution's rule). */
function isHost(component: string): boolean {
  return /[.:]/.test(component) || component === "localhost" || component !== component.toLowerCase();
}

/** The host that a name (or the beginning of one, with its first slash) is about: that of `repository`. */
export function hostOfName(text: string): string {
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  return canonicalHost(first !== "" && isHost(first) ? first : "docker.io");
}

/**
 * Parses a repository's name without tag or digest; a name without host is Docker Hub's, as in `docker pull`.
 * @throws UserError when malformed.
 */
export function repository(text: string): Repository {
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const host = isHost(first) && first !== "" ? first : "docker.io";
  const given = host === first ? text.slice(slash + 1) : text;
  const canonical = canonicalHost(host);
  const path = canonical === "docker.io" && !given.includes("/") ? `library/${given}` : given;
  const components = path.split("/");
  if (
    !hostPattern.test(host) ||
    !components.every((each) => componentPattern.test(each)) ||
    path.length > maximumName
  ) {
    throw new UserError(`"${text}" isn't a valid image name`, {
      hint: /[A-Z]/.test(path)
        ? "write the name in lower case"
        : "write host/path, the path of lower-case letters and digits with single separators, such as ghcr.io/owner/name",
    });
  }
  return `${canonical}/${path}` as Repository;
}

/**
 * Parses a registry's host, perhaps with a port, as the first component of an image's name has it: `ghcr.io`,
 * `localhost:5000`, `docker.io`. @throws UserError for what no image's name can begin with.
 */
export function registryHost(text: string): string {
  const port = /:(\d+)$/.exec(text)?.[1];
  const isPort = port === undefined || (Number(port) > 0 && Number(port) < 65_536);
  if (!hostPattern.test(text) || !isHost(text.toLowerCase()) || !isPort) {
    throw new UserError(`"${text}" isn't the host of a registry`, {
      hint: "write the host alone, with its port if it has one, one per line, such as registry.example.com or localhost:5000",
    });
  }
  return canonicalHost(text);
}

/** One name for Docker Hub, and lower case. */
function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  return lower === "index.docker.io" ? "docker.io" : lower;
}

/** The registry's host (and port) of a repository, and the path in it. */
export function splitRepository(of: Repository): { readonly host: string; readonly path: string } {
  const slash = of.indexOf("/");
  return { host: of.slice(0, slash), path: of.slice(slash + 1) };
}

/** Parses `name[:tag][@digest]` (distribution's reference grammar). @throws UserError when malformed. */
export function reference(text: string): Reference {
  const at = text.indexOf("@");
  const named = at < 0 ? text : text.slice(0, at);
  const digestText = at < 0 ? undefined : text.slice(at + 1);
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const name = repository(hasTag ? named.slice(0, colon) : named);
  if (digestText !== undefined && !isDigest(digestText)) {
    throw new UserError(`"${text}" has a malformed digest`, {
      hint: "write sha256: and 64 lowercase hexadecimal digits",
    });
  }
  return {
    repository: name,
    ...(hasTag ? { tag: tag(named.slice(colon + 1)) } : {}),
    ...(digestText === undefined ? {} : { digest: digestText as Digest }),
  };
}

/** `reference`, or `undefined` for what is no reference at all (`scratch` and stage names are the caller's business). */
export function tryReference(text: string): Reference | undefined {
  try {
    return reference(text);
  } catch {
    return undefined;
  }
}

/** The reference in full. */
export function formatReference(of: Reference): string {
  return `${of.repository}${of.tag === undefined ? "" : `:${of.tag}`}${of.digest === undefined ? "" : `@${of.digest}`}`;
}

/** The name as people write it: without `docker.io/` and `library/`. */
export function familiarRepository(of: Repository): string {
  return of.replace(/^docker\.io\/(?:library\/(?=[^/]+$))?/, "");
}
