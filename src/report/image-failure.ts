/** One problem of one image for which a run fails, as reports show it. Plain text; who shows it escapes it. */
import type { Digest } from "../model/digest.ts";
import type { CheckName } from "../results/run-result.ts";
import type { SeenFinding } from "../scan/judged.ts";
import type { ErrorText } from "./error-text.ts";

/** A problem of an image for which the run fails. */
export type ImageFailure = {
  readonly image: string;
  /** `at` is the place that is to be shown: of the error, or the line that brings the image's base. */
  readonly text: ErrorText;
  readonly waiting: WaitingImages;
} & (FailedBuild | FailedPublishing | BlockedImage | ScannedWithFindings);

/** In the plan's order; with the first problem of an image. */
export interface WaitingImages {
  /** Images that were not built because of it. */
  readonly unbuilt: readonly string[];
  /** Images that were built, and get no tags because of it. */
  readonly untagged: readonly string[];
}

/** There is no image: its build failed, or what comes before it. */
interface FailedBuild {
  readonly kind: "build";
  /** The sentence without the image's name. */
  readonly reason: string | undefined;
  /** The last line that the failed step wrote; it says why more often than the exit code. */
  readonly lastWords: string | undefined;
  /** The lines of the Dockerfile around the one that failed. */
  readonly excerpt: readonly string[];
  /** What is quoted or more, for where there is room: at most 40 lines, none longer than 400 characters. */
  readonly output: readonly string[];
}

/** The image is there, and what came after failed. */
interface FailedPublishing {
  readonly kind: "publish";
  /** `undefined`: it was published before. */
  readonly built: Digest | undefined;
  /** With the first problem of an image: the tags that were put, or found right, before it failed; they stay. */
  readonly put: readonly string[];
  /** Where some were put: those that are missing. */
  readonly missing: readonly string[];
}

/** Nothing failed: a check keeps the image from its tags, or would, where it was to get some. */
interface BlockedImage {
  readonly kind: "blocked";
  readonly check: CheckName;
  readonly isBuilt: boolean;
  /** Those that block and that the image itself brings, weightiest first. */
  readonly findings: readonly SeenFinding[];
}

/** The image passes, or is what is published, and its scan fails the run. */
interface ScannedWithFindings {
  readonly kind: "scan";
  readonly findings: readonly SeenFinding[];
  /** Images that are published and have the same findings, since they are based on it; in the plan's order. */
  readonly heirs: readonly string[];
}

/** It could not be scanned. */
export function isUnscanned(failure: ImageFailure): boolean {
  const isAboutScan = failure.kind === "scan" || (failure.kind === "blocked" && failure.check === "scan");
  return isAboutScan && findingsOf(failure).length === 0;
}

/** Whether something went wrong with the image itself. */
export function isFailed({ kind }: ImageFailure): boolean {
  return kind === "build" || kind === "publish";
}

/** Weightiest first; empty where it is not about findings. */
export function findingsOf(failure: ImageFailure): readonly SeenFinding[] {
  return failure.kind === "blocked" || failure.kind === "scan" ? failure.findings : [];
}

/** Images that are published, and that have the findings from this one. */
export function heirsOf(failure: ImageFailure): readonly string[] {
  return failure.kind === "scan" ? failure.heirs : [];
}

/** What was written before it failed: of a build all that there is room for, else what the error quotes. */
export function outputOf(failure: ImageFailure): readonly string[] {
  return failure.kind === "build" ? failure.output : failure.text.quoted;
}

/** The tags that are in place though it failed. */
export function putOf(failure: ImageFailure): readonly string[] {
  return failure.kind === "publish" ? failure.put : [];
}

/** Those that are missing where others are in place. */
export function missingOf(failure: ImageFailure): readonly string[] {
  return failure.kind === "publish" ? failure.missing : [];
}

/** The sentence for a place that names the image beside it, with the last words of what failed. */
export function inOneLine(failure: ImageFailure): string {
  if (failure.kind !== "build") return failure.text.what;
  return withLastWords(failure.reason ?? failure.text.what, failure.lastWords);
}

/** Why a build failed, with the last line of the step, which says more often than the exit code why. */
export function withLastWords(reason: string, lastWords: string | undefined): string {
  return lastWords === undefined || reason.endsWith(lastWords) ? reason : `${reason}: ${lastWords}`;
}
