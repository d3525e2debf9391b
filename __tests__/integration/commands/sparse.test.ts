/** A sparse checkout plans what the whole one does, byte for byte. */
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
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
  laptop.git("rm", "--quiet", "-r", ".");
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
