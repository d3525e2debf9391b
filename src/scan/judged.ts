/** What an image's scan comes to: each finding with how it stands to what is published, and what is to be done. */
import type { SourceLocation, UserError } from "../errors.ts";
import type { Digest } from "../model/digest.ts";
import type { Platform } from "../model/platform.ts";
import type { Severity } from "../model/severity.ts";
import type { Finding } from "./finding.ts";
import type { Unwatched } from "./scanner.ts";

/** What is reported and what is blocking. */
export interface ScanRules {
  readonly severity: ReadonlySet<Severity>;
  /** Empty: no finding is blocking, and the scan policy blocks nothing. */
  readonly failOn: ReadonlySet<Severity>;
  /** Secrets in layers are blocking, whatever their severity. */
  readonly failOnSecrets: boolean;
  readonly ignoreUnfixed: boolean;
  readonly gate: "no-worse" | "strict";
}

/** Which part of the image brought a finding. */
export type FindingOrigin =
  /** What it is based on; `name` as a person would write it: `debian:13`, or an image of this repository: `base`. */
  | { readonly kind: "base"; readonly name: string; readonly isOwn: boolean }
  /** A step of its own Dockerfile. */
  | {
      readonly kind: "step";
      readonly step: string;
      /** The stage or image that it copies from. */
      readonly from?: string;
      /** Where that stage begins. */
      readonly fromAt?: SourceLocation;
    }
  | { readonly kind: "unknown" };

export interface JudgedFinding {
  readonly finding: Finding;
  /** Compared with what is published on the same platform; `new` also where nothing is published. */
  readonly standing: "new" | "known";
  /** It fails the run. */
  readonly isBlocking: boolean;
  /** Of a severity that is reported, or blocking, and not ignored. */
  readonly isReported: boolean;
  readonly origin: FindingOrigin;
  /** The instruction of its own Dockerfile that brought it, where that is known. */
  readonly at?: SourceLocation;
  readonly remedy: Remedy;
}

/** How to fix a finding. */
export interface Remedy {
  /** A sentence: `upgrade openssl to 3.3.9`. */
  readonly text: string;
  /** The sentence says how to ignore it, too. */
  readonly mentionsIgnoring: boolean;
}

/** A finding of an image, once though several platforms have it. */
export interface SeenFinding extends JudgedFinding {
  readonly platforms: readonly Platform[];
  /** All of the image's platforms have it. */
  readonly isEverywhere: boolean;
}

export interface JudgedPlatform {
  readonly platform: Platform;
  readonly digest: Digest;
  readonly os: string | undefined;
  readonly unwatched?: Unwatched;
  /** All of them, worst first; blocking ones before others. */
  readonly findings: readonly JudgedFinding[];
  /** What the published image has and this one lacks: those that would be reported. */
  readonly gone: readonly Finding[];
  /** The scanner's own report, absolute: JSON. */
  readonly report: string;
}

export type ScanComparison =
  /** With what a tag names now. */
  | { readonly kind: "published"; readonly tag: string; readonly digest: Digest }
  | { readonly kind: "first" }
  /** It is what is published: nothing is new, and there is nothing to block. */
  | { readonly kind: "itself"; readonly found?: { readonly tag: string; readonly digest: Digest } }
  /** What is published is unknown: every finding is new. */
  | { readonly kind: "unknown"; readonly error: UserError };

/** What the scan policy decides. */
export type ScanDecision =
  | { readonly kind: "passed" }
  /** The image may be tagged, as what is published has the findings, too; or it is what is published. */
  | { readonly kind: "fails-run"; readonly because: readonly SeenFinding[] }
  /** `because`: the blocking findings that decide, weightiest first; none where the image could not be scanned. */
  | { readonly kind: "blocked"; readonly because: readonly SeenFinding[] };

/** The outcome of one image's scan. Every report of it is a function of this. */
export type ImageScan =
  | ScannedImage
  | {
      readonly kind: "unscanned";
      readonly name: string;
      readonly rules: ScanRules;
      readonly error: UserError;
      readonly decision: ScanDecision;
    };

export interface ScannedImage {
  readonly kind: "scanned";
  readonly name: string;
  readonly rules: ScanRules;
  readonly platforms: readonly JudgedPlatform[];
  /** Those of all platforms, weightiest first. */
  readonly findings: readonly SeenFinding[];
  /** What the published image has on some platform, and this one lacks there; each once. */
  readonly gone: readonly Finding[];
  readonly comparedWith: ScanComparison;
  readonly decision: ScanDecision;
}
