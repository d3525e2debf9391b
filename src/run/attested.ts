/** With `attest`: whether GitHub lists an attestation of an image. */
import { forgeFacts } from "../forge/github/forge-facts.ts";
import type { Digest } from "../model/digest.ts";
import type { RunContext } from "../model/run-context.ts";
import type { Clock } from "../ports.ts";
import type { History } from "../publish/guard.ts";
import type { RunInputs } from "../settings/run-inputs.ts";
import type { Outside } from "./outside.ts";

export interface AttestingRun {
  readonly context: RunContext;
  readonly inputs: Pick<RunInputs, "settings">;
  readonly outside: Outside;
}

/** `undefined` where no attestation is expected. A listed one is remembered; others are queried again. Never rejects: an error means unknown. */
export function openAttested({ context, inputs, outside }: AttestingRun): History["attested"] {
  const { attest, token } = inputs.settings;
  // A plan on a laptop without a token publishes nothing.
  if (!attest || (context.runUrl === undefined && token === undefined)) return undefined;
  const { owner, repo, apiUrl } = context;
  const listed = new Set<Digest>();
  return async (digest) => {
    if (listed.has(digest)) return true;
    const found = await forgeFacts({ ...outside, apiUrl, token }).hasAttestation(owner, repo, digest);
    if (found === true) listed.add(digest);
    return found;
  };
}

/** Runs sign right after they tag: one that runs at the same time may not have done it yet. */
const pauses = [2_000, 4_000, 6_000, 8_000];

/** The same, asked again for a while where it isn't listed. */
export function patientAttested(
  attested: (digest: Digest) => Promise<boolean | undefined>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): (digest: Digest) => Promise<boolean | undefined> {
  return async (digest) => {
    let found = await attested(digest);
    for (const pause of pauses) {
      if (found === true) break;
      await clock.sleep(pause, signal);
      found = await attested(digest);
    }
    return found;
  };
}
