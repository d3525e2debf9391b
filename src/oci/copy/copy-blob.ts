/** One blob from one repository to another, by the cheapest way that there is. */
import { type RetryTools, retry } from "../../lib/retry.ts";
import type { HttpBody } from "../../ports.ts";
import type { Descriptor } from "../manifest.ts";
import { checkTimeout, isWorthChecking, unlessAborted } from "../registry/check-before-failing.ts";
import { type Asked, answerError, errorCodes, invalidError, RegistryError } from "../registry/registry-error.ts";
import { headRefusals, type RegistryExchange, type RegistryRequest } from "../registry/registry-exchange.ts";
import { registryRetries } from "../retry-policy.ts";
import { blobTimeout } from "./blob-source.ts";
import { beginUpload, type Upload } from "./blob-upload.ts";

export interface BlobCopy {
  /** Its bytes, which are verified before they end. */
  readonly source: HttpBody;
  readonly to: Asked;
  readonly descriptor: Descriptor;
  /** A repository of the target's registry that holds it. */
  readonly mountFrom: string | undefined;
}

/** `present`: it was there. `mounted`: the registry had it in another repository. `sent`: its bytes went there. */
export type BlobOutcome = "present" | "mounted" | "sent";

/** @throws RegistryError, of the source or of the target. */
export async function copyBlob(copy: BlobCopy, exchange: RegistryExchange, tools: RetryTools): Promise<BlobOutcome> {
  const { to, descriptor, mountFrom } = copy;
  if (await isThere(to, descriptor, exchange)) return "present";
  let begun = mountFrom === undefined ? undefined : await mount(exchange, to, mountFrom, descriptor);
  if (begun?.kind === "mounted") return "mounted";
  return retry(
    async () => {
      try {
        // What was sent of an upload that failed is unknown: the next attempt is another upload.
        const upload = begun ?? (await beginUpload(exchange, to));
        begun = undefined;
        if (upload.kind === "nowhere") throw upload.error;
        if (upload.kind === "begun") await put(upload.url, copy, exchange, tools);
        return "sent";
      } catch (error) {
        if (await isThereAfter(error, to, descriptor, exchange)) return "present";
        throw error;
      }
    },
    registryRetries,
    tools,
  );
}

/** A HEAD, and where that is refused a GET of the first byte; nobody needs a whole layer to know. */
async function isThere(
  to: Asked,
  { digest }: Descriptor,
  exchange: RegistryExchange,
  options: Pick<RegistryRequest, "once" | "timeout"> = {},
): Promise<boolean> {
  const path = `${to.repository}/blobs/${digest}`;
  const head = await exchange.send({
    asked: to,
    method: "HEAD",
    path,
    expected: [200, 404, ...headRefusals],
    ...options,
  });
  if (!headRefusals.includes(head.status)) return head.status === 200;
  const expected = [200, 206, 404, ...headRefusals];
  const headers = { range: "bytes=0-0" };
  const { status, body } = await exchange.open({ asked: to, method: "GET", path, headers, expected, ...options });
  for await (const _ of body) break;
  return status === 200 || status === 206;
}

/** The answer to what was sent may have been lost, or another client may have sent the same meanwhile. */
async function isThereAfter(
  error: unknown,
  to: Asked,
  descriptor: Descriptor,
  exchange: RegistryExchange,
): Promise<boolean> {
  if (!isWorthChecking(error)) return false;
  return isThere(to, descriptor, exchange, { once: true, timeout: checkTimeout }).catch(unlessAborted);
}

/** Reasons for which a registry may not want to mount, and yet take an upload. */
const unmountable: ReadonlySet<string> = new Set(["denied", "unauthorized", "unnamed", "missing", "refused"]);

/** @returns `undefined` where the registry does not mount. */
async function mount(
  exchange: RegistryExchange,
  to: Asked,
  from: string,
  { digest }: Descriptor,
): Promise<Upload | undefined> {
  try {
    return await beginUpload(exchange, { ...to, mountFrom: from }, { from, digest });
  } catch (error) {
    if (error instanceof RegistryError && unmountable.has(error.code)) return undefined;
    throw error;
  }
}

/** The registry lost track of the upload, or got other bytes than were sent. */
const lost: ReadonlySet<string> = new Set([
  "BLOB_UPLOAD_UNKNOWN",
  "BLOB_UPLOAD_INVALID",
  "DIGEST_INVALID",
  "SIZE_INVALID",
  "RANGE_INVALID",
]);
const lostStatuses = [400, 404, 416];
/** Registries look at all bytes at the end. */
const stall = 180_000;

/** A single PUT of all bytes (distribution-spec, "POST then PUT"), which every registry takes. */
async function put(upload: URL, copy: BlobCopy, exchange: RegistryExchange, tools: RetryTools): Promise<void> {
  const { source, to, descriptor } = copy;
  const { digest, size } = descriptor;
  const target = new URL(upload);
  // The registry's own parameters stay as they are, to the letter.
  target.search = `${upload.search === "" ? "?" : `${upload.search}&`}digest=${encodeURIComponent(digest)}`;
  const response = await exchange.send({
    asked: to,
    method: "PUT",
    path: target,
    headers: { "content-type": "application/octet-stream" },
    body: source,
    // As long as the source may take with all its retries, so that the one at fault is named.
    timeout: 5 * blobTimeout(size),
    stall,
    expected: [200, 201, 202, 204, ...lostStatuses],
    once: true,
  });
  if (lostStatuses.includes(response.status)) {
    const error = answerError(to, response, tools.clock.now());
    if (response.status !== 416 && !errorCodes(response).some((code) => lost.has(code))) throw error;
    throw new RegistryError(error.code, error.message, { hint: error.hint, isTransient: true });
  }
  const sentDigest = response.headers["docker-content-digest"];
  if (sentDigest?.startsWith("sha256:") && sentDigest !== digest) {
    throw invalidError(to, `it stored ${digest} as ${sentDigest.slice(0, 100)}`);
  }
}
