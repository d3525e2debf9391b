/** The summary of a run that ended by an error, with no result to show: it says what the log says. */
import { formatLocation, problemsIn } from "../../errors.ts";
import { code } from "../../lib/markdown.ts";
import type { Remark } from "../../model/remark.ts";
import { errorParagraphs, errorText } from "../error-text.ts";
import { warningSection } from "../remark-sections.ts";
import { joinSections, text } from "./sections.ts";

/**
 * @param isCanceled the error is only that the run was asked to end
 * @param warnings what the log has warned of before
 */
export function renderRunError(error: unknown, isCanceled: boolean, warnings: readonly Remark[]): string {
  const problems = problemsIn(error);
  const mark = isCanceled ? "⏹️" : "❌";
  const failed = problems.length === 1 ? "The run failed" : `The run failed: ${problems.length} problems`;
  const how = isCanceled ? "The run was canceled" : failed;
  const pieces = problems.map((problem) => {
    const told = errorText(problem);
    const place = told.at === undefined ? "" : code(formatLocation(told.at));
    return `${mark} ${errorParagraphs(told, place, told.quoted).join("\n\n")}\n`;
  });
  return joinSections([
    text(`## ${mark} ${how}`),
    { head: "", pieces, tail: "", what: "problems" },
    warningSection(warnings),
  ]);
}
