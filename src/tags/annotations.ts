/** Annotations: labels of manifests and of the index instead of the image. */
import type { UserError } from "../errors.ts";
import { problemAt, type SourcedLine } from "../lib/text/sourced-line.ts";
import { readLevels } from "./annotation-levels.ts";
import { type LabelFacts, type LabelLine, ociAnnotations, ociSet, ownEntries, parseLabels } from "./labels.ts";
import type { Parsed } from "./text/lines.ts";

/** The levels of an annotation as BuildKit writes them: a word of `levels`, for manifests perhaps with `[os/arch]`. */
export interface AnnotationLine extends LabelLine {
  /** `undefined` where the line names none. */
  readonly levels: readonly string[] | undefined;
}

const dockerLevels = ["manifest"];

/** Both carry the OCI set: GHCR shows the description of a multi-platform image only from the index. */
const ociLevels = ["index", "manifest"];

/** Parses `[level[,level]:]key=value` lines, the form of buildx' `--annotation`; without a level `manifest` is meant. */
export function parseAnnotations(lines: readonly SourcedLine[]): Parsed<AnnotationLine> {
  const values: AnnotationLine[] = [];
  const problems: UserError[] = [];
  for (const line of lines) {
    const { levels: given, rest } = splitLevels(line.text);
    const parsed = parseLabels([{ ...line, text: rest }]);
    try {
      const levels = given && readLevels(given);
      for (const value of parsed.values) values.push({ ...value, levels });
    } catch (error) {
      problems.push(problemAt(line, error));
    }
    for (const problem of parsed.problems) problems.push(problem);
  }
  return { values, problems };
}

/**
 * Annotations by `level:key`, as `--annotation` takes them: the OCI set on index and manifests, or on the levels that the
 * environment names, the user's over it.
 */
export function deriveAnnotations(
  own: readonly AnnotationLine[],
  facts: LabelFacts,
  labels: readonly LabelLine[] = [],
): Readonly<Record<string, string>> {
  const oci = ociAnnotations(labels, facts);
  const isOci = (key: string): boolean => ociSet(facts).some(([each]) => each === key);
  const set = facts.variables?.annotationLevels ?? ociLevels;
  const others = facts.variables?.annotationLevels ?? dockerLevels;
  const entries = new Map(set.flatMap((level) => oci.map(([key, value]) => [`${level}:${key}`, value] as const)));
  for (const line of own) {
    for (const [key, value] of ownEntries([line], facts)) {
      // A value of the user's that overrides one of the OCI set is written at the levels of the set.
      const where = line.levels ?? (isOci(key) ? set : others);
      for (const level of where) entries.set(`${level}:${key}`, value);
    }
  }
  return Object.fromEntries([...entries.keys()].sort().map((key) => [key, entries.get(key) ?? ""]));
}

function splitLevels(text: string): { readonly levels: readonly string[] | undefined; readonly rest: string } {
  const [whole, prefix] = /^((?:[a-z-]+(?:\[[^\]]*\])?)(?:,[a-z-]+(?:\[[^\]]*\])?)*):/.exec(text) ?? [];
  if (whole === undefined || prefix === undefined) return { levels: undefined, rest: text };
  return { levels: prefix.split(","), rest: text.slice(whole.length) };
}
