/** The archive of the pinned release: kept in the runner's tool cache, and trusted only by its checksum. */
import { createHash } from "node:crypto";
import { posix } from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { rateLimitOf } from "../../lib/http/rate-limit.ts";
import { RateLimited, type RateLimiter } from "../../lib/http/rate-limiter.ts";
import type { RetryTools } from "../../lib/retry.ts";
import type { Files, Http, HttpResponse, Log } from "../../ports.ts";
import { fetchLimits, retryFetch, Transient } from "./fetch-retries.ts";
import type { TrivyArchive } from "./release.ts";

export interface ArchiveDependencies extends RetryTools {
  readonly signal: AbortSignal;
  readonly files: Files;
  readonly http: Http;
  readonly limiter: RateLimiter;
  readonly log: Log;
}

const ownTrivy = "put a trivy of your own on PATH";

/**
 * The archive's bytes, from the tool cache (`kept`, absolute) or else downloaded and kept there. They are checked either way:
 * on a runner that stays, other jobs can write there. @throws UserError when it can't be had
 */
export async function verifiedArchive(
  archive: TrivyArchive,
  kept: string,
  deps: ArchiveDependencies,
): Promise<Uint8Array> {
  const { files, log } = deps;
  const found = await files.read(kept).catch(() => undefined);
  if (found !== undefined) {
    if (sha256(found) === archive.sha256) return found;
    const hint = "nothing: it is downloaded again; on a runner of your own find out what changed it";
    log.warning(`the Trivy in the tool cache is not the one that was put there: ${kept}`, hint);
    await files.remove(kept).catch(() => undefined);
  }
  log.info(`fetching ${archive.url}`);
  const bytes = await retryFetch(() => download(archive.url, deps), deps);
  const sum = sha256(bytes);
  if (sum !== archive.sha256) {
    throw new UserError(`${archive.url} is not what it was: its sha256 is ${sum}, not ${archive.sha256}`, {
      hint: `do not run that file; ${ownTrivy} until this is cleared up`,
    });
  }
  await keep(bytes, kept, deps).catch((error: unknown) => log.debug(`Trivy is not kept: ${messageOf(error)}`));
  return bytes;
}

/** Whole or not at all: another job may read it at the same time. */
async function keep(bytes: Uint8Array, kept: string, { files, random }: ArchiveDependencies): Promise<void> {
  await files.makeDirectory(posix.dirname(kept));
  const part = `${kept}.${random().toString(36).slice(2, 10)}`;
  await files.write(part, bytes);
  await files.move(part, kept);
}

const limits = { timeout: 600_000, stall: 60_000, maximumBody: 256 * 1024 * 1024 };
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The server that a release's address leads to is another one, and knows no login. */
async function download(url: string, { clock, http, limiter, signal }: ArchiveDependencies): Promise<Uint8Array> {
  const failed = (why: string, cause?: unknown): UserError =>
    new UserError(`Trivy could not be downloaded from ${url}: ${why}`, {
      hint: `let the runner reach github.com, or ${ownTrivy}`,
      cause,
    });
  let next = url;
  for (let hops = 0; hops <= 5; hops += 1) {
    const { href, host } = new URL(next);
    const limitOf = (response: HttpResponse) => rateLimitOf(response, clock.now());
    const response = await limiter
      .send({ host, limitOf, policy: fetchLimits, signal }, () =>
        http.send({ method: "GET", url: href, signal, ...limits }),
      )
      .catch((cause: unknown) => {
        signal.throwIfAborted();
        if (cause instanceof RateLimited) return cause.response;
        throw new Transient(messageOf(cause), { cause: failed(messageOf(cause), cause) });
      });
    const { status, headers, body } = response;
    if (status === 200) return body;
    const location = redirects.has(status) ? URL.parse(headers.location ?? "", next) : null;
    if (location === null) {
      const error = failed(`the answer was ${status}`);
      throw status >= 500 ? new Transient(error.message, { cause: error }) : error;
    }
    next = location.href;
  }
  throw failed("it leads from one address to the next without end");
}

function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
