/**
 * Why an image doesn't pass for attested, a clause; `undefined`: it does.
 * @param listed whether GitHub lists an attestation of it; `undefined`: that is unknown
 */
export function attestationDoubt(image: string, listed: boolean | undefined): string | undefined {
  if (listed === true) return undefined;
  return listed === false
    ? `GitHub lists no attestation of ${image}`
    : `GitHub doesn't say whether ${image} is attested`;
}

/** How to fix that it is unknown. */
export const attestationHint = "run again; `token` needs `attestations: read`";
