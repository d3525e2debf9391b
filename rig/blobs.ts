/** Addresses of blobs in Azurite, signed as Azure wants it (shared access signatures, service version 2021-12-02). */
import { createHmac } from "node:crypto";

export const ACCOUNT = "rig";
export const CONTAINER = "actions-cache";

const VERSION = "2021-12-02";

/** Azurite's account key, from the rig's secret. */
export const accountKey = (secret: string): Buffer => createHmac("sha256", secret).update("azurite").digest();

/** A blob's address, good for an hour, for that blob alone ("Create a service SAS"). */
export function blobUrl(port: number, secret: string, blob: string, permissions: string): string {
  const expiry = inAnHour();
  const resource = `/blob/${ACCOUNT}/${CONTAINER}/${blob}`;
  const empty = ["", "", "", "", "", "", ""]; // snapshot, encryption scope and five response headers
  const fields = [permissions, "", expiry, resource, "", "", "", VERSION, "b", ...empty];
  const query = { sv: VERSION, se: expiry, sr: "b", sp: permissions, sig: sign(secret, fields) };
  return `http://127.0.0.1:${port}/${ACCOUNT}/${CONTAINER}/${blob}?${new URLSearchParams(query)}`;
}

/** An address in the account with all rights, good for an hour ("Create an account SAS"). */
export function accountUrl(port: number, secret: string, path: string): string {
  const expiry = inAnHour();
  const [permissions, services, types] = ["rwdlac", "b", "sco"];
  const fields = [ACCOUNT, permissions, services, types, "", expiry, "", "", VERSION, "", ""];
  const query = { sv: VERSION, ss: services, srt: types, sp: permissions, se: expiry, sig: sign(secret, fields) };
  return `http://127.0.0.1:${port}/${ACCOUNT}/${path}?${new URLSearchParams(query)}`;
}

const inAnHour = (): string => `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;

const sign = (secret: string, fields: string[]): string =>
  createHmac("sha256", accountKey(secret)).update(fields.join("\n")).digest("base64");
