/** What rules and inputs make of each image for this event: tags, labels, arguments, cache. */
import { type CacheBranches, type CacheLines, registryCache, serviceCache } from "../build/cache.ts";
import type { Image } from "../catalog/catalog.ts";
import { declaredArguments } from "../catalog/dockerfile.ts";
import type { ImageDetails } from "../plan/make-plan.ts";
import type { Remark } from "../report/run-result.ts";
import { deriveAnnotations } from "../tags/annotations.ts";
import { type DerivedTags, deriveTags, expressionValues } from "../tags/derive-tags.ts";
import { readEvent } from "../tags/event.ts";
import { buildNames, expand, parseTemplate } from "../tags/expression.ts";
import { deriveLabels } from "../tags/labels.ts";
import type { Session } from "./session.ts";

export type CacheKind = "gha" | "registry" | "none";

export interface DetailsOptions {
  readonly cache: CacheKind;
  /** All names of the catalog. */
  readonly names: readonly string[];
  readonly remark: (remark: Remark) => void;
}

/** The details of an image. Warnings of rules come as remarks, each once. */
export function imageDetails(session: Session, options: DetailsOptions): (image: Image) => ImageDetails {
  return (image) => {
    const facts = factsOf(session, image.name, options.names);
    const tags = tagsOf(session, image.name, options.names);
    for (const warning of tags.warnings) options.remark(warning);
    const named = { ...facts, version: tags.version };
    const values = expressionValues(facts, readEvent(facts));
    const complete = { ...values, values: new Map([...values.values, ["version", tags.version ?? ""]]) };
    const fill = (text: string): string => expand(parseTemplate(text, buildNames, "keep"), complete);
    const given = { ...conventionalArguments(session, tags.version), ...image.buildArgs };
    const declared = declaredArguments(image.dockerfile);
    const wanted = Object.entries(given).filter(([key]) => declared.has(key) || key in image.buildArgs);
    const args = wanted.map(([key, value]) => [key, fill(value)] as const);
    return {
      tags,
      args: Object.fromEntries(args),
      labels: deriveLabels(session.inputs.labels, named),
      annotations: deriveAnnotations(session.inputs.annotations, named),
      cache: cacheOf(session, image, options.cache, fill),
    };
  };
}

/** The arguments that a Dockerfile gets for declaring them: what the labels of the same meaning say. */
function conventionalArguments({ context, commitDate }: Session, version: string | undefined): Record<string, string> {
  return { BUILD_DATE: commitDate.toISOString(), VCS_REF: context.commit, VERSION: version ?? "" };
}

/** The tags of an image; none that moves where the checkout is not at the event's commit. */
export function tagsOf(session: Session, name: string, names: readonly string[]): DerivedTags {
  const derived = deriveTags(session.inputs.rules, session.inputs.flavor, factsOf(session, name, names));
  return session.isAtEvent ? derived : { ...derived, tags: derived.tags.filter(({ moves }) => !moves) };
}

function factsOf({ context, commitDate }: Session, name: string, names: readonly string[]) {
  return { context, name, names, commitDate };
}

function cacheOf(
  { inputs, context }: Session,
  image: Image,
  kind: CacheKind,
  fill: (text: string) => string,
): CacheLines {
  const { cacheFrom, cacheTo } = inputs.settings;
  if (cacheFrom.length > 0 || cacheTo.length > 0) {
    return { from: cacheFrom.map(({ text }) => fill(text)), to: cacheTo.map(({ text }) => fill(text)) };
  }
  const branches = cacheBranches(context);
  if (kind === "gha") return serviceCache(image.name, branches);
  if (kind === "registry") return registryCache(image.repositories[0], branches.write);
  return { from: [], to: [] };
}

/** Which branch's cache a run reads and writes. A tag's is of no use to anyone after it. */
function cacheBranches({ trigger, ref, defaultBranch }: Session["context"]): CacheBranches {
  const main = defaultBranch === undefined ? [] : [defaultBranch];
  if (trigger.kind === "pull-request") {
    return { own: `pr-${trigger.number}`, fallbacks: [trigger.baseRef, ...main], write: true };
  }
  return { own: ref.name, fallbacks: main, write: ref.kind === "branch" };
}
