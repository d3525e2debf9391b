/** A repository on a forge, as runs of ours and people meet it; stories and properties are told of any of them. */

import type { MovedFile } from "../../src/bump/moved.ts";
import type { BranchHistory } from "../../src/bump/pull-request/branch-history.ts";
import {
  defaultPullRequestSettings,
  type Proposal,
  type ProposalResult,
  type PullRequestSettings,
} from "../../src/bump/pull-request/proposal.ts";
import { propose } from "../../src/bump/pull-request/propose.ts";
import type { BumpForge, FileWrite } from "../../src/forge/bump-forge.ts";
import { commit } from "../../src/model/run-context.ts";
import { stillClock } from "../unit/oci/still-clock.ts";

export interface World {
  /** The forge, as the run's token may use it. */
  readonly forge: BumpForge;
  /** Requests so far that `forge` made. */
  calls(): number;
  head(branch: string): Promise<string | undefined>;
  /** A file on a branch, its mode with it. */
  file(branch: string, path: string): Promise<{ readonly bytes: Uint8Array; readonly mode: string } | undefined>;
  /** The commits, as a checkout has them. `base`: where the branch stands that pull requests go to. */
  history(base: string): BranchHistory;
  /** What a person does. */
  readonly person: Person;
  pulls(): Promise<readonly Pull[]>;
}

export interface Person {
  /** A commit on a branch. */
  commit(branch: string, files: Readonly<Record<string, string>>): Promise<void>;
  /** A merge of one branch into another. */
  mergeBranch(from: string, into: string): Promise<void>;
  /** A branch made anew on another one, with one commit, whose author may say whatever. */
  branch(branch: string, on: string, files: Readonly<Record<string, string>>, message: string): Promise<void>;
  openPull(branch: string, text: { readonly title: string; readonly body: string }): Promise<number>;
  editBody(number: number, body: string): Promise<void>;
  /** Somebody's without any right: a pull request from a branch of that name in a fork; `undefined`: not in this world. */
  readonly forkPull?: (branch: string, body: string, state: "open" | "closed") => Promise<void>;
  closePull(number: number): Promise<void>;
  /** @returns whether it could be: not where it conflicts. */
  mergePull(number: number): Promise<boolean>;
  deleteBranch(branch: string): Promise<void>;
}

export interface Pull {
  readonly number: number;
  readonly state: "open" | "closed" | "merged";
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly reviewers: readonly string[];
  readonly comments: readonly string[];
  /** The head that is merged once the rules allow it. */
  readonly autoMerge?: string | undefined;
}

export const pair = { branch: "image-publish/bump-app", base: "main" };

/** The files of the stories that have pins. */
export const pinned = ["Dockerfile", "deploy/app.yaml"];

export interface RunOptions {
  readonly forge?: BumpForge;
  readonly settings?: Partial<PullRequestSettings>;
  /** Between the reading of the base and everything else. */
  readonly meanwhile?: () => Promise<void>;
}

/** A run that published `app:<version>`. */
export async function bump(world: World, version: number, options: RunOptions = {}): Promise<ProposalResult> {
  const at = await world.head(pair.base);
  const read = await Promise.all(
    pinned.map(async (path) => ({ path, bytes: (await world.file(pair.base, path))?.bytes })),
  );
  const files = moveTo(
    version,
    read.flatMap(({ path, bytes }) => (bytes === undefined ? [] : [{ path, bytes }])),
  );
  await options.meanwhile?.();
  const proposal: Proposal = {
    at: commit(at ?? ""),
    files,
    title: `Use app ${version}`,
    body: `It was published as app:${version}.`,
    settings: { ...defaultPullRequestSettings, ...options.settings },
    moveAgain: (each) => moveTo(version, each),
  };
  const forge = options.forge ?? world.forge;
  const tools = {
    forge,
    clock: stillClock(),
    random: () => 0.5,
    repositoryUrl: "https://forge.example/o/r",
    history: world.history(at ?? ""),
    differInPins: (each: readonly FileWrite[]) =>
      each.every(({ before, after }) => withoutPins(before) === withoutPins(after)),
  };
  return await propose(pair, files.length === 0 ? undefined : proposal, tools);
}

function withoutPins(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).replace(/app:\d+/g, "app");
}

/** Moves each `app:<number>` forward. */
export function moveTo(
  version: number,
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): readonly MovedFile[] {
  return files.flatMap(({ path, bytes }) => {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    const pins: MovedFile["pins"][number][] = [];
    const after = text.replace(/app:(\d+)/g, (from, old) => {
      if (Number(old) >= version) return from;
      pins.push({ image: "app", line: 1, from, to: `app:${version}` });
      return `app:${version}`;
    });
    return pins.length === 0 ? [] : [{ path, before: bytes, after: new TextEncoder().encode(after), pins }];
  });
}

/** A file's text on a branch. */
export async function textOf(world: World, branch: string, path: string): Promise<string | undefined> {
  const found = await world.file(branch, path);
  return found === undefined ? undefined : new TextDecoder("utf-8", { ignoreBOM: true }).decode(found.bytes);
}

export async function openPulls(world: World): Promise<readonly Pull[]> {
  return (await world.pulls()).filter(({ state }) => state === "open");
}
