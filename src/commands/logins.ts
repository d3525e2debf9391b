import type { Settings } from "../inputs/settings.ts";
import type { Login } from "../oci/credentials.ts";

export interface LoginPlaces {
  /** Registries that images are pushed to. */
  readonly hosts: readonly string[];
  /** The forge's own registry: the only one that the job's token is for. */
  readonly forge: string;
  readonly actor: string | undefined;
}

/**
 * The logins that the inputs give, each with the hosts that may see it. `registry-password` is for where images are pushed; where
 * that is the forge's own registry among others, it is the others' unless a user is named too.
 */
export function loginsOf(
  { registryUsername, registryPassword, token }: Pick<Settings, "registryUsername" | "registryPassword" | "token">,
  { hosts, forge, actor }: LoginPlaces,
): readonly Login[] {
  const username = registryUsername ?? actor ?? "image-publish";
  const others = hosts.filter((host) => host !== forge);
  const meant = registryUsername !== undefined || others.length === 0 ? hosts : others;
  return [
    ...(registryPassword === undefined ? [] : [{ hosts: meant, username, password: registryPassword }]),
    ...(token === undefined ? [] : [{ hosts: [forge], username: actor ?? username, password: token }]),
  ];
}
