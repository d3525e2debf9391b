/** A forge's git over HTTP, on loopback: a bare repository that wants one exact Authorization header. */
import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface GitServer {
  readonly url: string;
  /** The Authorization headers of each request. */
  readonly seen: readonly (readonly string[])[];
  close(): Promise<void>;
}

export async function serveGit(folder: string, wanted: string): Promise<GitServer> {
  const seen: string[][] = [];
  const server = createServer((request, response) => {
    const given = request.rawHeaders.filter((_, index, all) => all[index - 1]?.toLowerCase() === "authorization");
    seen.push(given);
    if (given.length === 1 && given[0] === wanted) return uploadPack(folder, request, response);
    response.writeHead(given.length > 1 ? 400 : 401, { "WWW-Authenticate": "Basic" }).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

/** The smart protocol (gitprotocol-http(5)), of which only fetching is served. */
function uploadPack(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const advertises = request.method === "GET";
  response.setHeader("Content-Type", `application/x-git-upload-pack-${advertises ? "advertisement" : "result"}`);
  if (advertises) response.write("001e# service=git-upload-pack\n0000");
  const options = ["--stateless-rpc", ...(advertises ? ["--advertise-refs"] : [])];
  const env = { PATH: process.env.PATH ?? "", GIT_PROTOCOL: String(request.headers["git-protocol"] ?? "") };
  const child = spawn("git", ["upload-pack", ...options, folder], { env, stdio: ["pipe", "pipe", "ignore"] });
  request.pipe(child.stdin);
  child.stdout.pipe(response);
}
