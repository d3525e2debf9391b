/** The session of an event, with real git: a forge over HTTP, and a checkout of one of its commits. */
import { join } from "node:path";
import { expect } from "@jest/globals";
import { systemFiles } from "../../../src/adapters/files.ts";
import { childProcesses } from "../../../src/adapters/processes.ts";
import { inputs as specification } from "../../../src/config/inputs-specification.ts";
import { readContext } from "../../../src/context/read-context.ts";
import { simulatedContext } from "../../../src/run/event/simulated-context.ts";
import type { Outside } from "../../../src/run/outside.ts";
import { openSession, type Session } from "../../../src/run/session.ts";
import { readRunInputs } from "../../../src/settings/run-inputs.ts";
import type { GitServer } from "../changes/git-server.ts";
import type { Repository, Workplace } from "../changes/repository.ts";

export interface Asked {
  /** Empty: there is none, as on a user's own machine. */
  readonly event: string;
  /** `GITHUB_REF` and `GITHUB_SHA`. */
  readonly ref?: string;
  readonly sha?: string;
  readonly payload?: object;
  /** What is checked out. */
  readonly head: string;
  /** With all of its history. */
  readonly isDeep?: boolean;
  /** Changes the checkout further. */
  readonly prepare?: (checkout: Repository) => void;
  readonly push?: string;
  /** The step's inputs, by name. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** The event that a command line acts for. */
  readonly simulated?: string;
  readonly command?: "plan" | "publish";
  readonly serverUrl?: string;
}

export interface Where {
  readonly place: Workplace;
  readonly forge: Repository;
  /** Wants the token `t0ken`. */
  readonly server: GitServer;
}

let count = 0;

export async function openedSession({ place, forge, server }: Where, asked: Asked): Promise<Session> {
  const { event, ref, sha, payload, head, push, simulated, serverUrl, command = "publish" } = asked;
  count += 1;
  const checkout = place.alone();
  checkout.git("fetch", "--quiet", ...(asked.isDeep === true ? [] : ["--depth=1"]), forge.folder, head);
  checkout.git("checkout", "--quiet", "--detach", "FETCH_HEAD");
  asked.prepare?.(checkout);
  const payloadPath = join(place.folder, `event-${count}.json`);
  const repository = { full_name: "octo/images", default_branch: "main", private: false };
  await systemFiles.write(payloadPath, JSON.stringify({ repository, ...payload }));
  const env = {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: payloadPath,
    GITHUB_REPOSITORY: "octo/images",
    GITHUB_SERVER_URL: serverUrl ?? server.url,
    GITHUB_REF: ref,
    GITHUB_SHA: sha,
    GITHUB_WORKSPACE: checkout.folder,
    RUNNER_TEMP: join(place.folder, `temp-${count}`),
  };
  const said: Readonly<Record<string, string>> = {
    ...{ token: "t0ken", command, push: push ?? "untrusted" },
    ...asked.inputs,
  };
  const raw = Object.fromEntries(specification.map(({ name }) => [name, said[name] ?? ""])) as Parameters<
    typeof readRunInputs
  >[0];
  const { inputs, problems } = readRunInputs(raw, env);
  expect(problems).toEqual([]);
  const silent = async (): Promise<never> => {
    throw new Error("there is no forge");
  };
  const outside = {
    ...{ processes: childProcesses, files: systemFiles, env, random: Math.random },
    clock: { now: () => new Date("2026-06-01T00:00:00Z") },
    log: { debug: () => {}, warning: () => {}, notice: () => {}, info: () => {} },
    http: { send: silent },
    signal: new AbortController().signal,
  } as unknown as Outside;
  if (simulated === undefined) {
    const now = new Date("2026-06-01T00:00:00Z");
    return openSession(readContext({ env, payload: JSON.stringify({ repository, ...payload }), now }), inputs, outside);
  }
  const temp = join(place.folder, `temp-${count}`);
  const wanted = {
    event: simulated,
    base: undefined,
    ref: ref ?? "refs/heads/main",
    builds: true,
    start: undefined,
    temp,
  };
  const imagined = await simulatedContext(wanted, checkout.folder, outside);
  return openSession(imagined, inputs, outside, { offline: command === "plan", isSimulated: true });
}
