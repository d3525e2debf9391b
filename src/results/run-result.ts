/** What a run did, image by image: the one input of everything in `report/`. */

import type { ProposalResult } from "../bump/pull-request/proposal.ts";
import type { UserError } from "../errors.ts";
import type { Candidate, CandidatePlatform } from "../model/candidate.ts";
import type { Digest } from "../model/digest.ts";
import type { Repository, Tag } from "../model/reference.ts";
import type { Remark } from "../model/remark.ts";
import type { Plan, PlannedImage } from "../plan/plan.ts";
import type { ImageScan, SeenFinding } from "../scan/judged.ts";
import type { ScannerFacts } from "../scan/scanner-facts.ts";

export interface TagResult {
  readonly repository: Repository;
  readonly tag: Tag;
  /** `held`: it was left where it is. */
  readonly outcome: "put" | "already-there" | "held";
  /** What it names now. */
  readonly digest: Digest;
  /** Why it was left, or what is to know of its move; a clause. */
  readonly because?: string;
}

/** What is in a registry. */
export interface PublishedImage {
  readonly digest: Digest;
  readonly platforms: readonly CandidatePlatform[];
}

export type ImageResult = {
  readonly planned: PlannedImage;
  /** What the scan of it came to, where it was scanned; of what was found in its place, where that got the tags. */
  readonly scan?: ImageScan;
} & (
  | ({
      readonly outcome: "published";
      readonly candidate: Candidate;
      readonly tags: readonly TagResult[];
      /** The tags name the image of another run, made of the same sources, in place of what was built. */
      readonly isFound?: true;
    } & After)
  /** Nothing was built: what was published before got tags. */
  | ({ readonly outcome: "promoted"; readonly image: PublishedImage; readonly tags: readonly TagResult[] } & After)
  /** Built and not pushed (a pull request, `push: false`, an image that is not published). */
  | ({ readonly outcome: "built"; readonly candidate: Candidate } & After)
  | { readonly outcome: "skipped" }
  | FailedImage
  /** Nothing failed: checks keep it from its tags, or would, where it was to get none. */
  | {
      readonly outcome: "blocked";
      readonly by: Blocks;
      /** What was built; not there where it was published before. */
      readonly candidate?: Candidate;
    }
  /** An image that it is based on failed or was blocked, however far up. */
  | {
      readonly outcome: "skipped-for-parent";
      readonly parent: string;
      /** Where it was built all the same, and only gets no tags. */
      readonly candidate?: Candidate;
    }
  | { readonly outcome: "cancelled" }
);

/** What is between a candidate and its tags. `content`: what another run pushed is what the plan took it for. */
export type CheckName = "size" | "platforms" | "content" | "attestation" | "scan";

/** Why a check blocks an image. */
export interface Block {
  readonly check: CheckName;
  readonly error: UserError;
  /** The blocking findings, weightiest first, where the check found any. */
  readonly findings?: readonly SeenFinding[];
  /** Those of them that decide: with `gate: no-worse`, the new ones. */
  readonly because?: readonly SeenFinding[];
}

/** One for each check that blocks, at least one. */
export type Blocks = readonly [Block, ...Block[]];

/** What was done with an image that is good. */
interface After {
  /** References by which the engine has it now. */
  readonly loaded?: readonly string[];
}

interface FailedImage {
  readonly outcome: "failed";
  /** The first line of its message is the sentence that says what happened, what follows is the program's last words. */
  readonly error: UserError;
  /** The sentence without the image's name, where its build failed: for where the name is shown beside. */
  readonly reason?: string;
  /** The end of what the failed program wrote, where there is more of it than the message quotes. */
  readonly output?: readonly string[];
  /** The lines of the Dockerfile around the one that failed, as the builder shows them. */
  readonly excerpt?: readonly string[];
  /** Where the build was good and what came after failed. */
  readonly candidate?: Candidate;
  /** Tags that were put, or found right, before it failed. */
  readonly tags?: readonly TagResult[];
}

/** Where files and commits can be looked at. */
export interface Forge {
  readonly kind: "github" | "forgejo";
  /** The repository's page, `https://github.com/o/r`. */
  readonly repositoryUrl: string;
}

/** What failed that is about no image. */
export interface OtherFailure {
  /** A clause: `code scanning failed`. */
  readonly clause: string;
  readonly error: UserError;
}

export interface RunResult {
  readonly plan: Plan;
  /** In the plan's order. */
  readonly images: readonly ImageResult[];
  readonly remarks: readonly Remark[];
  readonly seconds: number;
  /** `undefined` where there is none to link to. */
  readonly forge: Forge | undefined;
  /** What scanned; `undefined` where nothing did. */
  readonly scanner?: ScannerFacts | undefined;
  /** By the image's name, in the catalog's order: those that were scanned, or were to be. */
  readonly scans?: ReadonlyMap<string, ImageScan>;
  /** Published images that a rebuild would fix something in, with `rebuild: fixable`. */
  readonly fixableByRebuild?: readonly string[];
  /** The pull requests that move pins. */
  readonly bumps?: readonly ProposalResult[];
  /** Published images stay. */
  readonly otherFailures?: readonly OtherFailure[];
  /** The folder with the SARIF files. */
  readonly sarif?: string;
}
