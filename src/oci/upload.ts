/** Uploads of blobs, as they begin (OCI distribution-spec, "Pushing blobs" and "Mounting a blob from another repository"). */
import type { Asked } from "./registry-error.ts";
import { type RegistryExchange, registryOrigin } from "./registry-exchange.ts";

export interface Mount {
  /** A repository of the same registry that holds the blob. */
  readonly from: string;
  readonly digest: string;
}

/**
 * Begins an upload, with `mount` only if the registry has not the blob elsewhere already. Beginning one twice is harmless: what
 * is never ended is cleared away. @returns where its bytes go (`undefined` for a place that can't be gone to, or not without
 * giving up https), or `mounted`. @throws RegistryError when the registry refuses.
 */
export async function beginUpload(
  exchange: RegistryExchange,
  asked: Asked,
  mount?: Mount,
): Promise<URL | "mounted" | undefined> {
  const query = mount === undefined ? "" : `?${new URLSearchParams({ mount: mount.digest, from: mount.from })}`;
  const path = `${asked.repository}/blobs/uploads/${query}`;
  const begun = await exchange.send({ asked, method: "POST", path, expected: [201, 202] });
  if (begun.status === 201 && mount !== undefined) return "mounted";
  const { location } = begun.headers;
  const origin = registryOrigin(asked.host);
  const url = location === undefined ? null : URL.parse(location, `${origin}/v2/${asked.repository}/blobs/uploads/`);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && origin.startsWith("http:"));
  return url !== null && isSafe ? url : undefined;
}
