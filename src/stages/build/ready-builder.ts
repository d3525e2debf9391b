/** The builder that a run uses, ready for all platforms of its builds. */

import {
  type Builder,
  type BuilderDependencies,
  type BuilderRequest,
  createBuilder,
  findBuilder,
} from "../../buildx/builder/builder.ts";
import { checkEntitlements, entitlementsOf } from "../../buildx/builder/entitlements.ts";
import type { Environment } from "../../buildx/builder/environment.ts";
import { ensurePlatforms } from "../../buildx/builder/qemu.ts";
import type { BuilderInUse } from "../../buildx/invocation/build-image.ts";
import { UserError } from "../../errors.ts";
import type { PlannedBuild } from "../../plan/plan.ts";
import type { Outside } from "../../run/outside.ts";
import type { RunInputs } from "../../settings/run-inputs.ts";

export interface ReadyBuilder extends BuilderInUse {
  readonly driver: string;
  /** Removes those that were made for the run. */
  readonly remove: () => Promise<void>;
}

export interface BuilderRun {
  readonly outside: Pick<Outside, "processes" | "signal" | "files">;
  readonly inputs: Pick<RunInputs, "settings">;
  /** The run's own, absolute: its end makes names of the run's own. */
  readonly folder: string;
}

/** Finds or makes the builder, and brings it the platforms of all builds. @throws UserError; what was made is removed then. */
export async function readyBuilder(
  builds: readonly PlannedBuild[],
  environment: Environment,
  { outside, inputs, folder }: BuilderRun,
): Promise<ReadyBuilder> {
  const { settings } = inputs;
  const { processes, signal, files } = outside;
  const deps = { processes, environment, signal };
  const repositories = builds.flatMap((image) => image.repositories.slice(0, 1));
  const entitlements = entitlementsOf(builds);
  const request = { builder: settings.builder, repositories, entitlements, suffix: folder.slice(-8) };
  const builder = await findBuilder(request, deps);
  try {
    await checkEntitlements(builds, builder.name, { ...deps, files, folder });
    const wanted = builds.flatMap((image) => image.platforms);
    const emulation = { install: settings.qemu, image: settings.binfmtImage };
    return builderInUse(await ensurePlatforms(wanted, builder, emulation, deps), request, deps);
  } catch (error) {
    await builder.remove();
    throw error;
  }
}

/** What hangs is left for a new one, once. What others run elsewhere can't be had anew. */
function builderInUse(first: Builder, request: BuilderRequest, deps: BuilderDependencies): ReadyBuilder {
  let current = first;
  let next: Promise<Builder> | undefined;
  return {
    name: () => current.name,
    driver: first.driver,
    async replace(used) {
      if (used !== first.name || first.driver !== "docker-container") return;
      next ??= createBuilder({ ...request, suffix: `${request.suffix}-2` }, deps);
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
