/** Where a database comes from, and what is needed to bring it here. */

import type { RateLimiter } from "../../../lib/http/rate-limiter.ts";
import type { RetryTools } from "../../../lib/retry.ts";
import type { CredentialStore } from "../../../oci/login/credentials.ts";
import type { ArtifactReader } from "../../../oci/registry/artifact-reader.ts";
import type { Clock, FileStreams, Files, Http, HttpStreams, KeptFolders, Log } from "../../../ports.ts";
import type { DatabaseKind } from "./database-kind.ts";

export interface DatabaseDependencies extends RetryTools {
  readonly signal: AbortSignal;
  readonly files: Files & FileStreams;
  readonly http: Http & HttpStreams;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly log: Log;
  readonly keptFolders: KeptFolders;
  readonly credentials: Pick<CredentialStore, "find">;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where layers of databases lie for further commands on this machine, absolute. Others may write there. */
  readonly store: string;
  /** The run's own, absolute. */
  readonly folder: string;
  /** Takes work that must end before the run does. */
  readonly afterwards: (work: Promise<void>) => void;
}

export interface DatabaseSource {
  readonly kind: DatabaseKind;
  readonly mirrors: readonly string[];
  readonly artifacts: ArtifactReader;
}

/** The user's own, a comma between them, as Trivy takes it; else ours. */
export function mirrorsOf(
  { variable, mirrors: defaultMirrors }: DatabaseKind,
  env: DatabaseDependencies["env"],
): readonly string[] {
  const mirrors = (env[variable] ?? "").split(",").flatMap((each) => each.trim() || []);
  return mirrors.length === 0 ? defaultMirrors : mirrors;
}
