/** `image-publish plan` in a checkout with real git, and with a network that is only counted. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemFiles } from "../../../src/adapters/files.ts";
import { childProcesses } from "../../../src/adapters/processes.ts";
import { runCommand } from "../../../src/commands/run-command.ts";
import { inputs as specification } from "../../../src/config/inputs-specification.ts";
import { formatLocation, type SourceLocation, throwProblems } from "../../../src/errors.ts";
import type { Trigger } from "../../../src/model/run-context.ts";
import type { Log, Notice, Processes } from "../../../src/ports.ts";
import { simulatedContext } from "../../../src/run/event/simulated-context.ts";
import { readRunInputs } from "../../../src/settings/run-inputs.ts";
import type { Change } from "../../unit/changes/objects.ts";
import { limited } from "../../unit/lib/http/limited.ts";
import { remembering } from "../changes/remembering.ts";
import { type Repository, Workplace } from "../changes/repository.ts";

export interface Laptop {
  readonly folder: string;
  /** What a commit changes, as a clone of a forge's repository has it. */
  commit(changes: Readonly<Record<string, Change>>): string;
  git(...args: readonly string[]): string;
  head(): string;
  plan(said?: Said): Promise<Told>;
  remove(): void;
}

export interface Said {
  readonly event?: string;
  readonly base?: string;
  readonly ref?: string;
  readonly explain?: string;
  readonly graph?: boolean;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Another checkout than the laptop's own. */
  readonly folder?: string;
  /** In the place of what the event would be. */
  readonly trigger?: Trigger;
}

export interface Told {
  readonly text: string;
  readonly json: unknown;
  readonly summary: string;
  /** Notices, warnings and errors beside the result, each with its place. */
  readonly beside: readonly string[];
  /** What makes the run fail, likewise. */
  readonly failures: readonly string[];
}

/** A clone whose commit `files` is what the remote's main has. */
export function makeLaptop(
  files: Readonly<Record<string, Change>>,
  { bake = false, remote = "https://github.com/o/r.git" }: { readonly bake?: boolean; readonly remote?: string } = {},
): Laptop {
  const workplace = new Workplace();
  const repository = workplace.alone();
  repository.point("refs/remotes/origin/main", repository.start(files));
  repository.setRemote(remote);
  const real = bake ? printingBake(childProcesses) : childProcesses;
  let processes = remembering(real);
  const changing = <T>(change: () => T): T => {
    processes = remembering(real);
    return change();
  };
  return {
    commit: (changes) => changing(() => repository.commit(changes)),
    git: (...args) => changing(() => repository.git(...args)),
    head: () => repository.head(),
    plan: (said) => plan(repository, workplace.folder, processes, said ?? {}),
    folder: repository.folder,
    remove: () => workplace.remove(),
  };
}

/** In the place of buildx: prints the JSON bake files of a folder, an override over the other file's targets. */
function printingBake(real: Processes): Processes {
  return {
    ...real,
    async run(program, args, options) {
      if (program !== "docker") return real.run(program, args, options);
      const read = (name: string) => {
        const path = join(options.cwd ?? "", name);
        return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
      };
      const answer = (code: number, stdout: string, stderr: string) => ({
        ...{ code, signal: undefined, stdout: Buffer.from(stdout), stderr },
      });
      try {
        const [first, second] = [read("docker-bake.json"), read("docker-bake.override.json")];
        const names = args.slice(args.indexOf("*.ssh=") + 1);
        const target = Object.fromEntries(
          Object.entries({ ...first.target, ...second.target }).map(([name]) => [
            name,
            { ...first.target?.[name], ...second.target?.[name] },
          ]),
        );
        const group = names.length === 0 ? first.group : { default: { targets: names } };
        const isAll = names.length === 0 || names.includes("*");
        const wanted = Object.entries(target).filter(([name]) => isAll || names.includes(name));
        return answer(0, JSON.stringify({ group, target: Object.fromEntries(wanted) }), "");
      } catch {
        return answer(1, "", "ERROR: it can't be read");
      }
    },
  };
}

async function plan(repository: Repository, folder: string, processes: Processes, said: Said): Promise<Told> {
  const beside: string[] = [];
  const placed = (message: string, at: SourceLocation | undefined): string =>
    at === undefined ? message : `${formatLocation(at)} ${message}`;
  const say = (message: string, _?: unknown, details?: Notice): number => beside.push(placed(message, details?.at));
  const log: Log = {
    debug() {},
    info() {},
    notice: (message) => say(message),
    warning: say,
    error: say,
    group() {},
    mask() {},
  };
  const forbidden = async (): Promise<never> => {
    throw new Error("the network was asked");
  };
  const outside = limited({
    processes,
    http: { send: forbidden, open: forbidden },
    files: systemFiles,
    clock: { now: () => new Date("2026-06-14T23:00:00Z"), sleep: async () => {} },
    log,
    attest: forbidden,
    keptFolders: { restore: forbidden, keep: forbidden },
    freePort: forbidden,
    machine: "linux/x64",
    hasCacheService: () => false,
    env: { PATH: process.env.PATH, HOME: "/nonexistent" },
    random: () => 0.5,
    parallelism: 2,
    signal: new AbortController().signal,
  });
  const raw = Object.fromEntries(specification.map(({ name }) => [name, ""]));
  const given = { ...raw, command: "plan", ...said.inputs } as Parameters<typeof readRunInputs>[0];
  const { inputs, problems } = readRunInputs(given, {});
  throwProblems(problems);
  const { event, base, ref, explain, graph } = said;
  const simulated = { event, base, ref, builds: false, start: undefined, temp: `${folder}/temp` };
  const imagined = await simulatedContext(simulated, said.folder ?? repository.folder, outside);
  const context = said.trigger === undefined ? imagined : { ...imagined, trigger: said.trigger };
  const result = await runCommand(inputs, context, outside, { simulated: true, explain, graph });
  const failures = result.failures.map(({ message, at }) => placed(message, at));
  const text = result.text({ colour: false, width: 100 });
  return { text, json: result.json, summary: result.summary, beside, failures };
}
