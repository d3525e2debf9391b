/** The check that GitHub lists an attestation of an image that another run made. */
import { UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import type { Repository } from "../../model/reference.ts";
import { attestationDoubt, attestationHint } from "../../publish/attestation-doubt.ts";
import { type Check, passed, refused } from "./check.ts";

export function attestationCheck(
  repository: Repository,
  attested: (digest: Digest) => Promise<boolean | undefined>,
): Check {
  return async ({ digest }) => {
    const doubt = attestationDoubt(`${repository}@${digest}`, await attested(digest));
    return doubt === undefined ? passed : refused("attestation", new UserError(doubt, { hint: attestationHint }));
  };
}
