/** What is wrong with `provenance` and `sbom`, found before anything is built. */
import { checkedAttestation } from "../buildx/invocation/attestation-values.ts";
import type { UserError } from "../errors.ts";
import type { SourcedLine } from "../lib/text/sourced-line.ts";
import { parseLines } from "../tags/text/lines.ts";

export function attestationProblems(settings: {
  readonly provenance?: SourcedLine | undefined;
  readonly sbom?: SourcedLine | undefined;
}): readonly UserError[] {
  return (["provenance", "sbom"] as const).flatMap((option) => {
    const line = settings[option];
    return line === undefined ? [] : parseLines([line], ({ text }) => checkedAttestation(option, text)).problems;
  });
}
