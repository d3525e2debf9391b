/** Where the scanner's program and databases come from, and what happens when they don't come. */
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type Advisory, publishDatabase, publishJavaDatabase } from "../../rig/index.ts";
import { keptFolders } from "../../src/adapters/toolkit/kept-folders.ts";
import type { KeptFolders } from "../../src/ports.ts";
import type { ScanSubject } from "../../src/scan/scanner.ts";
import type { TrivyRelease } from "../../src/scan/trivy/release.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { withServer } from "./http-server.ts";
import { scannerFor } from "./open-scanner.ts";
import { newFolder, rig } from "./rig.ts";
import { alpine, buildForScan } from "./scanned-image.ts";

jest.setTimeout(120_000);

const unique = randomBytes(4).toString("hex");
const nowhere = "127.0.0.1:1/aquasecurity/trivy-db:2";
const found = { kind: "scanned", platforms: [{ findings: [{ id: "CVE-2026-1001" }] }] };

let image: ScanSubject;

beforeAll(async () => {
  image = await buildForScan("web", { dockerfile: "FROM scratch\nCOPY a /\n", files: alpine("a", "openssl=3.3.1-r0") });
});

test("a mirror that is down and one that holds back are not the end, and a registry's hiccup is waited for", async () => {
  const proxy = await startFaultProxy(rig.registry);
  try {
    const busy = { status: 429, headers: { "retry-after": "0" }, body: '{"errors":[{"code":"TOOMANYREQUESTS"}]}' };
    // All mirrors in turn, four times.
    proxy.inject({ path: /manifests/, times: 3, fault: { kind: "status", ...busy } });
    const mirror = rig.trivy.db.replace(rig.registry, proxy.host);
    const scanner = scannerFor({ env: { TRIVY_DB_REPOSITORY: `${nowhere},${mirror}` } });
    expect(await scanner.scan(image)).toMatchObject(found);
    expect(proxy.requests.filter(({ fault }) => fault === "status").length).toBe(3);
  } finally {
    await proxy.close();
  }
});

test("without any database nothing counts as scanned, and the message says what to do", async () => {
  const scanner = scannerFor({ env: { TRIVY_DB_REPOSITORY: `${rig.registry}/no/such/trivy-db:2` } });
  scanner.prepare();
  expect(await scanner.scan(image)).toMatchObject({
    kind: "unscanned",
    error: {
      message: expect.stringContaining("the vulnerability database could not be fetched"),
      hint: expect.stringContaining("TRIVY_DB_REPOSITORY"),
    },
  });
});

describe("the database that the cache service keeps", () => {
  const today = new Date();
  const tomorrow = new Date(Date.now() + 86_400_000);
  const times = { updatedAt: today, nextUpdate: tomorrow };
  const name = `scanner-${unique}/trivy-db`;
  const store = newFolder("store");
  let proxy: FaultProxy;
  let mirror: string;
  let kept: KeptFolders;
  let service: Record<string, string>;

  beforeAll(async () => {
    const { resultsUrl, token } = rig.cache;
    service = {
      ACTIONS_RESULTS_URL: resultsUrl,
      ACTIONS_RUNTIME_TOKEN: token,
      ACTIONS_CACHE_SERVICE_V2: "true",
      RUNNER_TEMP: newFolder("runner"),
    };
    Object.assign(process.env, service);
    kept = keptFolders(service);
    const advisory: Advisory = {
      Bucket: "alpine 3.20",
      Package: "openssl",
      ID: "CVE-2026-1001",
      Severity: "HIGH",
      Title: "known",
      Fixed: "3.3.9-r0",
    };
    const database = await publishDatabase(name, [advisory], times);
    proxy = await startFaultProxy(rig.registry);
    mirror = database.replace(rig.registry, proxy.host);
    expect((await run()).scanned).toMatchObject(found);
    expect(proxy.requests).not.toEqual([]);
  });

  afterAll(async () => {
    await proxy.close();
    for (const variable of Object.keys(service)) delete process.env[variable];
  });

  /** A run on a runner of its own. @param planted what the cache gives in place of what is kept there */
  async function run(now = today, planted: (folder: string) => Promise<void> | void = () => {}) {
    const clock = { now: () => now, sleep: async () => {} };
    const restore: KeptFolders["restore"] = async (folder, ...keys) => {
      const key = await kept.restore(folder, ...keys);
      if (key !== undefined) await planted(folder);
      return key;
    };
    const env = { TRIVY_DB_REPOSITORY: mirror };
    const scanner = scannerFor({ keptFolders: { ...kept, restore }, store, folder: newFolder("run"), env, clock });
    const scanned = await scanner.scan(image);
    await scanner.close();
    execFileSync("rm", ["-rf", join(store, "db")]);
    const asked = proxy.requests.map(({ method, url }) => `${method} ${url.replace(/^.*\/(?=manifests|blobs)/, "")}`);
    return { scanned, said: scanner.said.join("\n"), asked };
  }

  const byDigest = expect.stringMatching(/^HEAD manifests\/sha256:[0-9a-f]{64}$/);
  const anew = ["GET manifests/2", expect.stringMatching(/^GET blobs\/sha256:/)];

  test("is fetched once a day; later runs ask its mirror alone whether it is its own", async () => {
    proxy.inject();
    const { scanned, said, asked } = await run();
    expect(scanned).toMatchObject(found);
    expect([asked, said]).toEqual([[byDigest], expect.not.stringContaining("not used")]);
  });

  test("is used with a warning where the mirror is down, and also when it is to be replaced", async () => {
    proxy.inject({ fault: { kind: "status", status: 503 } });
    const now = await run();
    expect(now.scanned).toMatchObject(found);
    expect(now.said).toContain("is used without its mirror's confirmation");
    const later = await run(new Date(tomorrow.getTime() + 1000));
    expect(later.scanned).toMatchObject(found);
    expect(later.said).toMatch(/could not be fetched.*to be replaced on \d{4}-\d\d-\d\d is used/s);
  });

  test("is not used when it is more than a week old, even where the mirror is down", async () => {
    proxy.inject({ fault: { kind: "status", status: 503 } });
    const { scanned } = await run(new Date(today.getTime() + 8 * 86_400_000));
    expect(scanned).toMatchObject({ kind: "unscanned" });
  });

  test("is fetched anew, with a warning, when it was changed there", async () => {
    proxy.inject();
    const { scanned, said, asked } = await run(today, (folder) => {
      const layer = join(folder, "layer.tar.gz");
      const bytes = readFileSync(layer);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      writeFileSync(layer, bytes);
    });
    expect(scanned).toMatchObject(found);
    expect(asked).toEqual(anew);
    expect(said).toMatch(/vulnerability database of the cache service is not used: its layer is sha256:/);
  });

  test("is fetched anew, with a warning, when another one that is whole took its place", async () => {
    const repository = `scanner-${unique}/planted`;
    await publishDatabase(repository, [], times);
    proxy.inject();
    const plant = async (folder: string): Promise<void> => {
      const get = async (path: string): Promise<Buffer> => {
        const accept = "application/vnd.oci.image.manifest.v1+json";
        const response = await fetch(`http://${rig.registry}/v2/${repository}/${path}`, { headers: { accept } });
        return Buffer.from(await response.arrayBuffer());
      };
      const manifest = await get("manifests/2");
      writeFileSync(join(folder, "manifest.json"), manifest);
      const [layer] = JSON.parse(manifest.toString()).layers;
      writeFileSync(join(folder, "layer.tar.gz"), await get(`blobs/${layer.digest}`));
    };
    const { scanned, said, asked } = await run(today, plant);
    expect(scanned).toMatchObject(found);
    expect(asked).toEqual([byDigest, ...anew]);
    expect(said).toMatch(/the vulnerability database of the cache service is not used: .* doesn't have sha256:/);
  });

  test("is fetched anew where the mirror has it no longer", async () => {
    proxy.inject({ method: "HEAD", fault: { kind: "status", status: 404 } });
    const { scanned, asked } = await run();
    expect(scanned).toMatchObject(found);
    expect(asked).toEqual([byDigest, ...anew]);
  });
});

test("the database of Java archives is fetched only where there is one, and then once", async () => {
  const folder = newFolder("jar");
  writeFileSync(join(folder, "A.class"), "no class");
  execFileSync("python3", ["-m", "zipfile", "-c", "a.jar", "A.class"], { cwd: folder });
  const javaDb = await publishJavaDatabase(`scanner-${unique}/trivy-java-db`);
  const proxy = await startFaultProxy(rig.registry);
  try {
    const scanner = scannerFor({ env: { TRIVY_JAVA_DB_REPOSITORY: javaDb.replace(rig.registry, proxy.host) } });
    expect(await scanner.scan(image)).toMatchObject(found);
    expect(proxy.requests).toEqual([]);
    const jar = readFileSync(join(folder, "a.jar"), "latin1");
    const files = { ...alpine("a", "openssl=3.3.1-r0"), "app/a.jar": jar };
    const dockerfile = "FROM scratch\nCOPY a /\nCOPY app /app\n";
    const [one, other] = await Promise.all(
      [1, 2].map((n) => buildForScan(`java${n}`, { dockerfile, files: { ...files, [`app/${n}`]: "" } })),
    );
    if (one === undefined || other === undefined) throw new Error("two images were asked for");
    const both = await Promise.all([scanner.scan(one), scanner.scan(other)]);
    expect(both).toEqual([expect.objectContaining({ kind: "scanned" }), expect.objectContaining({ kind: "scanned" })]);
    expect(proxy.requests.filter(({ url }) => /manifests\/1$/.test(url)).length).toBe(1);
  } finally {
    await proxy.close();
  }
});

test("without one on PATH the pinned release is run, from the tool cache, and never what was changed there", async () => {
  const PATH = (rig.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !existsSync(join(folder, "trivy")))
    .join(delimiter);
  const archive = join(newFolder("release"), "trivy.tar");
  execFileSync("tar", ["-C", join(rig.trivy.path, ".."), "-cf", archive, "trivy"]);
  // Packed, but not compressed: that takes longer than all the rest.
  const bytes = gzipSync(readFileSync(archive), { level: 0 });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const requests: string[] = [];
  await withServer(
    (request, response) => {
      requests.push(request.url ?? "");
      if (request.url === "/moved") response.end(bytes);
      else response.writeHead(302, { location: "/moved" }).end();
    },
    async (host) => {
      const toolCache = newFolder("tool-cache");
      const run = async (sum: string) => {
        const release: TrivyRelease = {
          version: "0.76.0",
          archives: { "linux/x64": { url: `http://${host}/trivy.tar.gz`, sha256: sum } },
        };
        requests.splice(0);
        const scanner = scannerFor({ release, env: { PATH, RUNNER_TOOL_CACHE: toolCache } });
        const scanned = await scanner.scan(image);
        await scanner.close();
        return { scanned, said: scanner.said.join("\n") };
      };
      expect((await run(sha256)).scanned).toMatchObject(found);
      expect(requests).toEqual(["/trivy.tar.gz", "/moved"]);
      expect((await run(sha256)).scanned).toMatchObject(found);
      expect(requests).toEqual([]);

      const [kept = ""] = globSync("**/trivy.tar.gz", { cwd: toolCache });
      appendFileSync(join(toolCache, kept), "evil");
      const mended = await run(sha256);
      expect(mended.scanned).toMatchObject(found);
      expect(requests).toEqual(["/trivy.tar.gz", "/moved"]);
      expect(mended.said).toContain("is not the one that was put there");
      expect(readFileSync(join(toolCache, kept)).equals(bytes)).toBe(true);

      expect((await run("0".repeat(64))).scanned).toMatchObject({
        kind: "unscanned",
        error: { message: expect.stringContaining("is not what it was"), hint: expect.stringContaining("do not run") },
      });
    },
  );
});
