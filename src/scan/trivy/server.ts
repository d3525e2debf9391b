/**
 * Trivy's server holds the database and what is known of each layer; the scans are its clients. Scans that open the cache
 * of layers by themselves lock each other out: one that waits for more than five seconds fails (seen with 0.76).
 */
import { randomBytes } from "node:crypto";
import { UserError } from "../../errors.ts";
import type { Clock, FreePort, Http } from "../../ports.ts";
import { runTrivy, type Trivy, trivyError } from "./trivy-invocation.ts";

export interface ServerDependencies {
  readonly trivy: Trivy;
  readonly http: Http;
  readonly clock: Clock;
  readonly freePort: FreePort;
  /** Trivy's cache, with the database in it. */
  readonly cache: string;
}

export interface TrivyServer {
  /** What makes a scan its client. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Settles when the server has ended, for whatever reason. Never rejects. */
  readonly ended: Promise<void>;
  /** Whether it answers now. Never rejects. */
  isUp(): Promise<boolean>;
  stop(): Promise<void>;
}

/** @returns one that answers. @throws UserError when none comes up */
export async function startServer(deps: ServerDependencies): Promise<TrivyServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await deps.freePort(), deps);
    } catch (error) {
      deps.trivy.signal.throwIfAborted();
      // Another program may have taken the port.
      if (attempt === 3) throw error;
    }
  }
}

async function startOn(port: number, { trivy, http, clock, cache }: ServerDependencies): Promise<TrivyServer> {
  const own = new AbortController();
  const environment = { TRIVY_TOKEN: randomBytes(24).toString("hex") };
  const args = ["server", "--listen", `127.0.0.1:${port}`, "--cache-dir", cache, "--skip-db-update", "--quiet"];
  const signal = AbortSignal.any([own.signal, trivy.signal]);
  let failure: unknown;
  const about = "Trivy's server did not start";
  const ended = runTrivy({ ...trivy, signal }, args, environment, hours).then(
    (finished) => {
      failure = trivyError(about, finished);
    },
    (error: unknown) => {
      failure = error;
    },
  );
  const stop = async (): Promise<void> => {
    own.abort();
    await ended;
  };
  for (let waited = 0; waited < longestStart; waited += pause) {
    if (failure !== undefined) throw failure;
    if (await answers(port, http, signal)) {
      const isUp = (): Promise<boolean> => answers(port, http, signal);
      return { arguments: ["--server", `http://127.0.0.1:${port}`], environment, ended, isUp, stop };
    }
    await clock.sleep(pause, trivy.signal);
  }
  await stop();
  throw new UserError(`${about}: no answer within ${longestStart / 1000} s`, {
    hint: "run again, on a runner with less to do",
  });
}

/** Milliseconds. */
const longestStart = 60_000;
const pause = 25;
/** Minutes: longer than any job. */
const hours = 24 * 60;

async function answers(port: number, http: Http, signal: AbortSignal): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${port}/healthz`;
    return (await http.send({ method: "GET", url, timeout: 5_000, signal })).status === 200;
  } catch {
    return false;
  }
}
