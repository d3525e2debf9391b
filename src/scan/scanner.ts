/** What the rest asks of a scanner. */
import type { UserError } from "../errors.ts";
import type { Digest } from "../model/digest.ts";
import type { Platform } from "../model/platform.ts";
import type { Repository } from "../model/reference.ts";
import type { Finding } from "./finding.ts";
import type { ScannerFacts } from "./scanner-facts.ts";

/** An image in a registry, or one that was not pushed, in an OCI layout. */
export interface ScanSubject {
  readonly name: string;
  readonly source:
    | { readonly kind: "registry"; readonly repository: Repository }
    /** Absolute. */
    | { readonly kind: "layout"; readonly folder: string };
  /** The manifests of its platforms, without attestations. */
  readonly platforms: readonly { readonly platform: Platform; readonly digest: Digest }[];
  readonly options: ScanOptions;
}

/** What is left out of the findings, or marked as ignored. */
export interface ScanOptions {
  /** `.trivyignore` or `.trivyignore.yaml` files, absolute. All of them hold. */
  readonly ignoreFiles: readonly string[];
  /** VEX documents, absolute. */
  readonly vex: readonly string[];
}

export interface PlatformScan {
  readonly platform: Platform;
  readonly digest: Digest;
  /** `debian 13.1`; `undefined` where the scanner doesn't know the system. */
  readonly os: string | undefined;
  /** Why the packages of its system may have findings that no scan sees; not there where that is not so. */
  readonly unwatched?: Unwatched;
  readonly findings: readonly Finding[];
  /** Its layers, lowest first. */
  readonly layers: readonly ScannedLayer[];
  /** The scanner's own report, absolute: JSON. */
  readonly report: string;
}

/** `ended`: the system is end-of-life. `unknown`: the scanner or its database doesn't know it. */
export type Unwatched = "ended" | "unknown";

export interface ScannedLayer {
  /** Digest of what is unpacked from it. */
  readonly diffId: string;
  /** The build's step that made it, as the image's history says: `RUN /bin/sh -c apk add openssl`. */
  readonly createdBy: string | undefined;
}

/** Whole or not at all: what wasn't seen on one platform may be the very thing. */
export type Scanned =
  | { readonly kind: "scanned"; readonly platforms: readonly PlatformScan[] }
  | { readonly kind: "unscanned"; readonly error: UserError };

export interface Scanner {
  /** Never rejects for what is the network's, the database's or the image's fault. */
  scan(subject: ScanSubject): Promise<Scanned>;
  /** An SBOM (CycloneDX, JSON) from a report. @throws UserError */
  sbom(report: string): Promise<Uint8Array>;
  /** `undefined` where nothing was scanned, or could be. */
  facts(): Promise<ScannerFacts | undefined>;
}
