/** Trivy itself, on images of ours and a database of ours. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { makeDockerConfig } from "../../rig/index.ts";
import { childProcesses } from "../../src/adapters/processes.ts";
import type { Processes } from "../../src/ports.ts";
import type { Finding } from "../../src/scan/finding.ts";
import type { PlatformScan, Scanned, ScanSubject } from "../../src/scan/scanner.ts";
import { startFaultProxy } from "./fault-proxy.ts";
import { scannerFor } from "./open-scanner.ts";
import { newFolder, rig } from "./rig.ts";
import { alpine, buildForScan } from "./scanned-image.ts";

jest.setTimeout(30_000);

const own = (name: string, host = rig.registry): string => `${host}/scanner-${process.pid}/${name}`;

/** Two platforms: openssl is mended on one of them, and nobody has mended busybox. */
const twoPlatforms = {
  dockerfile: "FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /\n",
  files: {
    ...alpine("amd64", "openssl=3.3.1-r0", "busybox=1.36.1-r0"),
    ...alpine("arm64", "openssl=3.3.9-r0", "busybox=1.36.1-r0"),
  },
  platforms: ["linux/amd64", "linux/arm64"],
};

function platformsOf(scanned: Scanned): readonly PlatformScan[] {
  if (scanned.kind === "unscanned") throw scanned.error;
  return scanned.platforms;
}

const foundOn = (scanned: Scanned): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(platformsOf(scanned).map(({ platform, findings }) => [platform, findings.map(inWords).sort()]));

/** `CVE-2026-1001 openssl 3.3.1-r0 → 3.3.9-r0` */
function inWords(finding: Finding): string {
  const ignored = finding.ignored === undefined ? "" : ` (ignored by ${finding.ignored.source})`;
  if (finding.kind === "secret") return `${finding.id} ${finding.path}:${finding.line ?? "-"}${ignored}`;
  return `${finding.id} ${finding.package} ${finding.installed} → ${finding.fixed ?? "none"}${ignored}`;
}

const [openssl, busybox] = ["CVE-2026-1001 openssl 3.3.1-r0 → 3.3.9-r0", "CVE-2026-1002 busybox 1.36.1-r0 → none"];
const expected = { "linux/amd64": [openssl, busybox], "linux/arm64": [busybox] };

test("every platform is scanned by its digest, and they may differ", async () => {
  const image = await buildForScan("web", { ...twoPlatforms, repository: own("web") });
  const scanner = scannerFor();
  scanner.prepare();
  const scanned = await scanner.scan(image);
  expect(foundOn(scanned)).toEqual(expected);
  const [amd64] = platformsOf(scanned);
  expect(amd64).toMatchObject({
    os: "alpine 3.20.3",
    digest: image.platforms[0]?.digest,
    layers: [{ createdBy: "COPY amd64 /" }],
    findings: expect.arrayContaining([
      expect.objectContaining({
        severity: "CRITICAL",
        title: "openssl: a handshake of our own invention overflows",
        of: "os",
        path: undefined,
        layer: amd64?.layers[0]?.diffId,
        url: expect.stringMatching(/^https:/),
      }),
    ]),
  });
});

test("an image that was not pushed is scanned from its layout, platform by platform", async () => {
  const image = await buildForScan("web", twoPlatforms);
  expect(image.source.kind).toBe("layout");
  expect(foundOn(await scannerFor().scan(image))).toEqual(expected);
});

test("several ignore files and a VEX document all hold, and what they take out is told as ignored", async () => {
  const image = await buildForScan("web", {
    dockerfile: "FROM scratch\nCOPY a /\n",
    files: alpine("a", "openssl=3.3.1-r0", "busybox=1.36.1-r0", "old=1"),
  });
  const workspace = newFolder("workspace");
  const file = (name: string, content: string): string => {
    writeFileSync(join(workspace, name), content);
    return join(workspace, name);
  };
  const expired = file("expired.trivyignore", "CVE-2026-1002 exp:2020-01-01\n");
  const plain = file(".trivyignore", "# not reachable\nCVE-2026-1001\n");
  const yaml = file(
    ".trivyignore.yaml",
    "vulnerabilities:\n  - id: CVE-2026-1002\n    statement: nobody calls it\n    expired_at: 2999-01-01\n",
  );
  const vex = file(
    "vex.json",
    JSON.stringify({
      "@context": "https://openvex.dev/ns/v0.2.0",
      "@id": "https://example.com/vex",
      author: "us",
      timestamp: "2026-01-01T00:00:00Z",
      version: 1,
      statements: [
        {
          vulnerability: { name: "CVE-2026-1002" },
          products: [{ "@id": "pkg:apk/alpine/busybox" }],
          status: "not_affected",
          justification: "vulnerable_code_not_in_execute_path",
        },
      ],
    }),
  );
  const scanner = scannerFor({ workspace });
  const scan = async (options: ScanSubject["options"]) => foundOn(await scanner.scan({ ...image, options }));
  expect(await scan({ ignoreFiles: [expired], vex: [] })).toEqual({ "linux/amd64": [openssl, busybox] });
  expect(await scan({ ignoreFiles: [expired, yaml, plain], vex: [] })).toEqual({
    "linux/amd64": [`${openssl} (ignored by .trivyignore)`, `${busybox} (ignored by .trivyignore.yaml)`],
  });
  expect(await scan({ ignoreFiles: [plain], vex: [vex] })).toEqual({
    "linux/amd64": [`${openssl} (ignored by .trivyignore)`, `${busybox} (ignored by vex.json)`],
  });
  const broken = await scanner.scan({ ...image, options: { ignoreFiles: [file("bad.yaml", "a: [")], vex: [] } });
  expect(broken).toMatchObject({ kind: "unscanned", error: { hint: "fix or remove the ignore file" } });
});

test("a private registry is read with the login of the inputs, and without one the message says so", async () => {
  const { host, username, password } = rig.authRegistry;
  const dockerConfig = newFolder("docker");
  makeDockerConfig(dockerConfig);
  writeFileSync(
    join(dockerConfig, "config.json"),
    JSON.stringify({ auths: { [host]: { auth: Buffer.from(`${username}:${password}`).toString("base64") } } }),
  );
  const image = await buildForScan("web", { ...twoPlatforms, repository: own("web", host), dockerConfig });
  const logins = new Map([[host, { kind: "basic" as const, username, password }]]);
  const credentials = {
    find: async () => undefined,
    forChildren: async () => ({ kind: "docker" as const, added: logins, usesHelpers: false }),
  };
  expect(foundOn(await scannerFor({ credentials }).scan(image))).toEqual(expected);
  expect(await scannerFor().scan(image)).toMatchObject({
    kind: "unscanned",
    error: {
      message: expect.stringMatching(/^web \(linux\/a.*\) could not be scanned: .*UNAUTHORIZED/s),
      hint: expect.stringContaining("packages: read"),
    },
  });
});

test("secrets in layers, variables and arguments are found, and none of them is kept anywhere", async () => {
  const key = ["AKIAQZ7XJ3K", "DLM5PWRTV"].join("");
  const token = `ghp_${"abcdefghijklmnopqrstuvwxyz0123456789"}`;
  const image = await buildForScan("web", {
    dockerfile: [
      "FROM busybox:1.37",
      "ARG PASSWORD",
      "RUN echo built >/built",
      "COPY app /app",
      `ENV GITHUB_PAT=${token} NAME=hunter2`,
      "",
    ].join("\n"),
    files: { "app/settings.env": `AWS_ACCESS_KEY_ID=${key}\nOWN_PASSWORD=unheard-of\n` },
  });
  const scanned = await scannerFor().scan(image);
  expect(foundOn(scanned)).toEqual({
    "linux/amd64": ["aws-access-key-id app/settings.env:1", "github-pat (image configuration):-"],
  });
  const [scan] = platformsOf(scanned);
  const kept = `${JSON.stringify(scan)}${readFileSync(scan?.report ?? "", "utf8")}`;
  expect(kept).toContain("aws-access-key-id");
  for (const secret of [key, token, "hunter2", "unheard-of"]) expect(kept).not.toContain(secret);
});

test("a child's scan fetches nothing again that its parent's did", async () => {
  const proxy = await startFaultProxy(rig.registry);
  try {
    const family = {
      dockerfile: "FROM scratch AS parent\nCOPY a /\nFROM parent\nCOPY more /more\n",
      files: { ...alpine("a", "openssl=3.3.1-r0"), more: "more\n" },
    };
    const parent = await buildForScan("parent", { ...family, target: "parent", repository: own("parent", proxy.host) });
    const child = await buildForScan("child", { ...family, repository: own("child", proxy.host) });
    const scanner = scannerFor();
    proxy.inject();
    platformsOf(await scanner.scan(parent));
    const blobs = (): number =>
      proxy.requests.filter(({ method, url }) => method === "GET" && /blobs/.test(url)).length;
    expect(blobs()).toBe(2);
    proxy.inject();
    expect(foundOn(await scanner.scan(child))).toEqual({ "linux/amd64": [openssl] });
    // Its configuration and its own layer.
    expect(blobs()).toBe(2);
  } finally {
    await proxy.close();
  }
});

test("scans that were under way when the server ended are done once more, on another one", async () => {
  const image = await buildForScan("web", twoPlatforms);
  const end = new AbortController();
  let servers = 0;
  let serverEnded: Promise<unknown> = Promise.resolve();
  const processes: Processes = {
    async run(program, args, options) {
      if (args[0] === "server" && ++servers === 1) {
        const signal = AbortSignal.any([end.signal, ...(options.signal === undefined ? [] : [options.signal])]);
        const ended = childProcesses.run(program, args, { ...options, signal });
        serverEnded = ended.catch(() => undefined);
        return ended;
      }
      if (args[0] === "image" && args.includes("--server")) {
        end.abort();
        await serverEnded;
      }
      return childProcesses.run(program, args, options);
    },
  };
  expect(foundOn(await scannerFor({ processes }).scan(image))).toEqual(expected);
  expect(servers).toBe(2);
});

test("an SBOM is made of a report", async () => {
  const files = alpine("amd64", "openssl=3.3.1-r0", "zlib=1.3.2-r0");
  const image = await buildForScan("web", { dockerfile: twoPlatforms.dockerfile, files });
  const scanner = scannerFor();
  const [scan] = platformsOf(await scanner.scan(image));
  const sbom: unknown = JSON.parse(new TextDecoder().decode(await scanner.sbom(scan?.report ?? "")));
  const component = (name: string, version: string) => expect.objectContaining({ name, version });
  expect(sbom).toMatchObject({
    bomFormat: "CycloneDX",
    metadata: { component: { type: "container" } },
    // Of zlib nothing is found.
    components: expect.arrayContaining([component("openssl", "3.3.1-r0"), component("zlib", "1.3.2-r0")]),
  });
});

test("a system that nobody reports findings for is told from one that has none", async () => {
  const scan = async (release: string) => {
    const files = { ...alpine("a", "openssl=3.3.1-r0"), "a/etc/os-release": release };
    const image = await buildForScan("web", { dockerfile: "FROM scratch\nCOPY a /\n", files });
    const [{ os, unwatched } = {}] = platformsOf(await scannerFor().scan(image));
    return [os, unwatched];
  };
  expect(await scan("ID=alpine\nVERSION_ID=3.99.0\n")).toEqual(["alpine 3.99.0", undefined]);
  expect(await scan("ID=alpine\nVERSION_ID=3.9.1\n")).toEqual(["alpine 3.9.1", "ended"]);
  expect(await scan("ID=of-our-own\nVERSION_ID=1\n")).toEqual([undefined, "unknown"]);
});

test("an index that names no platform was not scanned", async () => {
  const image = await buildForScan("web", twoPlatforms);
  expect(await scannerFor().scan({ ...image, platforms: [] })).toMatchObject({
    kind: "unscanned",
    error: { message: expect.stringContaining("names no platform") },
  });
});

test("an image without a system has no findings, and none that is not there can be scanned", async () => {
  const image = await buildForScan("web", { dockerfile: "FROM scratch\nCOPY a /a\n", files: { a: "a" } });
  const scanner = scannerFor();
  expect(platformsOf(await scanner.scan(image))).toMatchObject([{ os: undefined, findings: [] }]);
  const gone = await buildForScan("web", { ...twoPlatforms, repository: own("gone") });
  const platforms = gone.platforms.map((each) => ({ ...each, digest: image.platforms[0]?.digest ?? each.digest }));
  expect(await scanner.scan({ ...gone, platforms })).toMatchObject({
    kind: "unscanned",
    error: { hint: "look whether the image is still in the registry" },
  });
});
