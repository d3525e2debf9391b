/** A registry in memory that speaks HTTP on a local port, with the ways of logging in and the faults that tests ask for. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type Digest, digestOf } from "../../../src/model/digest.ts";
import { type Repository, repository } from "../../../src/model/reference.ts";
import { mediaTypes } from "../../../src/oci/manifest.ts";

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
  readonly body: string;
  readonly bytes: Buffer;
}

/** Answers in place of the registry; `true` when it did. */
export type Fault = (request: Seen, response: ServerResponse) => boolean;

export interface FakeRegistry {
  readonly host: string;
  readonly seen: Seen[];
  /** Tags and digests to manifests, by path of the repository. */
  readonly manifests: Map<string, Map<string, { bytes: Buffer; mediaType: string }>>;
  /** By digest, by path of the repository. */
  readonly blobs: Map<string, Map<string, Buffer>>;
  /** Asked in order; one that answers is used up. */
  readonly faults: Fault[];
  auth: "none" | "basic" | "token";
  /** Tokens issued so far; older ones are refused. */
  tokens: number;
  /** What comes with a token. */
  life: object;
  /** What a good login may do. */
  rights: "pull" | "pull,push";
  /** Takes no manifest before what it refers to. */
  isStrict: boolean;
  /** Headers of every answer that has no content. */
  headers: Readonly<Record<string, string>>;
  repository(path: string): Repository;
  /** Stores a document as a manifest, under its digest and these names. */
  store(path: string, document: object, ...names: string[]): Digest;
  storeBlob(path: string, bytes: Buffer | string): Digest;
  /** Bytes that have come in so far. */
  received(): number;
  close(): Promise<void>;
}

const basic = `Basic ${Buffer.from("me:secret").toString("base64")}`;

export async function fakeRegistry(): Promise<FakeRegistry> {
  const server = createServer(async (request, response) => {
    const seen = await see(request).catch(() => undefined);
    if (seen === undefined) return;
    fake.seen.push(seen);
    const fault = fake.faults.findIndex((each) => each(seen, response));
    if (fault >= 0) fake.faults.splice(fault, 1);
    else if (isAllowed(fake, seen, response)) serve(fake, seen, response, request.headers["content-type"]);
  });
  const sockets: Socket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeRegistry = {
    host,
    seen: [],
    manifests: new Map(),
    blobs: new Map(),
    faults: [],
    auth: "none",
    tokens: 0,
    life: {},
    rights: "pull,push",
    isStrict: false,
    headers: { "docker-distribution-api-version": "registry/2.0", "content-type": "application/json; charset=utf-8" },
    repository: (path) => repository(`${host}/${path}`),
    store(path, document, ...names) {
      return storeBytes(fake, path, Buffer.from(JSON.stringify(document)), ...names);
    },
    storeBlob(path, content) {
      const bytes = Buffer.from(content);
      within(fake.blobs, path).set(digestOf(bytes), bytes);
      return digestOf(bytes);
    },
    received: () => sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}

function storeBytes(fake: FakeRegistry, path: string, bytes: Buffer, ...names: string[]): Digest {
  const document: { readonly mediaType?: unknown } = JSON.parse(bytes.toString());
  const mediaType = document.mediaType === undefined ? mediaTypes.manifest : String(document.mediaType);
  const digest = digestOf(bytes);
  for (const name of [digest, ...names]) within(fake.manifests, path).set(name, { bytes, mediaType });
  return digest;
}

function within<T>(all: Map<string, Map<string, T>>, path: string): Map<string, T> {
  const held = all.get(path) ?? new Map<string, T>();
  all.set(path, held);
  return held;
}

async function see(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return {
    method: request.method ?? "",
    url: request.url ?? "",
    authorization: request.headers.authorization,
    range: request.headers.range,
    body: bytes.toString(),
    bytes,
  };
}

export function answer(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
  body: string | Buffer = "",
): boolean {
  response.writeHead(status, headers).end(body);
  return true;
}

export function errorBody(code: string, message = ""): string {
  return JSON.stringify({ errors: [{ code, message }] });
}

const writes = new Set(["PUT", "POST"]);

function isAllowed(fake: FakeRegistry, seen: Seen, response: ServerResponse): boolean {
  if (seen.url.startsWith("/token")) {
    issueToken(fake, seen, response);
    return false;
  }
  const wanted = fake.auth === "basic" ? basic : `Bearer token-${fake.tokens}`;
  const hasRight = !writes.has(seen.method) || fake.rights === "pull,push";
  if (fake.auth === "none" || (seen.authorization === wanted && hasRight)) return true;
  const [, path] = /^\/v2\/(.+?)\/(?:manifests|blobs|tags)\//.exec(seen.url) ?? [];
  const scope = `repository:${path}:${writes.has(seen.method) ? "pull,push" : "pull"}`;
  const challenge =
    fake.auth === "basic"
      ? 'Basic realm="Registry, of ours"'
      : `Bearer realm="http://${fake.host}/token",service="fake",scope="${scope}"`;
  answer(response, 401, { ...fake.headers, "www-authenticate": challenge }, errorBody("UNAUTHORIZED"));
  return false;
}

function issueToken(fake: FakeRegistry, seen: Seen, response: ServerResponse): void {
  const isGood = seen.method === "POST" ? seen.body.includes("refresh_token=identity") : seen.authorization === basic;
  if (!isGood) answer(response, 401, {}, errorBody("UNAUTHORIZED", "wrong password"));
  else answer(response, 200, {}, JSON.stringify({ token: `token-${++fake.tokens}`, ...fake.life }));
}

function serve(fake: FakeRegistry, seen: Seen, response: ServerResponse, contentType = ""): void {
  const { method, url, body } = seen;
  const [, path = "", kind, name = ""] = /^\/v2\/(.+?)\/(manifests|blobs|tags)\/([^?]+)/.exec(url) ?? [];
  const held = fake.manifests.get(path);
  const refuse = (status: number, code: string, message?: string) =>
    answer(response, status, fake.headers, errorBody(code, message));
  if (kind === "blobs") serveBlob(fake, seen, response, path, name, refuse);
  else if (method === "PUT") {
    const missing = missingParts(fake, path, JSON.parse(body));
    if (missing.length > 0) refuse(400, "MANIFEST_BLOB_UNKNOWN", missing.join(" "));
    else {
      const digest = storeBytes(fake, path, seen.bytes, name);
      answer(response, 201, { "docker-content-digest": digest, "x-type": contentType });
    }
  } else if (held === undefined) refuse(404, "NAME_UNKNOWN");
  else if (kind === "tags") {
    const tags = [...held.keys()].filter((each) => !each.startsWith("sha256:"));
    answer(response, 200, {}, JSON.stringify({ name: path, tags }));
  } else {
    const manifest = held.get(name);
    if (manifest === undefined) refuse(404, "MANIFEST_UNKNOWN", "manifest unknown");
    else {
      const headers = { "content-type": manifest.mediaType, "docker-content-digest": digestOf(manifest.bytes) };
      answer(response, 200, headers, manifest.bytes);
    }
  }
}

function serveBlob(
  fake: FakeRegistry,
  { method, url, range, bytes }: Seen,
  response: ServerResponse,
  path: string,
  name: string,
  refuse: (status: number, code: string) => boolean,
): void {
  const { searchParams } = new URL(url, "http://x");
  const [mount = "", from = "", digest = ""] = ["mount", "from", "digest"].map((each) => searchParams.get(each) ?? "");
  if (method === "POST") {
    const mounted = fake.blobs.get(from)?.get(mount);
    if (mounted !== undefined) within(fake.blobs, path).set(mount, mounted);
    const location = { location: `/v2/${path}/blobs/uploads/${fake.seen.length}?_state=a%2Bb%3D` };
    answer(response, mounted === undefined ? 202 : 201, mounted === undefined ? location : {});
  } else if (method === "PUT") {
    if (digestOf(bytes) !== digest) refuse(400, "DIGEST_INVALID");
    else answer(response, 201, { "docker-content-digest": fake.storeBlob(path, bytes) });
  } else {
    const blob = fake.blobs.get(path)?.get(name);
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    if (blob === undefined) refuse(404, "BLOB_UNKNOWN");
    else if (start === 0)
      answer(response, 200, { "content-length": String(blob.length) }, method === "HEAD" ? "" : blob);
    else
      answer(
        response,
        206,
        { "content-range": `bytes ${start}-${blob.length - 1}/${blob.length}` },
        blob.subarray(start),
      );
  }
}

/** What a manifest refers to and the repository has not: registries take no manifest before its parts. */
function missingParts(fake: FakeRegistry, path: string, document: Parts): readonly string[] {
  const { config, layers = [], manifests = [] } = document;
  if (!fake.isStrict) return [];
  const isHere = ({ digest, urls }: Part) => urls !== undefined || fake.blobs.get(path)?.has(digest);
  const blobs = [...(config === undefined ? [] : [config]), ...layers].filter((each) => !isHere(each));
  const children = manifests.filter(({ digest }) => !fake.manifests.get(path)?.has(digest));
  return [...blobs, ...children].map(({ digest }) => digest);
}

interface Part {
  readonly digest: string;
  readonly urls?: readonly string[];
}

interface Parts {
  readonly config?: Part;
  readonly layers?: readonly Part[];
  readonly manifests?: readonly Part[];
}
