/** Findings as a clause of a sentence. */
import { severityCounts } from "../../scan/across-platforms.ts";
import { findingKey } from "../../scan/finding.ts";
import { ignorePath } from "../../scan/ignore-path.ts";
import type { SeenFinding } from "../../scan/judged.ts";

/** One by what it is (`CVE-2026-1 in openssl`), several by their number (`3 findings (2 critical, 1 high)`). Plain text. */
export function findingsInWords(findings: readonly SeenFinding[]): string {
  const each = [...new Map(findings.map((seen) => [findingKey(seen.finding), seen])).values()];
  const [only, ...others] = each;
  if (only === undefined || others.length > 0) return `${each.length} findings (${severityCounts(each)})`;
  const { finding } = only;
  return finding.kind === "secret"
    ? `a secret in ${ignorePath(finding) ?? finding.path}`
    : `${finding.id} in ${finding.package}`;
}
