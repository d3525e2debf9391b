/** What a run needs before its first build: a builder that can, a registry that takes what it makes, a cache that answers. */
import type { BuildDependencies, BuilderInUse } from "../build/build-image.ts";
import {
  type Builder,
  type BuilderDependencies,
  type BuilderWish,
  createBuilder,
  findBuilder,
} from "../build/builder.ts";
import { isCacheService } from "../build/buildx.ts";
import { cacheServiceProblem, cacheServiceRequest } from "../build/cache.ts";
import { cacheTrouble } from "../build/cache-trouble.ts";
import { type Environment, nixEnvironment } from "../build/environment.ts";
import { lintReport } from "../build/lint.ts";
import { type ProvenanceContext, provenanceArgument, publishedSecrets } from "../build/provenance.ts";
import { ensurePlatforms } from "../build/qemu.ts";
import { messageOf, UserError } from "../errors.ts";
import { type CredentialStore, noLogins } from "../oci/credentials.ts";
import type { Registry } from "../oci/registry-client.ts";
import { missingManifest } from "../oci/registry-error.ts";
import type { Plan, PlannedBuild } from "../plan/plan.ts";
import type { ImageResult, Remark } from "../report/run-result.ts";
import { afterBuild, signer } from "./after-build.ts";
import { loggedIn } from "./child-logins.ts";
import { checkPush } from "./push-rights.ts";
import type { Session } from "./session.ts";
import { givenSecrets } from "./withheld.ts";

export interface BuildSession {
  readonly dependencies: BuildDependencies;
  /** To be done with every image once its tags are put, or at once where nothing is pushed. */
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
  const { outside, inputs, context, folder } = session;
  const { settings } = inputs;
  const isTrusted = session.trust.kind === "trusted";
  const secrets = givenSecrets(session);
  const builds = plan.images.filter((image) => image.kind === "build");
  const login = `${folder}/docker`;
  const removeLogin = (): Promise<void> => outside.files.remove(login);
  const signs = settings.attest && plan.push && session.trust.kind === "trusted";
  const attest = signs ? signer(outside.attest, context, settings.token, outside.env) : undefined;
  try {
    const [cache] = await Promise.all([
      cacheRemarks(builds, session),
      plan.push ? checkPush(plan.images, registry) : undefined,
    ]);
    // After what may refuse, so that nothing is still being written when it is removed.
    const logins = isTrusted ? await credentials.forChildren() : noLogins;
    const environmentFor = await loggedIn(logins, { files: outside.files, env: outside.env, folder: login });
    const environment = environmentFor();
    const withSecrets: Environment = {
      ...environmentFor({ cacheService: cache.isUsable, ssh: secrets.ssh.length > 0 }),
      ...secrets.environment,
    };
    const builder = await readyBuilder(builds, environment, session);
    const { KUBECONFIG: _, ...withoutCluster } = withSecrets;
    const ofBuilds = isTrusted || builder.driver === "kubernetes" ? withSecrets : withoutCluster;
    const lint = lintReport(outside.log);
    const load = settings.load ? { ...outside, environment, temp: folder } : undefined;
    return {
      remarks: [...cache.remarks, ...secretRemarks(builds, context)],
      complete: (result) =>
        afterBuild(result, { load, attest, context, trust: session.trust, log: outside.log, signal: outside.signal }),
      close: async () => {
        const left = lint.left();
        if (left.length > 0) outside.log.group(`${left.length} more findings in Dockerfiles`, left);
        return closeAll([
          ["a builder that was made for this run", builder.remove],
          ["the folder with the run's logins", removeLogin],
        ]);
      },
      dependencies: {
        ...outside,
        builder,
        lint,
        cache: cacheTrouble((message, hint) => outside.log.warning(message, hint)),
        environment: ofBuilds,
        nixEnvironment: nixEnvironment(outside.env, isTrusted ? undefined : `${login}/home`),
        workspace: context.workspace,
        checkout: context.workspace,
        restricted: session.trust.kind === "untrusted" ? session.trust.why : undefined,
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
            hint: "remove it by hand on a runner that stays",
          },
        ];
      }
    }),
  );
  return ended.flat();
}

interface ReadyBuilder extends BuilderInUse {
  readonly driver: string;
  /** Removes those that were made for the run. */
  readonly remove: () => Promise<void>;
}

async function readyBuilder(
  builds: readonly PlannedBuild[],
  environment: Environment,
  { outside, inputs, folder }: Session,
): Promise<ReadyBuilder> {
  const { settings } = inputs;
  const { processes, signal } = outside;
  const deps = { processes, environment, signal };
  const repositories = builds.flatMap((image) => image.repositories.slice(0, 1));
  const wish = { builder: settings.builder, repositories, suffix: folder.slice(-8) };
  const builder = await findBuilder(wish, deps);
  try {
    const wanted = builds.flatMap((image) => image.platforms);
    const emulation = { install: settings.qemu, image: settings.binfmtImage };
    return builderInUse(await ensurePlatforms(wanted, builder, emulation, deps), wish, deps);
  } catch (error) {
    await builder.remove();
    throw error;
  }
}

/** What hangs is left for a new one, once. What others run elsewhere can't be had anew. */
function builderInUse(first: Builder, wish: BuilderWish, deps: BuilderDependencies): ReadyBuilder {
  let current = first;
  let next: Promise<Builder> | undefined;
  return {
    name: () => current.name,
    driver: first.driver,
    async replace(used) {
      if (used !== first.name || first.driver !== "docker-container") return;
      next ??= createBuilder({ ...wish, suffix: `${wish.suffix}-2` }, deps);
      try {
        current = await next;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    },
    async remove() {
      const second = await next?.catch(() => undefined);
      await Promise.all([first.remove(), second?.remove()]);
    },
  };
}

async function cacheRemarks(
  builds: readonly PlannedBuild[],
  { outside }: Session,
): Promise<{ readonly isUsable: boolean; readonly remarks: readonly Remark[] }> {
  const isWanted = builds.some(({ cache }) => [...cache.from, ...cache.to].some(isCacheService));
  if (!isWanted) return { isUsable: false, remarks: [] };
  const request = cacheServiceRequest(outside.env);
  const problem =
    request === undefined
      ? "this runner has none"
      : await cacheServiceProblem(outside.http, { ...request, signal: outside.signal });
  if (problem === undefined) return { isUsable: true, remarks: [] };
  const message = `the cache service is not used: ${problem}`;
  const hint = "run again later for a warm cache, or choose `cache: registry`";
  return { isUsable: false, remarks: [{ message, hint }] };
}

function secretRemarks(builds: readonly PlannedBuild[], context: ProvenanceContext): readonly Remark[] {
  return builds.flatMap(({ name, args, provenance }) =>
    publishedSecrets(args, provenanceArgument(provenance ?? undefined, context)).map((argument) => ({
      message: `the build argument ${argument} of ${name} looks like a secret, and its value stands in the published provenance`,
      hint: "hand it in by `secrets`, or set `provenance: mode=min`",
    })),
  );
}
