/** Reads what the commits of a bump's branch change. Its name doesn't show who owns a branch: anybody who may push can use it. */

import type { FileWrite } from "../../forge/bump-forge.ts";
import type { Commit } from "../../model/run-context.ts";
import { type Marker, readTrailers } from "./marker.ts";

/** Commits as git has them. What can't be read is `undefined`, which nothing of ours is. */
export interface BranchHistory {
  /**
   * The commits that lead from the base to a head, which included.
   * @param known their ids, where a forge has listed them all.
   */
  above(head: Commit, known?: ReadonlySet<Commit>): Promise<readonly HistoryCommit[] | undefined>;
  /** The files that a commit changes; `undefined` also where it does more to any of them than to change its content. */
  edits(parent: Commit, commit: Commit): Promise<readonly FileWrite[] | undefined>;
}

export interface HistoryCommit {
  readonly id: Commit;
  readonly parents: readonly Commit[];
  readonly message: string;
}

export interface PinCommitTools {
  readonly history: BranchHistory;
  /** Whether files differ in pins of this repository's images alone. */
  readonly differInPins: (files: readonly FileWrite[]) => boolean | Promise<boolean>;
}

/** Of a head's commits those that move pins of this repository's images and nothing else. */
export interface PinCommits {
  /** Their one parent is on the base. With one of these, a branch or pull request under our name is ours. */
  readonly first: ReadonlySet<Commit>;
  /** They are on top of others. */
  readonly later: ReadonlySet<Commit>;
  /** What these commits say that they make. */
  readonly markers: readonly Marker[];
  /** What the first of them change. */
  readonly edits: readonly FileWrite[];
}

export const noPinCommits: PinCommits = { first: new Set(), later: new Set(), markers: [], edits: [] };

export async function readPinCommits(
  head: Commit,
  known: ReadonlySet<Commit> | undefined,
  tools: PinCommitTools,
): Promise<PinCommits> {
  const commits = (await tools.history.above(head, known)) ?? [];
  const ids = new Set(commits.map(({ id }) => id));
  const edits = new Map(
    await Promise.all(commits.map(async (each) => [each.id, await pinEdits(each, tools)] as const)),
  );
  const moves = commits.filter(({ id }) => edits.get(id) !== undefined);
  const isFirst = ({ parents }: HistoryCommit) => !parents.some((each) => ids.has(each));
  return {
    first: new Set(moves.filter(isFirst).map(({ id }) => id)),
    later: new Set(moves.filter((each) => !isFirst(each)).map(({ id }) => id)),
    markers: moves.flatMap(({ message }) => readTrailers(message)),
    edits: moves.filter(isFirst).flatMap(({ id }) => edits.get(id) ?? []),
  };
}

/** The files of a commit that moves pins alone; `undefined` for any other. */
async function pinEdits(
  { id, parents }: HistoryCommit,
  { history, differInPins }: PinCommitTools,
): Promise<readonly FileWrite[] | undefined> {
  const [parent, ...others] = parents;
  if (parent === undefined || others.length > 0) return undefined;
  const files = await history.edits(parent, id);
  return files !== undefined && files.length > 0 && (await differInPins(files)) ? files : undefined;
}
