/** Every end of every command leaves a summary that has the errors and warnings of the log. */
import { expect, test } from "@jest/globals";
import { textOf } from "../../markdown-text.ts";
import { checkout, start } from "./started-action.ts";

const commands = ["plan", "publish", "scan", "bump"] as const;
const web = { "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" };
const broken = { "images/api/Dockerfile": "COPY a /\n" };
const release = {
  inputs: { "check-pins": "deploy.yaml" },
  env: { GITHUB_REF: "refs/tags/v1.2.0" },
};

interface Run {
  readonly when: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** The log of any of them has errors, and the runs that are planned warn of a variable without effect. */
const failing: readonly (Run & { readonly on: readonly (typeof commands)[number][] })[] = [
  { when: "an input has a mistake", on: commands, inputs: { push: "maybe" } },
  {
    when: "the config file has a mistake",
    on: commands,
    files: { ".github/image-publish.yml": "defaults:\n  platfroms: linux/amd64\n" },
  },
  { when: "one image can't be planned", on: ["plan", "publish"], files: broken },
  { when: "no image can be planned", on: commands, files: { "images/web/Dockerfile": "COPY a /\n" } },
  {
    when: "a pin names another version",
    on: ["plan", "publish"],
    ...release,
    files: { "deploy.yaml": "image: 127.0.0.1:9/o/r/web:1.1.0\n" },
  },
  {
    when: "two pins name other versions",
    on: ["plan", "publish"],
    ...release,
    files: { "deploy.yaml": "image: 127.0.0.1:9/o/r/web:1.1.0\ncopy:\n  image: 127.0.0.1:9/o/r/web:1.0.0\n" },
  },
  { when: "`check-pins` names no file", on: ["plan", "publish"], ...release },
  {
    when: "an image can't be planned and a pin is out of date",
    on: ["plan", "publish"],
    ...release,
    files: { ...broken, "deploy.yaml": "image: 127.0.0.1:9/o/r/web:1.1.0\n" },
  },
  {
    when: "an ignore file is missing",
    on: ["plan", "publish", "scan"],
    inputs: { scan: "true" },
    files: { ".github/image-publish.yml": "defaults:\n  trivyignores: nothing.yaml\n" },
  },
  {
    when: "an ignore file is broken",
    on: ["plan", "publish", "scan"],
    inputs: { scan: "true" },
    files: { ".trivyignore.yaml": "vulnerabilities: [\n" },
  },
];

async function ended(command: string, { files = {}, inputs = {}, env = {} }: Run) {
  const offline = { scan: "false", converge: "false" };
  const metadata = { DOCKER_METADATA_SHORT_LENGTH: "9" };
  return start(checkout({ ...web, ...files }), { command, ...offline, ...inputs }, { ...metadata, ...env }).ended;
}

function expectAll({ annotations, summary }: Awaited<ReturnType<typeof ended>>): void {
  const shown = textOf(summary);
  for (const { message, file, line } of annotations) {
    const [what = "", ...others] = message.split("\n");
    const hint = others.at(-1)?.replace(/^→ /, "") ?? "";
    expect(shown).toContain(textOf(what));
    expect(shown).toContain(textOf(hint));
    if (file !== undefined) expect(placesOf(file, line).some((place) => place.test(shown))).toBe(true);
  }
}

/** A file that the sentence names has the line alone behind it. */
function placesOf(file: string, line: number | undefined): readonly RegExp[] {
  const name = RegExp.escape(file);
  return line === undefined
    ? [new RegExp(name)]
    : [new RegExp(`${name}:${line}\\b`), new RegExp(`${name} .*line ${line}\\b`)];
}

test.each(failing)(
  "where $when",
  async ({ on, ...run }) => {
    const ends = await Promise.all(on.map((command) => ended(command, run)));
    for (const end of ends) {
      expect(end.code).toBe(1);
      expect(end.errors).not.toEqual([]);
      expect(end.summary).toMatch(/^## ❌ /);
      expectAll(end);
    }
  },
  120_000,
);

test("a plan's warnings are in its summary", async () => {
  const end = await ended("plan", { when: "" });
  expect(end.annotations).toEqual([expect.objectContaining({ level: "warning" })]);
  expect(end.summary).toMatch(/^## 📋 .*### ⚠️ Warnings/s);
  expectAll(end);
}, 60_000);

test("warnings before the error that ends a run are in its summary", async () => {
  const end = await ended("publish", { when: "", ...release });
  expect(end.annotations.map(({ level }) => level)).toEqual(["warning", "error"]);
  expect(end.summary).toContain("### ⚠️ Warnings");
}, 60_000);

test("what `publish` fails by is in the summary of `plan`", async () => {
  const run = { when: "", ...release, files: broken };
  const [planned, published] = await Promise.all([ended("plan", run), ended("publish", run)]);
  for (const { message } of published.errors)
    expect(textOf(planned.summary)).toContain(textOf(message.split("\n")[0] ?? ""));
}, 60_000);
