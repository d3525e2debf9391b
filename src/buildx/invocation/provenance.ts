/** What `--provenance` is given, and what must not get into it. */
import { type Attestation, attestationValue, readAttestation } from "../../model/buildflags/attestation.ts";

export interface ProvenanceContext {
  /** `undefined` where the event doesn't state it: taken for private. */
  readonly isPrivate: boolean | undefined;
  /** The run's page: who built it (SLSA, "builder.id"). */
  readonly runUrl: string | undefined;
}

/**
 * The value of `--provenance` for the input `provenance`. Empty means docker/build-push-action's default: `mode=max` for
 * a public repository, `mode=min` for a private one, as `max` publishes the values of build arguments.
 * @throws UserError for what says nothing of provenance.
 */
export function provenanceArgument(input: string | undefined, context: ProvenanceContext): string {
  const mode = context.isPrivate === false ? "mode=max" : "mode=min";
  const given = readAttestation("provenance", input ?? mode);
  if (given.isDisabled || context.runUrl === undefined || given.attributes.has("builder-id")) {
    return attestationValue(given);
  }
  const attributes = new Map([...given.attributes, ["builder-id", context.runUrl]]);
  return attestationValue({ ...given, attributes });
}

const secretLooking = /(?:^|_)(?:token|password|passwd|secret|api_?key|private_?key|credentials?)(?:_|$)/i;

/** Names of build arguments that look like secrets and whose values a provenance publishes. */
export function publishedSecrets(args: Readonly<Record<string, string>>, provenance: string): readonly string[] {
  if (!publishesArguments(readAttestation("provenance", provenance))) return [];
  return Object.entries(args).flatMap(([name, value]) => (value !== "" && secretLooking.test(name) ? [name] : []));
}

/** BuildKit publishes them unless the mode says otherwise. */
function publishesArguments({ isDisabled, attributes }: Attestation): boolean {
  return !isDisabled && attributes.get("mode") !== "min";
}
