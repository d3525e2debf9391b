/** Where a finding is, as people are shown it: what an ignore file takes under `paths` (patterns of doublestar). Pure. */
import { type Finding, imageConfiguration, type Secret } from "./finding.ts";

/** `undefined` for a package of the operating system. What a secret's path hides (`…`) may be anything. */
export function ignorePath(finding: Secret): string;
export function ignorePath(finding: Finding): string | undefined;
export function ignorePath(finding: Finding): string | undefined {
  const { kind, path } = finding;
  if (path === undefined || path === imageConfiguration) return path;
  // Trivy calls files by their absolute paths when it looks for secrets in them, and by relative ones otherwise.
  const named = kind === "secret" ? path.replace(/^\/*/, "/") : path;
  return named.replace(/[\\*?[\]{}]/g, "\\$&").replaceAll("…", "*");
}
