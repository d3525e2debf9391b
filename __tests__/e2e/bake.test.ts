/** Bake files and images given by hand, built for real. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { firstPush, pushed } from "./events.ts";
import { type Changes, makeProject } from "./project.ts";
import { configsOf, tagsOf } from "./registry.ts";
import { rig, root } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(180_000);

const fixtures = join(root, "__tests__/fixtures");

/** The files of one of the six repositories. */
function filesOf(name: string): Changes {
  const folder = join(fixtures, "users", name);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, "utf8")]));
}

test("buildx says of the six repositories' bake files what the unit tests take it to say", () => {
  const prints: Readonly<Record<string, unknown>> = JSON.parse(
    readFileSync(join(fixtures, "bake-prints.json"), "utf8"),
  );
  for (const [key, print] of Object.entries(prints)) {
    const [folder = "", ...names] = key.split(" ");
    const options = ["--print", "--progress", "quiet", "--set", "*.secrets=", "--set", "*.ssh="];
    const said = execFileSync("docker", ["buildx", "bake", ...options, ...names], {
      cwd: join(fixtures, "users", folder),
      env: { ...rig.env },
      encoding: "utf8",
    });
    expect([key, JSON.parse(said)]).toEqual([key, print]);
  }
});

describe("mieweb's bake file", () => {
  test("builds eight images on one another, and one that nobody can pull", async () => {
    const project = makeProject(filesOf("mieweb"));
    const run = await runAction(project, firstPush);
    expect(run).toMatchObject({ code: 0, annotations: [] });
    expect(Object.keys(run.images)).toHaveLength(9);

    const diffs = async (name: string) =>
      Object.values(await configsOf(`${project.own}/${name}`, "latest"))[0]?.rootfs.diff_ids;
    const [nodejs, docker, swapped] = [await diffs("nodejs"), await diffs("docker"), await diffs("docker-nodejs")];
    expect(nodejs).toHaveLength((docker ?? []).length);
    expect(swapped?.slice(0, nodejs?.length)).toEqual(nodejs);
    expect(swapped?.slice(0, docker?.length)).not.toEqual(docker);
    expect(await tagsOf(`${project.own}/builder`)).toEqual([]);

    const before = project.git("rev-parse", "HEAD");
    project.commit({ agent: "another agent\n" });
    const next = await runAction(project, pushed(before));
    expect(next).toMatchObject({ code: 0, annotations: [] });
    expect(JSON.parse(next.outputs.affected ?? "")).toEqual(["builder", "docs", "agent", "manager"]);
    expect(next.images.manager?.reason).toBe("depends on agent; depends on builder");
  });

  test("that can't be read is one error in the file's own line", async () => {
    const project = makeProject({
      ...filesOf("mieweb"),
      "images/docker-bake.hcl": 'group "default" {\n  targets = [\n',
    });
    const run = await runAction(project, firstPush);
    expect(run.code).toBe(1);
    expect(run.annotations).toEqual([
      expect.objectContaining({ level: "error", file: "images/docker-bake.hcl", line: expect.any(Number) }),
    ]);
  });

  test("takes no variable from the step's environment", async () => {
    const bake =
      'variable "FROM_OUTSIDE" {\n  default = "inside"\n}\ntarget "default" {\n  labels = { said = FROM_OUTSIDE }\n}\n';
    const project = makeProject({ "docker-bake.hcl": bake, Dockerfile: "FROM scratch\nCOPY Dockerfile /\n" });
    const run = await runAction(project, { ...firstPush, env: { FROM_OUTSIDE: "outside" } });
    expect(run).toMatchObject({ code: 0, annotations: [] });
    const [config] = Object.values(await configsOf(project.own, "latest"));
    expect(config?.config?.Labels?.said).toBe("inside");
  });
});

test("one image by hand: context, file, stage and named contexts, a directory and an image from elsewhere", async () => {
  const project = makeProject({
    "images/other/Dockerfile": "FROM nothing-that-there-is\n",
    "containers/base.Containerfile":
      "FROM tools AS wanted\nCOPY entrypoint /\nCOPY --from=features one /features/\nFROM nothing-that-there-is AS unwanted\n",
    "containers/entrypoint": "#!/bin/sh\n",
    "made/one": "by a step before\n",
  });
  const run = await runAction(project, {
    ...firstPush,
    inputs: {
      context: "containers",
      file: "containers/base.Containerfile",
      target: "wanted",
      "build-contexts": "features=made\ntools=docker-image://busybox:1.37",
      images: `${project.own}/openlock-base`,
      provenance: "false",
    },
  });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  expect(Object.keys(run.images)).toEqual(["openlock-base"]);
  expect(await tagsOf(`${project.own}/openlock-base`)).toContain("latest");
});

test("a changed bake file affects the targets that it changes", async () => {
  const hcl = (more: string, argument = "1"): string =>
    [
      'variable "VERSION" { default = "1" }',
      'group "default" { targets = ["web", "api"] }',
      'target "web" { context = "web" }',
      `target "api" {\n  context = "api"\n  args = { LEVEL = "${argument}" }\n}`,
      more,
    ].join("\n");
  const dockerfile = "FROM scratch\nARG LEVEL\nCOPY Dockerfile /\n";
  const affected = async (files: Changes, changes: Changes): Promise<unknown> => {
    const project = makeProject(files);
    const before = project.git("rev-parse", "HEAD");
    project.commit(changes);
    const run = await runAction(project, {
      ...pushed(before),
      inputs: { command: "plan", cache: "none", converge: "false" },
    });
    expect(run).toMatchObject({ code: 0, annotations: [] });
    return JSON.parse(run.outputs.affected ?? "");
  };
  const bake = { "web/Dockerfile": dockerfile, "api/Dockerfile": dockerfile, "docker-bake.hcl": hcl("") };
  expect(await affected(bake, { "docker-bake.hcl": hcl("# a comment\n") })).toEqual([]);
  expect(await affected(bake, { "docker-bake.hcl": hcl("", "2") })).toEqual(["api"]);
});
