/** The bases of an image, as BuildKit reports them, and the annotations that name them. */

import type { ResolvedBase } from "../model/candidate.ts";
import { type Digest, isDigest } from "../model/digest.ts";
import { formatReference, tryReference } from "../model/reference.ts";
import type { PlannedBuild } from "../plan/plan.ts";
import type { ImageSource } from "./invocation/buildx.ts";
import type { BuildProgress } from "./invocation/progress.ts";

/** What BuildKit made of the references in the Dockerfile, each once, sorted by name. */
export function resolvedBases(progress: BuildProgress): readonly ResolvedBase[] {
  const found = new Map<string, ResolvedBase>();
  for (const { name } of progress.vertexes()) {
    const [, reference = "", digest = ""] = /^(?:\[[^\]]*\] )?FROM (\S+)@(sha256:[0-9a-f]{64})$/.exec(name) ?? [];
    const read = isDigest(digest) ? tryReference(reference) : undefined;
    if (read === undefined || !isDigest(digest)) continue;
    const full = formatReference(read);
    found.set(`${full} ${digest}`, { name: full, digest });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const nameKey = "org.opencontainers.image.base.name";
const digestKey = "org.opencontainers.image.base.digest";

/**
 * Annotations of the index that name the base (OCI image-spec, annotations.md, "Pre-Defined Annotation Keys"), as far as
 * it is known: before the build for an image of this repository and a base that is pinned, else from `resolved`. The user's
 * own annotations override these.
 */
export function baseAnnotations(
  { base, annotations }: PlannedBuild,
  sources: ReadonlyMap<string, ImageSource>,
  resolved: readonly ResolvedBase[],
): Readonly<Record<string, string>> {
  if (base === null) return {};
  const ofParent = base.parent === null ? undefined : sources.get(base.parent)?.digest;
  const digest = base.digest ?? ofParent ?? onlyDigest(resolved, base.name);
  if (digest === undefined) return {};
  const entries = [
    [nameKey, base.name],
    [digestKey, digest],
  ] as const;
  return Object.fromEntries(entries.filter(([key]) => annotations[`index:${key}`] === undefined));
}

/** A tag that moved while the platforms were built names two, and then nobody can say. */
function onlyDigest(resolved: readonly ResolvedBase[], name: string): Digest | undefined {
  const [first, ...others] = resolved.filter((each) => each.name === name);
  return others.length === 0 ? first?.digest : undefined;
}
