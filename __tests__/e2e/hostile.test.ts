/** Names and output that would like to be obeyed: by the runner, by a shell, by whoever reads the summary. */
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { firstPush, noCommit, pushed } from "./events.ts";
import { makeProject } from "./project.ts";
import { isUntouched, tagsOf } from "./registry.ts";
import { newFolder } from "./rig.ts";
import { type Ended, runAction } from "./run-action.ts";

jest.setTimeout(120_000);

const quotes = `it's "quoted" \`id\` $(id) | \\ <b>bold</b> [x](http://evil.example) & ;`;
const commanding = "line\n::error::obeyed\n##[error]obeyed\n# obeyed\n<script>obeyed</script>";

/** The runner obeys nothing but what we say ourselves, and the summary's Markdown is ours. */
function expectNothingObeyed(run: Ended): void {
  expect(["add-mask", "endgroup", "error", "group", "warning"]).toEqual(expect.arrayContaining([...run.commands]));
  for (const { message, title } of run.annotations) {
    expect(`${title}\n${message}`).not.toMatch(/^obeyed/m);
  }
  expect(run.summary).not.toMatch(/^\s*(?:#+ obeyed|::|<script|##\[)/m);
  const text = run.summary.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/(`+)[^`](?:.*?[^`])?\1(?!`)/gs, "code");
  expect(text).not.toMatch(/<(?:b|script)>/);
  expect(text).not.toMatch(/(?<!\\)\[x(?<!\\)\]\(/);
  // Every row of a table has as many cells as its head.
  for (const table of run.summary.match(/(?:^\|.*\n)+/gm) ?? []) {
    const cells = table
      .trimEnd()
      .split("\n")
      .map((row) => row.replaceAll(/\\\|/g, "").split("|").length);
    expect(new Set(cells).size).toBe(1);
  }
}

test("files of an image may be called anything", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY . /\n" });
  const before = project.git("rev-parse", "HEAD");
  project.commit({
    [`images/web/${quotes.replaceAll("/", "-")}`]: "1\n",
    [`images/web/${commanding.replaceAll("/", "-")}`]: "2\n",
    "images/web/\u001b[31mred\u202egnp.sh": "3\n",
  });
  const run = await runAction(project, pushed(before));
  expect(run).toMatchObject({ code: 0, annotations: [], outputs: { affected: '["web"]' } });
  expectNothingObeyed(run);
  expect(run.images.web?.reason).toContain('it\'s "quoted" `id` $(id) |');
  for (const control of ["\u001b", "\u202e"]) expect(run.log + run.summary).not.toContain(control);
});

test("a branch may be called anything that git allows", async () => {
  const shell = "touch$" + "{IFS}pwned";
  const branch = `it's-"$(${shell})"-\`${shell}\`|;&<b>-\uff1a\uff1aerror\uff1a\uff1a`;
  const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY . /\n" });
  project.git("branch", branch);
  const workspace = await project.checkOut({ ref: `refs/heads/${branch}` });
  const run = await runAction(project, { ...pushed(noCommit, branch), workspace });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  expectNothingObeyed(run);
  expect(existsSync(join(workspace, "pwned"))).toBe(false);
  for (const tag of await tagsOf(`${project.own}/web`)) expect(tag).toMatch(/^[\w][\w.-]{0,127}$/);
});

test.each([
  ["quotes, spaces and shell", quotes.replaceAll("/", "-")],
  ["line breaks and commands", commanding.replaceAll("/", "-")],
  ["a path that climbs", "..\u2215..\u2215etc"],
  ["an option", "--push"],
])("a directory called %s: an error that says what an image may be called, or an image", async (_, name) => {
  const project = makeProject({ [`images/${name}/Dockerfile`]: "FROM scratch\nCOPY Dockerfile /\n" });
  const run = await runAction(project, firstPush);
  expectNothingObeyed(run);
  if (run.code === 0) return expect(run.outputs["any-affected"]).toBe("true");
  expect(run.annotations).toHaveLength(1);
  expect(run.annotations[0]?.message).toMatch(/\n→ \S/);
  expect(run.log).not.toContain("defect of image-publish");
  expect(await isUntouched(project)).toBe(true);
});

test("the runner's work folder may be called anything, also where images come from layouts", async () => {
  const project = makeProject({
    "images/base/Dockerfile": "FROM scratch\nCOPY Dockerfile /base\n",
    "images/web/Dockerfile": "FROM {own}/base\nCOPY Dockerfile /web\n",
  });
  const work = join(newFolder("work"), `me@corp: a,b ${quotes.replaceAll("/", "-")}`);
  const [workspace, temp] = [join(work, "images/images"), join(work, "_temp")];
  mkdirSync(temp, { recursive: true });
  cpSync(await project.checkOut(), workspace, { recursive: true });
  const run = await runAction(project, {
    ...firstPush,
    workspace,
    inputs: { push: "false" },
    env: { RUNNER_TEMP: temp },
  });
  expect(run).toMatchObject({ code: 0, annotations: [], outputs: { affected: '["base","web"]' } });
  expect(await isUntouched(project)).toBe(true);
});

test("what a failing build prints is quoted, not obeyed", async () => {
  const project = makeProject({
    "images/web/Dockerfile": [
      "FROM busybox:1.37",
      "RUN <<EOF",
      'printf "::error::obeyed\\n::set-output name=x::obeyed\\n  ::add-mask::obeyed\\n##[error]obeyed\\n"',
      'printf "# obeyed\\n<script>obeyed</script>\\n\\033[31mred\\n\\`\\`\\`\\n# obeyed\\n"',
      "exit 7",
      "EOF",
    ].join("\n"),
  });
  const run = await runAction(project, firstPush);
  expect(run.code).toBe(1);
  expect(run.annotations).toEqual([expect.objectContaining({ level: "error", title: "web failed" })]);
  expect(run.annotations[0]?.message).toContain("exit code 7");
  expect(["add-mask", "endgroup", "error", "group"]).toEqual(expect.arrayContaining([...run.commands]));
  expect(run.log).not.toContain("\u001b");
  expect(run.log.match(/^\s*::(?:set-output|add-mask)::/gm)).toBeNull();
  // Whatever the build prints stays inside its block of code.
  const outside = run.summary.replaceAll(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, "");
  expect(outside).not.toMatch(/^# obeyed|<script>/m);
});
