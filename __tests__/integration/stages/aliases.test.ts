/** Plans of repositories whose Dockerfiles name their images by another place, with real git. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { type Laptop, makeLaptop, type Said } from "./laptop.ts";

let laptop: Laptop | undefined;
afterEach(() => laptop?.remove());

const files = {
  "images/base/Dockerfile": "FROM scratch\nCOPY x /\n",
  "images/web/Dockerfile": "FROM ghcr.io/acme/mono/base\nCOPY --from=ghcr.io/acme/mono/base:1.0.0 a b\n",
};

interface Planned {
  readonly name: string;
  readonly kind: string;
  readonly parents?: readonly { readonly name: string; readonly contextName: string }[];
  readonly sourceHash?: string;
}

async function planned(more: Record<string, string>, changes: Record<string, string>, said: Said = {}) {
  laptop?.remove();
  laptop = makeLaptop({ ...files, ...more });
  laptop.commit(changes);
  const { json, text, beside } = await laptop.plan(said);
  const { images } = json as { readonly images: readonly Planned[] };
  return { images: Object.fromEntries(images.map((each) => [each.name, each])), text, beside };
}

const alias = "ghcr.io/acme/mono/{{name}}";
const change = { "images/base/x": "y" };

test("without the alias a change of the parent doesn't build the child, and the place is reported", async () => {
  const { images, text, beside } = await planned({}, change);
  expect(images.web?.kind).toBe("skip");
  expect([text, ...beside].join("\n")).toContain("images/web/Dockerfile:1:6: FROM names ghcr.io/acme/mono/base.");
});

describe("with the alias it does, by the reference as it is written", () => {
  const config = (text: string) => ({ ".github/image-publish.yml": text });
  test.each<readonly [where: string, files: Record<string, string>, inputs?: Record<string, string>]>([
    ["the input", {}, { aliases: alias }],
    [
      "the input, of several lines",
      {},
      { aliases: `quay.io/x/{{name}}\n# renamed in May\nghcr.io/{{owner}}cme/mono/{{name}}\n${alias}` },
    ],
    ["the input, in capital letters", {}, { aliases: "GHCR.io/Acme/mono/{{name}}" }],
    ["the config file's defaults", config(`defaults: {aliases: "${alias}"}`)],
    ["a list of the config file", config(`defaults: {aliases: ["quay.io/x/{{name}}", "${alias}"]}`)],
    ["the image's entry", config("images: {base: {aliases: ghcr.io/acme/mono/base}}")],
    [
      "the entry, beside the input",
      config("images: {base: {aliases: ghcr.io/acme/mono/base}}"),
      { aliases: "quay.io/x/{{name}}" },
    ],
  ])("%s", async (_, more, inputs = {}) => {
    const { images, text } = await planned(more, change, { inputs });
    expect(images.web).toMatchObject({
      kind: "build",
      parents: [{ name: "base", contextName: "ghcr.io/acme/mono/base" }],
    });
    expect(text).not.toContain("FROM names");
  });
});

test("an image of the root is meant by the alias's place", async () => {
  const root = { Dockerfile: "FROM scratch\n", "images/api/Dockerfile": "FROM ghcr.io/acme/mono\n" };
  const { images } = await planned(root, { Dockerfile: "FROM scratch\nLABEL a=b\n" }, { inputs: { aliases: alias } });
  expect(images.api?.parents).toMatchObject([{ name: "r", contextName: "ghcr.io/acme/mono" }]);
});

test("an alias that is added affects the images that depend on another one by it, and no other", async () => {
  const text = `defaults: {aliases: "${alias}"}`;
  const { images } = await planned({}, { ".github/image-publish.yml": text });
  expect([images.base?.kind, images.web?.kind]).toEqual(["skip", "build"]);
});

describe("what is wrong with an alias is an error", () => {
  test.each([
    [
      "several images have it",
      "ghcr.io/acme/mono",
      /the alias ghcr\.io\/acme\/mono would be the name of several images: base, web/,
    ],
    ["it has an unknown expression", "ghcr.io/acme/{{nmae}}", /\{\{nmae\}\}/],
    ["it has a tag", "ghcr.io/acme/{{name}}:latest", /isn't a valid image name/],
    ["it is a glob", "ghcr.io/acme/*", /isn't a valid image name/],
  ])("%s", async (_, aliases, message) => {
    await expect(planned({}, change, { inputs: { aliases } })).rejects.toThrow(message);
  });
});

test("the push that renames an image names who still uses it, and later ones report the reference", async () => {
  laptop?.remove();
  laptop = makeLaptop({ ...files, "images/web/Dockerfile": "FROM ghcr.io/o/r/base\n" });
  laptop.commit({ "images/base/Dockerfile": undefined, "images/core/Dockerfile": "FROM scratch\nCOPY x /\n" });
  const place = "images/web/Dockerfile:1:6: FROM names ghcr.io/o/r/base";
  const renaming = await laptop.plan({});
  expect(renaming.beside).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^base isn't built any more/),
      expect.stringContaining(`${place}. This repository's images are pushed there, and none is called that`),
    ]),
  );
  laptop.commit({ "images/core/x": "y" });
  expect((await laptop.plan({ base: "HEAD~1" })).beside).toEqual([expect.stringContaining(place)]);
});
