/** A forge with its own registry, as GitHub is with ghcr.io but on one host: git and a small API before the rig's registry. */
import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pass } from "./http-server.ts";
import type { Project } from "./project.ts";
import { rig } from "./rig.ts";

export interface ForgeFront {
  readonly host: string;
  /** What the step's environment needs to take it for the forge. */
  readonly env: Readonly<Record<string, string>>;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Open pull requests by their number, with their heads. */
export type OpenPullRequests = Readonly<Record<number, string>>;

/** Serves the project's repository, what its API says of pull requests, and the registry, on one port of this machine. */
export async function serveForge(project: Project, open: OpenPullRequests = {}): Promise<ForgeFront> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://x");
    asked.push(`${request.method} ${pathname}`);
    if (pathname.startsWith("/v2/")) return pass(request, response, rig.registry);
    if (pathname.startsWith(`/${project.slug}/`)) return uploadPack(project.folder, request, response);
    return api(project, open, pathname, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    env: {
      GITHUB_SERVER_URL: `http://${host}`,
      GITHUB_API_URL: `http://${host}/api/v3`,
      INPUT_TOKEN: "ghs_token",
      // GitHub's is another host than its registry.
      INPUT_REGISTRY_PASSWORD: "",
    },
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** The smart protocol (gitprotocol-http(5)), of which only fetching is served; any commit that is there, as GitHub does. */
function uploadPack(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const advertises = request.method === "GET";
  response.setHeader("Content-Type", `application/x-git-upload-pack-${advertises ? "advertisement" : "result"}`);
  if (advertises) response.write("001e# service=git-upload-pack\n0000");
  const config = ["-c", "uploadpack.allowAnySHA1InWant=true", "-c", "uploadpack.allowFilter=true"];
  const options = ["--stateless-rpc", ...(advertises ? ["--advertise-refs"] : [])];
  const env = { PATH: process.env.PATH ?? "", GIT_PROTOCOL: String(request.headers["git-protocol"] ?? "") };
  const child = spawn("git", [...config, "upload-pack", ...options, folder], {
    env,
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(child.stdin);
  child.stdout.pipe(response);
}

function api({ slug }: Project, open: OpenPullRequests, pathname: string, response: ServerResponse): void {
  const [, commit] = new RegExp(`^/api/v3/repos/${slug}/commits/([0-9a-f]{40})/pulls$`).exec(pathname) ?? [];
  const [, number] = new RegExp(`^/api/v3/repos/${slug}/pulls/(\\d+)$`).exec(pathname) ?? [];
  const pulls = Object.entries(open).map(([id, sha]) => ({ number: Number(id), state: "open", head: { sha } }));
  const found =
    commit === undefined
      ? pulls.find((each) => each.number === Number(number))
      : pulls.filter(({ head }) => head.sha === commit);
  response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(found ?? { message: "Not Found" }));
}
