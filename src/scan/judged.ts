/** What an image's scan comes to: each finding with how it stands to what is published, and what is to be done. */
import type { SourceLocation, UserError } from "../errors.ts";
import type { Digest } from "../model/digest.ts";
import type { Platform } from "../model/platform.ts";
import type { Severity } from "../model/severity.ts";
import type { Finding } from "./finding.ts";
import type { Unwatched } from "./scanner.ts";

/** What is reported and what counts. */
export interface ScanRules {
  readonly severity: ReadonlySet<Severity>;
  /** Empty: no finding is blocking, and the scan policy blocks nothing. */
  readonly failOn: ReadonlySet<Severity>;
  /** Secrets in layers count, whatever their severity. */
  readonly failOnSecrets: boolean;
  readonly ignoreUnfixed: boolean;
  readonly gate: "no-worse" | "strict";
}

/** Which part of the image brought a finding. */
export type Origin =
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
  /** It is a blocking finding: it fails the run. */
  readonly counts: boolean;
  /** Of a severity that is reported, or counting, and not ignored. */
  readonly isReported: boolean;
  readonly origin: Origin;
  /** The instruction of its own Dockerfile that brought it, where that is known. */
  readonly at?: SourceLocation;
  /** A sentence: `upgrade openssl to 3.3.9`. */
  readonly remedy: string;
}

export interface JudgedPlatform {
  readonly platform: Platform;
  readonly digest: Digest;
  readonly os: string | undefined;
  readonly unwatched?: Unwatched;
  /** All of them, worst first; counting before others. */
  readonly findings: readonly JudgedFinding[];
  /** What the published image has and this one lacks: those that would be reported. */
  readonly gone: readonly Finding[];
  /** The scanner's own report, absolute: JSON. */
  readonly report: string;
}

export type Comparison =
  /** With what a tag names now. */
  | { readonly kind: "published"; readonly tag: string; readonly digest: Digest }
  | { readonly kind: "first" }
  /** It is what is published: nothing is new, and there is nothing to block. */
  | { readonly kind: "itself"; readonly found?: { readonly tag: string; readonly digest: Digest } }
  /** What is published is unknown: every finding is new. */
  | { readonly kind: "unknown"; readonly error: UserError };

/** The outcome of one image's scan. Every report of it is a function of this. */
export type ImageScan =
  | ScannedImage
  | {
      readonly kind: "unscanned";
      readonly name: string;
      readonly rules: ScanRules;
      readonly error: UserError;
      readonly passes: boolean;
      /** It is what is published: there is nothing to tag. */
      readonly isPublished?: true;
    };

export interface ScannedImage {
  readonly kind: "scanned";
  readonly name: string;
  readonly rules: ScanRules;
  readonly platforms: readonly JudgedPlatform[];
  readonly comparedWith: Comparison;
  /** Whether tags may go to it. */
  readonly passes: boolean;
  /** There is a blocking finding: the run fails, also where the candidate passes. */
  readonly isRed: boolean;
}
