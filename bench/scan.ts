/** The scan of the example: sixteen scans, of eight images on two platforms, beside as many bare Trivy processes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { limited } from "../__tests__/unit/lib/http/limited.ts";
import { systemClock } from "../src/adapters/clock.ts";
import { systemFiles } from "../src/adapters/files.ts";
import { freePort } from "../src/adapters/free-port.ts";
import { nodeHttp } from "../src/adapters/http/http.ts";
import { childProcesses } from "../src/adapters/processes.ts";
import { platform } from "../src/model/platform.ts";
import { repository } from "../src/model/reference.ts";
import { type Index, parseManifest } from "../src/oci/manifest.ts";
import type { Log } from "../src/ports.ts";
import type { ScanSubject } from "../src/scan/scanner.ts";
import { openScanner } from "../src/scan/trivy/open-scanner.ts";
import { pinnedRelease } from "../src/scan/trivy/release.ts";
import { checkOutExample, exampleStep, type OnRig } from "./example.ts";
import { interleaved, progress, ratio, time } from "./measure.ts";
import { atMost, megabytes, type Row, seconds, times } from "./table.ts";

/** What the scanner may take beside the bare processes' sum, divided by the cores. */
const limit = 1.3;
const cores = 2;
/** Scans that run at once: part of each is waiting, for the registry and for Trivy's server. */
const atOnce = cores + 1;

export async function measureScan(bench: OnRig): Promise<readonly Row[]> {
  progress("publishing the example to scan it");
  const checkout = checkOutExample(bench);
  await time(exampleStep(bench, checkout));
  const subjects = await published(bench, checkout.slug);
  const scans = subjects.flatMap(({ platforms }) => platforms).length;
  // In a run of its own: looking takes time, too.
  let peak = 0;
  await throughScanner(bench, subjects, (folder) => watchMemory(folder, (bytes) => (peak = Math.max(peak, bytes))));
  const rounds = await interleaved(
    [
      { name: "bare", run: () => bareProcesses(bench, subjects) },
      { name: "scanner", run: () => throughScanner(bench, subjects) },
    ],
    bench.quick ? 3 : 7,
  );
  const share = rounds.compared("scanner", "bare", (scanner, bare) => ratio(scanner, bare / cores));
  return [
    { measure: `${scans} bare trivy processes, one after the other`, value: seconds(rounds.median("bare")) },
    {
      measure: `${scans} scans through the scanner, ${atOnce} at once`,
      value: seconds(rounds.median("scanner")),
      ratio: times(share),
      limit: atMost(limit, share, times(limit)),
    },
    { measure: "memory of all Trivy processes at the peak", value: megabytes(peak) },
  ];
}

/** The seven images that the example publishes, and the one that they are built on. */
async function published({ rig }: OnRig, slug: string): Promise<readonly ScanSubject[]> {
  const names = readdirSync(join(import.meta.dirname, "../examples/monorepo/images")).map((name) => `${slug}/${name}`);
  const found = await Promise.all(
    [...names, "library/busybox"].map(async (path): Promise<readonly ScanSubject[]> => {
      const answer = await fetch(`http://${rig.registry}/v2/${path}/manifests/latest`, {
        headers: { accept: "application/vnd.oci.image.index.v1+json" },
      });
      if (!answer.ok) return [];
      const { manifests } = parseManifest(new Uint8Array(await answer.arrayBuffer())) as Index;
      const platforms = manifests.flatMap(({ digest, platform: of }) =>
        of === undefined || of.os === "unknown" ? [] : [{ digest, platform: platform(`${of.os}/${of.architecture}`) }],
      );
      const source = { kind: "registry", repository: repository(`${rig.registry}/${path}`) } as const;
      return [{ name: path.split("/").at(-1) ?? path, source, platforms, options: { ignoreFiles: [], vex: [] } }];
    }),
  );
  return found.flat();
}

/** One after the other, on one cache: no layer is looked at twice, and none waits for another's lock. */
async function bareProcesses({ folder, rig }: OnRig, subjects: readonly ScanSubject[]): Promise<number> {
  const cache = mkdtempSync(join(folder, "bare-"));
  symlinkSync(join(await databases(folder, rig.trivy), "db"), join(cache, "db"));
  let total = 0;
  for (const { source, platforms } of subjects) {
    if (source.kind !== "registry") continue;
    for (const { digest } of platforms) {
      const which = ["--image-src", "remote", `${source.repository}@${digest}`];
      const how = ["--cache-dir", cache, "--skip-db-update", "--offline-scan", "--skip-version-check", "--quiet"];
      const args = ["image", ...how, "--format", "json", "--output", join(cache, "report.json"), ...which];
      total += await time({ program: rig.trivy.path, args, env: { HOME: cache }, cwd: cache });
    }
  }
  rmSync(cache, { recursive: true });
  return total;
}

/** As a run does it, with a server that came up while images were built; the database is there already for both. @returns milliseconds */
async function throughScanner(
  { folder: parent, rig }: OnRig,
  subjects: readonly ScanSubject[],
  watch: (folder: string) => () => void = () => nothing,
): Promise<number> {
  const folder = mkdtempSync(join(parent, "scanner-"));
  const store = await databases(parent, rig.trivy);
  const unwatch = watch(folder);
  const scanner = openScanner({
    ...{
      processes: childProcesses,
      http: nodeHttp({}),
      files: systemFiles,
      ...limited({ clock: systemClock, random: Math.random }),
      log: silent,
      freePort,
    },
    ...{ folder, store, reports: join(folder, "reports"), workspace: parent, release: pinnedRelease },
    env: { PATH: `${join(rig.trivy.path, "..")}:${rig.env.PATH}` },
    machine: "linux/x64",
    signal: new AbortController().signal,
    keptFolders: { restore: async () => undefined, keep: async () => {} },
    credentials: {
      find: async () => undefined,
      forChildren: async () => ({ kind: "docker", added: new Map(), usesHelpers: false }),
    },
    parallelism: atOnce,
  });
  try {
    scanner.prepare();
    // While the first image is built.
    await systemClock.sleep(1_500);
    const started = performance.now();
    const scanned = await Promise.all(subjects.map((subject) => scanner.scan(subject)));
    for (const each of scanned) if (each.kind === "unscanned") throw each.error;
    return performance.now() - started;
  } finally {
    unwatch();
    await scanner.close();
    rmSync(folder, { recursive: true });
  }
}

/** The rig's database, fetched once. */
async function databases(parent: string, trivy: OnRig["rig"]["trivy"]): Promise<string> {
  const store = join(parent, "databases");
  const args = ["image", "--download-db-only", "--db-repository", trivy.db, "--cache-dir", store, "--quiet"];
  mkdirSync(store, { recursive: true });
  await time({ program: trivy.path, args, env: { HOME: store } });
  return store;
}

/** Tells, every 20 ms, how many bytes of memory all processes that work in a folder hold. @returns what ends it */
function watchMemory(folder: string, tell: (bytes: number) => void): () => void {
  const timer = setInterval(() => {
    const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    tell(processes.reduce((sum, id) => sum + residentIn(id, folder), 0));
  }, 20);
  return () => clearInterval(timer);
}

function residentIn(id: string, folder: string): number {
  try {
    if (!readFileSync(`/proc/${id}/cmdline`, "utf8").includes(folder)) return 0;
    const [, kilobytes = "0"] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0; // gone meanwhile
  }
}

const nothing = (): void => {};
const silent: Log = {
  ...{
    debug: nothing,
    info: nothing,
    notice: nothing,
    warning: nothing,
    error: nothing,
    group: nothing,
    mask: nothing,
  },
};
