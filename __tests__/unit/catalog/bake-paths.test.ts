// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how compose interpolates
/** What buildx would read to print a definition, found before it runs. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { systemFiles } from "../../../src/adapters/files.ts";
import { bakePaths, bakeReads } from "../../../src/catalog/bake/bake-paths.ts";
import { guardedFiles, localPaths } from "../../../src/lib/local-paths.ts";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "bake-paths-")));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const bait = join(scratch, "bait");
mkdirSync(bait);
writeFileSync(join(bait, "inc.yml"), "services: {}\n");
let count = 0;

/** A text that begins with `->` is a symlink. */
async function problems(
  files: Readonly<Record<string, string>>,
  kind = "untrusted",
  named: readonly string[] = [],
): Promise<readonly string[]> {
  count += 1;
  const root = join(scratch, `repo-${count}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    if (text.startsWith("->")) symlinkSync(text.slice(2).replaceAll("BAIT", bait), join(root, name));
    else writeFileSync(join(root, name), text.replaceAll("BAIT", bait));
  }
  const isUntrusted = kind === "untrusted";
  const untrusted = isUntrusted ? "a fork wrote it" : undefined;
  const paths = localPaths({ checkout: root, boundary: root, untrusted, named: [], own: [] }, systemFiles);
  const home = join(scratch, "home");
  const input = { root, files: guardedFiles(systemFiles, root, paths), paths, isUntrusted, home };
  const { problems: found } = await bakePaths("images", input, named);
  return found.map(({ message, at }) => {
    const place = at === undefined ? "" : `${at.file}${at.line === undefined ? "" : `:${at.line}`}`;
    return `${place} ${message.replaceAll(scratch, "S")}`;
  });
}

const web = "services:\n  web:\n    build: .\n";

describe("what a file of another name leads to is refused likewise", () => {
  test.each<{ readonly file: string; readonly text: string; readonly says: readonly string[] }>([
    { file: "ci/a.hcl", text: "->BAIT/inc.yml", says: ["ci/a.hcl the bake file"] },
    { file: "ci/a.yml", text: `include: [BAIT/inc.yml]\n${web}`, says: ["ci/a.yml:1 the included file"] },
    { file: "ci/a", text: `services: {web: {env_file: BAIT/inc.yml}}\n`, says: ["ci/a:1 the env_file"] },
    { file: "ci/a.hcl", text: 'target "a" {}\n', says: [] },
    { file: "ci/a.json", text: "{}\n", says: [] },
  ])("$file: $text", async ({ file, text, says }) => {
    for (const kind of ["trusted", "untrusted"]) {
      const found = await problems({ [file]: text }, kind, [file]);
      expect(found).toEqual(says.map((each) => expect.stringContaining(each)));
      expect(await problems({ [file]: text }, kind)).toEqual([]);
    }
  });
});

describe("what leads out is refused, whoever wrote it", () => {
  test.each<[string, Record<string, string>, string]>([
    ["a bake file", { "images/docker-bake.hcl": "->BAIT/inc.yml" }, "images/docker-bake.hcl the bake file"],
    ["an override", { "images/docker-bake.hcl": "", "images/docker-bake.override.json": "->BAIT/x" }, "override.json"],
    ["a compose file", { "images/compose.yaml": "->BAIT/inc.yml" }, "leads to S/bait/inc.yml"],
    ["a compose file beside a bake file", { "images/docker-compose.yml": "->BAIT/inc.yml" }, "docker-compose.yml"],
    ["its folder", { images: "->BAIT" }, "leads to S/bait/docker-bake.hcl"],
    [".env", { "images/compose.yaml": web, "images/.env": "->BAIT/inc.yml" }, "images/.env the file of variables"],
    ["include", { "images/compose.yaml": `include:\n  - BAIT/inc.yml\n${web}` }, "images/compose.yaml:2 the included"],
    ["include with path", { "images/compose.yaml": `include: [{path: [a, BAIT/inc.yml]}]\n${web}` }, ":1 the included"],
    ["include by climbing", { "images/compose.yaml": `include: ../../bait/inc.yml\n${web}` }, "S/bait/inc.yml"],
    [
      "include's env_file",
      { "images/compose.yaml": `include: [{path: a.yml, env_file: BAIT/inc.yml}]\n${web}` },
      "the env_file",
    ],
    [
      "include's project_directory",
      { "images/compose.yaml": `include: [{path: a.yml, project_directory: BAIT}]\n${web}` },
      "project_directory",
    ],
    [
      "an included file's .env",
      { "images/compose.yaml": "include: [a/x.yml]\n", "images/a/x.yml": web, "images/a/.env": "->BAIT/inc.yml" },
      "variables of an included file",
    ],
    [
      "an included file's include",
      { "images/compose.yaml": "include: [a/x.yml]\n", "images/a/x.yml": "include: [BAIT/inc.yml]\n" },
      "images/a/x.yml:1 the included file",
    ],
    [
      "extends",
      { "images/compose.yaml": "services:\n  web:\n    extends:\n      file: BAIT/inc.yml\n      service: x\n" },
      "images/compose.yaml:4 the extended file",
    ],
    [
      "an extended file's env_file",
      {
        "images/compose.yaml": "services: {web: {extends: {file: a/x.yml, service: x}}}\n",
        "images/a/x.yml": "services: {x: {env_file: ../../../bait/inc.yml}}\n",
      },
      "images/a/x.yml:1 the env_file",
    ],
    ["env_file", { "images/compose.yaml": `${web}    env_file: BAIT/inc.yml\n` }, "images/compose.yaml:4 the env_file"],
    [
      "env_file, a list",
      { "images/compose.yaml": `${web}    env_file: [a, {path: BAIT/x, required: false}]\n` },
      "env_file",
    ],
    [
      "env_file, a link",
      { "images/compose.yaml": `${web}    env_file: e\n`, "images/e": "->BAIT/x" },
      "leads to S/bait/x",
    ],
    ["env_file, at home", { "images/compose.yaml": `${web}    env_file: ~/x\n` }, "S/home/x"],
    ["env_file, by an anchor", { "images/compose.yaml": `x-e: &e BAIT/x\n${web}    env_file: *e\n` }, "the env_file"],
    [
      "env_file, by a merge",
      { "images/compose.yaml": "x-e: &e {env_file: BAIT/x}\nservices: {web: {build: ., <<: *e}}\n" },
      "the env_file",
    ],
    ["label_file", { "images/compose.yaml": `${web}    label_file: BAIT/x\n` }, "the label_file"],
    ["a secret", { "images/compose.yaml": `${web}secrets: {s: {file: BAIT/x}}\n` }, "the file of a compose file"],
    ["a context", { "images/compose.yaml": "services: {web: {build: {context: BAIT}}}\n" }, "the context"],
  ])("%s", async (_, files, expected) => {
    for (const kind of ["trusted", "untrusted"]) {
      expect((await problems(files, kind)).join("\n")).toContain(expected);
    }
  });
});

test.each<[string, Record<string, string>]>([
  ["nothing there", {}],
  ["bake files", { "images/docker-bake.hcl": "target web {}", "images/docker-bake.override.hcl": "->docker-bake.hcl" }],
  ["volumes", { "images/compose.yaml": `${web}    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]\n` }],
  ["what is inside", { "images/compose.yaml": `include: [../a.yml]\n${web}    env_file: .env\n`, "a.yml": web }],
  [
    "files that include each other",
    { "images/compose.yaml": "include: [compose.yml]\n", "images/compose.yml": "include: [compose.yaml]\n" },
  ],
  ["a folder, which buildx complains of", { "images/compose.yaml": "services: {a: {env_file: x}}", "images/x/y": "" }],
  [
    "a context that is an address",
    { "images/compose.yaml": "services: {web: {build: {context: 'https://github.com/o/r.git'}}}\n" },
  ],
])("%s: no problem", async (_, files) => {
  for (const kind of ["trusted", "untrusted"]) expect(await problems(files, kind)).toEqual([]);
});

test.each<[string, Record<string, string>, string]>([
  [
    "a path with a variable",
    { "images/compose.yaml": `${web}    env_file: $HOME/x\n` },
    "can't use a variable in a path",
  ],
  [
    "a path with a variable in braces",
    { "images/compose.yaml": "include: ['${X}']\n" },
    "can't use a variable in a path",
  ],
  ["what is no YAML", { "images/compose.yaml": "a: [\n" }, "isn't valid YAML"],
  ["several documents", { "images/compose.yaml": `${web}---\ninclude: [/etc/passwd]\n` }, "has a second document"],
])("%s is refused where a fork wrote it, and left to buildx elsewhere", async (_, files, expected) => {
  expect(await problems(files, "trusted")).toEqual([]);
  expect((await problems(files)).join("\n")).toContain(expected);
});

describe("what is read with a folder's files", () => {
  const always = [".env", "compose.yaml", "docker-bake.hcl", "docker-bake.override.json"];

  test.each<[string, Record<string, string>, readonly string[], readonly string[]]>([
    ["nothing else", { "compose.yaml": web }, [], []],
    [
      "extended files",
      { "compose.yaml": "services: {a: {extends: {file: lib/x.yaml, service: b}}}" },
      ["lib/x.yaml"],
      [],
    ],
    [
      "what an extended file extends",
      {
        "compose.yaml": "services: {a: {extends: {file: lib/x.yaml, service: b}}}",
        "lib/x.yaml": "services: {b: {extends: {file: y.yaml, service: b}}}",
      },
      ["lib/x.yaml", "lib/y.yaml"],
      [],
    ],
    [
      "included files, with their variables",
      { "compose.yml": "include: [../x/c.yaml]" },
      ["../x/c.yaml", "../x/.env"],
      [],
    ],
    ["an env_file", { "compose.yaml": "services: {a: {env_file: a.env}}" }, ["a.env"], []],
    [
      "env_files",
      { "docker-compose.yml": "services: {a: {env_file: [{path: a.env}, b.env]}}" },
      ["a.env", "b.env"],
      [],
    ],
    ["a label_file", { "compose.yaml": "services: {a: {label_file: l.txt}}" }, ["l.txt"], []],
    ["any path that has a variable", { "compose.yaml": "services: {a: {env_file: conf/$X.env}}" }, [], ["conf/"]],
    ["any path at all", { "compose.yaml": 'services: {a: {extends: {file: "${X:-y}", service: b}}}' }, [], [""]],
    ["but no context that has one", { "compose.yaml": "services: {a: {build: {context: $X}}}" }, [], []],
  ])("%s", async (_, files, paths, beginnings) => {
    count += 1;
    const root = join(scratch, `repo-${count}`, "r");
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    const found = await bakeReads(".", { root, files: systemFiles, home: undefined });
    expect(found.beginnings).toEqual(beginnings);
    expect(found.paths).toEqual(expect.arrayContaining([...always, ...paths]));
    expect(found.paths.filter((path) => /[./]env$|txt$|lib|[xy]\//.test(path)).sort()).toEqual(
      [".env", ...paths].sort(),
    );
  });
});
