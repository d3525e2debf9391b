/** GitHub's signed build provenance, by GitHub's own package. */
import type { Attest } from "../../ports.ts";
import { followNoRedirects } from "./no-redirects.ts";

/** Loaded where it is used: it is as large as all the rest. */
export const attestOnGitHub: Attest = async (subjects, { token, isPublic }) => {
  await followNoRedirects();
  const { attestProvenance } = await import("@actions/attest");
  const { attestationID } = await attestProvenance({
    subjects: subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    token,
    sigstore: isPublic ? "public-good" : "github",
  });
  return attestationID;
};
