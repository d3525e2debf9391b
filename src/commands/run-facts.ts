/** Values of build arguments that are facts of the run, as a workflow writes them in: `GIT_SHA=${{ github.sha }}`. Pure. */
import type { Image } from "../catalog/catalog.ts";
import { hashedArguments } from "../changes/own-parts.ts";
import { type RunContext, sourceCommit } from "../context/run-context.ts";
import type { Remark } from "../report/run-result.ts";

export type RunFacts = Pick<
  RunContext,
  "commit" | "trigger" | "ref" | "actor" | "runUrl" | "runId" | "runNumber" | "startedAt"
>;

/**
 * The value as it is hashed: what names the commit or the run stands as an expression, as every run has another. Only what is no
 * coincidence: a commit of 7 digits or more, the number of a run among all of a forge, its address.
 */
export function withoutRunFacts(value: string, facts: RunFacts): string {
  const { runUrl, runId } = facts;
  const pieces = [
    ...(runUrl === undefined ? [] : [[wholeText(runUrl), "{{run_url}}"] as const]),
    ...(runId === undefined || runId.length < shortestRunId ? [] : [[wholeText(runId), "{{run_id}}"] as const]),
  ];
  const commits = [...new Set([facts.commit, sourceCommit(facts)])];
  return pieces
    .reduce((text, [pattern, name]) => text.replace(pattern, name), value)
    .replace(/(?<![0-9A-Za-z])[0-9a-fA-F]{7,64}(?![0-9A-Za-z])/g, (digits) =>
      commits.some((commit) => commit.startsWith(digits.toLowerCase())) ? "{{sha}}" : digits,
    );
}

/** GitHub's have ten digits and more; another forge counts its runs from 1. */
const shortestRunId = 9;

/** Finds a text where it is no part of a longer word, number or version. */
export function wholeText(text: string): RegExp {
  const before = /^\d/.test(text) ? "(?<!\\d|\\d\\.)" : "(?<![0-9A-Za-z])";
  const after = /\d$/.test(text) ? "(?!\\d|\\.\\d)" : "(?![0-9A-Za-z])";
  return new RegExp(`${before}${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}${after}`, "g");
}

/** One remark on all values that every run, ref or day gives anew, and that may as well stand there by chance. */
export function runFactRemarks(images: readonly Image[], facts: RunFacts): readonly Remark[] {
  const found = images.flatMap((image) =>
    hashedArguments(image).flatMap(([name, value]) => {
      const expression = expressionOf(value, facts);
      return expression === undefined ? [] : [{ image: image.name, name, expression }];
    }),
  );
  const [first] = found;
  if (first === undefined) return [];
  const names = [...new Set(found.map(({ image }) => image))];
  const who = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  const pairs = [...new Set(found.map(({ name, expression }) => `${name}=${expression}`))];
  const given = [...new Set(found.map(({ name }) => name))].join(", ");
  return [
    {
      message: `the value of the build argument ${given} is a fact of this run, so that a run with another value rebuilds ${who}`,
      hint: `write ${pairs.join(", ")}: an expression is no source of the image, and alone rebuilds nothing`,
    },
  ];
}

function expressionOf(value: string, { ref, actor, runId, runNumber, startedAt }: RunFacts): string | undefined {
  if (value === "") return undefined;
  const day = startedAt.toISOString().slice(0, 10);
  const known: readonly (readonly [string | undefined, string])[] = [
    [ref.full, "{{ref}}"],
    [ref.name, ref.kind === "tag" ? "{{tag}}" : ref.kind === "branch" ? "{{branch}}" : "{{ref}}"],
    [runId !== undefined && runId.length < shortestRunId ? runId : undefined, "{{run_id}}"],
    [runNumber, "{{run_number}}"],
    [actor, "{{actor}}"],
    [day, "{{commit_date 'YYYY-MM-DD'}}"],
    [day.replaceAll("-", ""), "{{commit_date 'YYYYMMDD'}}"],
  ];
  const found = known.find(([text]) => text === value)?.[1];
  // A time of this day.
  return found ?? (value.startsWith(`${day}T`) ? "{{commit_date 'YYYY-MM-DDTHH:mm:ss'}}" : undefined);
}
