/** Whether a VEX document is one that Trivy applies to images (pkg/vex, 0.76), which it would decide only after the build. */
import { messageOf, type SourceLocation, UserError } from "../../../errors.ts";
import { type Fields, fields } from "../fields.ts";

/** @param file from the repository's root. @returns `undefined` where nothing is wrong */
export function vexProblem(text: string, file: string): UserError | undefined {
  const problem = (why: string, hint: string, at: SourceLocation = { file }): UserError =>
    new UserError(`the VEX document ${file} can't be used: ${why}`, { hint, at });
  let document: Fields;
  try {
    document = fields(JSON.parse(text.replace(/^\ufeff/, "")));
  } catch (error) {
    const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(messageOf(error)) ?? [];
    const at = { file, line: Number(line ?? 1), column: Number(column ?? 1) };
    return problem(
      "it isn't valid JSON",
      text.trim() === "" ? "write the document, or remove it" : "correct that line",
      at,
    );
  }
  const { "@context": context, bomFormat, document: csaf } = document;
  if (bomFormat === "CycloneDX") {
    return problem("Trivy applies VEX of CycloneDX to SBOMs alone", "write it as OpenVEX or CSAF");
  }
  if (typeof context === "string" && context.startsWith("https://openvex.dev/ns")) return undefined;
  if (typeof csaf === "object" && csaf !== null) return undefined;
  return problem("it is neither OpenVEX nor CSAF", "write it as OpenVEX (`@context`) or CSAF (`document`)");
}
