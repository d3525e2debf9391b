/** Pins of several variants of an image, each published by a job of its own. */
import { describe, expect, jest, test } from "@jest/globals";
import { firstPush, taggedPush } from "./events.ts";
import { withGitHubProject } from "./on-github.ts";

jest.setTimeout(240_000);

const tags = "type=semver,pattern={{version}}";
const flavor = (suffix: string) => ({ tags, flavor: `latest=false\nsuffix=${suffix}` });
const pin = (tag: string): string => `image: "{own}:${tag}"\n`;
const branch = "image-publish/bump-images";

test("a job moves the pins of its own variant alone, and a mark is a variant where the image has both", async () => {
  const pins = {
    "deploy/jdk17.yaml": pin("1.2.0-jdk17"),
    "deploy/jdk21.yaml": pin("1.2.0-jdk21"),
    "deploy/dev.yaml": pin("1.2.0-dev"),
    "deploy/plain.yaml": pin("1.2.0"),
    "deploy/digest.yaml": `image: "{own}:1.2.0-jdk21"\ndigest: "{{ .digest }}"\n`,
  };
  await withGitHubProject({ Dockerfile: "FROM scratch\nCOPY main /\n", main: "one", ...pins }, async (world) => {
    const { project } = world;
    const release = (version: string, suffix: string) => {
      project.git("tag", "--force", `v${version}`);
      return world.run({ ...taggedPush(`v${version}`), inputs: flavor(suffix) });
    };
    const fileOn = (path: string) => `${project.git("show", `${branch}:${path}`)}\n`.replaceAll(project.own, "{own}");
    expect(await world.run({ ...firstPush, inputs: { ...flavor(""), bump: "false" } })).toMatchObject({ code: 0 });
    for (const suffix of ["", "-dev"]) expect(await release("1.2.0", suffix)).toMatchObject({ code: 0 });
    expect(world.openPulls()).toEqual([]);

    project.commit({ main: "two" });
    const run = await release("1.3.0", "-jdk21");
    expect(run).toMatchObject({ code: 0 });
    expect(run.annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(/deploy\/digest\.yaml:1:9 names .*the digest beside it isn't a plain sha256 digest/),
    ]);
    expect(run.log).toMatch(
      /deploy\/jdk17\.yaml:1:9 stays: what is published has no tag of the form of `1\.2\.0-jdk17`/,
    );
    expect(world.changedFiles("main", branch)).toEqual(["deploy/jdk21.yaml"]);
    expect(fileOn("deploy/jdk21.yaml")).toBe(pin("1.3.0-jdk21"));

    expect(await release("1.3.0", "")).toMatchObject({ code: 0 });
    expect(fileOn("deploy/plain.yaml")).toBe(pin("1.3.0"));
    expect(fileOn("deploy/dev.yaml")).toBe(pin("1.2.0-dev"));
  });
});

describe("the jobs of two variants", () => {
  const pins = {
    "deploy/jdk17.yaml": pin("1.2.0-jdk17"),
    "deploy/jdk21.yaml": pin("1.2.0-jdk21"),
    "deploy/both.yaml": `one:\n  ${pin("1.2.0-jdk17")}two:\n  ${pin("1.2.0-jdk21")}`,
  };
  const variants = ["-jdk17", "-jdk21"];

  test.each(["one after the other", "side by side"])("%s propose the pins of both", async (how) => {
    await withGitHubProject({ Dockerfile: "FROM scratch\nCOPY main /\n", main: "one", ...pins }, async (world) => {
      const { project } = world;
      project.git("tag", "v1.3.0");
      const job = (suffix: string) => world.run({ ...taggedPush("v1.3.0"), inputs: flavor(suffix) });
      const [first = "", second = ""] = variants;
      const runs =
        how === "side by side" ? await Promise.all(variants.map(job)) : [await job(first), await job(second)];
      for (const run of [...runs, await job(first)]) expect(run).toMatchObject({ code: 0, annotations: [] });
      expect(world.openPulls()).toHaveLength(1);
      for (const [path, text] of Object.entries(pins)) {
        const now = `${project.git("show", `${branch}:${path}`)}\n`.replaceAll(project.own, "{own}");
        expect(now).toBe(text.replaceAll("1.2.0", "1.3.0"));
      }
    });
  });

  test("check the pins of their own variant alone before a release", async () => {
    await withGitHubProject({ Dockerfile: "FROM scratch\nCOPY main /\n", main: "one", ...pins }, async (world) => {
      world.project.commit({
        "deploy/jdk21.yaml": pin("1.3.0-jdk21"),
        "deploy/both.yaml": `one:\n  ${pin("1.2.0-jdk17")}two:\n  ${pin("1.3.0-jdk21")}`,
      });
      world.project.git("tag", "v1.3.0");
      const job = (suffix: string) =>
        world.run({ ...taggedPush("v1.3.0"), inputs: { ...flavor(suffix), "check-pins": "deploy/*.yaml" } });
      expect(await job("-jdk21")).toMatchObject({ code: 0, annotations: [] });
      const { code, annotations } = await job("-jdk17");
      expect(code).toBe(1);
      expect(annotations.map(({ file, line }) => `${file}:${line}`)).toEqual([
        "deploy/both.yaml:2",
        "deploy/jdk17.yaml:1",
      ]);
    });
  });
});
