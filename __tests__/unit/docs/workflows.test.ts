import { globSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";

const root = new URL("../../../", import.meta.url).pathname;
const text = (path: string): string => readFileSync(`${root}${path}`, "utf8");

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, { readonly permissions?: unknown; readonly steps?: readonly Step[] }>>;
}

const stepsOf = ({ jobs }: Workflow): readonly Step[] => Object.values(jobs).flatMap(({ steps = [] }) => steps);
const isCheckout = ({ uses = "" }: Step): boolean => uses.startsWith("actions/checkout@");

/** Workflows that readers copy: whole files, and the blocks of the pages that have steps. */
const blocks = [
  ...globSync("examples/**/.github/workflows/*.{yml,yaml}", { cwd: root }).map((path) => ({
    path,
    source: text(path),
  })),
  ...["README.md", ...globSync("docs/*.md", { cwd: root })].flatMap((path) =>
    [...text(path).matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].map(([, source = ""]) => ({ path, source })),
  ),
].filter(({ source }) => source.includes("actions/checkout@"));

test.each(globSync(".github/workflows/*.{yml,yaml}", { cwd: root }))(
  "%s pins, and has no more rights than it needs",
  (path) => {
    const source = text(path);
    const workflow: Workflow = parse(source);
    const uses = source.split("\n").filter((line) => /^\s*(?:- )?uses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/uses: [\w.-]+(?:\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values(workflow.jobs)) expect(job).toHaveProperty("permissions");
    for (const step of stepsOf(workflow).filter(isCheckout))
      expect(step.with).toMatchObject({ "persist-credentials": false });
  },
);

test("there are workflows for readers to copy", () => expect(blocks.length).toBeGreaterThanOrEqual(4));

test.each(blocks)(
  "a workflow of $path leaves no credentials in the checkout, and names its permissions",
  ({ source }) => {
    const checkouts = source.split(/^ *- /m).filter((step) => step.startsWith("uses: actions/checkout@"));
    for (const step of checkouts) expect(step).toMatch(/persist-credentials: false/);
    expect(source).toMatch(/^ *permissions:/m);
  },
);

test("SECURITY.md says how to report, what is supported, and what is in scope", () => {
  const page = text("SECURITY.md");
  for (const heading of ["Report a vulnerability", "Supported versions", "In scope"])
    expect(page).toContain(`## ${heading}`);
});
