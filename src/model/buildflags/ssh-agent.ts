/** A value of buildx' `--ssh`: the name of an agent, and its socket or its keys. */

export interface SshAgent {
  readonly id: string;
  /** A socket, or files of keys; none: the socket of SSH_AUTH_SOCK. */
  readonly paths: readonly string[];
}

/** Reads a value as buildx reads it (util/buildflags, ParseSSHSpecs), which knows no quotes here. */
export function parseSshAgent(text: string): SshAgent {
  const equals = text.indexOf("=");
  if (equals < 0) return { id: text, paths: [] };
  return { id: text.slice(0, equals), paths: text.slice(equals + 1).split(",") };
}

/** The value from which buildx reads this agent. */
export function sshValue({ id, paths }: SshAgent): string {
  return paths.length === 0 ? id : `${id}=${paths.join(",")}`;
}
