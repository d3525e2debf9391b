/** How to fix a finding, in a short sentence, and which images a mere rebuild would fix. Pure. */
import { formatLocation } from "../errors.ts";
import { inBackticks } from "../lib/plain-text.ts";
import { type Finding, findingKey, isInConfiguration, type Vulnerability } from "./finding.ts";
import type { FindingOrigin, ImageScan, Remedy } from "./judged.ts";
import type { BaseLayers } from "./origin.ts";

/** By package and place: the version that fixes all that was found in it. */
export type HighestFixes = ReadonlyMap<string, string>;

/**
 * Of each package's fixes the highest, so that forty findings of one package have one remedy. Versions are compared as a person
 * reads them, number by number, as there is one order for each ecosystem and this is for people.
 */
export function highestFixes(findings: readonly Finding[]): HighestFixes {
  const fixes = new Map<string, string>();
  for (const finding of findings) {
    if (finding.kind !== "vulnerability" || finding.fixed === undefined) continue;
    const known = fixes.get(packageKey(finding));
    if (known === undefined || natural.compare(finding.fixed, known) > 0) fixes.set(packageKey(finding), finding.fixed);
  }
  return fixes;
}

/** Names in it have no backticks, which set off the step. @param bases those of which `origin` may name one. */
export function remedyOf(
  finding: Finding,
  origin: FindingOrigin,
  { bases, fixes }: { readonly bases: readonly BaseLayers[]; readonly fixes: HighestFixes },
): Remedy {
  if (isInConfiguration(finding)) {
    const text =
      "revoke it and keep it out of ENV, ARG, LABEL and commands (`RUN --mount=type=secret` reads one): anyone who can pull the image can read it; or ignore it in .trivyignore.yaml, in an entry without `paths`, with a statement";
    return { text, mentionsIgnoring: true };
  }
  if (finding.kind === "secret") {
    const step = origin.kind === "step" ? ` out of the step \`${inBackticks(origin.step)}\`` : " out of the image";
    return { text: `revoke it and keep it${step}: what a later layer removes stays readable`, mentionsIgnoring: false };
  }
  if (finding.fixed === undefined) {
    const name = inBackticks(finding.package);
    const text = `remove ${name} if nothing needs it, or ignore it in .trivyignore.yaml, with a statement`;
    return { text, mentionsIgnoring: true };
  }
  return { text: upgradeOf(finding, finding.fixed, origin, { bases, fixes }), mentionsIgnoring: false };
}

function upgradeOf(
  finding: Vulnerability,
  fixed: string,
  origin: FindingOrigin,
  { bases, fixes }: { readonly bases: readonly BaseLayers[]; readonly fixes: HighestFixes },
): string {
  const name = inBackticks(finding.package);
  const upgrade = `upgrade ${name} to ${inBackticks(alternatives(fixes.get(packageKey(finding)) ?? fixed))}`;
  const path = finding.path === undefined ? undefined : inBackticks(finding.path);
  switch (origin.kind) {
    case "base":
      return ofBase(finding, origin, upgrade, bases);
    case "step": {
      const step = `\`${inBackticks(origin.step)}\``;
      if (origin.from !== undefined)
        return `${upgrade} in ${sourceOf(origin, origin.from)}, from which ${step} copies it`;
      return path === undefined ? `${upgrade} in the step ${step}` : `${upgrade} (${path}, from the step ${step})`;
    }
    case "unknown":
      return path === undefined ? upgrade : `${upgrade} (${path})`;
  }
}

function sourceOf({ fromAt }: Extract<FindingOrigin, { readonly kind: "step" }>, from: string): string {
  const name = `\`${inBackticks(from)}\``;
  return fromAt === undefined ? name : `the stage ${name} (${inBackticks(formatLocation(fromAt))})`;
}

/**
 * What building it anew, with updated bases and without cache, would fix: what has a fix of the packages of the operating
 * system that a step of its own or of an image below it installs; each once, whatever platforms have it. Packages of languages are
 * locked by files of the repository as a rule, and a base that has not moved brings the same again.
 */
export function fixedByRebuild(scan: ImageScan): readonly Finding[] {
  if (scan.kind === "unscanned") return [];
  const fixed = scan.platforms.flatMap(({ findings }) =>
    findings.flatMap(({ finding, isReported, origin }) => {
      const isInstalled = origin.kind !== "base" || origin.isOwn;
      const isFixable = finding.kind === "vulnerability" && finding.of === "os" && finding.fixed !== undefined;
      return isReported && isInstalled && isFixable ? [finding] : [];
    }),
  );
  return [...new Map(fixed.map((each) => [findingKey(each), each])).values()];
}

function ofBase(
  { package: name, of }: Vulnerability,
  origin: Extract<FindingOrigin, { readonly kind: "base" }>,
  upgrade: string,
  bases: readonly BaseLayers[],
): string {
  const base = inBackticks(origin.name);
  if (origin.isOwn) return `${upgrade} in ${base}, which this image is based on`;
  const { hasMoved = false, isPinned = false } = bases.find((each) => each.name === origin.name && !each.isOwn) ?? {};
  if (hasMoved) return `base ${base} has a newer digest: ${isPinned ? "pin that" : "rebuild"}`;
  const steps =
    of === "os" ? `${upgrade} in a step of your own, or take a newer base` : `take a newer base, or ${upgrade}`;
  return `base ${base} brings ${inBackticks(name)}: ${steps}`;
}

/** Databases list the versions that fix different release lines next to one another. */
function alternatives(fixed: string): string {
  return fixed.split(/\s*,\s*/).join(" or ");
}

function packageKey({ package: name, path }: Vulnerability): string {
  return `${name}\0${path ?? ""}`;
}

const natural = new Intl.Collator("en", { numeric: true });
