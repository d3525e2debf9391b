/** Uploads of blobs, as they begin (OCI distribution-spec, "Pushing blobs" and "Mounting a blob from another repository"). */
import { type Asked, insecureError, invalidError, type RegistryError } from "../registry/registry-error.ts";
import { type RegistryExchange, registryOrigin } from "../registry/registry-exchange.ts";

export interface Mount {
  /** A repository of the same registry that holds the blob. */
  readonly from: string;
  readonly digest: string;
}

/** Where the bytes of an upload go, or why they can go nowhere; or the registry has had them elsewhere. */
export type Upload =
  | { readonly kind: "begun"; readonly url: URL }
  | { readonly kind: "nowhere"; readonly error: RegistryError }
  | { readonly kind: "mounted" };

/**
 * Begins an upload, with `mount` only if the registry has not the blob elsewhere already. Beginning one twice is harmless: what
 * is never ended is cleared away. @throws RegistryError when the registry refuses.
 */
export async function beginUpload(exchange: RegistryExchange, asked: Asked, mount?: Mount): Promise<Upload> {
  const query = mount === undefined ? "" : `?${new URLSearchParams({ mount: mount.digest, from: mount.from })}`;
  const path = `${asked.repository}/blobs/uploads/${query}`;
  const begun = await exchange.send({ asked, method: "POST", path, expected: [201, 202] });
  if (begun.status === 201 && mount !== undefined) return { kind: "mounted" };
  const { location } = begun.headers;
  const origin = registryOrigin(asked.host);
  const url = location === undefined ? null : URL.parse(location, `${origin}/v2/${asked.repository}/blobs/uploads/`);
  if (url?.protocol === "http:" && origin.startsWith("https:")) {
    return { kind: "nowhere", error: insecureError(asked, "an upload", url) };
  }
  if (url?.protocol === "https:" || url?.protocol === "http:") return { kind: "begun", url };
  return { kind: "nowhere", error: invalidError(asked, "an upload without a place that is safe to send it to") };
}
