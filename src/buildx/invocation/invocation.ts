/** One invocation of buildx, followed to its end: what it said, and a line in the log now and then while it runs. */
import type { Clock, Log, Processes } from "../../ports.ts";
import type { Environment } from "../builder/environment.ts";
import { longestSilence, waitsForCache } from "../cache/cache-trouble.ts";
import { type BuildProgress, followBuild, liveLine } from "./progress.ts";
import { parseStatus } from "./rawjson.ts";

export interface Invocation {
  /** The exit code. */
  readonly code: number;
  readonly progress: BuildProgress;
  /** What buildx said beside the stream, a line each. */
  readonly text: readonly string[];
  /** Set where it was ended because nothing came from its cache any more. */
  readonly stalled: "import" | "export" | undefined;
}

export interface InvocationDependencies {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly log: Pick<Log, "info">;
  readonly environment: Environment;
  readonly workspace: string;
  readonly signal: AbortSignal;
}

/** While a build runs, how often is looked at what it does. */
const glance = 10_000;

/**
 * @param builderHangs whether another build was found to hang in the same builder.
 * @throws the signal's reason when it is aborted.
 */
export async function runBuildx(
  image: string,
  args: readonly string[],
  seconds: () => number,
  builderHangs: () => boolean,
  deps: InvocationDependencies,
): Promise<Invocation> {
  const progress = followBuild();
  const text: string[] = [];
  const stop = new AbortController();
  const cancel = (): void => stop.abort(deps.signal.reason);
  const ended = new AbortController();
  let heard = deps.clock.now().getTime();
  const isSilent = (): boolean => deps.clock.now().getTime() - heard >= longestSilence;
  const logNowAndThen = nowAndThen(image, progress, seconds, deps.log);
  const watching = lookNowAndThen(deps.clock, ended.signal, () => {
    const waits = waitsForCache(progress, builderHangs());
    if (waits !== undefined && isSilent()) stop.abort(new Stalled(waits));
    logNowAndThen();
  });
  if (deps.signal.aborted) cancel();
  deps.signal.addEventListener("abort", cancel, { once: true });
  try {
    const { code } = await deps.processes.run("docker", args, {
      cwd: deps.workspace,
      env: deps.environment,
      signal: stop.signal,
      onLine: (line, stream) => {
        heard = deps.clock.now().getTime();
        const status = stream === "stderr" ? parseStatus(line) : undefined;
        if (status !== undefined) progress.add(status);
        else if (stream === "stderr") keep(text, line);
      },
    });
    return { code, progress, text, stalled: undefined };
  } catch (error) {
    if (!(error instanceof Stalled) || deps.signal.aborted) throw error;
    return { code: 1, progress, text, stalled: error.at };
  } finally {
    deps.signal.removeEventListener("abort", cancel);
    ended.abort();
    await watching;
  }
}

class Stalled extends Error {
  readonly at: "import" | "export";

  constructor(at: "import" | "export") {
    super("the cache says nothing any more");
    this.at = at;
  }
}

/** Says what a build that takes long is doing, when it is called at every glance. */
function nowAndThen(
  image: string,
  progress: BuildProgress,
  seconds: () => number,
  log: InvocationDependencies["log"],
): () => void {
  let logged: string | undefined;
  let quiet = 0;
  return () => {
    const current = progress.current();
    // A step that takes minutes is reported once in a minute.
    if (current === undefined || (current === logged && quiet < 6)) quiet += 1;
    else {
      log.info(liveLine(image, current, seconds()));
      logged = current;
      quiet = 1;
    }
  };
}

async function lookNowAndThen(clock: Clock, ended: AbortSignal, look: () => void): Promise<void> {
  while (!ended.aborted) {
    try {
      await clock.sleep(glance, ended);
    } catch {
      return;
    }
    look();
  }
}

/** What buildx says beside the stream is short; a builder gone mad must not fill the memory. */
function keep(text: string[], line: string): void {
  if (line.trim() === "") return;
  text.push(line);
  if (text.length > 200) text.splice(0, 100);
}
