/** The summary of a run that ended by an error, with no result to show: it says what the log says. */
import { formatLocation, problemsIn, UserError } from "../../errors.ts";
import { code, prose } from "../../lib/markdown.ts";
import { shortened } from "../../lib/plain-text.ts";
import type { Remark } from "../../model/remark.ts";
import { errorParagraphs, errorText } from "../error-text.ts";
import { warningSection } from "../remark-sections.ts";
import { joinSections, text } from "./sections.ts";

export interface EndedRun {
  /** The error is only that the run was asked to end. */
  readonly isCanceled: boolean;
  /** What the run is about, as a paragraph of Markdown; `undefined` where it ended before that was known. */
  readonly about?: string | undefined;
  /** No image was built, pushed or tagged before. */
  readonly isUntouched: boolean;
  /** What the log has warned of before. */
  readonly warnings: readonly Remark[];
}

export function renderRunError(error: unknown, { isCanceled, about, isUntouched, warnings }: EndedRun): string {
  const problems = problemsIn(error);
  const mark = isCanceled ? "⏹️" : "❌";
  const only = problems.length === 1 && problems[0] instanceof UserError ? errorText(problems[0]).what : undefined;
  const title = isCanceled ? undefined : only === undefined ? undefined : headingOf(only);
  const how = isCanceled ? "The run was canceled" : (title ?? many(problems));
  const heading = `## ${mark} ${prose(how)}${isUntouched && !isCanceled ? "; nothing was published" : ""}`;
  const pieces = problems.map((problem) => {
    const parts = errorText(problem);
    const place = parts.at === undefined ? "" : code(formatLocation(parts.at));
    const [what = "", ...others] = errorParagraphs(parts, place, parts.quoted);
    const first = title === parts.what ? place : `${mark} ${what}`;
    return `${[first, ...others].filter((each) => each !== "").join("\n\n")}\n`;
  });
  const opening = [heading, ...(about === undefined ? [] : [about])].join("\n\n");
  return joinSections([text(opening), { head: "", pieces, tail: "", what: "problems" }, warningSection(warnings)]);
}

const longestHeading = 100;

/** A sentence that is too long for a heading ends before what explains it. */
function headingOf(what: string): string {
  if ([...what].length <= longestHeading) return what;
  const start = what.slice(0, what.indexOf(": "));
  return start !== "" && [...start].length <= longestHeading ? start : shortened(what, longestHeading);
}

function many(problems: readonly unknown[]): string {
  if (problems.length < 2) return "The run failed";
  const isInput = problems.every((each) => each instanceof UserError && each.input !== undefined);
  return `The run failed: ${problems.length} ${isInput ? "mistakes in the inputs" : "problems"}`;
}
