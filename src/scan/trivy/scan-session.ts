/** Trivy, its databases and its server, for one run. */
import { messageOf } from "../../errors.ts";
import { memoize } from "../../lib/memoize.ts";
import type { CredentialStore } from "../../oci/login/credentials.ts";
import { privateDockerConfig } from "../../oci/login/docker-login.ts";
import type { FileLinks, FileStreams, Files, FreePort } from "../../ports.ts";
import type { ScannerFacts } from "../scanner-facts.ts";
import { obtainDatabase } from "./database/database.ts";
import { type DatabaseKind, vulnerabilities } from "./database/database-kind.ts";
import type { DatabaseDependencies } from "./database/database-source.ts";
import { readTimes } from "./database/database-times.ts";
import { startServer, type TrivyServer } from "./server.ts";
import { findTool, type ToolDependencies } from "./tool.ts";
import { type Trivy, trivyEnvironment } from "./trivy-invocation.ts";

export interface SessionDependencies extends ToolDependencies, Omit<DatabaseDependencies, "afterwards"> {
  readonly files: Files & FileLinks & FileStreams;
  readonly http: DatabaseDependencies["http"];
  readonly freePort: FreePort;
  readonly credentials: Pick<CredentialStore, "find" | "forChildren">;
  /** The run's own, absolute. It doesn't exist yet, and the caller removes it, except `reports`. */
  readonly folder: string;
  /** Where the scans' reports are left, absolute. */
  readonly reports: string;
  /** Absolute: ignore files and VEX documents are called by their path in it. */
  readonly workspace: string;
}

/** What the scans of a run share, each made when it is first needed. */
export interface ScanSession {
  readonly files: Files & FileLinks;
  readonly reports: string;
  readonly workspace: string;
  /** Trivy's cache, absolute. */
  readonly cache: string;
  readonly trivy: () => Promise<Trivy>;
  readonly server: () => Promise<TrivyServer>;
  /** Brings a database into the cache. */
  readonly database: (kind: DatabaseKind) => Promise<void>;
  /** `undefined` where nothing was asked of it, or it could not be had. */
  readonly facts: () => Promise<ScannerFacts | undefined>;
  /** A new name in the run's folder, absolute. */
  readonly fresh: (what: string) => string;
}

/** `close` ends the server, and waits until the databases are kept; it never rejects. */
export function openScanSession(deps: SessionDependencies): ScanSession & { close(): Promise<void> } {
  const { files, folder, log } = deps;
  const cache = `${folder}/cache`;
  const pending: Promise<unknown>[] = [];
  let names = 0;
  let running: Promise<TrivyServer> | undefined;
  let isUsed = false;
  const tool = memoize((_: "once") => makeTrivy(deps));
  const database = memoize(async (kind: DatabaseKind) => {
    const afterwards = (work: Promise<void>) => void pending.push(work.catch((error) => log.debug(messageOf(error))));
    const place = await obtainDatabase(kind, { ...deps, afterwards });
    await files.makeDirectory(cache);
    await files.link(place, `${cache}/${kind.folder}`);
  });
  const server = (): Promise<TrivyServer> => {
    isUsed = true;
    running ??= (async () => {
      await database(vulnerabilities);
      const started = await startServer({ ...deps, trivy: await tool("once"), cache });
      // Whoever needs one from then on starts another.
      void started.ended.then(() => {
        running = undefined;
      });
      return started;
    })();
    return running;
  };
  return {
    ...deps,
    cache,
    trivy: () => tool("once"),
    server,
    database,
    async facts() {
      const trivy = isUsed ? await tool("once").catch(() => undefined) : undefined;
      if (trivy === undefined) return undefined;
      const times = readTimes(await files.read(`${cache}/${vulnerabilities.folder}/metadata.json`));
      return { name: `Trivy ${trivy.version}`, database: times?.updated };
    },
    fresh: (what) => `${folder}/${what}-${++names}`,
    async close() {
      await running?.then((started) => started.stop()).catch(() => undefined);
      await Promise.all(pending);
    },
  };
}

async function makeTrivy(deps: SessionDependencies): Promise<Trivy> {
  const { credentials, env, files, folder, processes, signal } = deps;
  const [cwd, home] = [`${folder}/empty`, `${folder}/home`];
  await Promise.all([cwd, home, deps.reports].map((each) => files.makeDirectory(each)));
  const logins = await credentials.forChildren();
  const login = await privateDockerConfig({ files, folder: `${folder}/docker`, logins, env });
  const tool = await findTool(deps);
  const usesHelpers = logins.kind === "docker" && logins.usesHelpers;
  const environment = trivyEnvironment({ env, home, login, usesHelpers });
  return { ...tool, processes, environment, cwd, signal };
}
