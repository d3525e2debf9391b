import type { RateLimiter } from "../lib/http/rate-limiter.ts";
import type { RetryTools } from "../lib/retry.ts";
import type { Http } from "../ports.ts";

/** A forge's API, and who asks it. */
export interface ForgeAccess extends RetryTools {
  readonly http: Http;
  /** The process's one. */
  readonly limiter: RateLimiter;
  /** Without a slash at the end: `https://api.github.com`, `https://forge.example/api/v1`. */
  readonly apiUrl: string;
  readonly token: string;
}

/** The same for one repository. */
export interface RepositoryAccess extends ForgeAccess {
  readonly owner: string;
  readonly repo: string;
}

/** The address of something below the repository. */
export function addressOf({ apiUrl, owner, repo }: RepositoryAccess, below: string): string {
  return `${apiUrl}/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repo)}/${below}`;
}

/** A path or branch as part of an address, its slashes kept. */
export function pathPart(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
