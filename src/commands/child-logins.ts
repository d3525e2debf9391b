/** The environment of docker's children, with the logins that they may have. */
import { dockerEnvironment, type Environment, type EnvironmentNeeds } from "../build/environment.ts";
import type { ChildLogins } from "../oci/credentials.ts";
import { type PrivateDockerConfig, privateDockerConfig } from "../oci/docker-login.ts";

/** Writes docker's configuration into a folder where it is another than docker's own, which the caller is to remove. */
export async function loggedIn(
  logins: ChildLogins,
  needs: Pick<EnvironmentNeeds, "cacheService" | "ssh">,
  { files, env, folder }: Omit<PrivateDockerConfig, "logins">,
): Promise<Environment> {
  const variables = await privateDockerConfig({ files, env, folder, logins });
  const credentialHelpers = logins.kind === "docker" && logins.usesHelpers;
  return dockerEnvironment(
    { ...env, ...variables },
    { ...needs, credentialHelpers, withoutLogins: logins.kind === "only" },
  );
}
