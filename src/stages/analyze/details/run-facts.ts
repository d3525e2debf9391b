/** Values of build arguments that are facts of the run, as a workflow writes them in: `GIT_SHA=${{ github.sha }}`. Pure. */
import type { Image } from "../../../catalog/catalog.ts";
import { hashedArguments } from "../../../changes/sources/own-parts.ts";
import { someOf } from "../../../lib/text/some-of.ts";
import type { Remark } from "../../../model/remark.ts";
import { type RunContext, shortRef, sourceCommit } from "../../../model/run-context.ts";
import { wholeText } from "../../../tags/text/release-text.ts";

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
    .replace(commitPattern, (text: string, before: string, digits: string) =>
      commits.some((commit) => commit.startsWith(digits.toLowerCase()))
        ? `${before.replace(/\d+/, "{{count}}")}{{sha}}`
        : text,
    );
}

/** GitHub's have ten digits and more; another forge counts its runs from 1. */
const shortestRunId = 9;

/**
 * A commit where it is no part of a longer word, with what programs that describe a commit write before it: the `g` of git, and how
 * many commits it is after the last git tag, in the forms of `git describe` (`-4-g`), versioneer (`+4.g`), setuptools-scm (`.dev4+g`)
 * and of Arch Linux (`.r4.g`).
 */
const commitPattern =
  /(-\d+-g|\+\d+\.g|\.(?:dev|post)\d+\+g|\.r\d+\.g|(?<![0-9A-Za-z])g?)([0-9a-fA-F]{7,64})(?![0-9A-Za-z])/g;

/** One remark on all values that look like a fact of the run, its ref or its day, which may also be a coincidence. */
export function runFactRemarks(images: readonly Image[], facts: RunFacts): readonly Remark[] {
  const found = images.flatMap((image) =>
    hashedArguments(image).flatMap(([name, value]) => {
      const expression = image.inputArguments.includes(name) ? expressionOf(value, facts) : undefined;
      return expression === undefined ? [] : [{ image: image.name, name, expression }];
    }),
  );
  const [first] = found;
  if (first === undefined) return [];
  const names = [...new Set(found.map(({ image }) => image))];
  const who = someOf(names, { most: 3 });
  const pairs = [...new Set(found.map(({ name, expression }) => `${name}=${expression}${besides(expression, facts)}`))];
  const given = [...new Set(found.map(({ name }) => name))].join(", ");
  const isOfRef = found.some(({ expression }) => expression === refExpression || expression === nameExpression);
  const except = isOfRef ? ", except that a release is built with its git tag" : "";
  return [
    {
      message: `the value of the build argument ${given} is a fact of this run, and every other value rebuilds ${who}`,
      hint: `write ${pairs.join(", ")}: an expression doesn't rebuild the image${except}`,
    },
  ];
}

const refExpression = "{{ref}}";
const nameExpression = "{{ref_name}}";

function expressionOf(value: string, facts: RunFacts): string | undefined {
  if (value === "") return undefined;
  const { ref, actor, runId, runNumber, startedAt } = facts;
  const known: readonly (readonly [string | undefined, string])[] = [
    ...(ref.kind === "commit" ? [] : [[ref.full, refExpression] as const, [shortRef(ref), nameExpression] as const]),
    [runId !== undefined && runId.length < shortestRunId ? runId : undefined, "{{run_id}}"],
    [runNumber, "{{run_number}}"],
    [actor, "{{actor}}"],
  ];
  return known.find(([text]) => text === value)?.[1] ?? dateExpression(value, startedAt);
}

/** What gives the value on this kind of ref alone. */
function besides(expression: string, { ref }: RunFacts): string {
  if (expression !== nameExpression) return "";
  if (ref.kind === "tag") return " ({{tag}} is empty on branches)";
  return ref.kind === "branch" ? " ({{branch}} is empty on git tags)" : "";
}

/** The day of the run, as programs write it, perhaps with a time. */
function dateExpression(value: string, startedAt: Date): string | undefined {
  const [year = "", month = "", day = ""] = startedAt.toISOString().slice(0, 10).split("-");
  const form = ["-", "", ".", "/"].find((each) => value.startsWith([year, month, day].join(each)));
  if (form !== undefined) {
    const date = ["YYYY", "MM", "DD"].join(form);
    const rest = value.slice(date.length);
    if (rest === "") return `{{commit_date '${date}'}}`;
    const time = /^([T _.-]?)\d{2}(:?)\d{2}(?:\2\d{2})?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?$/.exec(rest);
    if (time === null) return undefined;
    const [, between = "", colon = ""] = time;
    return `{{commit_date '${date}${between}${["HH", "mm", "ss"].join(colon)}'}}`;
  }
  return isSameDay(value, startedAt) ? `{{commit_date '${value.length === 10 ? "X" : "x"}'}}` : undefined;
}

/** Whether a value is a time of the run's day, in seconds or milliseconds since 1970. */
function isSameDay(value: string, startedAt: Date): boolean {
  if (!/^(?:\d{10}|\d{13})$/.test(value)) return false;
  const time = new Date(Number(value.padEnd(13, "0")));
  return time.toISOString().slice(0, 10) === startedAt.toISOString().slice(0, 10);
}
