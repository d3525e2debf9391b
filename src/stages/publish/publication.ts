/** The stage publish: connects a plan, the session's parts and the checks, for promoted and for built images. */
import { buildImage } from "../../buildx/invocation/build-image.ts";
import { parentSources } from "../../buildx/invocation/buildx.ts";
import { patientAttested } from "../../run/attested.ts";
import { recordRules } from "../../run/record-rules.ts";
import type { Session } from "../../run/session.ts";
import { loadPublished } from "../build/after-build.ts";
import type { BuildSession } from "../build/build-session.ts";
import { pushLayout } from "../build/push-layout.ts";

import type { Planning } from "../plan/plan-run.ts";
import { runIdentity } from "../plan/run-identity.ts";
import { type MadeImages, openImageGates } from "./image-gates.ts";
import { promoteAll } from "./promote-all.ts";
import type { Publishing } from "./publish-image.ts";
import { recordCandidate } from "./record-candidate.ts";
import { type Results, walkPlan } from "./walk-plan.ts";

export interface Publication {
  /** Begins the promotion of what is published already. */
  promote(): MadeImages;
  /** Builds and publishes the others. */
  build(promoted: MadeImages, building: Pick<BuildSession, "dependencies" | "complete">): Promise<Results>;
}

export function openPublication(planning: Planning, session: Session): Publication {
  const { plan, registry, scanning, surveyed, history, credentials, lastBuilds } = planning;
  const { context, outside, inputs, trust } = session;
  const { clock, signal } = outside;
  const records = recordRules(session);
  const attested = history.attested && patientAttested(history.attested, { clock, signal });
  const gates = openImageGates({ maxSize: inputs.maxSize, registry, records, attested, signal, scanning });
  const publishing = publishingOf(planning, session);
  const parents = new Map(surveyed.catalog.images.map((image) => [image.name, image.parents]));
  const byName = new Map(plan.images.map((image) => [image.name, image]));
  return {
    promote: () =>
      promoteAll(plan.images, {
        gates,
        publishing,
        parentsOf: (name) => (parents.get(name) ?? []).map(({ parent }) => parent),
        load: (result) => loadPublished(result, session, credentials),
      }),
    build: (promoted, { dependencies, complete }) =>
      walkPlan({
        ...{ plan, leftOut: surveyed.leftOut, lastBuilds, gates, scanning, publishing, promoted, complete },
        isSchedule: context.trigger.kind === "schedule",
        parallelism: outside.parallelism,
        async build(planned, candidates) {
          const built = await buildImage(planned, parentSources(planned, byName, candidates), dependencies);
          return recordCandidate(planned, built, { context, registry, trust });
        },
        push: (planned, candidate, publish) =>
          plan.push
            ? pushLayout(planned, candidate, publish, { registry, files: outside.files, signal })
            : publish(candidate),
      }),
  };
}

/** By name of the image. */
export function resultsOf(made: MadeImages): Results {
  return new Map([...made].map(([name, { result }]) => [name, result]));
}

function publishingOf({ registry, history }: Planning, session: Session): Publishing {
  const { clock, signal, log } = session.outside;
  return {
    registry,
    clock,
    onWait: (what) => log.info(what),
    history,
    signal,
    identity: runIdentity(session),
    started: session.context.startedAt,
    records: recordRules(session),
    copy: async (digest, from, to) => {
      await registry.copyImage({ digest, from, to, signal });
    },
  };
}
