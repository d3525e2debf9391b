// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how Nix interpolates
/** Plans of whole repositories, with real git: what Nix makes, releases of one image of several, several registries. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import { type Laptop, makeLaptop, type Said } from "./laptop.ts";

/** What is done with each image: its tags where it is built, else why not. */
async function planned(laptop: Laptop, said: Said): Promise<Readonly<Record<string, string>>> {
  const { images } = (await laptop.plan(said)).json as Plan;
  const told = images.map((image) => {
    const [reason] = image.reasons;
    const why = reason?.kind === "not-chosen" ? reason.detail : reason?.kind;
    return [image.name, image.kind === "build" ? image.tags.map(({ tag }) => tag).join(" ") : `${why}`];
  });
  return Object.fromEntries(told);
}

describe("images that Nix makes", () => {
  let laptop: Laptop;
  beforeAll(() => {
    laptop = makeLaptop({
      "containers/both/Dockerfile": "FROM alpine\nCOPY a /\n",
      "containers/both/a": "1",
      "containers/both/default.nix": "import ../../lib/x.nix",
      "containers/web/default.nix": "{ pkgs ? import <nixpkgs> { } }: ./.",
      "containers/open/default.nix": "{ which }: ./${which}",
      "containers/on/Dockerfile": "FROM ghcr.io/o/r/web:latest-nix\n",
      "lib/x.nix": "./data",
      "lib/data/one": "1",
      "lib/other": "1",
      "flake.lock": "{}",
    });
  });
  afterAll(() => laptop.remove());

  const since = async (path: string, more: Said = {}) => {
    laptop.commit({ [path]: `${Math.random()}` });
    const tags = { inputs: { tags: "type=ref,event=branch", ...more.inputs } };
    const all = await planned(laptop, { base: "HEAD~1", ...more, ...tags });
    return Object.fromEntries(Object.entries(all).filter(([, what]) => what !== "unaffected"));
  };

  test.each([
    ["its own directory", "containers/web/x", { web: "main-nix", on: "main", open: "main-nix" }],
    ["a file that an expression behind it names", "lib/data/one", { "both-nix": "main-nix", open: "main-nix" }],
    ["not what none names, but for one that may read anything", "lib/other", { open: "main-nix" }],
    ["the directory of both variants", "containers/both/a", { both: "main", "both-nix": "main-nix", open: "main-nix" }],
    ["the lock file", "flake.lock", { "both-nix": "main-nix", web: "main-nix", on: "main", open: "main-nix" }],
  ])("are affected by %s", async (_, path, expected) => {
    expect(await since(path)).toEqual(expected);
  });

  test("are chosen by the variant, or by the name that both variants have", async () => {
    const all = { event: "workflow_dispatch" };
    const tags = "type=ref,event=branch";
    expect(await planned(laptop, { ...all, inputs: { tags, variant: "nix" } })).toEqual({
      both: "`variant` is nix",
      "both-nix": "main-nix",
      on: "`variant` is nix",
      open: "main-nix",
      web: "main-nix",
    });
    const chosen = await planned(laptop, { ...all, inputs: { tags, only: "both" } });
    expect(Object.keys(chosen).filter((name) => chosen[name]?.startsWith("main"))).toEqual(["both", "both-nix"]);
    const one = await planned(laptop, { ...all, inputs: { tags, only: "both-nix" } });
    expect(Object.keys(one).filter((name) => one[name]?.startsWith("main"))).toEqual(["both-nix"]);
  });

  test("what may read anything says why", async () => {
    laptop.commit({ "lib/other": "2" });
    const { text } = await laptop.plan({ base: "HEAD~1", explain: "open" });
    expect(text).toContain("because of a path with an interpolation (containers/open/default.nix:1)");
    expect(text).toContain("Nix file      containers/open/default.nix\n  reads         the whole repository\n");
  });

  test("a Nix file that is gone is told", async () => {
    laptop.commit({ "containers/web/default.nix": undefined });
    const { beside } = await laptop.plan({ base: "HEAD~1" });
    expect(beside).toContainEqual(expect.stringContaining("containers/web/default.nix was deleted"));
  });

  test("both variants with one suffix would take each other's tags", async () => {
    const said = { event: "workflow_dispatch", inputs: { flavor: "suffix=-x" } };
    await expect(laptop.plan(said)).rejects.toThrow("both and both-nix would have the same tags in ghcr.io/o/r/both");
    expect(await planned(laptop, { ...said, inputs: { ...said.inputs, variant: "nix", only: "both" } })).toMatchObject({
      "both-nix": expect.stringContaining("main-x"),
    });
  });
});

describe("a bake file's target that gives files", () => {
  const target = (name: string, output?: readonly string[]) => ({ context: name, dockerfile: "Dockerfile", output });
  const bake = {
    group: { default: { targets: ["app", "docs"] } },
    target: { app: target("app"), docs: target("docs", ["out"]) },
  };
  let laptop: Laptop;
  beforeAll(() => {
    laptop = makeLaptop(
      {
        "docker-bake.json": JSON.stringify(bake),
        "app/Dockerfile": "FROM alpine\n",
        "docs/Dockerfile": "FROM alpine\n",
        ".github/image-publish.yml": "images: {docs: {labels: [a=b]}, app: {labels: [a=b]}}\n",
      },
      { bake: true },
    );
  });
  afterAll(() => laptop.remove());

  test("is no image, and its entry no mistake", async () => {
    expect(Object.keys(await planned(laptop, {}))).toEqual(["app"]);
    const { beside, text } = await laptop.plan({});
    expect(`${beside.join()}${text}`).toMatch(
      /docs \(docker-bake\.json\) isn't published.*The entry of docs in \S+ has no effect/,
    );
  });

  test("is no image to exclude, and no typo", async () => {
    expect(Object.keys(await planned(laptop, { inputs: { only: "!docs" } }))).toEqual(["app"]);
  });

  test.each<[string, Said, RegExp]>([
    ["only", { inputs: { only: "docs" } }, /^`only` names "docs", which gives files and no image/],
    ["explain", { explain: "docs" }, /^--explain names "docs", which gives files and no image/],
    [
      "bake-target",
      { inputs: { "bake-target": "docs" } },
      /^"bake-target" names docs, which gives files and no image/m,
    ],
  ])("is named as what it is: %s", async (_, said, message) => {
    await expect(laptop.plan(said)).rejects.toThrow(message);
  });
});

describe("releases", () => {
  let laptop: Laptop;
  beforeAll(() => {
    const dockerfile = "FROM alpine\n";
    laptop = makeLaptop({
      "images/app/Dockerfile": dockerfile,
      "images/app/default.nix": "1",
      "images/web/Dockerfile": dockerfile,
      "images/docs/Dockerfile": dockerfile,
      ".github/image-publish.yml": "images:\n  web:\n    release-tag: release/{{name}}/{{version}}\n",
    });
  });
  afterAll(() => laptop.remove());

  const tags = "type=semver,pattern={{version}}\ntype=ref,event=tag";
  test.each([
    ["all but those with tags of their own", "v1.2.3", { app: "1.2.3 v1.2.3 latest", docs: "1.2.3 v1.2.3 latest" }],
    ["one by its pattern", "release/web/v2.0.0", { web: "2.0.0 v2.0.0 latest" }],
    ["one by the convention, both variants", "app-v3.0.0", { app: "3.0.0 v3.0.0 latest" }],
  ])("%s", async (_, tag, expected) => {
    const all = await planned(laptop, { ref: `refs/tags/${tag}`, inputs: { tags } });
    const built = Object.fromEntries(Object.entries(all).filter(([, what]) => !what.includes("git tag")));
    const nix = "app" in expected ? { "app-nix": expected.app.replaceAll(/(\S+)/g, "$1-nix") } : {};
    expect(built).toEqual({ ...expected, ...nix });
  });

  test("a pattern without version is a problem of its line", async () => {
    laptop.commit({ ".github/image-publish.yml": "images:\n  web:\n    release-tag: web/v1\n" });
    await expect(laptop.plan({ ref: "v1" })).rejects.toMatchObject({
      message: expect.stringContaining("has no {{version}}"),
      at: { file: ".github/image-publish.yml", line: 3 },
    });
  });
});

test("an image in several registries has each tag in each, the first repository first", async () => {
  const laptop = makeLaptop({ "images/app/Dockerfile": "FROM alpine\n" });
  const images = "ghcr.io/{{owner}}/{{name}}\nquay.io/o/{{name}}\ndocker.io/o/{{name}},enable={{is_release}}";
  try {
    const { json } = await laptop.plan({ ref: "v1.2.3", inputs: { images, tags: "type=semver,pattern={{version}}" } });
    expect((json as Plan).images).toMatchObject([{ repositories: ["ghcr.io/o/app", "quay.io/o/app"] }]);
  } finally {
    laptop.remove();
  }
});

describe("what lies behind symlinks counts", () => {
  let laptop: Laptop;
  beforeAll(() => {
    laptop = makeLaptop({
      "images/linked": { link: "../shared/linked" },
      "shared/linked/Dockerfile": "FROM alpine\nCOPY . /\n",
      "shared/linked/a": "1",
      "images/common/Dockerfile": { link: "../../shared/Dockerfile.common" },
      "images/common/a": "1",
      "shared/Dockerfile.common": "FROM alpine\nCOPY a /\n",
      "images/file/Dockerfile": "FROM alpine\nCOPY a /\n",
      "images/file/a": { link: "../../shared/data" },
      "images/named/Dockerfile": "FROM alpine\nCOPY --from=data x /\n",
      data: { link: "shared/named" },
      "shared/named/x": "1",
      ".github/image-publish.yml":
        "images:\n  linked: {path: images/linked}\n  named: {build-contexts: {data: data}}\n",
    });
  });
  afterAll(() => laptop.remove());

  test.each([
    ["a directory", "shared/linked/a", ["linked"]],
    ["the Dockerfile in a directory", "shared/linked/Dockerfile", ["linked"]],
    ["a Dockerfile", "shared/Dockerfile.common", ["common"]],
    ["a directory that is a named context", "shared/named/x", ["named"]],
    ["nothing that any reads", "shared/other", []],
  ])("%s", async (_, path, expected) => {
    laptop.commit({ [path]: path.includes("Dockerfile") ? `FROM alpine\nCOPY a /\n# ${Math.random()}\n` : "2" });
    const all = await planned(laptop, { base: "HEAD~1" });
    expect(Object.keys(all).filter((name) => all[name] !== "unaffected")).toEqual(expected);
  });

  test("the links themselves", async () => {
    laptop.commit({
      "images/linked": { link: "../shared/named" },
      "images/common/Dockerfile": { link: "../file/Dockerfile" },
    });
    expect((await laptop.plan({ base: "HEAD~1" })).failures).toEqual([
      expect.stringContaining('the image "linked" has no Dockerfile'),
    ]);
    laptop.commit({ "images/linked": { link: "../images/file" } });
    expect(await planned(laptop, { base: "HEAD~2" })).toMatchObject({
      linked: expect.stringContaining("main"),
      common: expect.stringContaining("main"),
      file: "unaffected",
    });
  });
});

test("a tag that is the hash of all that goes in is the source hash's beginning, and none where that is unknown", async () => {
  const laptop = makeLaptop({
    "images/app/Dockerfile": "FROM alpine\nCOPY . /\n",
    "images/app/a": "1",
    "images/out/Dockerfile": "FROM alpine\nCOPY --from=out . /\n",
    ".github/image-publish.yml": "images: {out: {build-contexts: {out: ../elsewhere}}}",
  });
  try {
    const tagged = async () => {
      const { json, beside } = await laptop.plan({
        event: "workflow_dispatch",
        inputs: { tags: "type=content,of=inputs,length=20" },
      });
      const [app, out] = (json as Plan).images;
      const [hash, tags] = [app?.sourceHash, app?.kind === "build" ? app.tags : []];
      expect(tags).toEqual([{ tag: hash?.slice(0, 20), moves: false, of: "content" }]);
      expect(out).toMatchObject({ kind: "build", tags: [], sourceHash: null });
      expect(beside).toContainEqual(expect.stringContaining("the hash of the inputs of out is unknown"));
      return hash;
    };
    const before = await tagged();
    laptop.commit({ README: "nothing that goes in" });
    expect(await tagged()).toBe(before);
    laptop.commit({ "images/app/a": "2" });
    expect(await tagged()).not.toBe(before);
  } finally {
    laptop.remove();
  }
});
