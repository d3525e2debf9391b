/** The scanner on real parts, as a run has it: the rig's Trivy and databases, and what a test wants otherwise. */
import { join } from "node:path";
import { afterEach } from "@jest/globals";
import { systemClock } from "../../src/adapters/clock.ts";
import { systemFiles } from "../../src/adapters/files.ts";
import { freePort } from "../../src/adapters/free-port.ts";
import { nodeHttp } from "../../src/adapters/http/http.ts";
import { childProcesses } from "../../src/adapters/processes.ts";
import type { Clock, KeptFolders, Log } from "../../src/ports.ts";
import { type OpenScanner, openScanner, type ScannerDependencies } from "../../src/scan/trivy/open-scanner.ts";
import { pinnedRelease } from "../../src/scan/trivy/release.ts";
import { limited } from "../unit/lib/http/limited.ts";
import { newFolder, rig } from "./rig.ts";

export interface ScannerWish extends Partial<Omit<ScannerDependencies, "env" | "log">> {
  readonly env?: Readonly<Record<string, string>>;
}

export interface ScannerInUse extends OpenScanner {
  /** Warnings and lines of the log so far. */
  readonly said: readonly string[];
}

/** What a registry in trouble asks for takes no time here. */
const hurried: Clock = {
  now: systemClock.now,
  sleep: (time, signal) => systemClock.sleep(Math.min(time, 25), signal),
};

const open = new Set<OpenScanner>();

/** Closed after the test. */
export function scannerFor({ env = {}, ...wish }: ScannerWish = {}): ScannerInUse {
  const said: string[] = [];
  const scanner = openScanner({
    processes: childProcesses,
    http: nodeHttp({}),
    files: systemFiles,
    ...limited({ clock: hurried, random: Math.random }),
    log: logInto(said),
    signal: new AbortController().signal,
    env: {
      PATH: rig.env.PATH ?? "",
      TRIVY_DB_REPOSITORY: rig.trivy.db,
      TRIVY_JAVA_DB_REPOSITORY: rig.trivy.javaDb,
      ...env,
    },
    machine: "linux/x64",
    release: pinnedRelease,
    freePort,
    keptFolders: nothingKept,
    credentials: {
      find: async () => undefined,
      forChildren: async () => ({ kind: "docker", added: new Map(), usesHelpers: false }),
    },
    store: newFolder("store"),
    folder: newFolder("scan"),
    reports: join(newFolder("reports"), "scans"),
    workspace: "/nowhere",
    parallelism: 2,
    ...wish,
  });
  open.add(scanner);
  return { ...scanner, said };
}

afterEach(async () => {
  await Promise.all([...open].map((each) => each.close()));
  open.clear();
});

const nothingKept: KeptFolders = { restore: async () => undefined, keep: async () => {} };

function logInto(said: string[]): Log {
  const write = (message: string): void => void said.push(message);
  return { debug: write, info: write, notice: write, warning: write, error: write, group: write, mask: () => {} };
}
