/** The part of SARIF 2.1.0 (OASIS, errata 01) that we write. */
import type { Severity } from "../../model/severity.ts";

export interface SarifLog {
  readonly $schema: string;
  readonly version: "2.1.0";
  readonly runs: readonly SarifRun[];
}

export interface SarifRun {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly rules: readonly SarifRule[];
    };
    readonly extensions?: readonly [{ readonly name: string; readonly version?: string }];
  };
  /** The category, and a slash after it. */
  readonly automationDetails: { readonly id: string };
  readonly originalUriBaseIds: Readonly<Record<string, { readonly description: SarifMessage }>>;
  readonly columnKind: "unicodeCodePoints";
  /** Worst first. */
  readonly results: readonly SarifResult[];
}

export interface SarifMessage {
  readonly text: string;
}

export type SarifLevel = "error" | "warning" | "note";

export interface SarifRule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: SarifMessage;
  readonly fullDescription: SarifMessage;
  readonly help: SarifMessage & { readonly markdown: string };
  readonly helpUri?: string;
  readonly defaultConfiguration: { readonly level: SarifLevel };
  readonly properties: {
    readonly precision: string;
    readonly "security-severity"?: string;
    readonly tags: readonly string[];
  };
}

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: SarifLevel;
  readonly message: SarifMessage;
  readonly locations: readonly [SarifPlace];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
  readonly suppressions?: readonly [{ readonly kind: "external"; readonly justification: string }];
  readonly properties: { readonly severity: Severity };
}

export interface SarifPlace {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string };
    readonly region: Readonly<Record<"startLine" | "startColumn" | "endLine" | "endColumn", number>>;
  };
  readonly logicalLocations: readonly [{ readonly fullyQualifiedName: string; readonly kind: string }];
  readonly message: SarifMessage;
}

/**
 * Whose alerts they are, beside the category. Not "Trivy": alerts are kept by tool, so that those of another workflow's
 * Trivy stay apart, a list of ours holds nothing else, and another scanner would not open them all anew. The scanner stands
 * as an extension.
 */
export const toolName = "image-publish";

/** A run's tool without rules, and all that is the same in each run. */
export function runOf(category: string): SarifRun {
  return {
    tool: {
      driver: { name: toolName, rules: [] },
      extensions: [{ name: "Trivy" }],
    },
    automationDetails: { id: `${category}/` },
    originalUriBaseIds: { [repositoryRoot]: { description: { text: "The root of the repository" } } },
    columnKind: "unicodeCodePoints",
    results: [],
  };
}

/** The `uriBaseId` of files that are relative to the repository's root, as GitHub's own tools name it. */
export const repositoryRoot = "%SRCROOT%";

export function logOf(runs: readonly SarifRun[]): SarifLog {
  return { $schema: schema, version: "2.1.0", runs };
}

/** As it is written to a file and uploaded: the same bytes for the same log. */
export function sarifText(log: SarifLog): string {
  return `${JSON.stringify(log)}\n`;
}

const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
