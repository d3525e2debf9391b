/**
 * Eventual consistency: what a registry of several machines answers if one of them doesn't know yet what another was given a moment ago.
 * A digest is only requested if something names it, so it will be there.
 */
import type { HttpResponse } from "../../ports.ts";
import { errorCodes } from "./registry-error.ts";

/** To a manifest that refers to what was pushed before it; some have the status 404 for it, distribution 400. */
export function lacksParts(response: HttpResponse): boolean {
  return errorCodes(response).some((code) => parts.has(code));
}

const parts: ReadonlySet<string> = new Set(["MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "MANIFEST_UNKNOWN"]);

/** To a blob that a manifest names. */
export function isMissingBlob({ status }: HttpResponse): boolean {
  return status === 404;
}
