/** Histories by hand. */
import { type Commit, commit } from "../../../src/model/run-context.ts";
import type { PublicationRecord } from "../../../src/plan/record.ts";
import type { History, Position } from "../../../src/publish/guard.ts";
import type { RecordRules } from "../../../src/publish/registry-tags/tag-state.ts";

/** The commit of a name such as `3`, or `feature-2`. */
export function at(name: string | number): Commit {
  return commit(Buffer.from(`${name}`).toString("hex").padStart(40, "0"));
}

/** A history in which `a-2` descends from `a-1`, and commits of other letters lie apart; `gone-…` nobody knows. */
export function historyOf(head?: Commit): Omit<History, "published"> {
  return {
    position: async (one, two) => positionOf(nameOf(one), nameOf(two)),
    isHeadNow: async () => (head === undefined ? undefined : true),
  };
}

function nameOf(of: Commit): string {
  return Buffer.from(of.replace(/^(?:00)+/, ""), "hex").toString();
}

function positionOf(one: string, two: string): Position {
  if (one === two) return "same";
  if (one.startsWith("gone") || two.startsWith("gone")) return "unknown";
  const [branch, number] = one.split("-");
  const [otherBranch, otherNumber] = two.split("-");
  if (branch !== otherBranch) return "apart";
  return Number(number) > Number(otherNumber) ? "descends" : "before";
}

/** Of the repository `o/r`, at noon of a day. */
export const records: RecordRules = { repository: "o/r", now: () => new Date("2026-07-01T12:00:00Z") };

export function recordOf(revision: Commit, more: Partial<PublicationRecord> = {}): PublicationRecord {
  return {
    repository: "o/r",
    sourceHash: "a".repeat(64),
    revision,
    ref: "refs/heads/main",
    bakedVersion: null,
    bases: {},
    started: null,
    seconds: null,
    ...more,
  };
}
