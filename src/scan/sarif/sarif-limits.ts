/**
 * What code scanning takes (docs.github.com, "SARIF support for code scanning", and the description of
 * `POST /repos/{owner}/{repo}/code-scanning/sarifs`); one over any of its limits, and a whole upload is refused.
 */
import { gzipSync } from "node:zlib";
import type { Severity } from "../../model/severity.ts";
import { logOf, type SarifLog, type SarifResult, type SarifRule, type SarifRun, sarifText } from "./sarif-log.ts";

/** Runs in one file; more are uploaded in several. */
const mostRuns = 20;
/** Of the 25,000 results that a run may have, GitHub keeps these. */
const mostResults = 5000;
/** Gzipped: 10 MB, with some room. */
const mostBytes = 9_900_000;

/** Results that were left out of a category, the least severe. */
export interface Dropped {
  readonly category: string;
  readonly results: number;
  /** The worst severity among them. */
  readonly worst: Severity;
}

export interface Limited {
  readonly log: SarifLog;
  readonly dropped: readonly Dropped[];
}

/** The log with as many of the most severe results as code scanning takes. `bytes`: gzipped. */
export function withinLimits(log: SarifLog, bytes = mostBytes): Limited {
  let limited: SarifLog = { ...log, runs: log.runs.map((run) => firstOf(run, mostResults)) };
  for (let size = gzipped(limited).length; size > bytes && resultsIn(limited) > 0; size = gzipped(limited).length) {
    limited = keeping(limited, (bytes / size) * 0.9);
  }
  return { log: limited, dropped: difference(log, limited) };
}

/** The log with the worse half of its results, for a server that takes less than it says. */
export function halved(log: SarifLog): Limited {
  const half = keeping(log, 0.5);
  return { log: half, dropped: difference(log, half) };
}

/** Runs in as many files as they need. */
export function inFiles(runs: readonly SarifRun[]): readonly SarifLog[] {
  const logs: SarifLog[] = [];
  for (let first = 0; first < runs.length; first += mostRuns) logs.push(logOf(runs.slice(first, first + mostRuns)));
  return logs;
}

/** As it is uploaded, before it is base64. */
export function gzipped(log: SarifLog): Buffer {
  return gzipSync(sarifText(log));
}

/** So much of each run, so that no run loses all for the sake of another. */
function keeping(log: SarifLog, part: number): SarifLog {
  return { ...log, runs: log.runs.map((run) => firstOf(run, Math.floor(run.results.length * part))) };
}

/** The run with its first results, and the rules that they have. */
function firstOf(run: SarifRun, count: number): SarifRun {
  if (run.results.length <= count) return run;
  const rules: SarifRule[] = [];
  const indices = new Map<number, number>();
  const results = run.results.slice(0, count).map((result): SarifResult => {
    const known = indices.get(result.ruleIndex);
    if (known !== undefined) return { ...result, ruleIndex: known };
    const rule = run.tool.driver.rules[result.ruleIndex];
    indices.set(result.ruleIndex, rules.length);
    if (rule !== undefined) rules.push(rule);
    return { ...result, ruleIndex: rules.length - 1 };
  });
  return { ...run, tool: { ...run.tool, driver: { ...run.tool.driver, rules } }, results };
}

function difference(before: SarifLog, after: SarifLog): readonly Dropped[] {
  return before.runs.flatMap((run, index) => {
    const kept = after.runs[index]?.results.length ?? 0;
    const worst = run.results[kept]?.properties.severity;
    if (worst === undefined) return [];
    return [{ category: run.automationDetails.id.slice(0, -1), results: run.results.length - kept, worst }];
  });
}

function resultsIn({ runs }: SarifLog): number {
  return runs.reduce((sum, { results }) => sum + results.length, 0);
}
