/** What the rules make of an event for one image. */
import type { SourceLocation } from "../errors.ts";
import type { Tag } from "./reference.ts";

export interface ImageTag {
  readonly tag: Tag;
  /**
   * An exact tag is immutable (a full version, a git tag, a commit); a mutable tag follows (`main`, `1.2`, `latest`).
   * `applyRule` has the whole table.
   */
  readonly moves: boolean;
  /** What an exact tag names if it isn't a version: the commit, or the content of the image. */
  readonly of?: "commit" | "content";
}

export interface ImageTags {
  /**
   * By priority of the rules, the order that docker/metadata-action gives; `latest` comes last when a rule's type or the
   * flavor makes it, and in its rule's place when a rule spells it out.
   */
  readonly tags: readonly ImageTag[];
  /** What `org.opencontainers.image.version` says: the first tag. `undefined` when no rule gives a tag. */
  readonly version: string | undefined;
}

/** What one rule made of an event, for people who ask why. */
export interface RuleOutcome {
  /** As it is written. */
  readonly rule: string;
  /**
   * Where: `the input "tags", line 2`; `undefined` for a default rule, and for the rule that adds `latest`
   * automatically.
   */
  readonly place: string | undefined;
  readonly gave: ImageTag | undefined;
  /** Why it gave none, or what is to know of the tag it gave; a clause. */
  readonly because: string | undefined;
}

export interface TagWarning {
  readonly message: string;
  readonly hint: string;
  /** Where the rule is, if it is in a file. */
  readonly at?: SourceLocation;
}

/** Runs of characters that no tag may have become a dash, as in the reference. */
export function tagText(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, "-");
}
