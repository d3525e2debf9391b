/** A run that ends before it has a result: the summary says what happened, of which event, and that nothing was done. */
import { expect, test } from "@jest/globals";
import { Problems, UserError } from "../../../../src/errors.ts";
import { type EndedRun, renderRunError } from "../../../../src/report/summary/run-error.ts";

const engine = "docker's engine can't be reached";
const long = `${engine}: Cannot connect to the Docker daemon at unix:///there/is/none.sock. Is the docker daemon running?`;
const about = "Push to `main` at `1a2b3c4`.";
const untouched: EndedRun = { isCanceled: false, isUntouched: true, about, warnings: [] };
const error = (message: string) => new UserError(message, { hint: "start it" });

interface Case {
  readonly when: string;
  readonly error: unknown;
  readonly ended?: EndedRun;
  readonly heading: string;
  readonly body: RegExp;
}

test.each<Case>([
  {
    when: "one short problem",
    error: error(engine),
    heading: "❌ docker's engine can't be reached; nothing was published",
    body: /at `1a2b3c4`\.\n\n\*\*How to fix:\*\* start it\.\n+$/,
  },
  {
    when: "one with a place",
    error: new UserError("the key isn't known", { hint: "fix it", at: { file: "a.yml", line: 2 } }),
    heading: "❌ the key isn't known; nothing was published",
    body: /\n\n`a\.yml:2`\n\n\*\*How to fix:\*\* fix it\.\n+$/,
  },
  {
    when: "one that goes on about its cause",
    error: error(long),
    heading: "❌ docker's engine can't be reached; nothing was published",
    body: /\n\n❌ docker's engine can't be reached: Cannot connect .*\n\n\*\*How to fix:\*\* start it\.\n+$/,
  },
  {
    when: "several",
    error: new Problems([error("one"), error("two")]),
    heading: "❌ The run failed: 2 problems; nothing was published",
    body: /❌ one\n\n\*\*How to fix.*❌ two\n\n\*\*How to fix/s,
  },
  {
    when: "several inputs",
    error: new Problems(
      ["one", "two"].map((each) => new UserError(each, { hint: "fix it", input: { name: "tags", line: 1 } })),
    ),
    heading: "❌ The run failed: 2 mistakes in the inputs; nothing was published",
    body: /❌ one/,
  },
  {
    when: "what came up after something was published",
    error: error("the disk is full"),
    ended: { ...untouched, isUntouched: false },
    heading: "❌ the disk is full",
    body: /start it/,
  },
  {
    when: "a defect of ours",
    error: new TypeError("x is undefined"),
    ended: { ...untouched, isUntouched: false, about: undefined },
    heading: "❌ The run failed",
    body: /❌ x is undefined\n\n\*\*How to fix:\*\* this is a defect/,
  },
  {
    when: "a run that was asked to end",
    error: error("the run was canceled (SIGTERM)"),
    ended: { ...untouched, isCanceled: true },
    heading: "⏹️ The run was canceled",
    body: /SIGTERM/,
  },
  {
    when: "one after warnings",
    error: error(engine),
    ended: { ...untouched, warnings: [{ message: "a variable has no effect", hint: "remove it" }] },
    heading: "❌ docker's engine can't be reached; nothing was published",
    body: /start it\.\n+### ⚠️ Warnings\n+- a variable has no effect\. _How to fix:_ remove it\.\n/u,
  },
])("$when: $heading", ({ error: thrown, ended = untouched, heading, body }) => {
  const summary = renderRunError(thrown, ended);
  expect(summary.split("\n")[0]).toBe(`## ${heading}`);
  expect(summary).toMatch(body);
  if (ended.about !== undefined) expect(summary.split("\n")[2]).toBe(about);
});
