/** Runs that end before anything is built: the job's summary has what the log says. */
import { expect, test } from "@jest/globals";
import { textOf } from "../../markdown-text.ts";
import { checkout, program, start } from "./started-action.ts";

const one = { "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" };

interface Early {
  readonly when: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly heading: RegExp;
}

test.each<Early>([
  { when: "an input has a wrong value", inputs: { push: "maybe" }, heading: /^## ❌ .*; nothing was published$/ },
  {
    when: "several inputs have wrong values",
    inputs: { push: "maybe", platforms: "linux/amd64,linux" },
    heading: /^## ❌ The run failed: 2 .*; nothing was published$/,
  },
  {
    when: "the payload can't be read",
    env: { GITHUB_EVENT_PATH: program },
    heading: /^## ❌ .*; nothing was published$/,
  },
  {
    when: "the config file has a mistake, at its place",
    files: { ".github/image-publish.yml": "defaults:\n  platfroms: linux/amd64\n" },
    heading: /^## ❌ .*; nothing was published$/,
  },
  {
    when: "a Dockerfile can't be read, at its line",
    files: { "images/web/Dockerfile": "FROM scratch\nCOPPY a /\n", "images/api/Dockerfile": "" },
    heading: /^## ❌ .*; nothing was published$/,
  },
  { when: "`only` names no image", inputs: { only: "nothing*" }, heading: /^## ❌ .*; nothing was published$/ },
  { when: "a command isn't there yet", inputs: { command: "list" }, heading: /^## ❌ .*; nothing was published$/ },
  {
    when: "a registry doesn't answer",
    inputs: { images: "127.0.0.1:9/{{name}}" },
    heading: /^## ❌ .*; nothing was published$/,
  },
  { when: "there is no engine", inputs: { push: "false" }, heading: /^## ❌ .*; nothing was published$/ },
])(
  "$when",
  async ({ files = {}, inputs = {}, env = {}, heading }) => {
    const { code, errors, summary } = await start(checkout({ ...one, ...files }), { scan: "false", ...inputs }, env)
      .ended;
    expect(code).toBe(1);
    expect(errors.length).toBeGreaterThan(0);
    expect(summary.split("\n")[0]).toMatch(heading);
    expect(summary.match(/\*\*How to fix:\*\*/g)).toHaveLength(errors.length);
    for (const { message, file } of errors) {
      const [sentence = "", ...others] = message.split("\n");
      const hint = others.at(-1)?.replace(/^→ /, "") ?? "";
      expect(textOf(summary)).toContain(textOf(sentence));
      expect(textOf(summary)).toContain(textOf(hint));
      if (file !== undefined) expect(summary).toContain(`\`${file}`);
    }
  },
  60_000,
);

test("what the log hides is hidden in the summary", async () => {
  const secret = "hunter2-hunter2";
  const inputs = { "build-args": "NAME", "registry-password": secret, tags: `type=${secret}` };
  const { summary } = await start(checkout(one), inputs, {}).ended;
  expect(summary).toContain("***");
  expect(summary).not.toContain(secret);
}, 60_000);
