/**
 * A background process: GitHub's cache service, version 2, as BuildKit and @actions/cache speak it (Twirp, JSON over
 * POST), in front of Azurite, which holds the bytes. Entries live in scopes (refs), as the token's `ac` claim says:
 * read in its order, written to the first that may be written; an entry is never replaced. All is in memory.
 * For tests: `GET /entries`, `POST /reset`.
 *
 *   RIG_SECRET=… node cache-front.ts PORT BLOBS_PORT
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { ACCOUNT, accountUrl, blobUrl, CONTAINER } from "./blobs.ts";

interface Entry {
  scope: string;
  key: string;
  version: string;
  blob: string;
  size: number;
  /** Only finished uploads are found. */
  isFinished: boolean;
}

interface Scope {
  Scope: string;
  /** Bits: 1 may read, 2 may write. */
  Permission: number;
}

/** A Twirp error: its code and HTTP status (twirp's "Error Codes" table). */
class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const [port = 0, blobsPort = 0] = process.argv.slice(2).map(Number);
const secret = process.env.RIG_SECRET ?? "";
const SERVICE = "/twirp/github.actions.results.api.v1.CacheService/";

let entries: Entry[] = [];
let uploads = 0;

const methods: Record<string, (body: Record<string, unknown>, scopes: Scope[]) => object> = {
  CreateCacheEntry({ key, version }, scopes) {
    const scope = writable(scopes);
    const wanted = { scope, key: String(key), version: String(version) };
    if (find(wanted))
      throw new Refusal(409, "already_exists", "cache entry with the same key, version, and scope already exists");
    uploads += 1;
    const entry = { ...wanted, blob: `entry-${uploads}`, size: 0, isFinished: false };
    entries.push(entry);
    return { ok: true, signed_upload_url: blobUrl(blobsPort, secret, entry.blob, "rcw") };
  },
  FinalizeCacheEntryUpload({ key, version, size_bytes }, scopes) {
    const entry = find({ scope: writable(scopes), key: String(key), version: String(version) });
    if (!entry) throw new Refusal(404, "not_found", "no upload of this cache entry was begun");
    entry.isFinished = true;
    entry.size = Number(size_bytes ?? 0); // proto3's JSON leaves out a zero and writes int64 as a string
    return { ok: true, entry_id: entry.blob.replace("entry-", "") };
  },
  GetCacheEntryDownloadURL({ key, version, restore_keys }, scopes) {
    const prefixes = Array.isArray(restore_keys) ? restore_keys.map(String) : [];
    const readable = scopes.filter(({ Permission }) => Permission & 1);
    for (const { Scope } of readable) {
      const there = entries.filter((e) => e.isFinished && e.scope === Scope && e.version === String(version));
      const entry =
        there.find((e) => e.key === String(key)) ??
        prefixes.map((prefix) => there.findLast((e) => e.key.startsWith(prefix))).find((e) => e !== undefined);
      if (entry)
        return { ok: true, signed_download_url: blobUrl(blobsPort, secret, entry.blob, "r"), matched_key: entry.key };
    }
    return { ok: false, signed_download_url: "", matched_key: "" };
  },
};

const find = (wanted: Pick<Entry, "scope" | "key" | "version">): Entry | undefined =>
  entries.find((e) => e.scope === wanted.scope && e.key === wanted.key && e.version === wanted.version);

function writable(scopes: Scope[]): string {
  const scope = scopes.find(({ Permission }) => Permission & 2);
  if (!scope) throw new Refusal(403, "permission_denied", "this token may not write to the cache");
  return scope.Scope;
}

/** The scopes of a token that we signed and that is still valid. */
function scopesOf(request: IncomingMessage): Scope[] {
  const [head = "", payload = "", signature = ""] = (request.headers.authorization ?? "")
    .replace(/^Bearer /i, "")
    .split(".");
  const expected = createHmac("sha256", secret).update(`${head}.${payload}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new Refusal(401, "unauthenticated", "the token was not signed by this rig");
  }
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as { ac: string; exp: number };
  if (claims.exp * 1000 < Date.now()) throw new Refusal(401, "unauthenticated", "the token has expired");
  return JSON.parse(claims.ac) as Scope[];
}

async function answer(request: IncomingMessage): Promise<unknown> {
  const { pathname } = new URL(request.url ?? "/", "http://rig");
  const call = `${request.method} ${pathname}`;
  if (call === "GET /health") return { ok: true };
  if (call === "GET /entries") return entries;
  if (call === "POST /reset") {
    entries = [];
    return { ok: true };
  }
  const method = pathname.startsWith(SERVICE) ? methods[pathname.slice(SERVICE.length)] : undefined;
  if (request.method !== "POST" || !method) throw new Refusal(404, "bad_route", `nothing here at ${call}`);
  let text = "";
  for await (const part of request) text += part;
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Refusal(400, "malformed", "the request's body is no JSON");
  }
  return method(body, scopesOf(request));
}

/** Azurite is started at the same time: tries until it is there. */
async function makeContainer(): Promise<void> {
  const url = `${accountUrl(blobsPort, secret, CONTAINER)}&restype=container`;
  for (;;) {
    const made = await fetch(url, { method: "PUT" }).catch(() => undefined);
    if (made?.status === 201 || made?.status === 409) return;
    if (made) console.error(`Azurite refuses the container of ${ACCOUNT}: ${made.status} ${await made.text()}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

await makeContainer();
const server = createServer((request, response) => {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  answer(request).then(
    (body) => send(200, body),
    (error: unknown) => {
      if (error instanceof Refusal) return send(error.status, { code: error.code, msg: error.message });
      console.error(error);
      send(500, { code: "internal", msg: String(error) });
    },
  );
});
server.listen(port, "127.0.0.1");
