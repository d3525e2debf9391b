import { createHash } from "node:crypto";
import { UserError } from "../errors.ts";

/** `sha256:<64 hex>`: what a manifest, config or layer is called by its bytes. */
export type Digest = string & { readonly __brand: "Digest" };

const pattern = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return pattern.test(text);
}

/**
 * Parses `sha256:<64 lowercase hex>` (OCI image-spec, descriptor.md, "Digests"; sha512 is legal there but no registry in
 * use serves it). @throws UserError when malformed.
 */
export function digest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new UserError(`"${text}" isn't a valid digest`, { hint: "write sha256: and 64 lowercase hexadecimal digits" });
}

/** The digest of some bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return digest(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
}
