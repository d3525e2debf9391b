/** What a build made, before anything has a tag. */
import type { Digest } from "./digest.ts";
import type { Platform } from "./platform.ts";

export interface Candidate {
  /** The digest of the index. */
  readonly digest: Digest;
  /** The OCI layout that holds it, absolute, where it was not pushed. */
  readonly layout: string | undefined;
  readonly platforms: readonly CandidatePlatform[];
  /** Images from outside that went into it, as BuildKit resolved them. */
  readonly bases: readonly ResolvedBase[];
  /** The annotations of the index about the base image, which was unknown before the build. */
  readonly baseAnnotations: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** Steps of the build: how many came from a cache and how many ran. */
  readonly steps: { readonly cached: number; readonly executed: number };
}

export interface ResolvedBase {
  /** In full, with its tag and without its digest: `docker.io/library/debian:13`. */
  readonly name: string;
  /** Of the index, where it is one. */
  readonly digest: Digest;
}

export interface CandidatePlatform {
  readonly platform: Platform;
  readonly digest: Digest;
  /** Compressed bytes: config and layers. */
  readonly size: number;
}
