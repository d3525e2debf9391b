/** What is wrong with `provenance` and `sbom`, found before anything is built. */
import { readAttestation } from "../buildflags/attestation.ts";
import { UserError } from "../errors.ts";

export function attestationProblems(said: {
  readonly provenance?: string | undefined;
  readonly sbom?: string | undefined;
}): readonly UserError[] {
  return (["provenance", "sbom"] as const).flatMap((option) => {
    const text = said[option];
    if (text === undefined) return [];
    try {
      readAttestation(option, text);
      return [];
    } catch (error) {
      if (error instanceof UserError) return [error];
      throw error;
    }
  });
}
