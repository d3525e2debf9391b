/** A rule for tags, parsed: one line of the `tags` input. */

import type { SourcedLine } from "../../lib/text/sourced-line.ts";
import type { Template } from "../text/expression.ts";
import type { VersionSource } from "../versions/version-source.ts";

export type Rule = RuleCommon & RuleKind;

export interface RuleCommon {
  /** The line as it is written. */
  readonly text: string;
  /** Gives `true` or `false`. */
  readonly enable: Template;
  /** Whether the line says `enable`, rather than leaving it to the default. */
  readonly isEnableGiven: boolean;
  readonly priority: number;
  /** These replace the flavor's, even when empty (a default rule's are added to it); `undefined`: the flavor's count. */
  readonly prefix: Template | undefined;
  readonly suffix: Template | undefined;
  /** `undefined` for a default rule, which never warns of a git tag that it can't read. */
  readonly line: SourcedLine | undefined;
}

export type RuleKind =
  | { readonly type: "schedule"; readonly pattern: Template }
  | {
      readonly type: "semver" | "pep440";
      readonly pattern: Template;
      /** Instead of the git tag. */
      readonly value: Template | undefined;
      /** Its first group is the version. */
      readonly match: RegExp | undefined;
    }
  | { readonly type: "match"; readonly pattern: RegExp; readonly group: number; readonly value: Template | undefined }
  /** `undefined`: the default branch. */
  | { readonly type: "edge"; readonly branch: string | undefined }
  | { readonly type: "ref"; readonly event: "branch" | "tag" | "pr" }
  | { readonly type: "raw"; readonly value: Template }
  | { readonly type: "sha"; readonly format: "short" | "long" }
  | {
      readonly type: "version";
      /** The first that is there counts. */
      readonly from: readonly VersionSource[];
      readonly pattern: Template;
      readonly match: RegExp | undefined;
    }
  | { readonly type: "calver"; readonly pattern: Template }
  | { readonly type: "content"; readonly of: "file" | "inputs"; readonly length: number };

export type RuleType = RuleKind["type"];
