/** The step's outputs, for the steps and jobs that come after it. */
import type { CandidatePlatform } from "../model/candidate.ts";
import type { Digest } from "../model/digest.ts";
import { formatReference } from "../model/reference.ts";
import type { Plan, PlannedBuild, PlannedImage, PlannedPromote } from "../plan/plan.ts";
import type { ImageResult, RunResult } from "../results/run-result.ts";
import type { ImageScan } from "../scan/judged.ts";
import { bumpOutput } from "./bumps.ts";
import { type FindingCounts, findingCounts } from "./findings/finding-counts.ts";
import { matrixOf } from "./job-matrix.ts";
import { because, isAffected } from "./plan/because.ts";
import { ownTags } from "./summary/tag-notes.ts";

/** An output without a value is the empty string. To a workflow that is the same as an output that was never set. */
export interface Outputs {
  /** Where the plan lies. */
  readonly plan: string;
  /** For `strategy.matrix`: `{"include":[{"image":"base"}]}`, one entry an image to build, parents first. */
  readonly matrix: string;
  /**
   * JSON array of the names that are built or promoted, in the plan's order: not those that are only needed by others, and
   * not those of which everything is in place.
   */
  readonly affected: string;
  readonly "any-affected": "true" | "false";
  /** JSON array of `ImageOutput`, every image of the plan in its order. */
  readonly images: string;
  readonly "pull-requests": string;
  readonly sarif: string;
  /** These five only where exactly one image is affected. */
  readonly digest: string;
  /** Full references, a line each. */
  readonly tags: string;
  readonly version: string;
  /** `key=value`, a line each; what the rules give, which a promoted image was built without. */
  readonly labels: string;
  /** As docker/metadata-action's `json`: `tags`, `tag-names`, `labels`, `annotations` with their level. */
  readonly json: string;
}

/** One element of the output `images`. */
interface ImageOutput {
  readonly name: string;
  /** What the plan has for it. */
  readonly action: PlannedImage["kind"];
  /** `null` where nothing was built or promoted, or that failed. */
  readonly digest: Digest | null;
  /** Full references: those that name the digest now; of a plan or of what was not pushed, those it would get. */
  readonly tags: readonly string[];
  readonly platforms: readonly string[];
  /** Compressed bytes by platform, since nobody pulls their sum: `images[0].size['linux/amd64']`. */
  readonly size: Readonly<Record<string, number>> | null;
  /** References by which the engine has it for later steps. */
  readonly loaded: readonly string[];
  /** `null`: not scanned. */
  readonly findings: FindingCounts | null;
  readonly reason: string;
}

/** The outputs of a run, or of a plan that nothing was done for yet. `planPath` is where the plan was written. */
export function outputsOf(about: RunResult | Plan, planPath: string): Outputs {
  const images: readonly Known[] =
    "schema" in about ? about.images.map((planned) => ({ planned, result: undefined, scan: undefined })) : known(about);
  const affected = images.filter(({ planned }) => planned.kind !== "skip" && isAffected(planned.reasons));
  return {
    plan: planPath,
    matrix: matrixOf(images.map(({ planned }) => planned)),
    affected: JSON.stringify(affected.map(({ planned }) => planned.name)),
    "any-affected": affected.length > 0 ? "true" : "false",
    images: JSON.stringify(images.map(imageOutput)),
    "pull-requests": bumpOutput("schema" in about ? [] : (about.bumps ?? [])),
    sarif: "schema" in about ? "" : (about.sarif ?? ""),
    ...singleOutputs(affected),
  };
}

/** The output `images`, before it is text. */
export function imageOutputs(result: RunResult): readonly ImageOutput[] {
  return known(result).map(imageOutput);
}

interface Known {
  readonly planned: PlannedImage;
  readonly result: ImageResult | undefined;
  readonly scan: ImageScan | undefined;
}

function known({ images, scans }: RunResult): readonly Known[] {
  return images.map((result) => ({ planned: result.planned, result, scan: scans?.get(result.planned.name) }));
}

function imageOutput({ planned, result, scan }: Known): ImageOutput {
  const image = imageOf(planned, result);
  const platforms = image?.platforms?.map(({ platform }) => platform);
  return {
    name: planned.name,
    action: planned.kind,
    digest: image?.digest ?? null,
    tags: tagsOf(planned, result).map(({ reference }) => reference),
    platforms: platforms ?? (planned.kind === "skip" ? [] : planned.platforms),
    size:
      image?.platforms === undefined
        ? null
        : Object.fromEntries(image.platforms.map(({ platform, size }) => [platform, size])),
    loaded: result !== undefined && "loaded" in result ? (result.loaded ?? []) : [],
    findings: scan === undefined ? null : findingCounts(scan),
    reason: because(planned.reasons),
  };
}

interface KnownImage {
  readonly digest: Digest;
  /** `undefined` where nobody asked. */
  readonly platforms?: readonly CandidatePlatform[];
}

/** An image that failed after it was built, or between its tags, is no result to build on. */
function imageOf(planned: PlannedImage, result: ImageResult | undefined): KnownImage | undefined {
  switch (result?.outcome) {
    case undefined:
      return planned.kind === "promote" ? { digest: planned.digest } : undefined;
    case "published":
    case "built":
      return result.candidate;
    case "promoted":
      return result.image;
    default:
      return undefined;
  }
}

interface FullTag {
  readonly tag: string;
  readonly reference: string;
}

function tagsOf(planned: PlannedImage, result: ImageResult | undefined): readonly FullTag[] {
  if (result?.outcome === "published" || result?.outcome === "promoted") {
    return ownTags(result).map(({ repository, tag }) => ({ tag, reference: formatReference({ repository, tag }) }));
  }
  if (planned.kind === "skip" || (result !== undefined && result.outcome !== "built")) return [];
  return planned.repositories.flatMap((repository) =>
    planned.tags.map(({ tag }) => ({ tag, reference: formatReference({ repository, tag }) })),
  );
}

type Single = Pick<Outputs, "digest" | "tags" | "version" | "labels" | "json">;

function singleOutputs(affected: readonly Known[]): Single {
  const [only, ...others] = affected;
  if (only === undefined || only.planned.kind === "skip" || others.length > 0) {
    return { digest: "", tags: "", version: "", labels: "", json: "" };
  }
  const tags = tagsOf(only.planned, only.result);
  return {
    digest: imageOf(only.planned, only.result)?.digest ?? "",
    tags: tags.map(({ reference }) => reference).join("\n"),
    version: only.planned.version ?? "",
    labels: lines(only.planned.labels).join("\n"),
    json: JSON.stringify(metadata(only.planned, tags)),
  };
}

/** The shape of docker/metadata-action's `json`. */
function metadata(planned: PlannedBuild | PlannedPromote, tags: readonly FullTag[]): object {
  return {
    tags: tags.map(({ reference }) => reference),
    "tag-names": [...new Set(tags.map(({ tag }) => tag))],
    labels: planned.labels,
    annotations: lines(planned.annotations),
  };
}

/** A line break in a value would begin another label. */
function lines(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).map(([key, value]) => `${key}=${value}`.replaceAll(/[\r\n]+/g, " "));
}
