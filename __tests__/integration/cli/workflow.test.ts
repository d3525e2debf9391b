/** `plan --workflow FILE`: the inputs of a workflow's step, with real git and no network. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import { type Repository, Workplace } from "../changes/repository.ts";

jest.setTimeout(60_000);

const workplace = new Workplace();
let repository: Repository;

beforeAll(() => {
  repository = workplace.alone();
  repository.setRemote("https://github.com/acme/shop.git");
  repository.point("refs/remotes/origin/main", repository.start({ "README.md": "1" }));
  repository.commit({
    "images/app/Dockerfile": "FROM scratch\nCOPY Dockerfile /\n",
    ".github/workflows/other.yml": "on: push\njobs: {a: {steps: [{run: make}]}}\n",
  });
});
afterAll(() => workplace.remove());

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[]): Promise<Ended> {
  const index = join(import.meta.dirname, "../../../src/index.ts");
  const env = {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    NODE_NO_WARNINGS: "1",
    NODE_COMPILE_CACHE: join(workplace.folder, "compiled"),
  };
  return new Promise((done) => {
    execFile(process.execPath, [index, ...args], { cwd: repository.folder, env }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
    });
  });
}

let files = 0;

/** A workflow that is not committed, whose step has these lines under `with`; the first of them is line 9. */
async function planOf(inputs: string, args: readonly string[] = [], on = "on: push"): Promise<Ended> {
  files += 1;
  const indented = inputs.replace(/^/gm, "          ");
  const path = written(
    `w${files}.yml`,
    `${on}\nenv: {OWNER: acme}\njobs:\n  build:\n    env: {HOST: ghcr.io}\n    steps:\n      - uses: o/image-publish@v1\n        with:\n${indented}\n`,
  );
  return run(["plan", "--json", "--workflow", path, ...args]);
}

function written(name: string, text: string): string {
  const path = join(repository.folder, ".github/workflows", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return `.github/workflows/${name}`;
}

function image({ out, err, code }: Ended) {
  expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
  const [first] = (JSON.parse(out) as Plan).images;
  if (first === undefined || first.kind === "skip") throw new Error(out);
  return { ...first, names: first.tags.map(({ tag }) => tag) };
}

describe("the inputs of the step", () => {
  test("are those of the plan, with their expressions filled in for the event", async () => {
    const ended = await planOf(
      [
        `images: \${{ env.HOST }}/\${{ env.OWNER }}/{{name}}`,
        "Tags: |",
        `  type=raw,value=\${{ github.ref_name }}-x`,
        `  type=raw,value=released,enable=\${{ startsWith(github.ref, 'refs/tags/') }}`,
        `push: \${{ github.event_name != 'pull_request' }}`,
        "platforms: linux/amd64",
      ].join("\n"),
    );
    expect(ended.err).toBe("");
    expect(image(ended)).toMatchObject({
      repositories: ["ghcr.io/acme/app"],
      names: ["main-x"],
      platforms: ["linux/amd64"],
    });
  });

  test("are asked about another event", async () => {
    const inputs = `tags: type=raw,value=pr-\${{ github.event.pull_request.number || github.event.number }}\npush: \${{ github.event_name == 'push' }}`;
    const [pull, push] = await Promise.all([
      planOf(inputs, ["--event=pull_request", "--base=HEAD~1"]),
      planOf(inputs.replace("|| github.event.number", "|| 'none'")),
    ]);
    expect(JSON.parse(pull.out)).toMatchObject({ push: false });
    expect(image(push).names).toEqual(["pr-none"]);
  });

  test("give way to options", async () => {
    const ended = await planOf("tags: type=raw,value=a\nimages: ghcr.io/a/a", ["--tags=type=raw,value=b"]);
    expect(image(ended)).toMatchObject({ names: ["b"], repositories: ["ghcr.io/a/a"] });
  });

  test("have the defaults of the workflow's own inputs", async () => {
    const on =
      "on: {workflow_dispatch: {inputs: {tag: {default: nightly}, kind: {type: choice, options: [full, small]}, sure: {type: boolean}}}}";
    const ended = await planOf(
      `tags: |\n  type=raw,value=\${{ inputs.tag }}\n  type=raw,value=\${{ github.event.inputs.kind }}\n  type=raw,value=sure,enable=\${{ inputs.sure }}`,
      ["--event=workflow_dispatch"],
      on,
    );
    expect(image(ended).names).toEqual(["nightly", "full"]);
  });

  test("that are not known have their defaults, with a warning at the line", async () => {
    const ended = await planOf(
      `tags: type=raw,value=a\nimages: \${{ vars.REGISTRY }}/app\nregistry-password: \${{ secrets.TOKEN }}\nlabels: a=\${{ matrix.os }}\nannotations: a=\${{ steps.a.outputs.b }} \${{ needs.c.outputs.d }}`,
    );
    expect(ended.err.match(/^warning: .*$/gm)).toEqual([
      expect.stringMatching(
        /^warning: \.github\/workflows\/w\d+\.yml:10:19: the input "images" uses its default here.*: vars\.REGISTRY$/,
      ),
      expect.stringMatching(/yml:11:30: the input "registry-password" uses its default .*: secrets\.TOKEN$/),
      expect.stringMatching(/yml:12:19: the input "labels" uses its default .*: matrix\.os$/),
      expect.stringMatching(
        /yml:13:24: the input "annotations" uses its default .*: steps\.a\.outputs\.b, needs\.c\.outputs\.d$/,
      ),
    ]);
    expect(image(ended).repositories).toEqual(["ghcr.io/acme/shop/app"]);
  });

  test("of which a line is not known are without that line, with a warning there", async () => {
    const ended = await planOf(
      `tags: |\n  type=raw,value=a\n  type=raw,value=\${{ github.run_number }}\n  type=raw,value=\${{ github.ref_name }}\nbuild-args: |\n  A=1\n  B=\${{ vars.B }}\n  C=\${{ vars.C ||\n    'c' }}\n  D=4`,
    );
    expect(ended.err.match(/^warning: .*$/gm)).toEqual([
      expect.stringMatching(/yml:11:13: the input "tags" is without this line here, .*: github\.run_number$/),
      expect.stringMatching(/yml:15:13: the input "build-args" is without this line here, .*: vars\.B$/),
      expect.stringMatching(/yml:16:13: the input "build-args" is without this line here, .*: vars\.C$/),
    ]);
    const { names, ...planned } = image(ended);
    expect(names).toEqual(["a", "main"]);
    expect(planned).toMatchObject({ args: { A: "1", D: "4" } });
  });

  test("are no matter where an option overrides them: neither unknown nor wrong", async () => {
    const ended = await planOf(
      `images: \${{ vars.REGISTRY }}/a\nplatforms: linux/none of it\nconfig: nothere.yml\nlabels: \${{ vars.L`,
      ["--images=ghcr.io/a/{{name}}", "--platforms", "linux/amd64", "--config", "", "--labels="],
    );
    expect(ended.err).toBe("");
    expect(image(ended)).toMatchObject({ repositories: ["ghcr.io/a/app"], platforms: ["linux/amd64"] });
  });

  test("that are wrong in an option are not shown in the workflow", async () => {
    const { err } = await planOf("platforms: linux/amd64", ["--platforms=linux amd64"]);
    expect(err).toMatch(/^error: the input "platforms", line 1: /);
  });

  test("that are wrong are sorted by their lines", async () => {
    const { err } = await planOf("labels: x\ntags: type=raw,value=a,b=c\nplatforms: nope nope\ncache-from: type=ghaa");
    const lines = Array.from(err.matchAll(/^error: \S+?\.yml:(\d+):/gm), ([, line]) => Number(line));
    expect(lines.length).toBeGreaterThan(2);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  });

  test.each([
    { inputs: "command: scan", said: /yml:9:20: the step has `command: scan`, which publishes nothing/ },
    {
      inputs: `command: \${{ github.event_name == 'push' && 'bump' || 'publish' }}`,
      said: /9:20: the step has `command: bump`/,
    },
  ])("that name another command are told: $inputs", async ({ inputs, said }) => {
    const { err, code } = await planOf(inputs);
    expect(code).toBe(0);
    expect(err).toMatch(said);
  });

  test.each([
    {
      on: "on: schedule",
      args: [],
      said: /yml:1:5: push doesn't trigger this workflow; it is triggered by schedule$/m,
    },
    {
      on: "on: [push, release]",
      args: ["--event=schedule"],
      said: /schedule doesn't trigger this workflow; it is triggered by push, release$/m,
    },
    { on: "on: {workflow_call: {}}", args: [], said: undefined },
    { on: "on: {push: {}, workflow_dispatch: {}}", args: ["--event=workflow_dispatch"], said: undefined },
  ])("of a workflow that another event runs: $on", async ({ on, args, said }) => {
    const { err, code } = await planOf("push: false", args, on);
    expect(code).toBe(0);
    if (said === undefined) expect(err).toBe("");
    else expect(err).toMatch(said);
  });

  test.each([
    { of: "job", condition: "github.event_name == 'schedule'", line: 4 },
    { of: "step", condition: `\${{ startsWith(github.ref, 'refs/tags/') }}`, line: 6 },
  ])("of a $of that isn't run for the event", async ({ of, condition, line }) => {
    const [job, step] = of === "job" ? [`    if: ${condition}\n`, ""] : ["", `        if: ${condition}\n`];
    const path = written(
      `if-${of}.yml`,
      `on: push\njobs:\n  a:\n${job}    steps:\n      - uses: o/image-publish@v1\n${step}`,
    );
    const { err, code } = await run(["plan", "--workflow", path]);
    expect(code).toBe(0);
    expect(err).toMatch(
      new RegExp(`^warning: \\S+yml:${line}:\\d+: the event that is planned doesn't run this ${of}`, "m"),
    );
  });

  test("that the action doesn't have are told with the one that is meant", async () => {
    const { err, code } = await planOf("platfroms: linux/amd64");
    expect(code).toBe(0);
    expect(err).toMatch(
      /^warning: \S+\.yml:9:11: this action has no input "platfroms"\n {2}→ did you mean "platforms"\?$/m,
    );
  });

  test.each([
    {
      inputs: "provenance: mode=maxx",
      said: /yml:9:23: the input "provenance", line 1: mode of provenance can't be "maxx"/,
    },
    { inputs: "push: sometimes", said: /yml:9:17: the input "push" can't be "sometimes"/ },
    {
      inputs: "cache-from: |\n  # the branch's\n  type=gha\n  type=ghaa",
      said: /yml:12:13: the input "cache-from", line 3: "ghaa" isn't a type of cache/,
    },
    { inputs: "only: nope", said: /yml:9:17: `only` names "nope", and no image is called that/ },
    { inputs: "config: nothere.yml", said: /yml:9:19: the config file nothere\.yml is not there/ },
    {
      inputs: `tags: |\n  a\n  type=raw,value=\${{ github.ref`,
      said: /yml:11:13: the input "tags": the expression "\$\{\{ github\.ref" isn't closed/,
    },
    { inputs: "images: [a, b]", said: /yml:9:11: the input "images" isn't a text/ },
    {
      inputs: `tags: \${{ github.ref = 'x' }}`,
      said: /yml:9:17: the input "tags": the expression "github.ref = 'x'" can't/,
    },
  ])("that are wrong are shown where they are: $inputs", async ({ inputs, said }) => {
    const { err, code } = await planOf(inputs);
    expect(code).toBe(1);
    expect(err).toMatch(said);
  });
});

describe("the step", () => {
  test("is found by the name of a workflow alone", async () => {
    written(
      "named.yml",
      "on: push\njobs: {a: {steps: [{uses: o/image-publish@v1, with: {tags: 'type=raw,value=n'}}]}}\n",
    );
    expect(image(await run(["plan", "--json", "--workflow=named.yml"])).names).toEqual(["n"]);
  });

  test.each([
    { uses: "https://code.example/o/image-publish@v1" },
    { uses: "o/image-publish@1b2c3d4" },
    { uses: "./.github/actions/image-publish" },
  ])("may be written $uses", async ({ uses }) => {
    const path = written("uses.yml", `on: push\njobs: {a: {steps: [{uses: other/action@v1}, {uses: "${uses}"}]}}\n`);
    expect((await run(["plan", "--json", "--workflow", path])).code).toBe(0);
  });

  test.each([
    {
      name: "other.yml",
      said: /^error: no step of \.github\/workflows\/other\.yml uses this/,
      hint: /a step with `uses:/,
    },
    { name: "othr.yml", said: /error: --workflow: there is no file "othr\.yml"/, hint: /did you mean "other\.yml"\?/ },
    { name: "other", said: /error: --workflow: there is no file "other"/, hint: /did you mean "other\.yml"\?/ },
    { name: ".github", said: /error: --workflow: there is no file "\.github"/, hint: /name a workflow of this repo/ },
  ])("is not in $name", async ({ name, said, hint }) => {
    const { err, code } = await run(["plan", "--workflow", name]);
    expect(code).toBe(1);
    expect(err).toMatch(hint);
    expect(err).toMatch(said);
  });

  test("is one alone", async () => {
    const path = written(
      "two.yml",
      "on: push\njobs:\n  a:\n    steps:\n      - uses: o/image-publish@v1\n  b:\n    steps:\n      - uses: o/image-publish@v1\n",
    );
    const { err, code } = await run(["plan", "--workflow", path]);
    expect(code).toBe(1);
    expect(err).toMatch(/2 steps use this action, and one is expected: \S+two\.yml:5 \(a\), \S+two\.yml:8 \(b\)/);
  });

  test("is for plans alone", async () => {
    const { err, code } = await run(["publish", "--workflow", "named.yml"]);
    expect(code).toBe(1);
    expect(err).toContain("--workflow is for plans alone");
  });
});
