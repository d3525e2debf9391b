/** One blob from one repository to another, by the cheapest way that there is. */
import type { HttpBody } from "../ports.ts";
import { blobTimeout } from "./blob-source.ts";
import type { Descriptor } from "./manifest.ts";
import { type Asked, answerError, errorCodes, invalidError, RegistryError } from "./registry-error.ts";
import type { RegistryExchange } from "./registry-exchange.ts";
import { type Patience, retrying } from "./retry.ts";
import { beginUpload } from "./upload.ts";

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
export async function copyBlob(copy: BlobCopy, exchange: RegistryExchange, patience: Patience): Promise<BlobOutcome> {
  const { to, descriptor, mountFrom } = copy;
  const path = `${to.repository}/blobs/${descriptor.digest}`;
  const there = await exchange.send({ asked: to, method: "HEAD", path, expected: [200, 404] });
  if (there.status === 200) return "present";
  let begun = mountFrom === undefined ? undefined : await mount(exchange, to, mountFrom, descriptor);
  if (begun === "mounted") return "mounted";
  await retrying(async () => {
    // What was sent of an upload that failed is unknown: the next attempt is another upload.
    const upload = begun ?? (await beginUpload(exchange, to));
    begun = undefined;
    if (upload === undefined) throw invalidError(to, "an upload without a place that is safe to send it to");
    if (upload !== "mounted") await put(upload, copy, exchange, patience);
  }, patience);
  return "sent";
}

/** Reasons for which a registry may not want to mount, and yet take an upload. */
const unmountable: ReadonlySet<string> = new Set(["denied", "unauthorized", "unnamed", "missing", "refused"]);

/** @returns `undefined` where the registry does not mount. */
async function mount(
  exchange: RegistryExchange,
  to: Asked,
  from: string,
  { digest }: Descriptor,
): Promise<URL | "mounted" | undefined> {
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
async function put(upload: URL, copy: BlobCopy, exchange: RegistryExchange, patience: Patience): Promise<void> {
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
    // As long as the source may take with all its patience, so that the one at fault is named.
    timeout: 5 * blobTimeout(size),
    stall,
    expected: [200, 201, 202, 204, ...lostStatuses],
    once: true,
  });
  if (lostStatuses.includes(response.status)) {
    const error = answerError(to, response, patience.clock.now());
    if (response.status !== 416 && !errorCodes(response).some((code) => lost.has(code))) throw error;
    throw new RegistryError(error.code, error.message, { hint: error.hint, isTransient: true });
  }
  const said = response.headers["docker-content-digest"];
  if (said?.startsWith("sha256:") && said !== digest) {
    throw invalidError(to, `it stored ${digest} as ${said.slice(0, 100)}`);
  }
}
