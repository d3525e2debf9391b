import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { nodeHttp } from "../../../../src/adapters/http/http.ts";
import { childProcesses } from "../../../../src/adapters/processes.ts";
import type { HttpBody } from "../../../../src/ports.ts";
import { type Certificate, certificate } from "../../../tls/certificate.ts";

const http = nodeHttp({});
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

type Answer = (asked: string, response: ServerResponse, body: string) => void;

async function serve(answer: Answer, tls?: Certificate): Promise<string> {
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = "";
    try {
      for await (const chunk of request) body += chunk;
    } catch {
      return; // The client went away.
    }
    answer(`${request.method} ${request.url}`, response, body);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

test("sends method, headers and bytes; gives status, headers in lower case and bytes", async () => {
  const host = await serve((asked, response, body) => {
    response.writeHead(201, { "X-Asked": asked }).end(body);
  });
  const body = new Uint8Array([104, 105]);
  const response = await http.send({ method: "PUT", url: `http://${host}/a?b=c`, body });
  expect(response).toMatchObject({ status: 201, headers: { "x-asked": "PUT /a?b=c" } });
  expect([...response.body]).toEqual([...body]);
});

test("headers that come several times are one", async () => {
  const host = await serve((_, response) => {
    response.writeHead(401, { "www-authenticate": ["Basic realm=a", "Bearer realm=b"] }).end();
  });
  const { headers } = await http.send({ method: "GET", url: `http://${host}/` });
  expect(headers["www-authenticate"]).toBe("Basic realm=a, Bearer realm=b");
});

test("does not follow redirects", async () => {
  const host = await serve((_, response) => response.writeHead(307, { location: "/b" }).end());
  expect(await http.send({ method: "GET", url: `http://${host}/a` })).toMatchObject({
    status: 307,
    headers: { location: "/b" },
  });
});

test("a connection is kept, and one that was closed meanwhile costs nothing but another", async () => {
  const ports: number[] = [];
  const host = await serve((_, response) => {
    ports.push(response.socket?.remotePort ?? 0);
    // The server believes in its end before the client hears of it.
    response.end("x", () => ports.length === 2 && setImmediate(() => response.socket?.resetAndDestroy()));
  });
  const own = nodeHttp({});
  for (const method of ["GET", "PUT", "POST"] as const) {
    const body = method === "GET" ? {} : { body: "b" };
    expect((await own.send({ method, url: `http://${host}/`, ...body })).status).toBe(200);
  }
  expect(ports[0]).toBe(ports[1]);
  expect(ports).toHaveLength(3);
});

describe("no whole answer is an error with a code", () => {
  const never = () => {};
  const cut = (response: ServerResponse, end: () => void) => {
    response.writeHead(200, { "content-length": "100" }).write("x");
    setTimeout(end, 5);
  };
  test.each<[string, Answer, string]>([
    ["nothing within the time", never, "ETIMEDOUT"],
    ["a body that does not end in time", (_, response) => response.writeHead(200).write("x"), "ETIMEDOUT"],
    ["a reset", (_, response) => response.socket?.resetAndDestroy(), "ECONNRESET"],
    ["a reset in the body", (_, response) => cut(response, () => response.socket?.resetAndDestroy()), "ECONNRESET"],
    ["a body that is cut off", (_, response) => cut(response, () => response.socket?.end()), "ECONNRESET"],
    ["too long a body", (_, response) => response.end("x".repeat(2000)), "EMSGSIZE"],
    ["no HTTP", (_, response) => response.socket?.end("SSH-2.0\r\n\r\n"), "EHTTP"],
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

  test("a standstill, long before the time is over", async () => {
    const host = await serve((_, response) => response.writeHead(200).write("x"));
    const opened = http.open({ method: "GET", url: `http://${host}/`, timeout: 20_000, stall: 500 });
    await expect(opened.then(({ body }) => read(body))).rejects.toMatchObject({
      code: "ETIMEDOUT",
      message: expect.stringMatching(/nothing moved/),
    });
  });
});

test("an abort rejects with its reason, also in the middle of a body", async () => {
  const host = await serve((asked, response) => asked === "GET /b" && response.writeHead(200).write("x"));
  const cancelled = new Error("cancelled");
  for (const [path, method] of [
    ["a", "send"],
    ["b", "send"],
    ["b", "open"],
  ] as const) {
    const controller = new AbortController();
    const request = { method: "GET", url: `http://${host}/${path}`, signal: controller.signal } as const;
    const ended = method === "send" ? http.send(request) : http.open(request).then(async ({ body }) => read(body));
    setTimeout(() => controller.abort(cancelled), 30);
    await expect(ended).rejects.toBe(cancelled);
    await expect(http.send(request)).rejects.toBe(cancelled);
  }
});

async function read(body: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of body) length += chunk.byteLength;
  return length;
}

describe("bodies that are too large for memory", () => {
  const chunk = Buffer.alloc(64 * 1024, "x");
  function body(chunks: number, end: () => void = () => {}): HttpBody & { opened: number; read: number } {
    return {
      length: chunks * chunk.byteLength,
      opened: 0,
      read: 0,
      async *open() {
        this.opened += 1;
        for (let at = 0; at < chunks; at += 1) {
          this.read += 1;
          yield chunk;
        }
        end();
      },
    };
  }

  test("are sent with their length as they come", async () => {
    const host = await serve((_, response, sent) => {
      response.end(`${response.req.headers["content-length"]} ${sent.length}`);
    });
    const sent = await http.send({ method: "PUT", url: `http://${host}/`, body: body(10) });
    expect(text(sent.body)).toBe("655360 655360");
  });

  test("are read as they come, and no further than they are wanted", async () => {
    let written = 0;
    let closed = false;
    const server = createServer((_, response) => {
      const more = () => {
        while (!closed && response.write(chunk)) written += 1;
      };
      response.on("drain", more).on("close", () => {
        closed = true;
      });
      more();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const opened = await http.open({ method: "GET", url });
    for await (const _ of opened.body) break;
    for (let tries = 0; tries < 100 && !closed; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(closed).toBe(true);
    expect(written).toBeLessThan(1000);
  });

  test("that nobody wants are not sent to their end", async () => {
    const server = createServer((_, response) => {
      response.writeHead(413, { connection: "keep-alive" }).end("too large");
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const large = body(10_000);
    expect(await http.send({ method: "PUT", url, body: large })).toMatchObject({ status: 413 });
    expect(large.read).toBeLessThan(5_000);
  });

  test("that fail by themselves say so, and the other side gets no whole request", async () => {
    let whole = false;
    const host = await serve(() => {
      whole = true;
    });
    const failure = new Error("the source failed");
    const failing = body(10, () => {
      throw failure;
    });
    await expect(
      http.send({ method: "PUT", url: `http://${host}/`, body: { ...failing, length: 655_361 } }),
    ).rejects.toBe(failure);
    expect(whole).toBe(false);
  });

  test("hear of it when the request is over before they are", async () => {
    const host = await serve((_, response) => response.end());
    const heard = Promise.withResolvers<unknown>();
    const waiting: HttpBody = {
      length: 10,
      async *open(signal) {
        yield Buffer.from("x");
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        heard.resolve(signal.reason);
      },
    };
    const sent = http.send({ method: "PUT", url: `http://${host}/`, body: waiting, timeout: 100 });
    await expect(sent).rejects.toMatchObject({ code: "ETIMEDOUT" });
    expect(await heard.promise).toEqual(new Error("the request is over"));
  });

  test("are not sent again where a kept connection was closed meanwhile: their sender has to know", async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      asked += 1;
      if (asked === 1) request.resume().on("end", () => response.end());
      else request.socket.resetAndDestroy();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const own = nodeHttp({});
    await own.send({ method: "GET", url });
    await expect(own.send({ method: "PUT", url, body: body(3) })).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|EPIPE/),
    });
    expect(asked).toBe(2);
  });
});

describe("proxies", () => {
  /** Connects by CONNECT to one place whatever is asked for, and answers other requests itself. */
  async function proxy(target = "127.0.0.1:1"): Promise<{ readonly host: string; readonly asked: string[] }> {
    const asked: string[] = [];
    const host = await serve((what, response) => {
      asked.push(`${what} ${response.req.headers["proxy-authorization"] ?? ""}`.trim());
      response.end("by the proxy");
    });
    servers.at(-1)?.on("connect", (request, socket) => {
      asked.push(`CONNECT ${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
      if (target === "") return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      const [hostname = "", port] = target.split(":");
      const onward = connect(Number(port), hostname, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      onward.on("error", () => socket.destroy());
      socket.on("error", () => onward.destroy());
    });
    return { host, asked };
  }
  const get = (env: Record<string, string>, url: string) => nodeHttp(env).send({ method: "GET", url });

  test.each(["HTTP_PROXY", "http_proxy"])("%s is asked for what is in the clear", async (name) => {
    const through = await proxy();
    const { body } = await get({ [name]: `http://${through.host}` }, "http://registry.invalid/v2/");
    expect(text(body)).toBe("by the proxy");
    expect(through.asked).toEqual(["GET http://registry.invalid/v2/"]);
  });

  test("HTTPS_PROXY connects, and the certificate is the target's", async () => {
    const authority = certificate({ name: "authority", isAuthority: true });
    const target = await serve(
      (_, response) => response.end("secret"),
      certificate({ name: "registry.test", by: authority }),
    );
    const through = await proxy(target);
    const file = join(mkdtempSync(join(tmpdir(), "image-publish-http-")), "ca.pem");
    writeFileSync(file, authority.cert);
    try {
      const env = { HTTPS_PROXY: `http://me:pass%20word@${through.host}`, NO_PROXY: "other.test" };
      const asked = await childOf({ NODE_EXTRA_CA_CERTS: file, ...env }, "https://registry.test/v2/");
      expect(asked).toBe("secret");
      const login = Buffer.from("me:pass word").toString("base64");
      expect(through.asked).toEqual([`CONNECT registry.test:443 Basic ${login}`]);
    } finally {
      rmSync(file);
    }
  });

  /** In a process of its own: Node reads NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and such once. */
  async function childOf(env: Record<string, string>, url: string): Promise<string> {
    const adapter = new URL("../../../../src/adapters/http/http.ts", import.meta.url).href;
    const script = `
      import { nodeHttp } from ${JSON.stringify(adapter)};
      try {
        const { body } = await nodeHttp(process.env).send({ method: "GET", url: process.argv[1] });
        console.log(new TextDecoder().decode(body));
      } catch (error) { console.log(error.code, error.message); }
      process.exit();`;
    const args = ["--input-type=module", "-e", script, "--", url];
    const ended = await childProcesses.run(process.execPath, args, { env, timeout: 20_000 });
    return new TextDecoder().decode(ended.stdout).trim();
  }

  test.each([
    ["a system that knows the authority", (file: string) => ({ SSL_CERT_FILE: file }), "found"],
    ["docker that does, for this host", (file: string) => ({ HOME: join(file, "../home") }), "found"],
    [
      "nobody that does",
      () => ({ SSL_CERT_FILE: "/dev/null", SSL_CERT_DIR: "/" }),
      /^UNABLE_TO_VERIFY_LEAF_SIGNATURE /,
    ],
  ])("a certificate that Node does not know, on %s", async (_, environment, result) => {
    const authority = certificate({ name: "authority", isAuthority: true });
    const target = await serve(
      (_, response) => response.end("found"),
      certificate({ name: "registry.test", by: authority }),
    );
    const through = await proxy(target);
    const folder = mkdtempSync(join(tmpdir(), "image-publish-http-"));
    const docker = join(folder, "home/.config/docker/certs.d/registry.test");
    try {
      mkdirSync(docker, { recursive: true });
      for (const file of [join(folder, "ca.pem"), join(docker, "ca.crt")]) writeFileSync(file, authority.cert);
      const env = { HTTPS_PROXY: through.host, ...environment(join(folder, "ca.pem")) };
      expect(await childOf(env, "https://registry.test/v2/")).toEqual(
        typeof result === "string" ? result : expect.stringMatching(result),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ["signed by itself", {}, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["for another name", { name: "other.test" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["expired", { until: new Date("2021-01-01") }, "CERT_HAS_EXPIRED"],
  ])("a certificate %s is refused", async (_, options, code) => {
    const authority = certificate({ name: "authority", isAuthority: true });
    const by = code.startsWith("DEPTH") ? {} : { by: authority };
    const target = await serve(
      (_, response) => response.end(),
      certificate({ name: "registry.test", ...by, ...options }),
    );
    const through = await proxy(target);
    const folder = mkdtempSync(join(tmpdir(), "image-publish-http-"));
    const docker = join(folder, "docker/certs.d/registry.test");
    try {
      mkdirSync(docker, { recursive: true });
      writeFileSync(join(docker, "ca.crt"), authority.cert);
      const env = { HTTPS_PROXY: through.host, HOME: folder, XDG_CONFIG_HOME: folder };
      await expect(get(env, "https://registry.test/")).rejects.toMatchObject({ code });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ["refuses the login", "", { code: "EPROXY", message: expect.stringMatching(/made no connection: HTTP\/1.1 407/) }],
    ["can't reach the host", "127.0.0.1:1", { code: "ECONNRESET" }],
  ])("one that %s is told without its password", async (_, target, error) => {
    const through = await proxy(target);
    const asked = get({ HTTPS_PROXY: `http://me:pass-word@${through.host}` }, "https://registry.invalid/");
    await expect(asked).rejects.toMatchObject(error);
    await asked.catch((error: Error) => expect(`${error.message} ${error.cause}`).not.toContain("pass-word"));
  });

  test("NO_PROXY's hosts, and this machine's own, are asked directly", async () => {
    const host = await serve((_, response) => response.end("directly"));
    const through = await proxy();
    const env = { HTTP_PROXY: through.host };
    expect(text((await get(env, `http://${host}/`)).body)).toBe("directly");
    const asked = get({ ...env, NO_PROXY: "invalid" }, "http://registry.invalid/");
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) });
    expect(through.asked).toEqual([]);
  });
});
