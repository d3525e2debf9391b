/**
 * A private folder in place of docker's own configuration, for buildx to push with logins that docker does not have. They
 * are in a file that only its owner can read: never in an argument vector, never in the user's own config.json.
 */
import type { Files } from "../../ports.ts";
import type { ChildLogins } from "./credentials.ts";
import {
  type Credentials,
  dockerConfigFolder,
  hostOfAddress,
  parseDockerDocument,
  serverAddress,
} from "./docker-config.ts";

export interface PrivateDockerConfig {
  readonly files: Files;
  /** Where to make it: absolute, not there yet, the caller's to remove. */
  readonly folder: string;
  readonly logins: ChildLogins;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Variables that go over the child's own; `undefined` takes one away. */
export type DockerVariables = Readonly<Record<string, string | undefined>>;

/**
 * Writes the folder and returns the variables that docker and buildx need to use it and to find everything else where it
 * was: builders (BUILDX_CONFIG) and the engine's certificates (DOCKER_CERT_PATH); contexts are copied, plugins named in the
 * file. Where docker's own logins are not to be had, nothing leads there: neither the home nor DOCKER_AUTH_CONFIG.
 * @returns no variables, and writes nothing, when docker's own configuration does as it is.
 */
export async function privateDockerConfig(options: PrivateDockerConfig): Promise<DockerVariables> {
  const { files, folder, logins, env } = options;
  if (logins.kind === "docker" && logins.added.size === 0) return {};
  const original = dockerConfigFolder(env);
  const bytes = original === undefined ? undefined : await files.read(`${original}/config.json`);
  const existing = bytes && { text: new TextDecoder().decode(bytes), path: `${original}/config.json` };
  await files.makeDirectory(folder);
  const plugins = original === undefined ? [] : [`${original}/cli-plugins`];
  const text =
    logins.kind === "docker"
      ? dockerConfigWith(logins.added, existing, plugins)
      : dockerConfigWith(logins.logins, existing && withoutSecrets(existing), plugins);
  await files.write(`${folder}/config.json`, text, { private: true });
  if (original !== undefined) await copyFolder(files, `${original}/contexts`, `${folder}/contexts`);
  return {
    DOCKER_CONFIG: folder,
    ...(logins.kind === "only" ? await withoutHome(options) : {}),
    ...(original === undefined ? {} : { BUILDX_CONFIG: env.BUILDX_CONFIG || `${original}/buildx` }),
    // Where TLS is asked for by environment, the certificates' default place is beside config.json.
    ...(original !== undefined && env.DOCKER_TLS_VERIFY && !env.DOCKER_CERT_PATH ? { DOCKER_CERT_PATH: original } : {}),
  };
}

/** A builder on Kubernetes finds its cluster by a file that is named by default in the home. */
async function withoutHome({ files, folder, env }: PrivateDockerConfig): Promise<DockerVariables> {
  await files.makeDirectory(`${folder}/home`);
  const kubeconfig = env.KUBECONFIG || (env.HOME ? `${env.HOME}/.kube/config` : undefined);
  return { HOME: `${folder}/home`, DOCKER_AUTH_CONFIG: undefined, KUBECONFIG: kubeconfig };
}

/** What finds an engine, a builder and plugins. Headers and proxies may hold passwords; proxies go into builds as arguments. */
function withoutSecrets(existing: { readonly text: string; readonly path: string }): typeof existing {
  const { currentContext, cliPluginsExtraDirs, features, proxies } = parseDockerDocument(existing.text, existing.path);
  const kept = { currentContext, cliPluginsExtraDirs, features, ...(holdsPassword(proxies) ? {} : { proxies }) };
  return { ...existing, text: JSON.stringify(kept) };
}

function holdsPassword(proxies: unknown): boolean {
  return JSON.stringify(proxies ?? null).includes("@");
}

/**
 * The text of config.json with the logins added: everything else stays as it was. A host's own (empty) entry in
 * `credHelpers` makes docker look into this file where a `credsStore` is set.
 */
export function dockerConfigWith(
  logins: ReadonlyMap<string, Credentials>,
  existing?: { readonly text: string; readonly path: string },
  pluginFolders: readonly string[] = [],
): string {
  const document = existing === undefined ? {} : parseDockerDocument(existing.text, existing.path);
  const auths = Object.entries(document.auths ?? {}).filter(([address]) => !logins.has(hostOfAddress(address)));
  const helpers = Object.entries(document.credHelpers ?? {}).filter(([host]) => !logins.has(hostOfAddress(host)));
  const needsHelpers = helpers.length > 0 || Boolean(document.credsStore);
  const extraFolders = Array.isArray(document.cliPluginsExtraDirs) ? document.cliPluginsExtraDirs : [];
  const addresses = [...logins].map(([host, credentials]) => [serverAddress(host), credentials] as const);
  const merged = {
    ...document,
    auths: Object.fromEntries([...auths, ...addresses.map(([address, login]) => [address, authEntry(login)] as const)]),
    ...(needsHelpers
      ? { credHelpers: Object.fromEntries([...helpers, ...addresses.map(([address]) => [address, ""] as const)]) }
      : {}),
    cliPluginsExtraDirs: [...extraFolders, ...pluginFolders],
  };
  return `${JSON.stringify(merged, undefined, 2)}\n`;
}

function authEntry(credentials: Credentials): Record<string, string> {
  return credentials.kind === "basic"
    ? { auth: Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64") }
    : { identitytoken: credentials.token, auth: Buffer.from("<token>:").toString("base64") };
}

async function copyFolder(files: Files, from: string, to: string): Promise<void> {
  const entries = await files.list(from);
  if (entries === undefined) return;
  await files.makeDirectory(to);
  for (const { name, kind } of entries) {
    if (kind === "directory") await copyFolder(files, `${from}/${name}`, `${to}/${name}`);
    if (kind !== "file") continue;
    const content = await files.read(`${from}/${name}`);
    // Contexts hold private keys too.
    if (content !== undefined) await files.write(`${to}/${name}`, content, { private: true });
  }
}
