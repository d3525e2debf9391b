import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { fetchHttp } from "../../../src/adapters/http.ts";
import { childProcesses } from "../../../src/adapters/processes.ts";

const http = fetchHttp({});
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(answer: (url: string, response: ServerResponse, body: string) => void): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    answer(`${request.method} ${request.url}`, response, body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("sends method, headers and bytes; gives status, headers in lower case and bytes", async () => {
  const host = await serve((asked, response, body) => {
    response.writeHead(201, { "X-Asked": asked }).end(body);
  });
  const body = new Uint8Array([104, 105]);
  const response = await http.send({ method: "PUT", url: `http://${host}/a?b=c`, body });
  expect(response).toMatchObject({ status: 201, headers: { "x-asked": "PUT /a?b=c" } });
  expect([...response.body]).toEqual([...body]);
});

test("does not follow redirects", async () => {
  const host = await serve((_, response) => response.writeHead(307, { location: "/b" }).end());
  expect(await http.send({ method: "GET", url: `http://${host}/a` })).toMatchObject({
    status: 307,
    headers: { location: "/b" },
  });
});

describe("no whole answer is an error with a code", () => {
  const never = () => {};
  const cut = (response: ServerResponse, end: () => void) => {
    response.writeHead(200, { "content-length": "100" }).write("x");
    setTimeout(end, 5);
  };
  test.each<[string, (asked: string, response: ServerResponse) => void, string]>([
    ["nothing within the time", never, "ETIMEDOUT"],
    ["a body that does not end in time", (_, response) => response.writeHead(200).write("x"), "ETIMEDOUT"],
    ["a reset", (_, response) => response.socket?.resetAndDestroy(), "ECONNRESET"],
    ["a reset in the body", (_, response) => cut(response, () => response.socket?.resetAndDestroy()), "ECONNRESET"],
    ["a body that is cut off", (_, response) => cut(response, () => response.socket?.end()), "ECONNRESET"],
    ["too long a body", (_, response) => response.end("x".repeat(2000)), "EMSGSIZE"],
  ])("%s", async (_, answer, code) => {
    const host = await serve(answer);
    const timeout = code === "ETIMEDOUT" ? 100 : 20_000;
    const request = { method: "GET", url: `http://${host}/`, timeout, maximumBody: 1000 } as const;
    await expect(http.send(request)).rejects.toMatchObject({ code });
  });

  test("nobody there", async () => {
    const host = await serve(never);
    servers[0]?.close();
    await expect(http.send({ method: "GET", url: `http://${host}/` })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

test("an abort rejects with its reason", async () => {
  const host = await serve(() => {});
  const controller = new AbortController();
  const sent = http.send({ method: "GET", url: `http://${host}/`, signal: controller.signal });
  controller.abort(new Error("cancelled"));
  await expect(sent).rejects.toThrow("cancelled");
});

describe("proxies", () => {
  /** A process of its own: a proxy holds for a whole process. */
  async function sendIn(env: Record<string, string>, url: string): Promise<string> {
    const adapter = new URL("../../../src/adapters/http.ts", import.meta.url).href;
    const script = `
      import { fetchHttp } from ${JSON.stringify(adapter)};
      const { body } = await fetchHttp(process.env).send({ method: "GET", url: process.argv[1] });
      console.log(new TextDecoder().decode(body));`;
    const args = ["--input-type=module", "-e", script, "--", url];
    const ended = await childProcesses.run(process.execPath, args, { env, timeout: 20_000 });
    return ended.code === 0 ? new TextDecoder().decode(ended.stdout).trim() : ended.stderr;
  }

  async function proxy(): Promise<string> {
    const target = await serve((_, response) => response.end("by the proxy"));
    const host = await serve(() => {});
    servers.at(-1)?.on("connect", (_request, socket) => {
      const [name, port] = target.split(":");
      const through = servers.at(-2);
      if (through === undefined || name === undefined || port === undefined) return;
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      through.emit("connection", socket);
    });
    return `http://${host}`;
  }

  test("HTTP_PROXY is used, in either case", async () => {
    const through = await proxy();
    expect(await sendIn({ HTTP_PROXY: through }, "http://registry.invalid/")).toBe("by the proxy");
    expect(await sendIn({ http_proxy: through }, "http://registry.invalid/")).toBe("by the proxy");
  });

  test("NO_PROXY's hosts, and this machine's own, are asked directly", async () => {
    const host = await serve((_, response) => response.end("directly"));
    const through = await proxy();
    expect(await sendIn({ HTTP_PROXY: through }, `http://${host}/`)).toBe("directly");
    expect(await sendIn({ HTTP_PROXY: through, NO_PROXY: "registry.invalid" }, "http://registry.invalid/")).toMatch(
      /ENOTFOUND|EAI_AGAIN/,
    );
  });
});
