/** Promotions in a simulated registry, and what they leave there. */

import type { ImageTag } from "../../../../src/model/image-tags.ts";
import { repository, tag } from "../../../../src/model/reference.ts";
import type { StoredManifest } from "../../../../src/oci/manifest.ts";
import { releaseOf } from "../../../../src/plan/version-line.ts";
import type { RunIdentity } from "../../../../src/publish/guard.ts";
import { promote } from "../../../../src/publish/promotion/promote.ts";
import type { Promotion, PromotionResult } from "../../../../src/publish/promotion/promotion.ts";
import { at, historyOf, recordOf, records } from "../commits.ts";
import { index, type SimulatedRegistry, simulatedRegistry, Timeline } from "../simulation.ts";

export const here = repository("ghcr.io/o/r/base");
export const exact = (text: string): ImageTag => ({ tag: tag(text), moves: false });
export const moving = (text: string): ImageTag => ({ tag: tag(text), moves: true });

export const main: RunIdentity = {
  commit: at("main-5"),
  ref: "refs/heads/main",
  isRebuild: false,
  mayGoBack: false,
  release: undefined,
  platforms: [],
};

export function made(revision: string, ref = "refs/heads/main"): StoredManifest {
  return index({ content: `made from ${revision}`, record: recordOf(at(revision), { ref }) });
}

export function releasing(version: string): RunIdentity {
  const release = releaseOf(version, [exact(version)]);
  return { ...main, commit: at(`release-${version}`), ref: `refs/tags/v${version}`, release };
}

export const releaseTags = (version: string): ImageTag[] => {
  const [major, minor] = version.split(".");
  return [moving("latest"), moving(`${major}.${minor}`), exact(version), moving(`${major}`)];
};

export interface Setting {
  readonly timeline: Timeline;
  readonly registry: SimulatedRegistry;
}

export function setting(isBroken?: (request: string) => boolean, late?: (name: string) => number): Setting {
  const timeline = new Timeline();
  return { timeline, registry: simulatedRegistry(timeline, isBroken, late) };
}

export function promotion(
  { timeline, registry }: Setting,
  digest: StoredManifest,
  more: Partial<Promotion>,
): Promotion {
  return {
    registry,
    clock: timeline.clock,
    repository: here,
    digest: digest.digest,
    tags: [],
    sourceHash: null,
    identity: main,
    history: historyOf(),
    records,
    bakedVersion: null,
    check: async () => undefined,
    onWait: () => {},
    ...more,
  };
}

export function put(where: Setting, subject: StoredManifest, more: Partial<Promotion>): Promise<PromotionResult> {
  where.registry.hold(here, subject);
  return where.timeline.run(promote(promotion(where, subject, more)));
}

export const puts = ({ registry }: Setting) =>
  registry.requests.filter((each) => each.startsWith("PUT")).map((each) => each.split(":")[1]);
export const names = ({ registry }: Setting, name: string) => registry.held.get(`${here}:${name}`)?.digest;
export const outcomes = (result: PromotionResult) => result.tags.map((each) => `${each.tag} ${each.outcome}`);
