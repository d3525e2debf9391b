import type { RateLimiter } from "../lib/http/rate-limiter.ts";
import type {
  Attest,
  Clock,
  FileLinks,
  FileLooks,
  FileStreams,
  Files,
  FreePort,
  Http,
  HttpStreams,
  KeptFolders,
  Log,
  Processes,
} from "../ports.ts";

/** Everything outside that a command may use, made once at the edge. */
export interface Outside {
  readonly processes: Processes;
  readonly http: Http & HttpStreams;
  /** Of all requests, as a host that limits their rate counts them all. */
  readonly limiter: RateLimiter;
  readonly files: Files & FileLooks & FileLinks & FileStreams;
  readonly clock: Clock;
  readonly log: Log;
  readonly attest: Attest;
  /** Whether the runner has a cache service. */
  readonly hasCacheService: () => boolean;
  readonly keptFolders: KeptFolders;
  readonly freePort: FreePort;
  /** System and architecture as Node calls them: `linux/x64`. */
  readonly machine: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From 0 up to but not including 1; spreads retries. */
  readonly random: () => number;
  /** How many things this machine can do at once. */
  readonly parallelism: number;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
}
