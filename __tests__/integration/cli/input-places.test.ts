/** Mistakes in inputs of a run are shown in the workflow, where it is certain that they are written there. */
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { textOf } from "../../markdown-text.ts";
import { checkout, start } from "./started-action.ts";

const file = ".github/workflows/publish.yml";
const env = { GITHUB_WORKFLOW_REF: `o/r/${file}@refs/heads/main`, GITHUB_JOB: "build" };

/** The lines under `with` of a step; the first of them is line 7. */
function workflow(lines: readonly string[], more = ""): string {
  const given = lines.map((line) => (line === "" ? "" : `          ${line}`)).join("\n");
  return `on: push\njobs:\n  build:\n    steps:\n      - uses: o/image-publish@v1\n        with:\n${given}\n${more}`;
}

const other = (job: string, given: string): string =>
  `  ${job}:\n    steps:\n      - uses: o/image-publish@v1\n        with: {${given}}\n`;

interface Run {
  readonly when: string;
  readonly text: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

async function placesOf(
  { text, inputs, env: own = {} }: Omit<Run, "when">,
  change: (folder: string) => void = () => {},
) {
  const folder = checkout({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n", [file]: text });
  change(folder);
  const given = Object.fromEntries(
    Object.entries({ ...env, ...own }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const plan = { command: "plan", scan: "false", converge: "false" };
  const end = await start(folder, { ...plan, ...inputs }, given).ended;
  expect(end.code).toBe(1);
  const places = [...end.log.matchAll(/^::error (.*?)::/gm)].map(([, properties = ""]) => {
    const of = (name: string) => new RegExp(`(?:^|,)${name}=([^,]*)`).exec(properties)?.[1];
    return ["file", "line", "col"].flatMap((name) => of(name) ?? []).join(":");
  });
  const unplaced = [...end.log.matchAll(/^::error::/gm)].map(() => "");
  return { places: [...places, ...unplaced], summary: textOf(end.summary) };
}

test.each<Run & { readonly at: readonly string[] }>([
  { when: "a plain value", text: workflow(["push: maybe"]), inputs: { push: "maybe" }, at: ["7:17"] },
  { when: "a value in quotes", text: workflow(['push: "maybe"']), inputs: { push: "maybe" }, at: ["7:17"] },
  { when: "a name in capitals", text: workflow(["Push: maybe"]), inputs: { push: "maybe" }, at: ["7:17"] },
  { when: "a value that is a number", text: workflow(["push: 0x10"]), inputs: { push: "16" }, at: ["7:17"] },
  {
    when: "a line of a block",
    text: workflow(["cache-from: |", "  # the branch's", "  type=gha", "  type=ghaa"]),
    inputs: { "cache-from": "# the branch's\n  type=gha\n  type=ghaa".replace(/^ {2}/gm, "") },
    at: ["10:13"],
  },
  {
    when: "a line of a block that begins with an empty line",
    text: workflow(["cache-from: |", "", "  type=gha", "", "  type=ghaa", ""]),
    inputs: { "cache-from": "type=gha\n\ntype=ghaa" },
    at: ["11:13"],
  },
  {
    when: "two lines of a block",
    text: workflow(["cache-from: |-", "  type=gha1", "  type=gha", "  type=gha2"]),
    inputs: { "cache-from": "type=gha1\ntype=gha\ntype=gha2" },
    at: ["8:13", "10:13"],
  },
  {
    when: "a line beside one with an expression",
    text: workflow(["cache-from: |", `  type=registry,ref=\${{ env.A || '}}' }}`, "  type=ghaa"]),
    inputs: { "cache-from": "type=registry,ref=ghcr.io/a/b\ntype=ghaa" },
    at: ["9:13"],
  },
  {
    when: "a value by an expression",
    text: workflow([`push: \${{ inputs.push }}`]),
    inputs: { push: "maybe" },
    at: ["7:17"],
  },
  {
    when: "several lines by one expression",
    text: workflow([`cache-from: \${{ steps.a.outputs.cache }}`]),
    inputs: { "cache-from": "type=gha\ntype=ghaa" },
    at: ["7:23"],
  },
  {
    when: "a folded text",
    text: workflow(["cache-from: >", "  type=ghaa,", "  scope=a"]),
    inputs: { "cache-from": "type=ghaa, scope=a" },
    at: ["7:23"],
  },
  {
    when: "two inputs",
    text: workflow(["push: maybe", "scan: never"]),
    inputs: { push: "maybe", scan: "never" },
    at: ["7:17", "8:17"],
  },
  {
    when: "another step without this input",
    text: workflow(["push: maybe"], other("test", "command: plan")),
    inputs: { push: "maybe" },
    at: ["7:17"],
  },
  {
    when: "an input for the checkout's folder",
    text: workflow(["workdir: nowhere"]),
    inputs: { workdir: "nowhere" },
    at: ["7:20"],
  },
  {
    when: "an image by hand",
    text: workflow(["context: ../up"]),
    inputs: { context: "../up" },
    at: ["7:20"],
  },
  {
    when: "a rule that fails for an image",
    text: workflow(["tags: |", "  type=raw,value=a", `  type=raw,value=b,enable={{branch}}`]),
    inputs: { tags: "type=raw,value=a\ntype=raw,value=b,enable={{branch}}" },
    at: ["9:13"],
  },
])(
  "$when",
  async ({ at, ...run }) => {
    const { places, summary } = await placesOf(run);
    expect(places).toEqual(at.map((place) => `${file}:${place}`));
    expect(summary).toContain(`${file}:${at[0]?.split(":")[0]}`);
  },
  60_000,
);

const plain = { text: workflow(["push: maybe"]), inputs: { push: "maybe" } };

test.each<Run>([
  { when: "the runner doesn't say which workflow runs", ...plain, env: { GITHUB_WORKFLOW_REF: undefined } },
  {
    when: "the workflow is another repository's",
    ...plain,
    env: { GITHUB_WORKFLOW_REF: `o/other/${file}@refs/heads/main` },
  },
  {
    when: "the workflow isn't in the checkout",
    ...plain,
    env: { GITHUB_WORKFLOW_REF: "o/r/.github/workflows/no.yml@refs/heads/main" },
  },
  {
    when: "its path leads elsewhere",
    ...plain,
    env: { GITHUB_WORKFLOW_REF: "o/r/../r/.github/workflows/publish.yml@refs/heads/main" },
  },
  { when: "it runs at a commit that isn't here", ...plain, env: { GITHUB_WORKFLOW_SHA: "1".repeat(40) } },
  { when: "the job is another workflow's", ...plain, env: { GITHUB_JOB: "called" } },
  { when: "the file has another value", text: workflow(["push: never"]), inputs: { push: "maybe" } },
  { when: "the file has another rest", text: workflow([`push: may-\${{ inputs.x }}`]), inputs: { push: "maybe" } },
  {
    when: "two steps have the input",
    text: workflow(["push: maybe"], other("test", "push: false")),
    inputs: { push: "maybe" },
  },
  {
    when: "a block has an expression of several lines",
    text: workflow(["cache-from: |", `  \${{ inputs.cache }}`, "  type=ghaa"]),
    inputs: { "cache-from": "type=gha\ntype=gha,scope=a\ntype=ghaa" },
  },
  { when: "no step uses this action", text: "on: push\njobs: {build: {steps: [{run: make}]}}\n", inputs: plain.inputs },
  { when: "it can't be read", text: "on: [push\n", inputs: plain.inputs },
  { when: "it is empty", text: "", inputs: plain.inputs },
])(
  "no place where $when",
  async (run) => {
    expect((await placesOf(run)).places).toEqual([""]);
  },
  60_000,
);

test("no place where the file has been changed since", async () => {
  const head = { GITHUB_WORKFLOW_SHA: "" };
  const changed = await placesOf({ ...plain, env: head }, (folder) => {
    head.GITHUB_WORKFLOW_SHA = spawnSync("git", ["rev-parse", "HEAD"], { cwd: folder, encoding: "utf8" }).stdout.trim();
    writeFileSync(join(folder, file), `# new\n${plain.text}`);
  });
  expect(changed.places).toEqual([""]);
}, 60_000);

test("a place where the file is that of the commit that runs", async () => {
  const head = { GITHUB_WORKFLOW_SHA: "" };
  const same = await placesOf({ ...plain, env: head }, (folder) => {
    head.GITHUB_WORKFLOW_SHA = spawnSync("git", ["rev-parse", "HEAD"], { cwd: folder, encoding: "utf8" }).stdout.trim();
  });
  expect(same.places).toEqual([`${file}:7:17`]);
}, 60_000);

test("no place where the file is a link", async () => {
  const linked = { GITHUB_WORKFLOW_REF: "o/r/.github/workflows/linked.yml@refs/heads/main" };
  const { places } = await placesOf({ ...plain, env: linked }, (folder) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    symlinkSync("publish.yml", join(folder, ".github/workflows/linked.yml"));
  });
  expect(places).toEqual([""]);
}, 60_000);
