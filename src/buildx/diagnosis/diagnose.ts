/** From a build that failed to what the user reads: what, why, on which line, and what to do. */
import type { SourceLocation } from "../../errors.ts";
import type { FailedStep } from "../invocation/progress.ts";
import { shortLine } from "../invocation/short-line.ts";
import { BuildError } from "./build-error.ts";
import { failedLine } from "./failed-line.ts";
import { type FailureCategory, failureRows } from "./failure-rows.ts";

export interface FailedBuild {
  readonly image: string;
  /** Path in the repository. */
  readonly dockerfile: string;
  /** Shown where BuildKit names no line: the line that brings the image's base. */
  readonly at: SourceLocation;
  readonly code: number;
  /** How many platforms are built. */
  readonly platforms: number;
  /** The lines of buildx's output that aren't JSON. */
  readonly text: readonly string[];
  readonly step: FailedStep | undefined;
  /** Why its build gets neither secrets nor logins; `undefined` where it gets those that there are. */
  readonly restricted?: string | undefined;
}

/** What a build without secrets and logins fails at, though the workflow gives them. */
const withheld: ReadonlySet<FailureCategory> = new Set(["secret", "login", "base-denied", "download"]);
const withheldHint =
  "the build of an untrusted checkout gets no secrets and no logins: build it from a branch of this repository, or let the Dockerfile do without them";

/** How many of the step's last lines go into the message itself; the log's block has more. */
const quotedLines = 5;

export function diagnose(failed: FailedBuild): BuildError {
  const buildkitMessage = lastWords(failed);
  const { category, sentence, hint } = classify(failed, buildkitMessage);
  const output = failed.step?.output ?? [];
  return new BuildError(failed.image, sentence, {
    category,
    hint: failed.restricted !== undefined && withheld.has(category) ? withheldHint : hint,
    at: location(failed),
    output,
    quoted: isAboutTheStep(category) ? output.slice(-quotedLines) : [],
    buildkitMessage,
    excerpt: excerptIn(failed.text),
    ...(hasAll(sentence, category, buildkitMessage) ? {} : { cause: new Error(withoutStart(buildkitMessage)) }),
  });
}

/** Whether the sentence has what matters of BuildKit's words. */
function hasAll(sentence: string, category: FailureCategory, message: string): boolean {
  if (message.includes("\n")) return false;
  return quotesMessage.has(category) || sentence.endsWith(message.slice(message.lastIndexOf(": ") + 1).trim());
}

const quotesMessage: ReadonlySet<FailureCategory> = new Set([
  "command",
  "out-of-memory",
  "dockerfile",
  "missing-file",
  "base-missing",
  "base-denied",
  "unknown",
]);

function withoutStart(message: string): string {
  return message.replace(/^ERROR: (?:failed to build: )?(?:failed to solve: )?/, "");
}

/** Between two lines of dashes below the place. */
function excerptIn(text: readonly string[]): readonly string[] {
  const start = text.findIndex((line) => /^-{10,}$/.test(line.trim()));
  const length = text.slice(start + 1).findIndex((line) => /^-{10,}$/.test(line.trim()));
  if (start < 0 || length < 0) return [];
  const lines = text.slice(start + 1, start + 1 + Math.min(length, mostExcerpt)).map((line) => shortLine(line, 200));
  const last = lines.findLastIndex((line) => !/^ *\d+ \| *$/.test(line));
  return lines.slice(0, last + 1);
}

const mostExcerpt = 20;

/** BuildKit's own message, from the line on that begins with `ERROR:`; without any, the step's. */
function lastWords({ text, step, code }: FailedBuild): string {
  const last = text.findLastIndex((line) => line.startsWith("ERROR: "));
  const end = last < 0 ? [...text.slice(-5), step?.error ?? ""] : text.slice(last);
  const lines = end.map((line) => shortLine(line, 1_000)).filter((line) => line !== "");
  return lines.join("\n") || `buildx ended with exit code ${code} without a message`;
}

interface Diagnosis {
  readonly category: FailureCategory;
  readonly sentence: string;
  readonly hint: string;
}

function classify(failed: FailedBuild, message: string): Diagnosis {
  const { step } = failed;
  const error = [...(step === undefined ? [] : [step.name]), message].join("\n");
  const withOutput = [error, ...(step?.output ?? [])].join("\n");
  const registry = /\b(?:Get|Head|Put|Post|Patch) "https?:\/\/([^/"]+)\//.exec(message)?.[1] ?? "a registry";
  const excerpt = excerptIn(failed.text);
  for (const { category, pattern, inOutput, line, message, hint } of failureRows) {
    const match = pattern.exec(inOutput ? withOutput : error);
    if (match === null) continue;
    const { kind, from = "" } = failedLine(excerpt, step?.name ?? "", match[1]);
    if (line !== undefined && line !== kind) continue;
    return { category, sentence: filled(message, match, { registry, from }, failed), hint };
  }
  const [first = ""] = message.split("\n");
  const reason = shortLine(withoutStart(first));
  // A place in the Dockerfile, and no step that failed: BuildKit didn't get past reading it.
  return step === undefined && lineIn(failed) !== undefined
    ? { category: "dockerfile", sentence: `the Dockerfile is wrong: ${reason}`, hint: "correct the line" }
    : { category: "unknown", sentence: reason, hint: "see the lines of the build above" };
}

function filled(
  message: string,
  match: RegExpExecArray,
  names: Readonly<Record<"registry" | "from", string>>,
  failed: FailedBuild,
): string {
  const named = new Map([
    ...Object.entries(names),
    ["step", stepText(failed.step?.name ?? match[1] ?? "the build", failed.platforms)],
    ["dockerfile", failed.dockerfile],
  ]);
  return message
    .replace(/\$(\w+)/g, (_, name: string) => shortLine(named.get(name) ?? match[Number(name)] ?? "", 200))
    .trim();
}

/** A step as a sentence names it: the excerpt has all of its command, and a heredoc's lines. */
function stepText(name: string, platforms: number): string {
  const [, place = "", command = name] = /^\[([^\]]*)\] (.*)$/s.exec(name) ?? [];
  const start = command.replace(/(<<-?['"]?\w+['"]?) \(.*\)$/s, "$1").replace(/\s+/g, " ");
  const platform = platforms > 1 ? /^[a-z]\w*\/[\w/]+/.exec(place)?.[0] : undefined;
  return `${shortLine(start, longestCommand)}${platform === undefined ? "" : ` on ${platform}`}`;
}

const longestCommand = 60;

function isAboutTheStep(category: FailureCategory): boolean {
  return category === "command" || category === "out-of-memory" || category === "emulation" || category === "disk-full";
}

function location(failed: FailedBuild): SourceLocation {
  const line = lineIn(failed);
  return line === undefined ? failed.at : { file: failed.dockerfile, line };
}

/** BuildKit shows the place as `Dockerfile:3`, or with the path, above an excerpt; of several the first is the culprit's. */
function lineIn({ text, dockerfile }: FailedBuild): number | undefined {
  const name = dockerfile.slice(dockerfile.lastIndexOf("/") + 1);
  for (const line of text) {
    const match = /^(.+):(\d+)$/.exec(line.trim());
    if (match?.[1] === name || match?.[1]?.endsWith(`/${name}`)) return Number(match[2]);
  }
  const parsed = /dockerfile parse error on line (\d+)/i.exec(text.join("\n"))?.[1];
  return parsed === undefined ? undefined : Number(parsed);
}
