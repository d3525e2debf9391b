/** The registries, with the logins that this run may show them. */
import { forgeRegistry, type RunContext } from "../model/run-context.ts";
import type { CheckoutTrust } from "../model/trust.ts";
import { type CredentialStore, credentialStore } from "../oci/login/credentials.ts";
import { dockerConfigFolder } from "../oci/login/docker-config.ts";
import { type RegistryClient, registryClient } from "../oci/registry/registry-client.ts";
import type { RunInputs } from "../settings/run-inputs.ts";
import { loginsOf, namedHosts, nameRegistry } from "./logins.ts";
import type { Outside } from "./outside.ts";

export interface RegistryRun {
  readonly context: RunContext;
  readonly inputs: RunInputs;
  readonly outside: Outside;
  readonly trust: CheckoutTrust;
}

/**
 * The registries' client, with docker's logins, the inputs' for the hosts that the workflow names, and the job's own.
 * @param pushed the hosts that images are pushed to: for an untrusted checkout the only ones that see any login.
 */
export async function openRegistry(
  { context, inputs, outside, trust }: RegistryRun,
  pushed: ReadonlySet<string>,
  signal: AbortSignal = outside.signal,
): Promise<{ readonly registry: RegistryClient; readonly credentials: CredentialStore }> {
  const { env, processes, files, http, limiter, clock, random } = outside;
  const folder = dockerConfigFolder(env);
  const path = `${folder}/config.json`;
  const bytes = folder === undefined ? undefined : await files.read(path);
  const named = namedHosts(inputs, context);
  const credentials = credentialStore({
    config: bytes === undefined ? undefined : { text: new TextDecoder().decode(bytes), path },
    env,
    processes,
    logins: loginsOf(inputs.settings, { hosts: [...named], forge: forgeRegistry(context), actor: context.actor }),
    only: trust.kind === "untrusted" ? pushed : undefined,
  });
  const remedy = (host: string): string | undefined => (named.has(host) ? undefined : nameRegistry(host));
  const registry = registryClient({ http, limiter, clock, random, signal, credentials: credentials.find, remedy });
  return { registry, credentials };
}
