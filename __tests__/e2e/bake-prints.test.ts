/** How often buildx is started to print bake files, and that what is printed together is what is printed of each file. */
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { systemFiles } from "../../src/adapters/files.ts";
import { childProcesses } from "../../src/adapters/processes.ts";
import type { BakeDefinition } from "../../src/catalog/bake/bake-definition.ts";
import { bakeOutline } from "../../src/catalog/bake/joined/bake-outline.ts";
import { type BakeFolder, printBake } from "../../src/catalog/bake/print.ts";
import { printAll } from "../../src/catalog/bake/print-all.ts";
import { firstPush, pushed } from "./events.ts";
import { type Changes, makeProject, type Project } from "./project.ts";
import { newFolder, rig } from "./rig.ts";
import { type Happening, runAction } from "./run-action.ts";

jest.setTimeout(180_000);

const plugin = join(rig.env.DOCKER_CONFIG ?? "", "cli-plugins", "docker-buildx");

interface Prints {
  readonly env: Readonly<Record<string, string>>;
  /** The arguments of each print so far. */
  seen(): readonly string[];
}

/** A docker whose buildx writes down what it prints. */
function countingPrints(): Prints {
  const config = newFolder("docker");
  const calls = join(config, "calls.txt");
  const script = join(config, "cli-plugins", "docker-buildx");
  mkdirSync(dirname(script));
  writeFileSync(script, `#!/bin/sh\ncase "$*" in *--print*) echo "$*" >>'${calls}';; esac\nexec '${plugin}' "$@"\n`);
  chmodSync(script, 0o755);
  return {
    env: { DOCKER_CONFIG: config },
    seen: () => (existsSync(calls) ? readFileSync(calls, "utf8").trimEnd().split("\n") : []),
  };
}

const dockerfile = "FROM scratch\nCOPY . /\n";

function bakeFile(target: string, more = ""): string {
  return `group "default" {
  targets = ["${target}"]
}
variable "REGISTRY" {
  default = "ghcr.io/acme"
}
target "${target}-base" {
  args = { V = "1" }
}
target "${target}" {
  inherits = ["${target}-base"]
  tags     = ["\${REGISTRY}/x"]
  platforms = ["linux/amd64"]
  ${more}
}
`;
}

/** Folders `apps/a00` and so on with a Dockerfile and a bake file each. */
function apps(count: number, bakeOf: (name: string) => string): Changes {
  const names = Array.from({ length: count }, (_, at) => `a${String(at).padStart(2, "0")}`);
  return Object.fromEntries(
    names.flatMap((name) => [
      [`apps/${name}/Dockerfile`, dockerfile],
      [`apps/${name}/docker-bake.hcl`, bakeOf(name)],
    ]),
  );
}

const colliding = () => bakeFile("image");

async function planned(project: Project, happening: Happening, prints: Prints) {
  const run = await runAction(project, {
    ...happening,
    inputs: { command: "plan", converge: "false", cache: "none", ...happening.inputs },
    env: { ...prints.env, ...happening.env },
  });
  return { ...run, affected: JSON.parse(run.outputs.affected || "[]") as readonly string[] };
}

interface Case {
  readonly when: string;
  readonly files: Changes;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly images: number;
  readonly prints: number;
}

test.each<Case>([
  { when: "one file", files: apps(1, (name) => bakeFile(name)), images: 1, prints: 1 },
  { when: "37 files with targets of their own", files: apps(37, (name) => bakeFile(name)), images: 37, prints: 1 },
  { when: "12 files whose targets have the same names", files: apps(12, colliding), images: 12, prints: 12 },
  {
    when: "one file of many takes names of another",
    files: apps(9, (name) => bakeFile(name === "a05" ? "a04" : name)),
    images: 9,
    prints: 2,
  },
  {
    when: "a file has an override",
    files: { ...apps(9, (name) => bakeFile(name)), "apps/a03/docker-bake.override.hcl": bakeFile("a03") },
    images: 9,
    prints: 2,
  },
  {
    when: "a variable is another one elsewhere",
    files: apps(9, (name) => (name === "a05" ? bakeFile(name).replace("ghcr.io", "quay.io") : bakeFile(name))),
    images: 9,
    prints: 2,
  },
  {
    when: "targets are named",
    files: apps(9, (name) => bakeFile(name)),
    inputs: { "bake-target": Array.from({ length: 9 }, (_, at) => `a0${at}-base`).join("\n") },
    images: 9,
    prints: 1,
  },
  {
    when: "a directory is left over, and all targets of the file above are printed",
    files: {
      "images/docker-bake.hcl": 'group "default" {\n  targets = ["a"]\n}\ntarget "a" {\n  context = "a"\n}\n',
      "images/a/Dockerfile": dockerfile,
      "images/b/Dockerfile": dockerfile,
    },
    images: 2,
    prints: 1,
  },
  {
    when: "a directory is left over that a target in no group may name",
    files: {
      "images/docker-bake.hcl":
        'group "default" {\n  targets = ["a"]\n}\ntarget "a" {\n  context = "a"\n}\ntarget "b" {\n  context = "b"\n}\n',
      "images/a/Dockerfile": dockerfile,
      "images/b/Dockerfile": dockerfile,
    },
    images: 1,
    prints: 2,
  },
])("$when: $prints prints", async ({ files, inputs = {}, images, prints }) => {
  const counting = countingPrints();
  const { code, annotations, outputs } = await planned(makeProject(files), { ...firstPush, inputs }, counting);
  expect({ code, annotations }).toEqual({ code: 0, annotations: [] });
  const plan = JSON.parse(readFileSync(outputs.plan ?? "", "utf8")) as { images: unknown[] };
  expect([plan.images.length, counting.seen().length]).toEqual([images, prints]);
});

describe("a changed bake file", () => {
  test.each([
    { when: "targets of their own", bakeOf: (name: string) => bakeFile(name), prints: 2 },
    { when: "targets of the same names", bakeOf: colliding, prints: 6 },
  ])("of $when is printed once more, as it was", async ({ bakeOf, prints }) => {
    const project = makeProject(apps(5, bakeOf));
    const before = project.git("rev-parse", "HEAD");
    const path = "apps/a02/docker-bake.hcl";
    project.commit({ [path]: bakeOf("a02").replace('V = "1"', 'V = "2"') });
    const counting = countingPrints();
    const run = await planned(project, pushed(before), counting);
    expect([run.code, run.affected, counting.seen().length]).toEqual([0, ["a02"], prints]);
  });

  test("and a changed config file take one print more, not a print of all files again", async () => {
    const config = ".github/image-publish.yml";
    const project = makeProject({ ...apps(5, (name) => bakeFile(name)), [config]: "defaults: {}\n" });
    const before = project.git("rev-parse", "HEAD");
    project.commit({ [config]: "images: {a01: {build-args: {V: '3'}}}\n" });
    const counting = countingPrints();
    const run = await planned(project, pushed(before), counting);
    expect([run.code, run.affected, counting.seen().length]).toEqual([0, ["a01"], 1]);
  });
});

test("one broken file among many is an error in its own line, and few prints are made", async () => {
  const broken = bakeFile("a07", "platforms = [NOWHERE]").replace('platforms = ["linux/amd64"]\n', "\n");
  const project = makeProject(apps(16, (name) => (name === "a07" ? broken : bakeFile(name))));
  const counting = countingPrints();
  const { code, annotations } = await planned(project, firstPush, counting);
  expect(code).toBe(1);
  expect(annotations).toMatchObject([{ level: "error", file: "apps/a07/docker-bake.hcl", line: 14 }]);
  expect(counting.seen().length).toBeLessThanOrEqual(11);
});

test("a file of variables that leads out of the checkout keeps its own folder from being printed, and no other", async () => {
  const project = makeProject(apps(6, (name) => bakeFile(name)));
  symlinkSync("/etc/hostname", join(project.folder, "apps/a03/.env"));
  project.commit({});
  const counting = countingPrints();
  const { code, annotations } = await planned(project, firstPush, counting);
  expect(code).toBe(1);
  expect(annotations).toMatchObject([{ level: "error", file: "apps/a03/.env" }]);
  expect(counting.seen().filter((each) => each.includes("a03"))).toEqual([]);
});

test("nothing of the step's environment is in what several files are printed as", async () => {
  const files = apps(3, (name) => bakeFile(name, "labels = { said = REGISTRY }"));
  const counting = countingPrints();
  const env = { REGISTRY: "outside", BUILDX_BAKE_FILE: "/nowhere", BUILDX_BAKE_FILE_RELATIVE_PATHS: "1" };
  const run = await planned(makeProject(files), { ...firstPush, env }, counting);
  expect([run.code, counting.seen().length]).toEqual([0, 1]);
  expect(readFileSync(run.outputs.plan ?? "", "utf8")).toContain("ghcr.io/acme");
});

test.each([
  { when: "that can't be started", text: "#!/nonexistent/interpreter\n", mode: 0o755 },
  { when: "that may not be executed", text: "", mode: 0o644 },
])("a plugin $when is docker's to report", async ({ text, mode }) => {
  const config = newFolder("docker");
  mkdirSync(join(config, "cli-plugins"));
  writeFileSync(join(config, "cli-plugins", "docker-buildx"), text, { mode });
  const project = makeProject(apps(1, (name) => bakeFile(name)));
  const { code, annotations } = await planned(project, firstPush, { env: { DOCKER_CONFIG: config }, seen: () => [] });
  expect([code, annotations]).toEqual([
    1,
    [expect.objectContaining({ message: expect.stringContaining("it takes docker with buildx") })],
  ]);
});

/** Random files of few names, so that many of them meet. */
function randomFile(seed: number): string {
  let state = seed + 1;
  const random = (below: number) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  const name = (kind: string, from = 4) => `${kind}${random(from)}`;
  const targets = [...new Set([name("t", 300), name("t", 300), name("t", 300)])];
  const variables = [...new Set([name("V", 3), name("V", 3)])];
  const variable = () => (random(50) === 0 ? name("V", 3) : (variables[random(variables.length)] ?? ""));
  const value = () =>
    [
      `"x${random(3)}"`,
      `"\${${variable()}}-y"`,
      variable(),
      `upper("\${equal(${variable()}, "d0") ? "same" : "other"}")`,
      `join("-", [for v in ["a", "b"] : "\${v}${random(2)}"])`,
    ][random(5)];
  const blocks = [
    ...variables.map((each) => `variable "${each}" {\n  default = "d${random(6) === 0 ? 1 : 0}"\n}\n`),
    random(12) === 0 ? `function "f" {\n  params = [a]\n  result = "\${a}!"\n}\n` : "",
    `group "default" {\n  targets = ["g${targets[0]}", "${targets.at(-1)}"]\n}\n`,
    `group "g${targets[0]}" {\n  targets = ["${targets[0]}"]\n}\n`,
    ...targets.map((each, at) => {
      const inherits = at > 0 && random(2) === 0 ? `  inherits = ["${targets[at - 1]}"]\n` : "";
      const link =
        random(4) === 0
          ? `"target:${random(12) === 0 ? name("t", 300) : targets[(at + 1) % targets.length]}"`
          : `"../c${random(3)}"`;
      const context = random(2) === 0 ? `  context = "./c${random(3)}/../d" # a comment\n` : "";
      const output =
        random(4) === 0 ? `  output = ["type=${["docker", "cacheonly", "local,dest=out"][random(3)]}"]\n` : "";
      return `target "${each}" {\n${inherits}${context}${output}  args = {\n    A = ${value()}\n    B = ${value()}\n  }\n  contexts = { c = ${link} }\n}\n`;
    }),
  ];
  return blocks.join(random(2) === 0 ? "\n" : "");
}

test("files printed together are what they are printed alone: random ones", async () => {
  const root = newFolder("random");
  const folders: BakeFolder[] = Array.from({ length: 50 }, (_, at) => ({
    folder: `f${at}`,
    file: `f${at}/docker-bake.hcl`,
  }));
  for (const [at, { folder, file }] of folders.entries()) {
    mkdirSync(join(root, folder));
    writeFileSync(join(root, file), randomFile(at));
  }
  let started = 0;
  const processes = {
    run: (_: string, args: readonly string[], options: Parameters<typeof childProcesses.run>[2]) => {
      started += 1;
      return childProcesses.run(plugin, args.slice(1), options);
    },
  };
  const tools = { processes, env: rig.env, signal: new AbortController().signal };
  const together = await printAll(folders, { root, files: systemFiles, names: [], tools });
  const prints = started;
  const plain = (definition: BakeDefinition | undefined) =>
    definition && { groups: [...definition.groups], targets: [...definition.targets] };
  let readable = 0;
  for (const [at, each] of folders.entries()) {
    const printed = together[at];
    const joined = printed !== undefined && "value" in printed ? plain(printed.value.definition) : undefined;
    const alone = await printBake(each, [], root, tools).catch(() => ({ missing: "" }));
    expect([each.file, joined]).toEqual([each.file, plain("definition" in alone ? alone.definition : undefined)]);
    if (joined !== undefined) readable += 1;
  }
  // Else nothing was compared.
  expect(readable).toBeGreaterThan(25);
  expect(folders.filter((_, at) => bakeOutline(randomFile(at)) !== undefined).length).toBeGreaterThan(20);
  expect(prints).toBeLessThan(folders.length);
});
