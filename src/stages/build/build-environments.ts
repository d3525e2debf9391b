/** What the children of a run's builds get of the environment: logins, secrets, the cache service. */
import { carefulGit, type Environment, nixEnvironment } from "../../buildx/builder/environment.ts";
import type { CheckoutTrust } from "../../model/trust.ts";
import { type CredentialStore, noLogins } from "../../oci/login/credentials.ts";
import { loggedIn } from "../../run/child-logins.ts";
import type { Outside } from "../../run/outside.ts";
import type { GivenSecrets } from "../../run/withheld.ts";

export interface BuildEnvironments {
  /** Of docker's children beside builds. */
  readonly docker: Environment;
  /** Of `buildx build`, by the builder's driver: only the Kubernetes one is reached by a kubeconfig. */
  readonly ofBuilds: (driver: string, usesCacheService: boolean) => Environment;
  readonly nix: Environment;
}

export interface BuildEnvironmentsOptions {
  readonly credentials: CredentialStore;
  readonly secrets: GivenSecrets;
  /** For docker's configuration where it isn't docker's own; the caller removes it. */
  readonly folder: string;
}

/** Untrusted code gets no login, nor the user's home or clusters, by which others log in. */
export async function buildEnvironments(
  {
    outside: { env, files },
    trust,
  }: { readonly outside: Pick<Outside, "env" | "files">; readonly trust: CheckoutTrust },
  { credentials, secrets, folder }: BuildEnvironmentsOptions,
): Promise<BuildEnvironments> {
  const isTrusted = trust.kind === "trusted";
  const logins = isTrusted ? await credentials.forChildren() : noLogins;
  const environmentFor = await loggedIn(logins, { files, env, folder });
  return {
    docker: environmentFor(),
    ofBuilds: (driver, cacheService) => {
      const withSecrets: Environment = {
        ...environmentFor({ cacheService, ssh: secrets.ssh.length > 0 }),
        ...secrets.environment,
        ...carefulGit,
      };
      const { KUBECONFIG: _, ...withoutCluster } = withSecrets;
      return isTrusted || driver === "kubernetes" ? withSecrets : withoutCluster;
    },
    nix: { ...nixEnvironment(env, isTrusted ? undefined : `${folder}/home`), ...carefulGit },
  };
}
