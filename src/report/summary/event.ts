/** What the run is about, in words. */

import { code } from "../../lib/markdown.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Forge } from "../../results/run-result.ts";
import { shortCommit } from "./abbreviation.ts";
import { commitLink, compareLink } from "./forge-links.ts";

/** The fields of a plan that describe its event. */
export type PlannedEvent = Pick<Plan, "event" | "ref" | "eventRef" | "commit" | "base">;

/** `Push to main`, `Pull request 7`, `Release v1.2.3`. `quote` makes a ref's name fit for where it is shown. */
export function describeEvent(plan: PlannedEvent, quote: (name: string) => string): string {
  if (plan.eventRef === undefined) return describeOn(plan, quote);
  return `${describeOn({ ...plan, ref: plan.eventRef }, quote)} (another commit is checked out)`;
}

function describeOn(plan: PlannedEvent, quote: (name: string) => string): string {
  const isTag = plan.ref.startsWith("refs/tags/");
  const ref = describeRef(plan.ref, quote);
  switch (plan.event.replaceAll("-", "_")) {
    case "push":
      return isTag ? `Push of tag ${ref}` : `Push to ${ref}`;
    case "release":
      return `Release ${ref}`;
    case "pull_request":
    case "pull_request_target":
      return describePull(plan.ref, quote);
    case "merge_group":
      return "Merge group";
    case "schedule":
      return `Scheduled run on ${ref}`;
    case "dispatch":
    case "workflow_dispatch":
      return `Manual run on ${ref}`;
    default:
      return `${quote(plan.event)} on ${ref}`;
  }
}

/** A simulated one that nobody has opened has no number. */
function describePull(ref: string, quote: (name: string) => string): string {
  const number = /\d+/.exec(ref)?.[0] ?? ref;
  return number === "0" ? "Pull request" : `Pull request ${quote(number)}`;
}

/** An untrusted checkout has no branch or git tag (`contextOfUntrusted`). */
function describeRef(full: string, quote: (name: string) => string): string {
  const number = /^refs\/pull\/(\d+)\/head$/.exec(full)?.[1];
  if (number !== undefined) return `pull request ${quote(number)}`;
  return full.startsWith("refs/untrusted/")
    ? "an untrusted commit"
    : quote(full.replace(/^refs\/(?:heads|tags)\//, ""));
}

/** The event, its commit and what it is compared with, as a sentence of Markdown. */
export function eventLine(plan: PlannedEvent, forge: Forge | undefined): string {
  const at = `${describeEvent(plan, code)} at ${commitLink(forge, plan.commit)}`;
  if (plan.base === null) return `${at}.`;
  const compared = compareLink(forge, plan.base, plan.commit, `compared with ${code(shortCommit(plan.base))}`);
  return `${at}, ${compared}.`;
}
