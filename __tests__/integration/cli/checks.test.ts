/** What the command line refuses, or shows that `publish` would refuse, before anything is built; with real git and no network. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type Repository, Workplace } from "../changes/repository.ts";

jest.setTimeout(60_000);

const workplace = new Workplace();
let repository: Repository;

beforeAll(() => {
  repository = workplace.alone();
  repository.setRemote("http://127.0.0.1:1/o/r.git");
  repository.point("refs/remotes/origin/main", repository.start({ "README.md": "1" }));
  repository.commit({
    "images/app/Dockerfile": "FROM scratch\nCOPY Dockerfile /\n",
    "deploy/app.yaml": "image: 127.0.0.1:1/o/r/app:1.1.0\n",
    "broken.yaml": "vulnerabilites:\n  - id: CVE-1\n",
    "empty.yml": "images:\n  app:\n    tags: |\n      type=raw,value=x,enable=false\n",
    "ignoring.yml": "images:\n  app:\n    trivyignores:\n      - nowhere.yaml\n",
    "several.yml":
      "defaults:\n  provenance: mode=maxx\n  cache-from: |\n    type=gha\n    type=ghaa\nbump:\n  auto-merge: sqash\n",
  });
});
afterAll(() => workplace.remove());

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[], cwd = repository.folder): Promise<Ended> {
  const index = join(import.meta.dirname, "../../../src/index.ts");
  const env = {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    NODE_NO_WARNINGS: "1",
    NODE_COMPILE_CACHE: join(workplace.folder, "compiled"),
  };
  return new Promise((done) => {
    execFile(process.execPath, [index, ...args], { cwd, env }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
    });
  });
}

describe("plan", () => {
  test("shows what it would do, and every reason for which publish would not start", async () => {
    const { code, out, err } = await run([
      "plan",
      "--ref=v1.2.0",
      "--check-pins=deploy/*.yaml, kustomize/**",
      "--config=ignoring.yml",
    ]);
    expect(code).toBe(1);
    expect(out).toContain("Plan: build 1 of 1 image");
    expect(out).toContain("Pushes to:\n    127.0.0.1:1/o/r/app\n");
    expect(err).toMatch(/^error: ignoring\.yml:4:9: nowhere\.yaml is not there$/m);
    expect(err).toMatch(/^error: deploy\/app\.yaml:1:8: .*1\.1\.0/m);
    expect(err).toMatch(/^error: `check-pins` names kustomize\/\*\*, and there is no such file$/m);
  });

  test("has the plan as JSON, though publish would not start", async () => {
    const { code, out, err } = await run(["plan", "--json", "--ref=v1.2.0", "--check-pins=deploy/*"]);
    expect({ code, images: JSON.parse(out).images.length }).toEqual({ code: 1, images: 1 });
    expect(err).toMatch(/^error: deploy\/app\.yaml:1:/m);
  });

  test("shows that an image gets no tags", async () => {
    expect((await run(["plan", "--config=empty.yml"])).out).toMatch(/^build +app .*\(no tags\)$/m);
  });

  test("refuses what a build would refuse, each at its place, in the order of the file", async () => {
    const { code, err } = await run(["plan", "--config=several.yml"]);
    expect(code).toBe(1);
    expect(err.match(/^error: .*$/gm)).toEqual([
      expect.stringContaining('error: several.yml:2:15: "provenance": mode of provenance can\'t be "maxx"'),
      expect.stringContaining('error: several.yml:5:5: "cache-from": "ghaa" isn\'t a type of cache'),
      expect.stringContaining('error: several.yml:7:15: "auto-merge" can\'t be "sqash"'),
    ]);
  });

  test.each([
    { option: "--provenance=mode=maxx", said: 'the input "provenance", line 1: mode of provenance can\'t be "maxx"' },
    { option: "--cache-from=type=ghaa", said: 'the input "cache-from", line 1: "ghaa" isn\'t a type of cache' },
    { option: "--max-size=1kBB", said: 'the input "max-size", line 1: "1kBB"' },
    { option: "--bump=tru", said: 'the input "bump", line 1: "tru" is neither true nor false' },
  ])("refuses $option", async ({ option, said }) => {
    const { code, err } = await run(["plan", option]);
    expect(code).toBe(1);
    expect(err).toContain(`error: ${said}`);
  });
});

describe("publish", () => {
  test("with --dry-run shows the plan, also of what is not committed", async () => {
    const dry = await run(["publish", "--dry-run"]);
    expect(dry).toEqual(await run(["plan"]));
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining("Plan: build 1 of 1 image") });
  });
});

describe("a base that is not there", () => {
  test.each([
    { base: "HEAD~9", hint: "the history ends before it" },
    { base: "mian", hint: 'did you mean "main"?' },
    { base: "origin/mian~2", hint: 'did you mean "origin/main~2"?' },
    { base: "haed", hint: 'did you mean "HEAD"?' },
    { base: "v9.9.9", hint: "such as HEAD~1" },
  ])("$base", async ({ base, hint }) => {
    const { code, err } = await run(["plan", `--base=${base}`]);
    expect(code).toBe(1);
    expect(err).toContain(`error: --base: there is no commit "${base}" here\n  → `);
    expect(err).toContain(hint);
  });

  test("in a shallow clone asks for its history", async () => {
    const folder = join(workplace.folder, "shallow");
    repository.git("clone", "--quiet", "--depth=1", `file://${repository.folder}`, folder);
    const { err } = await run(["plan", "--base=HEAD~1"], folder);
    expect(err).toContain('error: --base: there is no commit "HEAD~1" here, as this clone is shallow\n');
    expect(err).toContain("→ fetch its history first: git fetch --unshallow");
  });
});

test("no text of Node's is shown for what is mistyped", async () => {
  const all = await Promise.all(
    [["plan", "--explian=app"], ["pln"], ["plan", "--json=3"], ["plan", "-event"], ["--plan"]].map((args) => run(args)),
  );
  for (const { code, out, err } of all) {
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^error: [^\n]*\n {2}→ [^\n]*\n$/);
    expect(err).not.toMatch(/positional|does not take an argument|Unknown/);
  }
});

test.each([[["--version"]], [["version"]], [["-V"]]])("%s shows the version alone", async (args) => {
  expect(await run(args)).toEqual({ code: 0, out: expect.stringMatching(/^image-publish \d+\.\d+\.\d+\n$/), err: "" });
});

test.each([
  { args: ["help"], usage: "COMMAND" },
  { args: ["help", "plan"], usage: "plan" },
  { args: ["plan", "--help"], usage: "plan" },
])("$args shows how it is used", async ({ args, usage }) => {
  const out = expect.stringMatching(new RegExp(`^Usage: image-publish ${usage} `));
  expect(await run(args)).toMatchObject({ code: 0, out });
});
