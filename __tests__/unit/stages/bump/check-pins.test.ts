import { describe, expect, test } from "@jest/globals";
import { formatLocation, Problems, UserError } from "../../../../src/errors.ts";
import { repository, tag } from "../../../../src/model/reference.ts";
import { gitRef } from "../../../../src/model/run-context.ts";
import { checkPins } from "../../../../src/stages/bump/check-pins.ts";
import { plannedBuild } from "../../buildx/planned.ts";
import { repository as checkout, memoryFiles } from "../../catalog/memory-files.ts";
import { planOf } from "../../report/example.ts";

const plan = planOf([
  {
    ...plannedBuild,
    repositories: [repository("ghcr.io/o/app")],
    version: "1.2.3",
    tags: [{ tag: tag("1.2.3"), moves: false }],
  },
]);
const tree = {
  "charts/app/values.yaml": "image:\n  repository: ghcr.io/o/app\n  tag: 1.2.2\n",
  "charts/app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\nappVersion: 1.2.3\n",
  "deploy/a.yaml": "image: ghcr.io/o/app:1.2.3\n",
  "deploy/deep/b.yaml": "image: ghcr.io/o/app:1.2.1\n",
  "README.md": "nothing\n",
};

async function problems(
  globs: readonly string[],
  ref = "refs/tags/v1.2.3",
  files: Readonly<Record<string, string>> = tree,
): Promise<readonly string[]> {
  const context = { ref: gitRef(ref), workspace: "/repo" };
  try {
    await checkPins(globs, plan, context, memoryFiles(checkout(files)));
    return [];
  } catch (error) {
    const all = error instanceof Problems ? error.problems : [error];
    return all.map((each) =>
      each instanceof UserError
        ? `${each.at === undefined ? "" : formatLocation(each.at)} ${each.message}`
        : "a defect",
    );
  }
}

test.each<[string, readonly string[], readonly RegExp[]]>([
  ["files that name the version", ["deploy/*.yaml", "charts/*/Chart.yaml"], []],
  [
    "one that names the one before",
    ["charts/*/*.yaml"],
    [/^charts\/app\/values\.yaml:3:8 "ghcr\.io\/o\/app:1\.2\.2" doesn't name 1\.2\.3/],
  ],
  [
    "however deep it lies",
    ["deploy/**/*.yaml"],
    [/^deploy\/deep\/b\.yaml:1:8 "ghcr\.io\/o\/app:1\.2\.1" doesn't name 1\.2\.3/],
  ],
  ["a glob that matches nothing", ["chart/*.yaml"], [/names chart\/\*\.yaml, and there is no such file/]],
  ["a file that names no image of ours", ["README.md"], [/names README\.md, and nothing there names a version/]],
  ["files but an excluded one", ["deploy/**/*.yaml", "!deploy/deep/*"], []],
  ["an excluded one again", ["deploy/**", "!deploy/**", "deploy/deep/*"], [/^deploy\/deep\/b\.yaml:1/]],
  ["nothing but exclusions", ["!deploy/**"], [/`check-pins` only excludes files: !deploy/]],
  [
    "all that is excluded again",
    ["deploy/a.yaml", "!deploy/*"],
    [/names deploy\/a\.yaml, and every such file is excluded/],
  ],
  ["alternatives", ["deploy/{a,deep/b}.yaml"], [/^deploy\/deep\/b\.yaml:1/]],
  ["all of it at once", ["charts/**/values.yaml", "deploy/deep/*"], [/values\.yaml:3/, /b\.yaml:1/]],
])("%s", async (_, globs, expected) => {
  expect(await problems(globs)).toEqual(expected.map((each) => expect.stringMatching(each)));
});

test("what is no release is not checked", async () => {
  expect(await problems(["charts/*/*.yaml"], "refs/heads/main")).toEqual([]);
});

describe("one mistake at many places", () => {
  /** So many files of the same pin. */
  const same = (count: number) =>
    problems(
      ["deploy/*"],
      "refs/tags/v1.2.3",
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => [`deploy/${100 + at}.yaml`, "image: ghcr.io/o/app:1.2.1\n"]),
      ),
    );

  test("is a problem at each of up to three", async () => {
    expect(await same(3)).toHaveLength(3);
  });

  test("is one problem with all places where there are more", async () => {
    const [only = "", ...others] = await same(4);
    expect(others).toEqual([]);
    expect(only).toMatch(/^deploy\/100\.yaml:1:8 /);
    expect(only.split("\n").slice(1)).toEqual([100, 101, 102, 103].map((at) => `  deploy/${at}.yaml:1:8`));
    expect(only).toContain(", at 4 places:");
  });

  test("lists so many places that a page shows them, and counts the others", async () => {
    expect((await same(35))[0]?.split("\n").at(-1)).toBe("  deploy/134.yaml:1:8");
    expect((await same(36))[0]?.split("\n").at(-1)).toBe("  and 1 more");
  });
});

test("git's own folder and packages of others are not searched", async () => {
  const stale = "image: ghcr.io/o/app:1.2.1\n";
  const files = { ".git/a.yaml": stale, "x/node_modules/a.yaml": stale, "x/a.yaml": "image: ghcr.io/o/app:1.2.3\n" };
  expect(await problems(["**/*.yaml"], "refs/tags/v1.2.3", files)).toEqual([]);
});
