/** The checks as sentences name them, after "blocked by". */
import type { CheckName } from "../results/run-result.ts";

export const checkNames: Readonly<Record<CheckName, string>> = {
  size: "`max-size`",
  platforms: "the platform check",
  content: "the content check",
  attestation: "the attestation check",
  scan: "its scan",
};
