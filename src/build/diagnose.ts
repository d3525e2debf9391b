/** From a build that failed to what the user reads: what, why, on which line, and what to do. */
import { type SourceLocation, UserError } from "../errors.ts";
import { type FailureCategory, failureRows } from "./failures.ts";
import { plainLine } from "./plain.ts";
import type { FailedStep } from "./progress.ts";

/** A build that failed. `output` is the end of what the failed step wrote. */
export class BuildError extends UserError {
  override readonly name = "BuildError";
  readonly category: FailureCategory;
  readonly output: readonly string[];

  constructor(message: string, details: BuildErrorDetails) {
    super(message, details);
    this.category = details.category;
    this.output = details.output;
  }
}

interface BuildErrorDetails {
  readonly category: FailureCategory;
  readonly hint: string;
  readonly at: SourceLocation;
  readonly output: readonly string[];
  readonly cause: unknown;
}

export interface FailedBuild {
  readonly image: string;
  /** Path in the repository. */
  readonly dockerfile: string;
  /** Shown where BuildKit names no line: the line that brings the image's base. */
  readonly at: SourceLocation;
  readonly code: number;
  /** What buildx wrote that is no JSON, a line each. */
  readonly text: readonly string[];
  readonly step: FailedStep | undefined;
}

/** How many of the step's last lines go into the message itself; the log's block has more. */
const quotedLines = 5;

export function diagnose(failed: FailedBuild): BuildError {
  const { image, step } = failed;
  const error = errorText(failed);
  const { category, sentence, hint } = classify(error, step?.output ?? []);
  const output = step?.output ?? [];
  const where = step === undefined ? "" : ` in the step ${step.name}`;
  const quoted = isAboutTheStep(category) ? output.slice(-quotedLines).map((line) => `  ${line}`) : [];
  return new BuildError([`${image} could not be built: ${sentence}${where}`, ...quoted].join("\n"), {
    category,
    hint,
    at: location(failed),
    output,
    cause: new Error(error),
  });
}

/** BuildKit's own message: the step's, else buildx's last words. */
function errorText({ text, step, code }: FailedBuild): string {
  const last = text.findLastIndex((line) => line.startsWith("ERROR: "));
  const said = last < 0 ? text.slice(-5) : text.slice(last);
  const lines = [...(step === undefined ? [] : [step.error]), ...said].map((line) => plainLine(line, 1_000));
  return (
    lines.filter((line) => line.trim() !== "").join("\n") || `buildx ended with exit code ${code} and said nothing`
  );
}

function classify(
  error: string,
  output: readonly string[],
): { readonly category: FailureCategory; readonly sentence: string; readonly hint: string } {
  const withOutput = [error, ...output].join("\n");
  for (const row of failureRows) {
    const match = row.pattern.exec(row.inOutput ? withOutput : error);
    if (match === null) continue;
    const sentence = row.message.replace(/\$(\d)/g, (_, group: string) =>
      plainLine(match[Number(group)] ?? "", 200).trim(),
    );
    return { category: row.category, sentence: sentence.trim(), hint: row.hint };
  }
  const [first = ""] = error.split("\n");
  return {
    category: "unknown",
    sentence: plainLine(first.replace(/^ERROR: (?:failed to build: )?(?:failed to solve: )?/, "")),
    hint: "see the lines of the build above",
  };
}

function isAboutTheStep(category: FailureCategory): boolean {
  return category === "command" || category === "out-of-memory" || category === "emulation";
}

/** BuildKit shows the place as `Dockerfile:3`, newer ones with the path, above an excerpt; of several the first is the culprit's. */
function location({ text, dockerfile, at }: FailedBuild): SourceLocation {
  const name = dockerfile.slice(dockerfile.lastIndexOf("/") + 1);
  for (const line of text) {
    const match = /^(.+):(\d+)$/.exec(line.trim());
    if (match?.[1] !== undefined && (match[1] === name || match[1].endsWith(`/${name}`))) {
      return { file: dockerfile, line: Number(match[2]) };
    }
  }
  const parsed = /dockerfile parse error on line (\d+)/i.exec(text.join("\n"))?.[1];
  if (parsed !== undefined) return { file: dockerfile, line: Number(parsed) };
  return at;
}
