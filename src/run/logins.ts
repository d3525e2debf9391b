/** Which hosts may be shown the logins that the workflow hands in, and which logins these are. */

import type { Settings } from "../config/inputs.ts";
import { forgeRegistry, type RunContext } from "../model/run-context.ts";
import type { Login } from "../oci/login/credentials.ts";
import type { RunInputs } from "../settings/run-inputs.ts";
import { hostOfLine } from "../tags/image-names.ts";

export interface LoginPlaces {
  /** The hosts that the workflow names. */
  readonly hosts: readonly string[];
  /** The forge's own registry: the only one that the job's token is for. */
  readonly forge: string;
  readonly actor: string | undefined;
}

/**
 * The hosts that the workflow itself names: those of the input `images`, by default the forge's registry, and those of
 * `registries`. Nothing that a file of the repository, an event or a registry says adds one.
 */
export function namedHosts(
  { names, settings }: Pick<RunInputs, "names"> & { readonly settings: Pick<Settings, "registries"> },
  context: Pick<RunContext, "serverUrl">,
): ReadonlySet<string> {
  const ofImages = names.length === 0 ? [forgeRegistry(context)] : names.flatMap((line) => hostOfLine(line) ?? []);
  return new Set([...ofImages, ...settings.registries]);
}

/**
 * The logins that the inputs give, each with the hosts that may see it. `registry-password` is for the hosts that the workflow
 * names; where that is the forge's own registry among others, it is the others' unless a user is named too.
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

/** How a host that nobody named gets a login. */
export function nameRegistry(host: string): string {
  return `add \`registries: ${host}\` to the step's inputs, which shows it registry-username and registry-password; or log in to ${host} with docker/login-action before this step`;
}
