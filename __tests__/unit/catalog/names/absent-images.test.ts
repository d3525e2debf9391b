/** References in this repository's own places that name none of its images. */
import { describe, expect, test } from "@jest/globals";
import { anyImage, ownPlaceTest } from "../../../../src/catalog/names/own-places.ts";
import { repository } from "../../../../src/model/reference.ts";
import { buildTree, images, type Options } from "../build-tree.ts";
import type { Tree } from "../memory-files.ts";

const others = images({ core: "FROM scratch", tools: "FROM scratch" });
const web = (text: string): Tree => ({ ...others, ...images({ web: text }) });

const remarks = async (tree: Tree, options: Options = {}): Promise<readonly string[]> => {
  const { remarks: all } = await buildTree(tree, options);
  return all.map(({ message, hint }) => `${message} (${hint})`);
};

const hub: Options = { place: "docker.io/acme" };
const file = "images/web/Dockerfile";

describe("a reference in an own place to what is no image here is reported, with its place", () => {
  test.each<readonly [when: string, text: string, start: string, options?: Options]>([
    ["FROM", "FROM ghcr.io/o/r/base", `${file}:1:6: FROM names ghcr.io/o/r/base.`],
    ["with latest", "FROM ghcr.io/o/r/base:latest", `${file}:1:6: FROM names ghcr.io/o/r/base:latest.`],
    ["with the branch's tag", "FROM ghcr.io/o/r/base:main", `${file}:1:6: FROM names`],
    ["with a tag of the Nix variant", "FROM ghcr.io/o/r/base:latest-nix", `${file}:1:6: FROM names`],
    ["behind flags", "FROM --platform=linux/amd64 ghcr.io/o/r/base AS x", `${file}:1:29: FROM names`],
    ["deeper", "FROM ghcr.io/o/r/a/b/base", `${file}:1:6: FROM names`],
    ["the root's", "FROM ghcr.io/o/r", `${file}:1:6: FROM names ghcr.io/o/r.`],
    ["in another case", "FROM GHCR.io/o/r/base", `${file}:1:6: FROM names GHCR.io/o/r/base`],
    ["COPY --from", "FROM z\nCOPY --from=ghcr.io/o/r/base a b", `${file}:2:13: COPY --from names`],
    ["a mount", "FROM z\nRUN --mount=from=ghcr.io/o/r/base,target=/x y", `${file}:2:18: RUN --mount names`],
    [
      "an ARG",
      "ARG B=ghcr.io/o/r/base\nFROM $B",
      `${file}:2:6: FROM names ghcr.io/o/r/base, set by the ARG in ${file}:1:7`,
    ],
    ["parts that are ARGs", "ARG R=r\nFROM ghcr.io/o/$R/base", `${file}:2:6: FROM names`],
    ["the place of images", "FROM acme/base", `${file}:1:6: FROM names acme/base`, hub],
    ["the forge's, images being elsewhere", "FROM ghcr.io/o/r/base", `${file}:1:6: FROM names`, hub],
    ["a port", "FROM r.example:5000/new/base", `${file}:1:6: FROM names`, { place: "r.example:5000/new" }],
    ["an alias", "FROM ghcr.io/up/r/base", `${file}:1:6: FROM names`, { aliases: ["ghcr.io/up/r"] }],
  ])("%s", async (_, text, start, options = {}) => {
    expect(await remarks(web(text), options)).toEqual([expect.stringContaining(start)]);
    expect((await remarks(web(text), options))[0]).toMatch(/ none is called that, /);
  });

  test("a build context", async () => {
    const config = 'images: {web: {build-contexts: {x: "docker-image://ghcr.io/o/r/base"}}}';
    expect(await remarks(web("FROM x"), { config })).toEqual([
      expect.stringMatching(/^\.github\/image-publish\.yml:1:33: the build context "x" names ghcr\.io\/o\/r\/base/),
    ]);
  });

  test("an ONBUILD of the parent, once", async () => {
    const onbuild = images({ up: "FROM z\nONBUILD COPY --from=ghcr.io/o/r/base a b" });
    const tree = { ...web("FROM ghcr.io/o/r/up"), ...onbuild };
    expect(await remarks(tree)).toEqual([expect.stringContaining("images/up/Dockerfile:2:21: COPY --from names")]);
  });

  test("a directory that `path` excludes", async () => {
    const tree = { ...web("FROM ghcr.io/o/r/tools"), "x/y/Dockerfile": "FROM z" };
    expect(await remarks(tree, { path: ["images/*", "!images/tools"] })).toEqual([
      expect.stringContaining(`${file}:1:6: FROM names ghcr.io/o/r/tools.`),
    ]);
  });

  test("several in one remark", async () => {
    const tree = { ...others, ...images({ a: "FROM ghcr.io/o/r/base", b: "FROM ghcr.io/o/r/gone" }) };
    expect(await remarks(tree)).toEqual([
      expect.stringMatching(/^2 references .*: images\/a\/Dockerfile:1:6: FROM .*, images\/b\/Dockerfile:1:6: FROM/),
    ]);
  });

  test("a typo is one remark, as a typo", async () => {
    expect(await remarks(web("FROM ghcr.io/o/r/croe"))).toEqual([expect.stringContaining("did you mean")]);
  });

  test("they are listed for whoever removes the image", async () => {
    const { absent } = await buildTree(web("FROM ghcr.io/o/r/base"));
    expect(absent).toEqual([{ repository: "ghcr.io/o/r/base", written: `${file}:1:6: FROM names ghcr.io/o/r/base` }]);
  });
});

describe("nothing is reported of", () => {
  test.each<readonly [what: string, text: string, options?: Options]>([
    ["an image", "FROM ghcr.io/o/r/core"],
    ["a pinned image", "FROM ghcr.io/o/r/core:1.2.3"],
    ["a version", "FROM ghcr.io/o/r/base:1.2.3"],
    ["another branch's tag", "FROM ghcr.io/o/r/base:next"],
    ["a digest", `FROM ghcr.io/o/r/base@sha256:${"a".repeat(64)}`],
    ["a moving tag with a digest", `FROM ghcr.io/o/r/base:main@sha256:${"a".repeat(64)}`],
    ["another repository", "FROM ghcr.io/o/rr/base"],
    ["another owner", "FROM ghcr.io/p/r/base"],
    ["another registry", "FROM quay.io/o/r/base"],
    ["an official image", "FROM debian", { place: "docker.io/library" }],
    ["a stage that the target doesn't need", "FROM ghcr.io/o/r/base AS unused\nFROM z"],
    ["scratch", "FROM scratch"],
    ["what only the build knows", `FROM ghcr.io/o/r/\${TARGETARCH/amd64/base}`],
    ["one image by hand", "FROM ghcr.io/o/r/base", { byHand: { context: "images/web" } }],
  ])("%s", async (_, text, options = {}) => {
    expect(await remarks(web(text), options)).toEqual([]);
  });

  test("a build context that is a folder", async () => {
    const config = 'images: {web: {build-contexts: {"ghcr.io/o/r/base": "images/core"}}}';
    expect(await remarks(web("FROM ghcr.io/o/r/base"), { config })).toEqual([]);
  });
});

test.each([
  ["a name between", "docker.io/mirror/r-base-image", true],
  ["a name with slashes", "docker.io/mirror/r-a/b-image", true],
  ["no name", "docker.io/mirror/r--image", false],
  ["overlapping parts", "docker.io/mirror/r-image", false],
  ["another beginning", "docker.io/mirror/x-base-image", false],
  ["another end", "docker.io/mirror/r-base", false],
])("a pattern's places: %s", (_, place, isOwn) => {
  const named = (name: string) => ({
    knownAs: [repository(`docker.io/mirror/r-${name}-image`)],
    ...{ unpushed: [], aliases: [] },
  });
  const test = ownPlaceTest({
    ofRoot: named("r"),
    ofAny: named(anyImage.name),
    forgePlace: repository("ghcr.io/o/r"),
  });
  expect(test(repository(place))).toBe(isOwn);
});
