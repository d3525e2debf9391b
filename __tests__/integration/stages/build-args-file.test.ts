/** Build arguments from files: which image gets which value, and what a change of a file means. */
import { describe, expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import type { Change } from "../../unit/changes/objects.ts";
import { makeLaptop, type Said } from "./laptop.ts";

type Files = Readonly<Record<string, Change>>;

const config = ".github/image-publish.yml";
const web = "images/web/Dockerfile";
const other = "images/other/Dockerfile";
const declaring = (...names: readonly string[]) => `FROM debian:13\n${names.map((name) => `ARG ${name}\n`).join("")}`;

async function planned(files: Files, said: Said = {}) {
  const laptop = makeLaptop(files);
  try {
    const told = await laptop.plan({ event: "workflow_dispatch", ...said });
    const images = new Map((told.json as Plan).images.map((image) => [image.name, image]));
    return { images, failures: told.failures, beside: told.beside };
  } finally {
    laptop.remove();
  }
}

async function argumentsOf(name: string, files: Files, said: Said = {}) {
  const { images, failures } = await planned(files, said);
  const image = images.get(name);
  return failures.length > 0 ? failures : image?.kind === "build" ? image.args : image?.kind;
}

describe("an image gets", () => {
  test.each<{ readonly what: string; readonly files: Files; readonly inputs?: Said["inputs"]; readonly gets: object }>([
    {
      what: "what its Dockerfile declares of the file, and no more",
      files: {
        [web]: declaring("A"),
        ".env": "A=1\nB=2\nHTTP_PROXY=x\nBUILDKIT_SYNTAX=y\n",
        [config]: "images: {web: {build-args-file: .env}}",
      },
      gets: { A: "1" },
    },
    {
      what: "values word for word",
      files: {
        [web]: declaring("A", "B"),
        ".env": "A={{version}} {{platform}}\nB=$A\n",
        [config]: "defaults: {build-args-file: [.env]}",
      },
      gets: { A: "{{version}} {{platform}}", B: "$A" },
    },
    {
      what: "the later file's value of several",
      files: {
        ...{ [web]: declaring("A", "B", "C"), "one.json": '{"A": 1, "B": 1}', "two.yml": "B: 2\nC: 1.10\n" },
        [config]: "images: {web: {build-args-file: [one.json, two.yml]}}",
      },
      gets: { A: "1", B: "2", C: "1.10" },
    },
    {
      what: "its own arguments before its own file, this before inputs, these before their file, and so on",
      files: {
        [web]: declaring("A", "B", "C", "D", "E", "F"),
        ...{ own: "A=own-file\nB=own-file\n", input: "A=x\nB=x\nC=x\nD=input-file\n" },
        defaults: "A=x\nB=x\nC=x\nD=x\nE=x\nF=defaults-file\n",
        [config]: [
          "defaults: {build-args-file: defaults, build-args: {A: x, B: x, C: x, D: x, E: defaults}}",
          "images: {web: {build-args-file: own, build-args: {A: own}}}",
        ].join("\n"),
      },
      inputs: { "build-args": "A=x\nB=x\nC=input", "build-args-file": "input" },
      gets: { A: "own", B: "own-file", C: "input", D: "input-file", E: "defaults", F: "defaults-file" },
    },
    {
      what: "an input's argument that nothing declares, whatever a file says of it",
      files: {
        [web]: declaring("A"),
        ".env": "SOURCE_DATE_EPOCH=1\n",
        [config]: "images: {web: {build-args-file: .env}}",
      },
      inputs: { "build-args": "SOURCE_DATE_EPOCH=2" },
      gets: { SOURCE_DATE_EPOCH: "2" },
    },
    {
      what: "the file that a symlink leads to",
      files: {
        [web]: declaring("A"),
        ...{ "envs/a.env": "A=1\n", ".env": { link: "envs/a.env" } },
        [config]: "images: {web: {build-args-file: .env}}",
      },
      gets: { A: "1" },
    },
    {
      what: "its version from the file rather than from a tag",
      files: {
        [web]: declaring("VERSION"),
        ".env": "VERSION=3.1\n",
        [config]: "images: {web: {build-args-file: .env}}",
      },
      gets: { VERSION: "3.1" },
    },
  ])("$what", async ({ files, inputs, gets }) => {
    expect(await argumentsOf("web", files, { ...(inputs && { inputs }) })).toEqual(gets);
  });

  test("its base by an argument of the file", async () => {
    const { images } = await planned({
      [other]: "FROM debian:13\n",
      [web]: "ARG BASE\nFROM $BASE\n",
      ".env": "BASE=ghcr.io/o/r/other\n",
      [config]: "images: {web: {build-args-file: .env}}",
    });
    expect(images.get("web")).toMatchObject({ kind: "build", parents: [{ name: "other" }] });
  });
});

describe("a file that gives no arguments is an error with its place", () => {
  const files = { [web]: declaring("A"), [other]: declaring() };
  test.each<{ readonly what: string; readonly more: Files; readonly entry?: string; readonly says: RegExp }>([
    { what: "missing", more: {}, says: /^\.github\/image-publish\.yml:1:\d+ .*a\.env is not there/ },
    { what: "a line that is none", more: { "a.env": "A=1\nB\n" }, says: /^a\.env:2:1 .*assigns nothing/ },
    { what: "binary", more: { "a.env": "\0" }, says: /^a\.env .*not a text/ },
    { what: "too large", more: { "a.env": `A=${"x".repeat(200_000)}` }, says: /^a\.env .*too large/ },
    { what: "a folder", more: { "a.env/x": "" }, says: /a\.env/ },
    {
      what: "outside of the repository",
      more: {},
      entry: "../a.env",
      says: /^\.github\/image-publish\.yml:1:\d+ .*isn't a path inside the repository/,
    },
    {
      what: "a symlink that leads out",
      more: { "a.env": { link: "/etc/hostname" } },
      says: /a\.env, leads to \/etc\/hostname, which is outside/,
    },
  ])("$what", async ({ more, entry = "a.env", says }) => {
    const all = { ...files, ...more, [config]: `images: {web: {build-args-file: ${entry}}}` };
    const { failures, images } = await planned(all);
    expect(failures).toEqual([expect.stringMatching(says)]);
    // The others are planned all the same.
    expect(images.get("other")?.kind).toBe("build");
  });

  test("in an input, at its line", async () => {
    await expect(planned(files, { inputs: { "build-args-file": "no.env" } })).rejects.toMatchObject({
      message: expect.stringContaining("no.env is not there"),
      input: { name: "build-args-file", line: 1 },
    });
  });
});

describe("a push affects", () => {
  const env = "# one\nA=1\nUNUSED=1\n";
  const before = {
    [web]: declaring("A"),
    [other]: declaring("B"),
    ".env": env,
    [config]: "defaults: {build-args-file: .env}",
  };

  test.each<{ readonly when: string; readonly from?: Files; readonly to: Files; readonly affects: readonly string[] }>([
    { when: "a value changes", to: { ".env": env.replace("A=1", "A=2") }, affects: ["web: .env modified"] },
    { when: "a comment changes", to: { ".env": env.replace("one", "two") }, affects: [] },
    {
      when: "an argument changes that nothing declares",
      to: { ".env": env.replace("UNUSED=1", "UNUSED=2") },
      affects: [],
    },
    { when: "the same is written otherwise", to: { ".env": "UNUSED=1\nexport A='1'\n" }, affects: [] },
    { when: "a declared argument is added", to: { ".env": `${env}B=1\n` }, affects: ["other: .env modified"] },
    { when: "a declared argument goes", to: { ".env": "" }, affects: ["web: .env modified"] },
    {
      when: "a value moves into the config file",
      to: { ".env": "", [config]: "defaults: {build-args-file: .env}\nimages: {web: {build-args: {A: 1}}}" },
      affects: [],
    },
    {
      when: "the file gets another name",
      to: { ".env": undefined, "build.env": env, [config]: "defaults: {build-args-file: build.env}" },
      affects: [],
    },
    {
      when: "the file becomes JSON, with another value",
      to: { ".env": undefined, "build.json": '{"A": "2"}', [config]: "defaults: {build-args-file: build.json}" },
      affects: ["web: .env deleted", "web: .github/image-publish.yml modified", "web: build.json added"],
    },
    {
      when: "the settings begin to name it",
      from: { ...before, [config]: "images: {}" },
      to: { [config]: "defaults: {build-args-file: .env}" },
      affects: ["web: .github/image-publish.yml modified"],
    },
    {
      when: "the target of a symlink changes",
      from: { ...before, ".env": { link: "real.env" }, "real.env": env },
      to: { "real.env": "A=2\n" },
      affects: ["web: real.env modified"],
    },
    {
      when: "a value is overridden anyway",
      from: { ...before, [config]: "defaults: {build-args-file: .env}\nimages: {web: {build-args: {A: 9}}}" },
      to: { ".env": "A=2\n" },
      affects: [],
    },
    {
      when: "it was malformed before",
      from: { ...before, ".env": "A=1\nB\n" },
      to: { ".env": "A=1\nB=1\n" },
      affects: ["other: .env modified"],
    },
  ])("$when: $affects", async ({ from = before, to, affects }) => {
    const laptop = makeLaptop(from);
    try {
      const former = laptop.head();
      laptop.commit(to);
      const told = await laptop.plan({ base: former });
      const { images } = told.json as Plan;
      const found = images.flatMap(({ name, kind, reasons }) =>
        kind === "build"
          ? reasons.map((each) =>
              each.kind === "file" ? `${name}: ${each.path} ${each.change}` : `${name}: ${each.kind}`,
            )
          : [],
      );
      expect(found.sort()).toEqual(affects);
      expect(told.failures).toEqual([]);
    } finally {
      laptop.remove();
    }
  });

  test("and says why a file counts", async () => {
    const laptop = makeLaptop(before);
    try {
      const former = laptop.head();
      laptop.commit({ ".env": "A=2\n" });
      const { text } = await laptop.plan({ base: former, explain: "web" });
      expect(text).toContain("it gives build arguments, and one that the image has changed");
    } finally {
      laptop.remove();
    }
  });
});

describe("the source hash", () => {
  const files = { [web]: declaring("A"), [other]: declaring("B") };
  const hashes = async (more: Files) => {
    const { images } = await planned({ ...files, ...more });
    return ["web", "other"].map((name) => images.get(name)?.sourceHash);
  };

  test("has the values that the image gets, wherever they come from", async () => {
    const [none, one, two, same] = await Promise.all([
      hashes({}),
      hashes({ ".env": "A=1\nX=1\n", [config]: "defaults: {build-args-file: .env}" }),
      hashes({ ".env": "A=2\nX=1\n", [config]: "defaults: {build-args-file: .env}" }),
      hashes({ [config]: "defaults: {build-args: {A: 1}}" }),
    ]);
    expect(new Set([none?.[0], one?.[0], two?.[0]]).size).toBe(3);
    expect(new Set([none?.[1], one?.[1], two?.[1], same?.[1]]).size).toBe(1);
    expect(one?.[0]).toBe(same?.[0]);
  });
});
