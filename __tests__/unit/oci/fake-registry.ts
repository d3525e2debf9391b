/** A registry in memory that speaks HTTP on a local port, with the ways of logging in and the faults that tests ask for. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Digest, digestOf } from "../../../src/oci/digest.ts";
import { mediaTypes } from "../../../src/oci/manifest.ts";
import { type Repository, repository } from "../../../src/oci/reference.ts";

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Answers in place of the registry; `true` when it did. */
export type Fault = (request: Seen, response: ServerResponse) => boolean;

export interface FakeRegistry {
  readonly host: string;
  readonly seen: Seen[];
  /** Tags and digests to manifests, by path of the repository. */
  readonly manifests: Map<string, Map<string, { bytes: Buffer; mediaType: string }>>;
  readonly blobs: Map<string, Buffer>;
  /** Asked in order; one that answers is used up. */
  readonly faults: Fault[];
  auth: "none" | "basic" | "token";
  /** Tokens issued so far; older ones are refused. */
  tokens: number;
  /** What a good login may do. */
  rights: "pull" | "pull,push";
  repository(path: string): Repository;
  /** Stores a document as a manifest, under its digest and these names. */
  store(path: string, document: object, ...names: string[]): Digest;
  close(): Promise<void>;
}

const basic = `Basic ${Buffer.from("me:secret").toString("base64")}`;

export async function fakeRegistry(): Promise<FakeRegistry> {
  const server = createServer(async (request, response) => {
    const seen = await see(request);
    fake.seen.push(seen);
    const fault = fake.faults.findIndex((each) => each(seen, response));
    if (fault >= 0) fake.faults.splice(fault, 1);
    else if (isAllowed(fake, seen, response)) serve(fake, seen, response, request.headers["content-type"]);
  });
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
    rights: "pull,push",
    repository: (path) => repository(`${host}/${path}`),
    store(path, document, ...names) {
      const bytes = Buffer.from(JSON.stringify(document));
      const mediaType = "mediaType" in document ? String(document.mediaType) : mediaTypes.manifest;
      const digest = digestOf(bytes);
      const held = fake.manifests.get(path) ?? new Map();
      fake.manifests.set(path, held);
      for (const name of [digest, ...names]) held.set(name, { bytes, mediaType });
      return digest;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}

async function see(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return {
    method: request.method ?? "",
    url: request.url ?? "",
    authorization: request.headers.authorization,
    body: Buffer.concat(chunks).toString(),
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

function isAllowed(fake: FakeRegistry, seen: Seen, response: ServerResponse): boolean {
  if (seen.url.startsWith("/token")) {
    issueToken(fake, seen, response);
    return false;
  }
  const wanted = fake.auth === "basic" ? basic : `Bearer token-${fake.tokens}`;
  const hasRight = seen.method !== "PUT" || fake.rights === "pull,push";
  if (fake.auth === "none" || (seen.authorization === wanted && hasRight)) return true;
  const scope = `repository:${seen.url.split("/").slice(2, -2).join("/")}:${seen.method === "PUT" ? "pull,push" : "pull"}`;
  const challenge =
    fake.auth === "basic"
      ? 'Basic realm="Registry, of ours"'
      : `Bearer realm="http://${fake.host}/token",service="fake",scope="${scope}"`;
  answer(response, 401, { "www-authenticate": challenge }, errorBody("UNAUTHORIZED"));
  return false;
}

function issueToken(fake: FakeRegistry, seen: Seen, response: ServerResponse): void {
  const isGood = seen.method === "POST" ? seen.body.includes("refresh_token=identity") : seen.authorization === basic;
  if (!isGood) answer(response, 401, {}, errorBody("UNAUTHORIZED", "wrong password"));
  else answer(response, 200, {}, JSON.stringify({ token: `token-${++fake.tokens}` }));
}

function serve(fake: FakeRegistry, { method, url, body }: Seen, response: ServerResponse, contentType = ""): void {
  const [, path = "", kind, name = ""] = /^\/v2\/(.+?)\/(manifests|blobs|tags)\/([^?]+)/.exec(url) ?? [];
  const held = fake.manifests.get(path);
  if (kind === "blobs") {
    const blob = fake.blobs.get(name);
    answer(response, blob ? 200 : 404, {}, blob ?? errorBody("BLOB_UNKNOWN"));
  } else if (method === "PUT") {
    const digest = fake.store(path, JSON.parse(body), name);
    answer(response, 201, { "docker-content-digest": digest, "x-type": contentType });
  } else if (held === undefined) {
    answer(response, 404, {}, errorBody("NAME_UNKNOWN"));
  } else if (kind === "tags") {
    const tags = [...held.keys()].filter((each) => !each.startsWith("sha256:"));
    answer(response, 200, {}, JSON.stringify({ name: path, tags }));
  } else {
    const manifest = held.get(name);
    if (manifest === undefined) answer(response, 404, {}, errorBody("MANIFEST_UNKNOWN", "manifest unknown"));
    else {
      const headers = { "content-type": manifest.mediaType, "docker-content-digest": digestOf(manifest.bytes) };
      answer(response, 200, headers, manifest.bytes);
    }
  }
}
