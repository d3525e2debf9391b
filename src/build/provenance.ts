/** What `--provenance` is given, and what must not get into it. */
import { csvLine } from "./csv.ts";

export interface ProvenanceContext {
  /** `undefined` where the event doesn't tell: taken for private. */
  readonly isPrivate: boolean | undefined;
  /** The run's page: who built it (SLSA, "builder.id"). */
  readonly runUrl: string | undefined;
}

/**
 * The value of `--provenance` for the input `provenance`. Empty means docker/build-push-action's default: `mode=max` for
 * a public repository, `mode=min` for a private one, as `max` publishes the values of build arguments.
 */
export function provenanceArgument(input: string | undefined, context: ProvenanceContext): string {
  if (input === "false") return "false";
  const mode = context.isPrivate === false ? "mode=max" : "mode=min";
  const given = input === undefined || input === "true" ? (input === undefined ? [mode] : []) : [input];
  const named = given.some((each) => each.includes("builder-id="));
  const builder = named || context.runUrl === undefined ? [] : [csvLine([`builder-id=${context.runUrl}`])];
  const attributes = [...given, ...builder];
  return attributes.length === 0 ? "true" : attributes.join(",");
}

const secretLooking = /(?:^|_)(?:token|password|passwd|secret|api_?key|private_?key|credentials?)(?:_|$)/i;

/** Names of build arguments that look like secrets and whose values `mode=max` would publish. */
export function publishedSecrets(args: Readonly<Record<string, string>>, provenance: string): readonly string[] {
  if (!provenance.includes("mode=max")) return [];
  return Object.entries(args).flatMap(([name, value]) => (value !== "" && secretLooking.test(name) ? [name] : []));
}
