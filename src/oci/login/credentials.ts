/**
 * Who we are to which registry. Always by the exact host: a login for `ghcr.io` is not one for `ghcr.io.example.com`, nor
 * for the same host on another port.
 */
import { UserError } from "../../errors.ts";
import type { Processes } from "../../ports.ts";
import { askHelper } from "./credential-helper.ts";
import { type Credentials, type DockerConfig, entryFor, parseDockerConfig, serverAddress } from "./docker-config.ts";

export interface CredentialSources {
  /** docker's config.json, with the path that messages call it by. */
  readonly config: { readonly text: string; readonly path: string } | undefined;
  /** The run's environment: DOCKER_AUTH_CONFIG, and what helpers need. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly processes: Processes;
  /**
   * Logins from the inputs, each with the only hosts that it may be shown to; the first for a host counts. Whoever fills
   * `hosts` answers for it: the job's own token belongs to the forge's registry alone, also where `images` names others.
   */
  readonly logins?: readonly Login[];
  /**
   * Set where the checkout is untrusted: the only hosts that any login may be shown to, docker's own included.
   */
  readonly only?: ReadonlySet<string> | undefined;
}

export interface Login {
  readonly hosts: readonly string[];
  readonly username: string;
  /** Empty: there is none. */
  readonly password: string;
}

export interface CredentialStore {
  /**
   * What to log in to this registry with; asked once for each host, and once more for what this method returned before and the
   * registry no longer accepts. @throws UserError when a helper fails.
   */
  find(host: string, refused?: Credentials): Promise<Credentials | undefined>;
  /** What the run's own children, such as the scanner, log in with. @throws UserError when a helper fails. */
  forChildren(): Promise<ChildLogins>;
}

/** What a child that reads docker's configuration may log in with. */
export type ChildLogins =
  /** docker's own logins as they are, and those beside them, by host, that docker does not have. */
  | {
      readonly kind: "docker";
      readonly added: ReadonlyMap<string, Credentials>;
      /** docker's config.json names credential helpers. */
      readonly usesHelpers: boolean;
    }
  /** These, by host, and nothing of docker's own. */
  | { readonly kind: "only"; readonly logins: ReadonlyMap<string, Credentials> };

/** For builds of code that nobody trusts. */
export const noLogins: ChildLogins = { kind: "only", logins: new Map() };

/** docker's own logins come first, the inputs' for hosts that have none. @throws UserError for a malformed config. */
export function credentialStore(sources: CredentialSources): CredentialStore {
  const { config, env, logins = [], only } = sources;
  const fromEnv = env.DOCKER_AUTH_CONFIG ? parseDockerConfig(env.DOCKER_AUTH_CONFIG, "DOCKER_AUTH_CONFIG") : undefined;
  const fromFile = config && parseDockerConfig(config.text, config.path);
  const own = new Map<string, Promise<Credentials | undefined>>();

  const ask = (host: string) => {
    const found = ownCredentials(host, fromEnv, fromFile, sources);
    own.set(host, found);
    return found;
  };
  const findOwn = async (host: string, refused?: Credentials) => {
    const known = own.get(host);
    if (known === undefined) return ask(host);
    const login = await known;
    if (login === undefined || login !== refused) return login;
    // A helper's logins may live for minutes. Of requests side by side the first that is refused asks it.
    if (own.get(host) !== known) return own.get(host);
    return ask(host).catch((error: unknown) => {
      // The next one that is refused asks again.
      own.set(host, known);
      throw error instanceof UserError ? expired(host, error) : error;
    });
  };
  const given = (host: string): Credentials | undefined => {
    const login = logins.find(({ hosts, password }) => password !== "" && hosts.includes(host));
    return login && { kind: "basic", username: login.username, password: login.password, isGiven: true };
  };
  const find = async (host: string, refused?: Credentials): Promise<Credentials | undefined> =>
    only === undefined || only.has(host) ? ((await findOwn(host, refused)) ?? given(host)) : undefined;

  return {
    find,
    async forChildren() {
      if (only !== undefined) return { kind: "only", logins: await foundFor(only, find) };
      const hosts = new Set(logins.flatMap((each) => each.hosts));
      const added = await foundFor(hosts, async (host) =>
        (await findOwn(host)) === undefined ? given(host) : undefined,
      );
      const usesHelpers = Boolean(fromFile?.credsStore) || (fromFile?.credHelpers.size ?? 0) > 0;
      return { kind: "docker", added, usesHelpers };
    },
  };
}

function expired(host: string, error: UserError): UserError {
  return new UserError(`${host} no longer accepts the login, and there is no other: ${error.message}`, {
    hint: error.hint,
    cause: error,
  });
}

async function foundFor(
  hosts: ReadonlySet<string>,
  find: CredentialStore["find"],
): Promise<ReadonlyMap<string, Credentials>> {
  const found = new Map<string, Credentials>();
  for (const host of hosts) {
    const credentials = await find(host);
    if (credentials !== undefined) found.set(host, credentials);
  }
  return found;
}

async function ownCredentials(
  host: string,
  fromEnv: DockerConfig | undefined,
  fromFile: DockerConfig | undefined,
  { env, processes, config }: CredentialSources,
): Promise<Credentials | undefined> {
  const inEnv = fromEnv && entryFor(fromEnv.auths, host);
  if (inEnv !== undefined) return inEnv;
  if (fromFile === undefined) return undefined;
  // As docker does: where a helper is named the file's own entries don't count; an empty name means the file.
  const helper = fromFile.credHelpers.get(serverAddress(host)) ?? fromFile.credHelpers.get(host) ?? fromFile.credsStore;
  if (!helper) return entryFor(fromFile.auths, host);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(helper)) {
    throw new UserError(`${config?.path} names a credential helper that cannot be one: ${JSON.stringify(helper)}`, {
      hint: "write only what follows docker-credential- in the program's name",
    });
  }
  return askHelper(helper, host, env, processes);
}
