/** The certificate authorities that are trusted beyond Node's own, where docker would trust them. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SecureContext } from "node:tls";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Trust {
  /** What a connection to there is verified with; `undefined` for Node's own authorities alone. */
  of(target: URL): Promise<SecureContext | undefined>;
  /** After a verification failed with this code: whether more is trusted now, so that trying again has a point. */
  widen(target: URL, code: string): boolean;
}

/** Verifications that failed for want of an authority (OpenSSL's names): more of them may help. */
const wantsAuthority: ReadonlySet<string> = new Set([
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
]);

/**
 * Node's own authorities (with NODE_EXTRA_CA_CERTS), and those that docker has for one registry. Where these do not
 * suffice, those of the operating system too, SSL_CERT_FILE and SSL_CERT_DIR included, as docker has them: reading them
 * takes a tenth of a second, which nobody should pay whose registry has an ordinary certificate.
 */
export function trust(env: Environment): Trust {
  const contexts = new Map<string, Promise<SecureContext | undefined>>();
  const wider = new Set<string>();
  return {
    of({ host, hostname, port }) {
      const known = contexts.get(host);
      if (known !== undefined) return known;
      const context = contextFor({ hostname, port }, env, wider.has(host));
      contexts.set(host, context);
      return context;
    },
    widen({ host }, code) {
      if (!wantsAuthority.has(code) || wider.has(host)) return false;
      wider.add(host);
      contexts.delete(host);
      return true;
    },
  };
}

async function contextFor(
  target: Pick<URL, "hostname" | "port">,
  env: Environment,
  isWide: boolean,
): Promise<SecureContext | undefined> {
  const ofDocker = await dockerAuthorities(target, env);
  if (!isWide && ofDocker.length === 0) return undefined;
  const { createSecureContext, getCACertificates } = await import("node:tls");
  const ofSystem = isWide ? getCACertificates("system") : [];
  return createSecureContext({ ca: [...new Set([...getCACertificates("default"), ...ofSystem, ...ofDocker])] });
}

/**
 * `certs.d/<host[:port]>/*.crt` in /etc/docker, and in ~/.config/docker for a rootless engine (docker docs, "Verify
 * repository client with certificates").
 */
async function dockerAuthorities(
  { hostname, port }: Pick<URL, "hostname" | "port">,
  env: Environment,
): Promise<readonly string[]> {
  const own = env.XDG_CONFIG_HOME || (env.HOME ? join(env.HOME, ".config") : undefined);
  const configs = ["/etc/docker", ...(own === undefined ? [] : [join(own, "docker")])];
  const names = port === "" ? [hostname, `${hostname}:443`] : [`${hostname}:${port}`];
  const folders = configs.flatMap((config) => names.map((name) => join(config, "certs.d", name)));
  return (await Promise.all(folders.map(certificatesIn))).flat();
}

/** A file that cannot be read is not trusted, and the connection then names the authority that is missing. */
async function certificatesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith(".crt")).sort();
  return Promise.all(files.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
}
