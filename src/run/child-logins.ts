/** The environment of docker's children, with the logins that they may have. */
import { dockerEnvironment, type Environment, type EnvironmentNeeds } from "../buildx/builder/environment.ts";
import type { ChildLogins } from "../oci/login/credentials.ts";
import { type PrivateDockerConfig, privateDockerConfig } from "../oci/login/docker-login.ts";

/**
 * Writes docker's configuration into a folder where it is another than docker's own, which the caller is to remove.
 * @returns the environment of a child that needs more than the usual, or not.
 */
export async function loggedIn(
  logins: ChildLogins,
  { files, env, folder }: Omit<PrivateDockerConfig, "logins">,
): Promise<(needs?: Pick<EnvironmentNeeds, "cacheService" | "ssh">) => Environment> {
  const variables = await privateDockerConfig({ files, env, folder, logins });
  const credentialHelpers = logins.kind === "docker" && logins.usesHelpers;
  const withoutLogins = logins.kind === "only";
  return (needs = { cacheService: false, ssh: false }) =>
    dockerEnvironment({ ...env, ...variables }, { ...needs, credentialHelpers, withoutLogins });
}
