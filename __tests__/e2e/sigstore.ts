/**
 * Stand-ins for what signs on GitHub: the job's identities, Fulcio, Rekor, the timestamp authority, and the API that keeps
 * attestations. They have the real ones' names: a proxy leads there, and their certificate is trusted by the step alone.
 */
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { fulcioHandler, initializeCA, initializeCTLog } from "@sigstore/mock/dist/fulcio/index.js";
import { initializeTLog, rekorHandler } from "@sigstore/mock/dist/rekor/index.js";
import { initializeTSA, tsaHandler } from "@sigstore/mock/dist/timestamp/index.js";
import { newFolder } from "./rig.ts";

export interface Signing {
  /** What a step needs to be led here. */
  readonly env: Readonly<Record<string, string>>;
  /** Hosts and paths that were asked, in order. */
  readonly asked: readonly string[];
  /** The bodies of what was handed to GitHub to keep. */
  readonly kept: readonly { readonly path: string; readonly body: unknown }[];
  /** What the API lists from now on; what it keeps unless told. */
  list(what: Lists): void;
}

/** What the API lists of what it keeps. */
type Lists = "kept" | "nothing" | "error";

/** Whether what was kept is a statement about these bytes (in-toto, "Statement"). */
function isAbout(body: unknown, digest: string): boolean {
  const { bundle } = body as { readonly bundle: { readonly dsseEnvelope: { readonly payload: string } } };
  const text = Buffer.from(bundle.dsseEnvelope.payload, "base64").toString();
  const { subject } = JSON.parse(text) as {
    readonly subject: readonly { readonly digest: { readonly sha256: string } }[];
  };
  return subject.some((each) => `sha256:${each.digest.sha256}` === digest);
}

const issuer = "token.actions.githubusercontent.com";
const hosts = ["fulcio.githubapp.com", "timestamp.githubapp.com", "fulcio.sigstore.dev", "rekor.sigstore.dev", issuer];

/** @param refuse the status with which the API refuses to keep anything. */
export async function withSigning<T>(
  slug: string,
  use: (signing: Signing) => Promise<T>,
  { refuse }: { readonly refuse?: number } = {},
): Promise<T> {
  let lists: Lists = "kept";
  const asked: string[] = [];
  const kept: { path: string; body: unknown }[] = [];
  const { key, cert } = certificate();
  const answers = await services(slug);
  const secure = createSecureServer({ key, cert }, async (request, response) => {
    const host = request.headers.host ?? "";
    asked.push(`${host}${request.url}`);
    await answer(answers.get(`${host}${request.url?.split("?")[0]}`), request, response);
  });
  const identities = identityOf(slug);
  const open = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://here");
    const listed = /^\/repos\/[^/]+\/[^/]+\/attestations\/([^/]+)$/.exec(pathname)?.[1];
    if (request.method === "GET" && listed !== undefined) {
      const attestations = kept.filter(({ body }) => isAbout(body, decodeURIComponent(listed)));
      if (lists === "nothing" || attestations.length === 0) return void json(response, 404, { message: "Not Found" });
      if (lists === "error") return void json(response, 500, { message: "Server Error" });
      return void json(response, 200, { attestations: attestations.map(({ body }) => body) });
    }
    if (request.method === "GET" && pathname !== "/identity") return void json(response, 404, { message: "Not Found" });
    if (pathname === "/identity") return void json(response, 200, { value: identities(searchParams.get("audience")) });
    kept.push({ path: pathname, body: JSON.parse(await bodyOf(request)) });
    if (refuse === undefined) json(response, 201, { id: 4711 });
    else json(response, refuse, { message: "Resource not accessible by integration" });
  });
  // Whatever name is asked for, the tunnel ends here.
  open.on("connect", (_request, client) => {
    const tunnel = connect(portOf(secure), "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
    client.pipe(tunnel).pipe(client);
    for (const end of [client, tunnel]) end.on("error", () => end.destroy());
  });
  await Promise.all([secure, open].map((each) => new Promise<void>((done) => each.listen(0, "127.0.0.1", done))));
  const here = `http://127.0.0.1:${portOf(open)}`;
  try {
    const env = {
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_API_URL: here,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${here}/identity?api-version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
      HTTPS_PROXY: here,
      NODE_EXTRA_CA_CERTS: join(certificates, "cert.pem"),
    };
    const list = (what: Lists): void => {
      lists = what;
    };
    return await use({ env, asked, kept, list });
  } finally {
    for (const each of [secure, open]) {
      each.closeAllConnections();
      each.close();
    }
  }
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port;
}

const certificates = newFolder("certificates");

function certificate(): { readonly key: Buffer; readonly cert: Buffer } {
  const [key, cert] = [join(certificates, "key.pem"), join(certificates, "cert.pem")];
  const names = `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(",")}`;
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
      ...["-subj", "/CN=stand-in", "-addext", names, "-keyout", key, "-out", cert],
    ],
    { stdio: "ignore" },
  );
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

type Answer = (body: string) => Promise<{ statusCode: number; response: unknown; contentType?: string }>;

const { privateKey: identityKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

async function services(slug: string): Promise<ReadonlyMap<string, Answer>> {
  const found = new Map<string, Answer>();
  for (const instance of ["githubapp.com", "sigstore.dev"]) {
    const keys = () => generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const authority = await initializeCA(keys(), await initializeCTLog(keys()));
    const fulcio = fulcioHandler(authority);
    found.set(`fulcio.${instance}${fulcio.path}`, fulcio.fn);
  }
  const pair = () => generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const rekor = rekorHandler(await initializeTLog("https://rekor.sigstore.dev", pair()));
  found.set(`rekor.sigstore.dev${rekor.path}`, rekor.fn);
  const timestamp = tsaHandler(await initializeTSA(pair()));
  found.set(`timestamp.githubapp.com${timestamp.path}`, timestamp.fn);
  const keys = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one", alg: "RS256", use: "sig" }] };
  const fixed =
    (document: object): Answer =>
    () =>
      Promise.resolve({ statusCode: 200, response: JSON.stringify(document), contentType: "application/json" });
  found.set(`${issuer}/.well-known/openid-configuration`, fixed({ jwks_uri: `https://${issuer}/keys`, slug }));
  found.set(`${issuer}/keys`, fixed(keys));
  return found;
}

async function answer(service: Answer | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (service === undefined) return json(response, 404, { message: "there is nothing here" });
  const { statusCode, response: body, contentType = "text/plain" } = await service(await bodyOf(request));
  response.writeHead(statusCode, { "content-type": contentType });
  response.end(typeof body === "string" ? body : Buffer.from(body as Uint8Array));
}

/** Signs what GitHub says of a job (docs.github.com, "OpenID Connect reference"). */
function identityOf(slug: string): (audience: string | null) => string {
  const claims = {
    iss: `https://${issuer}`,
    sub: `repo:${slug}:ref:refs/heads/main`,
    ref: "refs/heads/main",
    sha: "a".repeat(40),
    repository: slug,
    event_name: "push",
    job_workflow_ref: `${slug}/.github/workflows/images.yml@refs/heads/main`,
    workflow_ref: `${slug}/.github/workflows/images.yml@refs/heads/main`,
    repository_id: "1",
    repository_owner_id: "2",
    runner_environment: "github-hosted",
    run_id: "4711",
    run_attempt: "1",
  };
  return (aud) => {
    const now = Math.floor(Date.now() / 1000);
    const parts = [
      { alg: "RS256", typ: "JWT", kid: "one" },
      { ...claims, aud, iat: now, nbf: now - 60, exp: now + 600 },
    ];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    return `${text}.${sign("sha256", Buffer.from(text), identityKey).toString("base64url")}`;
  };
}

function json(response: ServerResponse, status: number, document: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(document));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
