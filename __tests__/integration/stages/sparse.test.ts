/** A sparse checkout plans what the whole one does, byte for byte. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { type Laptop, makeLaptop, type Told } from "./laptop.ts";

jest.setTimeout(120_000);

const own = "ghcr.io/o/r";
const files = {
  ".github/image-publish.yml": [
    "defaults: {platforms: [linux/amd64]}",
    "images:",
    "  web: {context: ., watch: [schema/db.sql]}",
    "  tools: {file: docker/Tools.Dockerfile, target: release, build-contexts: {fonts: assets/fonts}}",
    "  versioned: {path: versioned, tags: 'type=version,from=arg:APP_VERSION'}",
    "watch-all: [common/*.txt]",
  ].join("\n"),
  "images/base/Dockerfile": "FROM alpine\nCOPY . /\n",
  "images/base/a": "1",
  "images/base/.dockerignore": "b\n",
  "images/base/b": "1",
  "images/web/Dockerfile": `FROM ${own}/base\nCOPY images/web/page shared /x/\n`,
  "images/web/Dockerfile.dockerignore": "**/*.md\n",
  "images/web/page": "1",
  "images/web/README.md": "1",
  "images/linked/Dockerfile": { link: "../../docker/Linked.Dockerfile" },
  "images/linked/data": { link: "../../shared" },
  "images/lines/Dockerfile": "FROM alpine\nCOPY . /\n",
  "images/lines/.gitattributes": "*.crlf text eol=crlf\n*.id ident\n",
  "images/lines/a.crlf": "1\n2\n",
  "images/lines/a.id": "$Id$\n",
  "docker/Linked.Dockerfile": "FROM alpine\nCOPY data /\n",
  "docker/Tools.Dockerfile": `FROM ${own}/base AS release\nCOPY --from=fonts . /f\n`,
  "assets/fonts/a.ttf": "1",
  "nix/app/default.nix": '{ pkgs ? import <nixpkgs> {} }: pkgs.runCommand "x" {} ./src\n',
  "nix/app/src": "1",
  "shared/lib": "1",
  "shared/run.cmd": "1\n2\n",
  ".gitattributes": "*.cmd eol=crlf\n",
  "schema/db.sql": "1",
  "common/all.txt": "1",
  "versioned/Dockerfile": "FROM alpine\nARG APP_VERSION=1.2.3\n",
  "bake/docker-bake.json": JSON.stringify({
    group: { default: { targets: ["one", "two"] } },
    target: { one: { context: "one" }, two: { context: "../shared", dockerfile: "../bake/Two" } },
  }),
  "bake/one/Dockerfile": "FROM alpine\n",
  "bake/Two": "FROM alpine\nCOPY . /\n",
  "README.md": "1",
};
const path = "images/*,nix/*,bake,bake/*";

let laptop: Laptop;
let whole: Told;

beforeAll(async () => {
  laptop = makeLaptop(files, { bake: true });
  laptop.commit({
    "images/web/page": "2",
    "images/base/a": "2",
    "schema/db.sql": "2",
    "bake/one/Dockerfile": "FROM b\n",
  });
  // As git writes them, with their line ends.
  laptop.git("rm", "--quiet", "--force", "-r", ".");
  laptop.git("reset", "--quiet", "--hard");
  whole = await plan();
});
afterAll(() => laptop.remove());

function plan(inputs: Readonly<Record<string, string>> = {}, event = "push"): Promise<Told> {
  return laptop.plan({ event, inputs: { path, ...inputs } });
}

async function inSparse(patterns: readonly string[], work: () => Promise<void>): Promise<void> {
  const isCone = patterns.every((each) => !/[!*/]$|^[!/]/.test(each));
  laptop.git("sparse-checkout", "set", isCone ? "--cone" : "--no-cone", ...patterns);
  try {
    await work();
  } finally {
    laptop.git("sparse-checkout", "disable");
    laptop.git("reset", "--quiet", "--hard");
    laptop.git("clean", "--quiet", "-dfx");
  }
}

test("the whole checkout has images of every kind", () => {
  const json = whole.json as { readonly images: readonly { readonly name: string; readonly kind: string }[] };
  expect(json.images.map(({ name, kind }) => `${name} ${kind}`).sort()).toEqual([
    "app skip",
    "base build",
    "lines skip",
    "linked skip",
    "one build",
    "tools build",
    "two skip",
    "versioned skip",
    "web build",
  ]);
  expect(whole.beside).toEqual([]);
});

const folders = [
  ...new Set(
    Object.keys(files).flatMap((each) =>
      each
        .split("/")
        .slice(0, -1)
        .map((_, at, all) => all.slice(0, at + 1).join("/")),
    ),
  ),
];

test.each([
  [[".github"]],
  [["images/web"]],
  [["docs"]],
  [["/*", "!/images/"]],
  [["/*", "!/.github/"]],
  [["/README.md"]],
  [["/*", "!/shared/"]],
  [["/*", "!Dockerfile", "!*.yaml", "!.gitattributes"]],
])("%j", (patterns) =>
  inSparse(patterns, async () => {
    expect((await plan()).json).toEqual(whole.json);
  }),
);

test("any patterns", async () => {
  const cone = fc.uniqueArray(fc.constantFrom(...folders), { minLength: 1, maxLength: 3 });
  const lines = fc.uniqueArray(
    fc.constantFrom(
      ...folders.map((each) => `/${each}/`),
      ...Object.keys(files).map((each) => `/${each}`),
      "Dockerfile",
      "*.yaml",
    ),
    { minLength: 1, maxLength: 6 },
  );
  const open = lines.map((all) => ["/*", ...all.map((each) => `!${each}`)]);
  await fc.assert(
    fc.asyncProperty(fc.oneof(cone, lines, open), (patterns) =>
      inSparse(patterns, async () => {
        expect((await plan()).json).toEqual(whole.json);
      }),
    ),
    { numRuns: 25 },
  );
});

function namesIn({ json }: Told): readonly string[] {
  return (json as { readonly images: readonly { readonly name: string }[] }).images.map(({ name }) => name);
}

function hashIn({ json }: Told, image: string): unknown {
  const { images } = json as { readonly images: readonly { readonly name: string; readonly sourceHash: string }[] };
  return images.find(({ name }) => name === image)?.sourceHash;
}

test("with an index that is sparse as well", async () => {
  await inSparse(["images/web"], async () => {
    laptop.git("sparse-checkout", "reapply", "--sparse-index");
    expect((await plan()).json).toEqual(whole.json);
    laptop.git("sparse-checkout", "reapply", "--no-sparse-index");
  });
});

test("where single files are skipped by hand", async () => {
  const skipped = [
    ".github/image-publish.yml",
    "images/base/.dockerignore",
    "images/linked/Dockerfile",
    "bake/docker-bake.json",
  ];
  laptop.git("update-index", "--skip-worktree", ...skipped);
  for (const path of skipped) rmSync(join(laptop.folder, path));
  expect((await plan()).json).toEqual(whole.json);
  laptop.git("update-index", "--no-skip-worktree", ...skipped);
  laptop.git("reset", "--quiet", "--hard");
});

test("with line ends of the user's settings", async () => {
  laptop.git("config", "core.autocrlf", "true");
  laptop.git("rm", "--quiet", "--force", "-r", ".");
  laptop.git("reset", "--quiet", "--hard");
  const other = await plan();
  expect(hashIn(other, "base")).not.toBe(hashIn(whole, "base"));
  await inSparse(["docs"], async () => {
    expect((await plan()).json).toEqual(other.json);
  });
  laptop.git("config", "--unset", "core.autocrlf");
  laptop.git("rm", "--quiet", "--force", "-r", ".");
  laptop.git("reset", "--quiet", "--hard");
});

test("a release of an image that is left out", async () => {
  const asked = { event: "release", ref: "base-v1.2.3", inputs: { path } };
  const released = await laptop.plan(asked);
  await inSparse(["images/web"], async () => {
    expect((await laptop.plan(asked)).json).toEqual(released.json);
  });
});

describe("the working tree goes first", () => {
  test("a file that a step deleted is gone, and one that it made at a place left out counts", () =>
    inSparse(["images/web", "images/base", ".github"], async () => {
      const before = await plan();
      expect(before.json).toEqual(whole.json);
      rmSync(join(laptop.folder, "images/base/a"));
      mkdirSync(join(laptop.folder, "images/lines"), { recursive: true });
      writeFileSync(join(laptop.folder, "images/lines/a.crlf"), "made");
      mkdirSync(join(laptop.folder, "images/new"));
      writeFileSync(join(laptop.folder, "images/new/Dockerfile"), "FROM alpine\n");
      laptop.git("status");
      const after = await plan();
      expect(namesIn(after)).toEqual([...namesIn(whole), "new"].sort());
      for (const image of ["base", "lines"]) expect(hashIn(after, image)).not.toBe(hashIn(whole, image));
      for (const image of ["linked", "versioned"]) expect(hashIn(after, image)).toBe(hashIn(whole, image));
    }));

  test("what takes the place of a folder hides what git has in it", () =>
    inSparse(["images/web", ".github"], async () => {
      writeFileSync(join(laptop.folder, "images/lines"), "");
      laptop.git("status");
      expect(namesIn(await plan())).toEqual(namesIn(whole).filter((each) => each !== "lines"));
    }));
});

test("a link that is left out is followed no further than one that is there", async () => {
  const hostile = makeLaptop({
    "images/x/Dockerfile": { link: "/etc/passwd" },
    "images/y/Dockerfile": "FROM alpine\n",
  });
  const there = await hostile.plan({ event: "schedule" });
  hostile.git("sparse-checkout", "set", "--cone", "images/y");
  const leftOut = await hostile.plan({ event: "schedule" });
  expect(there.failures).toEqual([expect.stringContaining("outside of the workspace")]);
  expect(leftOut.failures).toEqual(there.failures);
  hostile.remove();
});

test.each(["blob:none", "tree:0"])("a partial clone by %s fetches what it reads", async (filter) => {
  const origin = laptop.folder;
  const head = laptop.git("rev-parse", "HEAD");
  laptop.git("config", "uploadpack.allowFilter", "true");
  laptop.git("config", "uploadpack.allowAnySHA1InWant", "true");
  const clone = makeLaptop(files, { bake: true });
  const made = (name: string, ...options: readonly string[]) => {
    const folder = join(clone.folder, name);
    clone.git("clone", "--quiet", "--no-checkout", "--depth=2", ...options, `file://${origin}`, folder);
    const git = (...args: readonly string[]) => clone.git("-C", folder, ...args);
    if (options.length > 0) git("sparse-checkout", "set", "--cone", "images/web");
    git("checkout", "--quiet", "-B", "main", head);
    if (options.length > 0) git("sparse-checkout", "reapply", "--sparse-index");
    git("update-ref", "refs/remotes/origin/main", `${head}~1`);
    return clone.plan({ event: "push", inputs: { path }, folder });
  };
  expect((await made("b/r", `--filter=${filter}`)).json).toEqual((await made("a/r")).json);
  clone.remove();
});

test("what a plan builds and the checkout can't is one warning, with the line to write", () =>
  inSparse(["images/web", ".github"], async () => {
    const { beside } = await plan();
    expect(beside).toEqual([
      expect.stringMatching(
        /^4 images are built from files which this sparse checkout leaves out: base \(images\/base\/Dockerfile and 2 more\), one/,
      ),
    ]);
  }));

test("nothing is said where only images are built that the checkout has all of", () =>
  inSparse(["images/base", ".github"], async () => {
    expect((await plan({ only: "base" })).beside).toEqual([]);
  }));

describe("what buildx reads is left out, with folders beside or in the place of it", () => {
  const bake = JSON.stringify({ target: { a: { context: "x/a" } }, group: { default: { targets: ["a"] } } });
  const [build, reads] = ["build: {context: x/a}", "env_file: x/e.env"];
  test.each<{ readonly what: string; readonly compose: string; readonly more?: Readonly<Record<string, string>> }>([
    { what: "a context beside a file of variables", compose: `services: {a: {${build}, ${reads}}}` },
    { what: "a secret's folder", compose: `services: {a: {${build}, ${reads}}}\nsecrets: {s: {file: x/a}}` },
    { what: "a folder above what is read", compose: `services: {a: {build: {context: x}, ${reads}}}` },
    {
      what: "an included file's folder",
      compose: "include: [{path: x/inc.yml, project_directory: x}]",
      more: { "x/inc.yml": "services: {}" },
    },
    { what: "a folder .env", compose: `services: {a: {${build}, ${reads}}}`, more: { ".env/bin/python": "1" } },
    { what: "a folder in the place of a file of variables", compose: "services: {a: {build: x/a, env_file: x/a}}" },
    { what: "an included folder", compose: "include: [x/a]" },
  ])("$what", async ({ compose, more }) => {
    const layout = { "docker-bake.json": bake, "compose.yaml": compose, "x/e.env": "V=1\n", ...more };
    const made = makeLaptop({ ...layout, "x/a/Dockerfile": "FROM alpine\nCOPY . /\n", "y/z": "1" }, { bake: true });
    made.commit({ "x/a/f": "1" });
    const there = await made.plan({ event: "push" });
    expect(namesIn(there)).toEqual(["a"]);
    for (const patterns of [["y"], ["/y/"], ["/x/", "/y/"], ["/*", "!/x/", "!/.env/"], ["/*", "!*.env", "!*.yaml"]]) {
      made.git("sparse-checkout", "set", patterns.includes("y") ? "--cone" : "--no-cone", ...patterns);
      expect((await made.plan({ event: "push" })).json).toEqual(there.json);
    }
    made.remove();
  });
});
