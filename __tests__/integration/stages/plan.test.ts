import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import { type Laptop, makeLaptop, type Said } from "./laptop.ts";

const family = {
  "images/base/Dockerfile": "FROM debian:13\nCOPY healthcheck /\n",
  "images/base/healthcheck": "one\ntwo\nthree\n",
  "images/base/.dockerignore": "*.md\n",
  "images/base/README.md": "x\n",
  "images/web/Dockerfile": "FROM ghcr.io/o/r/base\nARG VERSION\nCOPY . /\n",
  "images/web/page": "one\n",
  "images/alone/Dockerfile": "FROM alpine:3\nARG V=3.1\n",
  "README.md": "x\n",
};

let laptop: Laptop;
beforeAll(() => {
  laptop = makeLaptop(family);
  laptop.commit({ "README.md": "y\n", "images/base/README.md": "y\n" });
  laptop.commit({ "images/base/healthcheck": "one\n2\nthree\nfour\nfive\n" });
});
afterAll(() => laptop.remove());

/** What is built, with its tags. */
async function built(said: Said): Promise<Readonly<Record<string, string>>> {
  const { images } = (await laptop.plan(said)).json as Plan;
  const builds = images.flatMap((image) => (image.kind === "build" ? [image] : []));
  return Object.fromEntries(builds.map(({ name, tags }) => [name, tags.map(({ tag }) => tag).join(" ")]));
}

const head = (): string => laptop.head();

describe("what an event would do, asked on a laptop without any network", () => {
  test.each([
    ["a push of what the remote lacks", {}, () => ({ base: `main ${head()} latest`, web: `main ${head()} latest` })],
    [
      "a push since a commit that I name",
      { base: "HEAD~1" },
      () => Object.fromEntries(["base", "web"].map((name) => [name, `main ${head()} latest`])),
    ],
    ["a push of nothing that counts", { base: "HEAD" }, () => ({})],
    ["a push to another branch, which is new", { ref: "next" }, () => all(`next ${head()}`)],
    ["a push of a tag", { ref: "refs/tags/v1.2.3" }, () => all(`1.2.3 1.2 1 v1.2.3 ${head()} latest`)],
    ["a tag by its bare name", { ref: "v1.2.3-rc.1" }, () => all(`1.2.3-rc.1 v1.2.3-rc.1 ${head()}`)],
    ["a tag of one image", { ref: "refs/tags/web-v2.0.0" }, () => ({ web: `2.0.0 2.0 2 v2.0.0 ${head()} latest` })],
    ["a release", { event: "release", ref: "v1.2.3" }, () => all(`1.2.3 1.2 1 v1.2.3 ${head()} latest`)],
    ["the schedule", { event: "schedule" }, () => all("main latest")],
    ["a dispatch", { event: "workflow_dispatch" }, () => all(`main ${head()} latest`)],
    [
      "a dispatch of some",
      { event: "workflow_dispatch", inputs: { only: "a*" } },
      () => ({ alone: `main ${head()} latest` }),
    ],
    [
      "a dispatch of all but some",
      { event: "workflow_dispatch", inputs: { only: "!{base,web}" } },
      () => ({ alone: `main ${head()} latest` }),
    ],
    [
      "a dispatch where a directory is excluded",
      { event: "workflow_dispatch", inputs: { path: "images/*, !images/{web,base}" } },
      () => ({ alone: `main ${head()} latest` }),
    ],
    [
      "a dispatch with exclusions alone",
      { event: "workflow_dispatch", inputs: { path: "!images/w*" } },
      () => ({ alone: `main ${head()} latest`, base: `main ${head()} latest` }),
    ],
    ["a pull request", { event: "pull_request" }, () => ({ base: "", web: "" })],
    ["a pull request against a commit", { event: "pull_request", base: "HEAD~1" }, () => ({ base: "", web: "" })],
    [
      "a pull request that may push",
      { event: "pull_request", ref: "refs/pull/7/merge", inputs: { push: "true" } },
      () => ({ base: `pr-7 ${head()}`, web: `pr-7 ${head()}` }),
    ],
    ["a merge group", { event: "merge_group" }, () => ({ base: "", web: "" })],
    ["repository_dispatch", { event: "repository_dispatch" }, () => all(`main ${head()} latest`)],
    ["a new branch, told by create", { event: "create", ref: "refs/heads/next" }, () => all(`next ${head()}`)],
  ] satisfies [string, Said, () => Readonly<Record<string, string>>][])("%s", async (_, said, expected) => {
    expect(await built(said)).toEqual(expected());
  });

  test("a push to a branch that is called like a git tag, or like a version, gives the commit's tag alone", async () => {
    laptop.git("tag", "stable", "HEAD~1");
    try {
      expect(await built({ ref: "refs/heads/stable" })).toEqual(all(head()));
      expect(await built({ ref: "refs/heads/v2" })).toEqual(all(head()));
      const { beside } = await laptop.plan({ ref: "refs/heads/stable" });
      expect(beside.join("\n")).toMatch(/no tag "stable", which would look like the git tag stable/);
    } finally {
      laptop.git("tag", "--delete", "stable");
    }
  });

  test.each<{ readonly event: string; readonly isOf: boolean }>([
    { event: "schedule", isOf: false },
    { event: "repository_dispatch", isOf: false },
    { event: "push", isOf: true },
  ])("a $event of main, while another branch is checked out", async ({ event, isOf }) => {
    laptop.git("checkout", "--quiet", "-B", "elsewhere", "HEAD~1");
    laptop.commit({ "images/base/healthcheck": "elsewhere\n" });
    try {
      const { beside } = await laptop.plan({ event, ref: "main" });
      const found = await built({ event, ref: "main" });
      expect(found.base).toBe(isOf ? `main ${head()} latest` : head());
      expect(beside.join("\n").includes("which the branch main doesn't contain")).toBe(!isOf);
    } finally {
      laptop.git("checkout", "--quiet", "main");
    }
  });

  test("a commit by its id is of the branch that is checked out, and must be checked out", async () => {
    for (const ref of [head(), head().toUpperCase()]) {
      expect(await built({ event: "workflow_dispatch", ref })).toEqual(all(`main ${head()} latest`));
    }
    const other = laptop.git("rev-parse", "HEAD~1");
    await expect(laptop.plan({ ref: other })).rejects.toMatchObject({
      message: `--ref names the commit ${other.slice(0, 7)}, and ${head().slice(0, 7)} is checked out`,
      hint: `check it out first: git checkout ${other}`,
    });
  });

  test.each([
    ["v1", "tag"],
    ["base-1", "tag"],
    ["docs@latest", "tag"],
    ["helm-1.0.0", "tag"],
    ["nope/v1.0", "tag"],
    ["2026-11-30", "tag"],
    ["nosuch", "branch"],
    ["feat/vpn", "branch"],
    ["fix/123", "branch"],
  ])("a name that nothing here has is taken by its form, which is reported: %s is a %s", async (ref, kind) => {
    const full = { tag: `refs/tags/${ref}`, branch: `refs/heads/${ref}` };
    for (const event of ["push", "workflow_dispatch", "schedule"]) {
      const { json, beside } = await laptop.plan({ event, ref, inputs: { path: "images/*" } });
      expect((json as Plan).ref).toBe(kind === "tag" ? full.tag : full.branch);
      const [is, other] = kind === "tag" ? ["git tag", full.branch] : ["branch", full.tag];
      const said = `taken for a ${is}; for the ${kind === "tag" ? "branch" : "git tag"}, write --ref ${other}`;
      expect(beside).toContainEqual(expect.stringContaining(said));
      expect((await laptop.plan({ event, ref: other, inputs: { path: "images/*" } })).beside.join("\n")).not.toContain(
        "taken for",
      );
    }
  });

  test("a name that is here is what it is, and nothing is reported", async () => {
    laptop.git("tag", "stable", "HEAD~1");
    laptop.git("branch", "release-1.2");
    laptop.git("tag", "cafe1234", "HEAD~1");
    try {
      for (const [ref, full] of [
        ["stable", "refs/tags/stable"],
        ["cafe1234", "refs/tags/cafe1234"],
        ["release-1.2", "refs/heads/release-1.2"],
        ["HEAD", "refs/heads/main"],
      ] as const) {
        const { json, beside } = await laptop.plan({ ref });
        expect((json as Plan).ref).toBe(full);
        expect(beside.join("\n")).not.toContain("taken for");
      }
    } finally {
      laptop.git("tag", "--delete", "stable", "cafe1234");
      laptop.git("branch", "--quiet", "-D", "release-1.2");
    }
  });

  test("what is a commit, and no whole id, is refused", async () => {
    const short = [4, 7, 8, 12, 39].map((length) => head().slice(0, length));
    const other = laptop.git("rev-parse", "--short=7", "HEAD~1");
    for (const ref of [...short, short[1]?.toUpperCase() ?? "", other, "HEAD~1", "main^", "main@{0}", "deadbeef"]) {
      await expect(laptop.plan({ event: "workflow_dispatch", ref })).rejects.toMatchObject({
        message: expect.stringMatching(/which isn't a branch, a git tag or a full commit id here/),
        hint: expect.stringContaining("all digits of the commit"),
      });
    }
  });

  test.each([
    ["pull_request", "HEAD"],
    ["pull_request_target", "HEAD"],
    ["merge_group", "HEAD"],
    ["pull_request", undefined],
    ["merge_group", undefined],
  ])("a %s on what its base has already is refused: --base %s", async (event, base) => {
    laptop.git("checkout", "--quiet", "--detach", base === undefined ? "origin/main" : "main");
    try {
      await expect(laptop.plan({ event, ...(base && { base }) })).rejects.toMatchObject({
        message: expect.stringMatching(/ event would publish nothing: [\da-f]{7} would be compared with itself/),
        hint: expect.stringContaining("--base"),
      });
    } finally {
      laptop.git("checkout", "--quiet", "main");
    }
  });

  test("a pull request of a commit that its base has below its tip is refused", async () => {
    const tip = head();
    laptop.git("checkout", "--quiet", "--detach", "HEAD~1");
    try {
      await expect(laptop.plan({ event: "pull_request", base: tip })).rejects.toMatchObject({
        message: expect.stringContaining("the base, has all of"),
      });
    } finally {
      laptop.git("checkout", "--quiet", "main");
    }
  });

  test.each([
    ["an event of another name", { event: "tag" }, /no event "tag"/, /write --event push --ref refs\/tags\/v1\.2\.3/],
    ["a slip in its name", { event: "scheduel" }, /no event "scheduel"/, /did you mean "schedule"/],
    ["a release of nothing", { event: "release" }, /a release needs a tag/, /--ref v1\.2\.3/],
    ["a base that is not there", { base: "v9" }, /--base: there is no commit "v9"/, /HEAD~1/],
    ["an image that is not there", { explain: "weeb" }, /--explain names "weeb"/, /base, web; did you mean "web"\?/],
    ["an image that `only` misspells", { inputs: { only: "wep" } }, /`only` names "wep"/, /did you mean "web"\?/],
  ] satisfies [string, Said, RegExp, RegExp][])("what is missing is said: %s", async (_, said, message, hint) => {
    const error = await laptop.plan(said).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  });

  test("a base where nothing is compared is told to mean nothing", async () => {
    expect((await laptop.plan({ event: "schedule", base: "HEAD~1" })).beside).toEqual([
      "--base has no effect for schedule, which affects every image",
    ]);
  });
});

/** Every image, with the same tags. */
function all(tags: string): Readonly<Record<string, string>> {
  return { alone: tags, base: tags, web: tags };
}

test("an image's own version and the hash of its Dockerfile are read where rules ask for them", async () => {
  const rules = "type=version,from=arg:V\ntype=content,of=file\ntype=ref,event=branch,priority=1";
  const hash = createHash("sha256").update(family["images/alone/Dockerfile"]).digest("hex").slice(0, 12);
  const said = { event: "workflow_dispatch", inputs: { only: "alone", tags: rules } };
  expect(await built(said)).toEqual({ alone: `3.1 ${hash} main` });
});

test("a file alone keeps other images from being found, which the plan says", async () => {
  const said = { event: "workflow_dispatch", inputs: { file: "images/web/Dockerfile" } };
  const { text, beside } = await laptop.plan(said);
  expect(`${text}\n${beside.join("\n")}`).toMatch(/"file" describes one image.*images\/alone, images\/base/);
});

describe("all of one image", () => {
  const told = async (explain: string, said: Said = {}): Promise<string> =>
    (await laptop.plan({ explain, ...said })).text.replaceAll(head(), "HEAD");

  test("from the changed lines over what it builds on to its tags, and the rule of each", async () => {
    expect(await told("web")).toBe(`web: build
Push to main at ${head().slice(0, 7)}, compared with ${laptop.git("rev-parse", "--short=7", "origin/main")}

Why
  depends on base (FROM at images/web/Dockerfile:1)
    base: images/base/healthcheck changed in lines 2, 4-5
      counts because the build reads images/base/healthcheck of the build context images/base, and images/base/.dockerignore doesn't leave it out

Made of
  context       images/web
  Dockerfile    images/web/Dockerfile
  ignore file   none
  reads         the whole context
  depends on    base, built in this run (FROM at images/web/Dockerfile:1)
  platforms     the builder's own

Tags of ghcr.io/o/r/web
  main                                      mutable    type=ref,event=branch
  HEAD  immutable  type=sha,format=long,prefix=
  latest                                    mutable    type=raw,value=latest,priority=1,enable={{is_default_branch}}

Rules that gave none
  type=semver,pattern={{version}} – this isn't a git tag
  type=semver,pattern={{major}}.{{minor}} – this isn't a git tag
  type=match,pattern=^v?([1-9]\\d*)\\.\\d+\\.\\d+(?:\\+.*)?$,group=1,priority=890 – this isn't a git tag
  type=raw,value={{tag}},prefix=,suffix=,priority=600 – {{tag}} is empty here
  type=ref,event=pr – this isn't a pull request
`);
  });

  test("one that is skipped: what would count, and the tags it would have", async () => {
    const text = await told("alone", { inputs: { tags: "type=ref,event=branch" } });
    expect(text).toContain("alone: skip\n");
    expect(text).toContain("nothing it is built from changed\n    what counts for it: images/alone/Dockerfile");
    expect(text).toContain("none, as nothing is done for this image; otherwise they would be:\n  main  mutable");
  });

  test("one that the run is not about", async () => {
    expect(await told("base", { event: "workflow_dispatch", inputs: { only: "alone" } })).toContain(
      "Why\n  `only` doesn't name it\n",
    );
    expect(await told("base", { ref: "refs/tags/web-v1.0.0" })).toContain("Why\n  the git tag releases web alone\n");
    expect(await told("base", { ref: "refs/tags/web-v1.0.0" })).toContain(
      "type=semver,pattern={{version}} – the git tag releases web alone",
    );
  });

  test("a pull request's tags are put on nothing, a rebuild leaves those that are set once", async () => {
    expect(await told("web", { event: "pull_request" })).toContain("none, as this run pushes nothing; otherwise");
    expect(await told("web", { event: "schedule" })).toMatch(
      /HEAD +immutable .* – left where it is: a rebuild moves only/,
    );
  });

  test("its own version, also where it is not built", async () => {
    const rule = "type=version,from=arg:VERSION,from=label:v";
    expect(await told("alone", { inputs: { tags: rule } })).toContain(
      `${rule} (the input "tags", line 1) – alone has no version: there is no arg:VERSION and no label:v`,
    );
  });

  test("as JSON too", async () => {
    const { json } = await laptop.plan({ explain: "web" });
    expect(json).toMatchObject({
      image: "web",
      made: {
        web: { parents: [{ name: "base", via: "FROM", at: { file: "images/web/Dockerfile", line: 1 } }] },
        base: {
          files: {
            "images/base/healthcheck": {
              lines: [
                { first: 2, last: 2 },
                { first: 4, last: 5 },
              ],
            },
          },
        },
      },
    });
  });
});

describe("the graph", () => {
  test("stands below the table where it is small and says something", async () => {
    expect((await laptop.plan()).text).toMatch(/\n\nalone \(skip\)\nbase\n└─ web\n$/);
  });
  test.each([
    ["nothing is built that builds on another", { event: "workflow_dispatch", inputs: { only: "alone" } }],
    ["nobody wants it", { graph: false }],
  ])("is left out where %s", async (_, said) => {
    expect((await laptop.plan(said)).text).not.toContain("└─ web");
  });
  test("can be had of what is skipped", async () => {
    expect((await laptop.plan({ base: "HEAD", graph: true })).text).toMatch(/\nbase \(skip\)\n└─ web \(skip\)\n$/);
  });
});

describe("where there is nothing to ask about", () => {
  test("changes that are not committed are told", async () => {
    const dirty = makeLaptop(family);
    try {
      dirty.git("rm", "--quiet", "--cached", "README.md");
      expect((await dirty.plan()).beside).toEqual([expect.stringContaining("not committed")]);
    } finally {
      dirty.remove();
    }
  });
});

test.each<[string, string, Said, string]>([
  ["a way of merging that there is none of", "bump:\n  auto-merge: sqash\n", {}, '"auto-merge" can\'t be "sqash"'],
  ["a glob that leads out of the repository", "", { inputs: { bump: "../deploy/*.yaml" } }, "../deploy"],
])(
  "what bump says wrongly is told with the plan, and not after images were published: %s",
  async (_, config, said, message) => {
    const own = makeLaptop({ ...family, ...(config === "" ? {} : { ".github/image-publish.yml": config }) });
    try {
      await expect(own.plan(said)).rejects.toThrow(message);
    } finally {
      own.remove();
    }
  },
);
