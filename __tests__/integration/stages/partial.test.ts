// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
/** One image's problem is that image's: what it doesn't concern is planned. */
import { describe, expect, test } from "@jest/globals";
import { Problems, UserError } from "../../../src/errors.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import type { Change } from "../../unit/changes/objects.ts";
import { makeLaptop, type Said } from "./laptop.ts";

type Files = Readonly<Record<string, Change>>;

const config = ".github/image-publish.yml";
const plain = "FROM debian:13\nCOPY . /\n";
const good: Files = { "images/good/Dockerfile": plain, "README.md": "a\n" };

interface Outcome {
  readonly built: readonly string[];
  /** What is not planned, and why. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}

async function planned(before: Files, changes: Files, said: Said = {}): Promise<Outcome> {
  const laptop = makeLaptop(before, { bake: true });
  try {
    laptop.commit(changes);
    const { json, beside, failures } = await laptop.plan(said);
    const { images } = json as Plan;
    return {
      built: images.flatMap(({ name, kind }) => (kind === "build" ? [name] : [])),
      problems: images.flatMap(({ name, reasons }) =>
        reasons.some(({ kind }) => kind === "problem" || kind === "waits-for") ? [name] : [],
      ),
      warnings: beside,
      errors: failures,
    };
  } finally {
    laptop.remove();
  }
}

interface Broken {
  readonly what: string;
  readonly files: Files;
  /** What a push that touches it changes. */
  readonly touch: Files;
  /** The place and the beginning of the problem. */
  readonly problem: RegExp;
  readonly name?: string;
}

const dockerfile = (what: string, text: string, problem: RegExp): Broken => ({
  what,
  files: { "images/bad/Dockerfile": text },
  touch: { "images/bad/Dockerfile": `${text}# touched\n` },
  problem,
});

const ofConfig = (what: string, entry: string, problem: RegExp): Broken => ({
  what,
  files: { "images/bad/Dockerfile": plain, [config]: `images:\n  bad: ${entry}\n` },
  touch: { "images/bad/Dockerfile": `${plain}# touched\n` },
  problem,
});

const broken: readonly Broken[] = [
  dockerfile(
    "an ARG without value in a FROM's tag",
    "ARG V\nFROM debian:${V}\n",
    /FROM debian:\$\{V\} names "debian:", as V has no value/,
  ),
  dockerfile("one that nothing declares", "FROM debian:$V\n", /as V has no value/),
  dockerfile("one in another ARG", "ARG V\nARG I=debian:$V\nFROM $I\n", /as V has no value/),
  dockerfile("one that is empty", "ARG V=\nFROM debian:$V\n", /as V has no value/),
  dockerfile("two of them", "FROM $A:$B\n", /as A and B have no value/),
  dockerfile("an ARG below FROM", "FROM debian:13\nARG V=13\nFROM debian:${V}\n", /as V has no value/),
  dockerfile("a whole base", "ARG IMAGE\nFROM ${IMAGE}\n", /names no image, as IMAGE has no value/),
  dockerfile("the platform of a FROM", "ARG P\nFROM --platform=$P debian:13\n", /names no platform, as P has no value/),
  dockerfile("a variable in COPY --from", "ARG V=a\nFROM debian:13\nCOPY --from=$V a b\n", /COPY has "--from=\$V"/),
  dockerfile(
    "a variable in RUN --mount",
    "ARG V=a\nFROM debian:13\nRUN --mount=from=$V,target=/x true\n",
    /the mount has "from=\$V"/,
  ),
  dockerfile("an empty file", "", /is empty|has no FROM/),
  dockerfile("no FROM", "ARG A=1\n", /has no FROM/),
  dockerfile("an instruction above FROM", "RUN true\nFROM debian:13\n", /is above the first FROM/),
  dockerfile("a heredoc without end", "FROM debian:13\nRUN <<EOF\ntrue\n", /heredoc <<EOF is never closed/),
  dockerfile("COPY without destination", "FROM debian:13\nCOPY a\n", /COPY needs a source/),
  dockerfile("an upper-case reference", "FROM Debian:13\n", /FROM names "Debian:13"/),
  dockerfile("a stage that isn't there", "FROM debian:13 AS one\nCOPY --from=5 a b\n", /counts past the stages/),
  dockerfile(
    "a stage from below",
    "FROM debian:13 AS a\nCOPY --from=b x y\nFROM debian:13 AS b\nFROM a\n",
    /isn't built before/,
  ),
  dockerfile("an image that builds on itself", "FROM ghcr.io/o/r/bad\nCOPY . /\n", /depends on itself/),
  dockerfile("a file too big", `FROM debian:13\n${"# x\n".repeat(1_100_000)}`, /is larger than 4 MiB/),
  ofConfig("an unknown key", "{platfroms: [linux/amd64]}", /unknown key "platfroms"/),
  ofConfig("a bad platform", "{platforms: [linux/lnx]}", /"platforms"/),
  ofConfig("a target that isn't there", "{target: nope}", /no stage named "nope"/),
  ofConfig("a rule for tags that is none", "{tags: [type=smever]}", /"smever"|type/),
  ofConfig("a flavor that is none", "{flavor: [latest=perhaps]}", /latest=perhaps/),
  ofConfig("a repository that is none", "{images: ['ghcr.io/o/UPPER CASE']}", /image/),
  ofConfig("a label that is none", "{labels: [nothing]}", /label/),
  ofConfig("a version that isn't a rule's", "{tags: ['type=version,from=nowhere']}", /nowhere/),
  ofConfig("an image that it depends on", "{depends: [nope]}", /there is no such image/),
  ofConfig("a target: context", "{build-contexts: {x: 'target:nope'}}", /there is no such image/),
  ofConfig("a pattern to watch", "{watch: ['[']}", /"watch"/),
  ofConfig("a flag", "{publish: flase}", /neither true nor false/),
  {
    what: "a Dockerfile that isn't there",
    files: { [config]: "images:\n  bad: {path: apps/bad}\n" },
    touch: { "apps/bad/Makefile": "x\n" },
    problem: /has no Dockerfile/,
  },
  {
    what: "an entry that is nowhere",
    files: { [config]: "images:\n  bad: {platforms: [linux/amd64]}\n" },
    touch: { [config]: "images:\n  bad: {platforms: [linux/arm64]}\n" },
    problem: /no directory holds an image named "bad"/,
  },
  {
    what: "a Dockerfile that leads out",
    files: { "images/bad/Dockerfile": { link: "/etc/hosts" } },
    touch: { "images/bad/Dockerfile": { link: "/etc/passwd" } },
    problem: /outside of/,
  },
  {
    what: "a bake file that can't be read",
    files: { "images/bad/docker-bake.json": "{" },
    touch: { "images/bad/docker-bake.json": "{{" },
    problem: /can't read images\/bad\/docker-bake.json/,
    name: "images/bad/docker-bake.json",
  },
  {
    what: "a target of a bake file",
    files: {
      "images/bad/docker-bake.json": JSON.stringify({
        group: { default: { targets: ["bad"] } },
        target: { bad: { "dockerfile-inline": "FROM debian:13" } },
      }),
    },
    touch: {
      "images/bad/docker-bake.json": JSON.stringify({
        group: { default: { targets: ["bad"] } },
        target: { bad: { "dockerfile-inline": "FROM debian:12" } },
      }),
    },
    problem: /the target "bad": its Dockerfile is inline in the bake file/,
  },
];

describe.each(broken)("$what", ({ files, touch, problem, name = "bad" }) => {
  const before = { ...good, ...files };

  test("a push of other things builds these, with one warning", async () => {
    const { built, problems, warnings, errors } = await planned(before, { "images/good/x": "1" });
    expect({ built, problems, errors }).toEqual({ built: ["good"], problems: [name], errors: [] });
    expect(warnings).toEqual([expect.stringMatching(problem)]);
  });

  test("a push that touches it fails, and plans the others", async () => {
    const { built, warnings, errors } = await planned(before, { ...touch, "images/good/x": "1" });
    expect({ built, warnings }).toEqual({ built: ["good"], warnings: [] });
    expect(errors).toEqual([expect.stringMatching(problem)]);
  });

  test("a schedule fails by it, and plans the others", async () => {
    const { built, errors } = await planned(before, { "images/good/x": "1" }, { event: "schedule" });
    expect(built).toEqual(["good"]);
    expect(errors).toEqual([expect.stringMatching(problem)]);
  });
});

describe("what the run is about decides", () => {
  const bad = { "images/bad/Dockerfile": "FROM debian:$V\nCOPY . /\n" };
  const child = {
    "images/child/Dockerfile": "FROM ghcr.io/o/r/bad\nCOPY . /\n",
    "images/grand/Dockerfile": "FROM ghcr.io/o/r/child\nCOPY . /\n",
  };
  const touched = { "images/bad/x": "1", "images/good/x": "1" };

  test.each<{ when: string; changes?: Files; said?: Said; built: readonly string[]; fails: boolean }>([
    { when: "only names another", changes: touched, said: { inputs: { only: "good" } }, built: ["good"], fails: false },
    { when: "only names it", changes: touched, said: { inputs: { only: "bad" } }, built: [], fails: true },
    { when: "only excludes it", changes: touched, said: { inputs: { only: "!bad" } }, built: ["good"], fails: false },
    { when: "a release of another", said: { ref: "refs/tags/good-v1.2.3" }, built: ["good"], fails: false },
    { when: "a release of it", said: { ref: "refs/tags/bad-v1.2.3" }, built: [], fails: true },
    { when: "a release of all", said: { ref: "refs/tags/v1.2.3" }, built: ["good"], fails: true },
    {
      when: "a pull request that doesn't touch it",
      changes: { "images/good/x": "1" },
      said: { event: "pull_request", base: "HEAD~1" },
      built: ["good"],
      fails: false,
    },
    {
      when: "a pull request that does",
      changes: touched,
      said: { event: "pull_request", base: "HEAD~1" },
      built: ["good"],
      fails: true,
    },
    { when: "a dispatch", said: { event: "workflow_dispatch" }, built: ["good"], fails: true },
    { when: "nothing changed", changes: { "README.md": "b" }, built: [], fails: false },
    { when: "everything is rebuilt", said: { inputs: { rebuild: "always" } }, built: ["good"], fails: true },
  ])("$when", async ({ changes = { "README.md": "b" }, said = {}, built, fails }) => {
    const outcome = await planned({ ...good, ...bad }, changes, said);
    expect(outcome.built).toEqual(built);
    expect([outcome.errors.length, outcome.warnings.length]).toEqual(fails ? [1, 0] : [0, 1]);
  });

  test("what depends on it waits: a push of the child fails at the cause", async () => {
    const outcome = await planned({ ...good, ...bad, ...child }, { "images/grand/x": "1", "images/good/x": "1" });
    expect(outcome.built).toEqual(["good"]);
    expect(outcome.problems).toEqual(["bad", "child", "grand"]);
    expect(outcome.errors).toEqual([
      expect.stringMatching(
        /^images\/bad\/Dockerfile:1 .*V has no value(?:.|\n)*Not built because of it: child, grand/,
      ),
    ]);
    expect(outcome.warnings).toEqual([]);
  });

  test("where nobody touches them, one warning names them all", async () => {
    const { warnings, errors } = await planned({ ...good, ...bad, ...child }, { "images/good/x": "1" });
    expect(errors).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^images\/bad\/Dockerfile:1 FROM.*\. Not planned because of it: bad, and child and grand, which depend on it/,
      ),
    ]);
  });

  test("a problem that two images share is one", async () => {
    const shared = { ...good, ...bad, [config]: "images:\n  second: {file: images/bad/Dockerfile}\n" };
    expect((await planned(shared, { "images/good/x": "1" })).warnings).toEqual([
      expect.stringMatching(/\. Not planned because of it: bad and second/),
    ]);
    expect((await planned(shared, touched)).errors).toHaveLength(1);
  });

  test("a circle concerns its members and what depends on them", async () => {
    const circle = {
      "images/a/Dockerfile": "FROM ghcr.io/o/r/b\n",
      "images/b/Dockerfile": "FROM ghcr.io/o/r/a\n",
      "images/c/Dockerfile": "FROM ghcr.io/o/r/b\nCOPY . /\n",
    };
    const quiet = await planned({ ...good, ...circle }, { "images/good/x": "1" });
    expect(quiet).toMatchObject({ built: ["good"], problems: ["a", "b", "c"], errors: [] });
    expect(quiet.warnings).toHaveLength(1);
    const loud = await planned({ ...good, ...circle }, { "images/c/x": "1", "images/good/x": "1" });
    expect(loud).toMatchObject({ built: ["good"], errors: [expect.stringContaining("in a circle")] });
  });

  test.each<[string, string]>([
    ["the image", "bad"],
    ["one that depends on it", "grand"],
  ])("--explain of %s states the problem", async (_, explain) => {
    await expect(planned({ ...good, ...bad, ...child }, touched, { explain })).rejects.toMatchObject({
      message: expect.stringContaining("V has no value"),
    });
  });

  test("--explain of what waits names the way to the problem", async () => {
    const asked = planned({ ...good, ...bad, ...child }, touched, { explain: "grand" });
    await expect(asked).rejects.toMatchObject({
      message: expect.stringMatching(
        /^grand waits for child \(FROM at images\/grand\/Dockerfile:1\), which waits for bad \(FROM at images\/child\/Dockerfile:1\), which has a problem/,
      ),
    });
  });

  test("--explain of a typo proposes images that have a problem, too", async () => {
    for (const [explain, name] of [
      ["bda", "bad"],
      ["grnd", "grand"],
    ] as const) {
      await expect(planned({ ...good, ...bad, ...child }, touched, { explain })).rejects.toMatchObject({
        hint: `choose from bad, child, good, grand; did you mean "${name}"?`,
      });
    }
  });

  test.each<[string, Files]>([
    [
      "of an image with a mistake in its tags' rules, by a tag that they may move",
      {
        "images/bad/Dockerfile": plain,
        [config]: "images:\n  bad: {tags: [type=smever]}\n",
        "images/web/Dockerfile": "FROM ghcr.io/o/r/bad:edge\nCOPY . /\n",
      },
    ],
    [
      "of an image with a mistake in where it is pushed",
      {
        "images/bad/Dockerfile": plain,
        [config]: "images:\n  bad: {images: ['name=quay.io/acme/bad,enabled=true']}\n",
        "images/web/Dockerfile": "FROM quay.io/acme/bad\nCOPY . /\n",
      },
    ],
    [
      "of a target with a problem",
      {
        "images/tools/docker-bake.json": JSON.stringify({
          group: { default: { targets: ["bad", "other"] } },
          target: { bad: { "dockerfile-inline": "FROM debian:13" }, other: { context: "." } },
        }),
        "images/tools/Dockerfile": plain,
        "images/web/Dockerfile": "FROM ghcr.io/o/r/bad\nCOPY . /\n",
      },
    ],
    [
      "of an entry that is nowhere",
      {
        [config]: "images:\n  bad: {platforms: [linux/amd64]}\n",
        "images/web/Dockerfile": "FROM ghcr.io/o/r/bad\nCOPY . /\n",
      },
    ],
  ])("nothing is built on what is published %s", async (_, files) => {
    const outcome = await planned({ ...good, ...files }, { "images/web/x": "1", "images/good/x": "1" });
    expect(outcome.built).toEqual(["good"]);
    expect(outcome.errors).toHaveLength(1);
    expect(outcome.problems).toEqual(["bad", "web"]);
  });

  const special = "ghcr.io/o/special";
  const other = { "images/kid/Dockerfile": `FROM ${special}\nCOPY . /\n` };

  test.each<readonly [what: string, entry: string, files?: Files]>([
    ["a good line of images beside a bad one", `{images: [${special}, "ghcr.io/o/bro ken"]}`],
    ["behind a bad one", `{images: ["ghcr.io/o/bro ken", ${special}]}`],
    ["beside one with an unknown attribute", `{images: [${special}, "name=quay.io/x,enabel=true"]}`],
    ["beside one that is a map", `{images: [${special}, {name: quay.io/x/y}]}`],
    ["a good line of aliases beside a bad one", `{aliases: [${special}, "ghcr.io/o/bro ken"]}`],
    ["a good alias beside a bad line of images", `{aliases: ${special}, images: "ghcr.io/o/bro ken"}`],
    ["a good line of images beside a bad alias", `{images: ${special}, aliases: "ghcr.io/o/bro ken"}`],
    ["a line with an unknown attribute", `{images: "name=${special},enabel=true"}`],
    ["an alias with one", `{aliases: "name=${special},enabel=true"}`],
    ["with an enable that is neither", `{images: "name=${special},enable=perhaps"}`],
    ["an expression that is none", `{aliases: "ghcr.io/{{ownr}}/special"}`],
    ["one that has no end", `{images: "ghcr.io/{{owner/special"}`],
    ["one with blanks", `{images: "ghcr.io/{{ ownr }}/special"}`],
    ["a tag in the name", `{images: "${special}:latest"}`],
    ["a typo in the name", `{images: "ghcr.io/o/spe cial"}`],
    ["capital letters in an expression's name", `{images: "GHCR.io/o/{{Nmae}}"}`],
    ["a map in place of lines", `{aliases: {x: ${special}}}`],
    ["a list in a list", `{aliases: [[${special}]]}`],
    ["a map whose key is the name", `{images: {${special}: true}}`],
    ["a mistyped key", `{imgaes: ${special}}`],
    ["its singular", `{alias: ${special}}`],
    ["an entry that is no map", special],
    ["an alias of YAML", `{images: [&x {name: ${special}}, *x]}`],
    ["another key's mistake", `{images: ${special}, platforms: [linux/lnx]}`],
    [
      "the branch's tag",
      `{images: "name=${special},enabel=true"}`,
      { "images/kid/Dockerfile": `FROM ${special}:main\nCOPY . /\n` },
    ],
    [
      "a part that is copied",
      `{images: "name=${special},enabel=true"}`,
      { "images/kid/Dockerfile": `FROM debian:13\nCOPY --from=${special} a b\nCOPY . /\n` },
    ],
    [
      "Docker Hub's name",
      `{images: "name=acme/special,enabel=true"}`,
      { "images/kid/Dockerfile": "FROM acme/special\nCOPY . /\n" },
    ],
  ])("a child waits for an image whose names have a mistake: %s", async (_, entry, files = {}) => {
    const before = {
      ...good,
      "images/bad/Dockerfile": plain,
      ...other,
      ...files,
      [config]: `images:\n  bad: ${entry}\n`,
    };
    const outcome = await planned(before, { "images/bad/x": "1", "images/kid/x": "1", "images/good/x": "1" });
    expect(outcome).toMatchObject({ built: ["good"], problems: ["bad", "kid"], warnings: [] });
    expect(outcome.errors).toEqual([expect.stringMatching(/Not built because of (?:it|bad): kid/)]);
  });

  test.each([
    ["an official image", "FROM debian:13"],
    ["an official image without a tag", "FROM debian"],
    ["another registry", "FROM quay.io/o/special"],
    ["a version", "FROM ghcr.io/o/other:1.2.3"],
    ["a digest", `FROM ghcr.io/o/other@sha256:${"a".repeat(64)}`],
    ["another image here", "FROM ghcr.io/o/r/good"],
  ])("nothing waits that is based on %s", async (_, from) => {
    const before = {
      ...good,
      "images/bad/Dockerfile": plain,
      "images/kid/Dockerfile": `${from}\nCOPY . /\n`,
      [config]: 'images:\n  bad: {images: "name=ghcr.io/o/special,enabel=true"}\n',
    };
    expect((await planned(before, { "images/kid/x": "1" })).built).toEqual(["kid"]);
  });

  test("an image that is nowhere has the aliases of its entry", async () => {
    const before = { ...good, ...other, [config]: `images:\n  bad: {aliases: ${special}, platforms: [linux/amd64]}\n` };
    const outcome = await planned(before, { "images/kid/x": "1", "images/good/x": "1" });
    expect(outcome).toMatchObject({ built: ["good"], problems: ["bad", "kid"] });
  });

  test("a reference to what a bake file that can't be read may have waits for it", async () => {
    const files = {
      ...good,
      "images/tools/docker-bake.json": "{",
      "images/web/Dockerfile": "FROM ghcr.io/o/r/lint:latest\nCOPY . /\n",
      "images/pinned/Dockerfile": "FROM ghcr.io/o/r/lint:1.0\nCOPY . /\n",
    };
    const outcome = await planned(files, { "images/web/x": "1", "images/pinned/x": "1" });
    expect(outcome.built).toEqual(["pinned"]);
    expect(outcome.errors).toHaveLength(1);
  });
});

test.each<[string, Files, Readonly<Record<string, string>>, RegExp]>([
  ["a config file that is no YAML", { [config]: "images: [\n" }, {}, /YAML/],
  ["defaults", { [config]: "defaults: {platfroms: [x]}\n" }, {}, /unknown key "platfroms"/],
  ["an input", {}, { only: "nope" }, /no image is called that/],
  ["a name of two images", { "apps/good/Dockerfile": plain }, {}, /two images have the name "good"/],
  ["what releases an image", { [config]: "images: {good: {release-tag: g}}\n" }, {}, /has no \{\{version\}\}/],
  ["an input that no image's name fits", {}, { images: "ghcr.io/O_/-{{name}}" }, /isn't a valid image name/],
  [
    "an entry with a mistake that finds no image",
    { [config]: "images: {site: {pth: images/good}}\n" },
    {},
    /unknown key "pth"/,
  ],
])("what is of all images stops all: %s", async (_, files, inputs, message) => {
  const run = planned({ ...good, ...files }, { "images/good/x": "1" }, { inputs });
  const error: unknown = await run.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  const all = error instanceof Problems ? error.problems : [error as UserError];
  expect(all.map((each) => each.message).join("\n")).toMatch(message);
});

describe("no image is in order", () => {
  const layouts: readonly { readonly what: string; readonly files: Files; readonly errors: number }[] = [
    { what: "the one image has a problem", files: { Dockerfile: "ARG V\nFROM x:${V}\n" }, errors: 1 },
    {
      what: "each has one of its own",
      files: { "images/a/Dockerfile": "FROM a:$V\n", "images/b/Dockerfile": "FROM b:$V\n" },
      errors: 2,
    },
    {
      what: "one has a problem, and the other one waits for it",
      files: { "images/a/Dockerfile": "FROM a:$V\n", "images/b/Dockerfile": "FROM ghcr.io/o/r/a\n" },
      errors: 1,
    },
    {
      what: "bake files that can't be read (one error for both)",
      files: { "images/a/docker-bake.json": "{", "images/b/docker-bake.json": "{" },
      errors: 1,
    },
    {
      what: "a mistake in the entry of the one image",
      files: { "images/a/Dockerfile": plain, [config]: "images: {a: {platfroms: [x]}}\n" },
      errors: 1,
    },
  ];
  const events: readonly Said[] = [
    { event: "push" },
    { event: "pull_request", base: "HEAD~1" },
    { event: "schedule" },
    { event: "workflow_dispatch" },
    { ref: "refs/tags/v1.2.3" },
  ];
  test.each(layouts)("$what: every event fails by it", async ({ files, errors }) => {
    for (const said of events) {
      const outcome = await planned({ ...files, "README.md": "a" }, { "README.md": "b" }, said);
      expect(outcome).toMatchObject({ built: [], warnings: [] });
      expect(outcome.errors).toHaveLength(errors);
    }
  });
});

test("a plan without problems has no word of them", async () => {
  const laptop = makeLaptop(good);
  try {
    const text = JSON.stringify((await laptop.plan({ event: "schedule" })).json);
    expect(text).not.toMatch(/problem|waits-for|fails/);
  } finally {
    laptop.remove();
  }
});
