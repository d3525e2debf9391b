/** A build of an image that failed. */
import { type SourceLocation, UserError } from "../../errors.ts";
import type { FailureCategory } from "./failure-rows.ts";

/** `output` is the end of what the failed step wrote. */
export class BuildError extends UserError {
  override readonly name = "BuildError";
  readonly category: FailureCategory;
  /** A clause, for where the image is named beside it. */
  readonly reason: string;
  readonly output: readonly string[];
  /** BuildKit's own message. */
  readonly buildkitMessage: string;
  /** The lines of the Dockerfile around the one that failed, as BuildKit shows them; empty where it shows none. */
  readonly excerpt: readonly string[];

  constructor(image: string, reason: string, details: BuildErrorDetails) {
    const quoted = (details.quoted ?? []).map((line) => `  ${line}`);
    super([`${image} could not be built: ${reason}`, ...quoted].join("\n"), details);
    this.category = details.category;
    this.reason = reason;
    this.output = details.output ?? [];
    this.buildkitMessage = details.buildkitMessage ?? "";
    this.excerpt = details.excerpt ?? [];
  }
}

interface BuildErrorDetails {
  readonly category: FailureCategory;
  readonly hint: string;
  readonly at: SourceLocation;
  readonly output?: readonly string[];
  /** Those lines of the output that the message itself has. */
  readonly quoted?: readonly string[];
  readonly buildkitMessage?: string;
  readonly excerpt?: readonly string[];
  /** Not there where the message says all that it says. */
  readonly cause?: unknown;
}
