/** What a run needs before its first build: a builder that can, a registry that takes what it makes, a cache that answers. */

import type { Environment } from "../../buildx/builder/environment.ts";
import { cacheServiceProblem, cacheServiceRequest } from "../../buildx/cache/cache.ts";
import { cacheTrouble } from "../../buildx/cache/cache-trouble.ts";
import { lintReport } from "../../buildx/diagnosis/lint.ts";
import type { BuildDependencies } from "../../buildx/invocation/build-image.ts";
import { isCacheService } from "../../buildx/invocation/buildx.ts";
import { type ProvenanceContext, provenanceArgument, publishedSecrets } from "../../buildx/invocation/provenance.ts";
import { messageOf } from "../../errors.ts";
import type { Remark } from "../../model/remark.ts";
import { oneRemark } from "../../model/remark.ts";
import type { CredentialStore } from "../../oci/login/credentials.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { missingManifest } from "../../oci/registry/registry-error.ts";
import type { Plan, PlannedBuild } from "../../plan/plan.ts";
import type { ImageResult } from "../../results/run-result.ts";
import type { Outside } from "../../run/outside.ts";
import type { Session } from "../../run/session.ts";
import { givenSecrets } from "../../run/withheld.ts";
import { checkPushRights } from "../plan/push-rights.ts";
import { afterBuild, signer } from "./after-build.ts";
import { buildEnvironments } from "./build-environments.ts";
import { type ReadyBuilder, readyBuilder } from "./ready-builder.ts";

export interface BuildSession {
  readonly dependencies: BuildDependencies;
  /** Runs for every image after its tags are pushed, or immediately where nothing is pushed. */
  readonly complete: (result: ImageResult) => Promise<ImageResult>;
  readonly remarks: readonly Remark[];
  /** Removes what was made for the run: its builder, its logins. Never rejects; what stays behind is a remark. */
  readonly close: () => Promise<readonly Remark[]>;
}

/** @throws UserError for everything that would make every build fail; nothing is left behind then. */
export async function openBuildSession(
  plan: Plan,
  session: Session,
  registry: Registry,
  credentials: CredentialStore,
): Promise<BuildSession> {
  const { outside, context, folder, trust } = session;
  const { log, files } = outside;
  const isTrusted = trust.kind === "trusted";
  const secrets = givenSecrets(session);
  const builds = plan.images.filter((image) => image.kind === "build");
  const login = `${folder}/docker`;
  const removeLogin = (): Promise<void> => files.remove(login);
  try {
    // Before anything that may refuse, so that nothing is still being written when it is removed.
    const environments = await buildEnvironments(session, { credentials, secrets, folder: login });
    const complete = completion(plan, environments.docker, session);
    const checks = Promise.all([
      cacheRemarks(builds, outside),
      plan.push ? checkPushRights(plan.images, registry) : undefined,
    ]);
    const [[cache], builder] = await builderBeside(checks, outside.signal, (signal) =>
      readyBuilder(builds, environments.docker, { ...session, outside: { ...outside, signal } }),
    );
    const lint = lintReport(log);
    return {
      remarks: [...cache.remarks, ...secretRemarks(builds, context)],
      complete,
      close: async () => {
        const left = lint.left();
        if (left.length > 0) log.group(`${left.length} more findings in Dockerfiles`, left);
        return closeAll([
          ["a builder that was made for this run", builder.remove],
          ["the folder with the run's logins", removeLogin],
        ]);
      },
      dependencies: {
        ...outside,
        builder,
        lint,
        cache: cacheTrouble((message, hint) => log.warning(message, hint)),
        environment: environments.ofBuilds(builder.driver, cache.isUsable),
        nixEnvironment: environments.nix,
        workspace: context.workspace,
        checkout: context.workspace,
        restricted: isTrusted ? undefined : trust.why,
        temp: folder,
        settings: {
          // To a layout, which is pushed with logins that the build doesn't have.
          push: plan.push && isTrusted,
          provenance: context,
          secrets: secrets.arguments,
          ssh: secrets.ssh,
          cacheService: cache.isUsable,
        },
        manifests: async (repository, digest) => {
          const found = await registry.manifest(repository, digest);
          if (found === undefined) throw missingManifest(repository, digest);
          return found.bytes;
        },
      },
    };
  } catch (error) {
    await removeLogin();
    throw error;
  }
}

/** Readies the builder while `checks` run. @throws what refuses, first that of the checks; no builder is left behind then. */
async function builderBeside<T>(
  checks: Promise<T>,
  signal: AbortSignal,
  ready: (signal: AbortSignal) => Promise<ReadyBuilder>,
): Promise<readonly [T, ReadyBuilder]> {
  const refused = new AbortController();
  checks.catch((error: unknown) => refused.abort(error));
  const making = ready(AbortSignal.any([signal, refused.signal]));
  const [checked, made] = await Promise.allSettled([checks, making]);
  if (checked.status === "fulfilled") return [checked.value, await making];
  if (made.status === "fulfilled") await made.value.remove().catch(() => {});
  throw checked.reason;
}

function completion(
  { push }: Plan,
  environment: Environment,
  { outside, inputs: { settings }, context, folder, trust }: Session,
): BuildSession["complete"] {
  const signs = settings.attest && push && trust.kind === "trusted";
  const attest = signs ? signer(outside.attest, context, settings.token, outside.env) : undefined;
  const load = settings.load ? { ...outside, environment, temp: folder } : undefined;
  return (result) => afterBuild(result, { load, attest, context, trust, log: outside.log, signal: outside.signal });
}

async function closeAll(parts: readonly (readonly [string, () => Promise<void>])[]): Promise<readonly Remark[]> {
  const ended = await Promise.all(
    parts.map(async ([what, close]): Promise<readonly Remark[]> => {
      try {
        await close();
        return [];
      } catch (error) {
        return [
          {
            message: `${what} could not be removed: ${messageOf(error)}`,
            hint: "remove it manually on a self-hosted runner",
          },
        ];
      }
    }),
  );
  return ended.flat();
}

async function cacheRemarks(
  builds: readonly PlannedBuild[],
  { env, http, signal }: Pick<Outside, "env" | "http" | "signal">,
): Promise<{ readonly isUsable: boolean; readonly remarks: readonly Remark[] }> {
  const isWanted = builds.some(({ cache }) => [...cache.from, ...cache.to].some(isCacheService));
  if (!isWanted) return { isUsable: false, remarks: [] };
  const request = cacheServiceRequest(env);
  const problem =
    request === undefined ? "there is none here" : await cacheServiceProblem(http, { ...request, signal });
  if (problem === undefined) return { isUsable: true, remarks: [] };
  const message = `the cache service is not used: ${problem}`;
  const hint =
    request === undefined
      ? "choose `cache: registry`, or run this where there is a cache service, as in jobs on GitHub's runners"
      : "run again later for a warm cache, or choose `cache: registry`";
  return { isUsable: false, remarks: [{ message, hint }] };
}

function secretRemarks(builds: readonly PlannedBuild[], context: ProvenanceContext): readonly Remark[] {
  const published = builds.flatMap(({ name, args, provenance }) =>
    publishedSecrets(args, provenanceArgument(provenance ?? undefined, context)).map((argument) => ({
      name,
      argument,
    })),
  );
  const hint = "pass it in `secrets`, or set `provenance: mode=min`";
  return oneRemark(published, {
    one: ({ name, argument }) => ({
      message: `the build argument ${argument} of ${name} looks like a secret, and the published provenance contains its value`,
      hint,
    }),
    several: (listed, { length }) => ({
      message: `${length} build arguments look like secrets, and the published provenance contains their values: ${listed}`,
      hint,
    }),
    item: ({ name, argument }) => `${argument} of ${name}`,
  });
}
