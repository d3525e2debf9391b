/** docker's own configuration (`config.json`), as far as registries' logins go. Its rules are docker/cli's, cli/config. */
import { UserError } from "../../errors.ts";

/** What one proves oneself with to a registry. */
export type Credentials =
  | {
      readonly kind: "basic";
      readonly username: string;
      readonly password: string;
      /** From the inputs, not docker's own: shown to no other host in the clear, whatever a registry asks for. */
      readonly isGiven?: true;
    }
  /** An OAuth2 refresh token, as `docker login` keeps for some registries. */
  | { readonly kind: "identity-token"; readonly token: string };

export function isSameLogin(one: Credentials, other: Credentials): boolean {
  if (one.kind === "identity-token") return other.kind === "identity-token" && one.token === other.token;
  return other.kind === "basic" && one.username === other.username && one.password === other.password;
}

export interface DockerConfig {
  /** By server address as written in the file: a host, or a URL. */
  readonly auths: ReadonlyMap<string, Credentials>;
  /** Names of helper programs by host; an empty name means this file. */
  readonly credHelpers: ReadonlyMap<string, string>;
  readonly credsStore: string | undefined;
}

/** `$DOCKER_CONFIG`, else `~/.docker`; `undefined` without a home directory. */
export function dockerConfigFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return env.DOCKER_CONFIG || (env.HOME ? `${env.HOME}/.docker` : undefined);
}

/** What docker calls a registry in its configuration: the host, and Docker Hub by the address of its first API. */
export function serverAddress(host: string): string {
  return host === "docker.io" ? "https://index.docker.io/v1/" : host;
}

/**
 * Parses `config.json`. `where` names it in messages, which never quote it. Entries that hold nothing (docker leaves them
 * beside a credential store) are left out. @throws UserError when it is malformed.
 */
export function parseDockerConfig(text: string, where: string): DockerConfig {
  const document = parseDockerDocument(text, where);
  const auths = new Map<string, Credentials>();
  for (const [address, entry] of Object.entries(recordOf(document.auths, "auths", where))) {
    const credentials = credentialsOf(recordOf(entry, `auths.${address}`, where), `auths.${address}`, where);
    if (credentials !== undefined) auths.set(address, credentials);
  }
  const credHelpers = new Map<string, string>();
  for (const [host, helper] of Object.entries(recordOf(document.credHelpers, "credHelpers", where))) {
    if (typeof helper !== "string") throw malformed(where, `credHelpers.${host} isn't a string`);
    credHelpers.set(host, helper);
  }
  const { credsStore } = document;
  return { auths, credHelpers, credsStore: typeof credsStore === "string" && credsStore ? credsStore : undefined };
}

/** The whole document, for those who write it anew. @throws UserError when it isn't a JSON object. */
export function parseDockerDocument(text: string, where: string): Record<string, unknown> {
  try {
    return recordOf(JSON.parse(text.trim() === "" ? "{}" : text), "it", where);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    // The parser's message quotes the text around the fault, which may be a password.
    throw malformed(where, "it isn't valid JSON");
  }
}

/** The entry for exactly this host, as docker looks for it: the address itself, else a URL or path on that host. */
export function entryFor<T>(entries: ReadonlyMap<string, T>, host: string): T | undefined {
  const exact = entries.get(serverAddress(host));
  if (exact !== undefined) return exact;
  for (const [address, entry] of entries) {
    if (hostOfAddress(address) === host) return entry;
  }
  return undefined;
}

const dockerHub = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/** The registry's host that a key of `auths` is about, in the form that references have. */
export function hostOfAddress(address: string): string {
  const withoutScheme = address.replace(/^[a-z]+:\/\//i, "");
  const host = withoutScheme.split("/", 1)[0]?.toLowerCase() ?? "";
  return dockerHub.has(host) ? "docker.io" : host;
}

function credentialsOf(entry: Record<string, unknown>, key: string, where: string): Credentials | undefined {
  const { auth, username, password, identitytoken } = entry;
  if (typeof identitytoken === "string" && identitytoken) return { kind: "identity-token", token: identitytoken };
  if (typeof auth === "string" && auth) {
    const decoded = Buffer.from(auth, "base64").toString("utf8");
    const colon = decoded.indexOf(":");
    if (colon < 1) throw malformed(where, `${key}.auth is not the base64 of user:password`);
    return {
      kind: "basic",
      username: decoded.slice(0, colon),
      password: decoded.slice(colon + 1).replaceAll("\0", ""),
    };
  }
  if (typeof username === "string" && username && typeof password === "string") {
    return { kind: "basic", username, password };
  }
  return undefined;
}

function recordOf(value: unknown, what: string, where: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw malformed(where, `${what} isn't an object`);
  return value as Record<string, unknown>;
}

function malformed(where: string, why: string): UserError {
  return new UserError(`${where} cannot be read: ${why}`, {
    hint: "fix it, or remove it and log in to the registries anew",
  });
}
