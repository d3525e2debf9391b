/** What a scanner found in one image on one platform. Everything in it comes from images and databases: hostile text. */
import type { Severity } from "../model/severity.ts";
import { versionlessPath, versionlessSecretPath } from "./versionless-path.ts";

export type Finding = Vulnerability | Secret;

interface Found {
  readonly severity: Severity;
  /** One line. */
  readonly title: string;
  /** The layer that brought it: the digest of what is unpacked from it (OCI image-spec, "Layer DiffID"). */
  readonly layer: string | undefined;
  /** Said by the user to be none: by an ignore file or a VEX document. */
  readonly ignored: Ignored | undefined;
}

export interface Vulnerability extends Found {
  readonly kind: "vulnerability";
  /** `CVE-2026-1234`, `GHSA-…`. */
  readonly id: string;
  readonly package: string;
  readonly installed: string;
  /** The version or versions that fix it, from the database; `undefined`: there is none yet. */
  readonly fixed: string | undefined;
  /** A package of the operating system (`os`), or of a language (`language`) at `path`. */
  readonly of: "os" | "language";
  /** In the image, where the package is described: `app/package-lock.json`; `undefined` for the operating system's. */
  readonly path: string | undefined;
  /** A page that describes it, `https:`. */
  readonly url: string | undefined;
}

/** The secret itself is never kept. */
export interface Secret extends Found {
  readonly kind: "secret";
  /** The rule that found it: `aws-access-key-id`. */
  readonly id: string;
  /** Relative to the image's root; characters that may be a token's are `…`. */
  readonly path: string;
  /** 1-based; `undefined` where it has none (a build argument in the image's history). */
  readonly line: number | undefined;
  /** The variable, build argument or label of the image's configuration that holds it, where that is known. */
  readonly setting?: string;
}

/** In place of a secret's path: variables, labels and the history, which are in no file. */
export const imageConfiguration = "(image configuration)";

export function isInConfiguration({ kind, path }: Finding): boolean {
  return kind === "secret" && path === imageConfiguration;
}

export interface Ignored {
  /** `.trivyignore.yaml`, the VEX document's path. */
  readonly source: string;
  /** What the user wrote beside it. */
  readonly statement: string | undefined;
}

/** What was found and where, whatever version is installed. */
export function placedKey(finding: Finding): string {
  return keyAt(finding, finding.path ?? "");
}

/** The same for a place that only has another version in its path. An image may have several of a key: `identities`. */
export function findingKey(finding: Finding): string {
  const versionless = finding.kind === "secret" ? versionlessSecretPath : versionlessPath;
  return keyAt(finding, versionless(finding.path ?? ""));
}

function keyAt(finding: Finding, place: string): string {
  const what = finding.kind === "vulnerability" ? [finding.package] : [];
  return [finding.kind, finding.id, ...what, place].join("\0");
}
