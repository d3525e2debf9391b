/** Names stay names in runs that don't push there. Plans with real git. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { type Laptop, makeLaptop, type Said } from "./laptop.ts";

let laptop: Laptop | undefined;
afterEach(() => laptop?.remove());

const config = ".github/image-publish.yml";

interface Planned {
  readonly name: string;
  readonly kind: string;
  readonly repositories: readonly string[];
  readonly parents?: readonly { readonly name: string; readonly contextName: string }[];
}

async function planned(more: Readonly<Record<string, string>>, said: Said) {
  laptop?.remove();
  laptop = makeLaptop({
    "images/base/Dockerfile": "FROM scratch\nCOPY x /\n",
    "images/base/x": "a",
    "images/web/Dockerfile": "FROM docker.io/o/base\n",
    ...more,
  });
  laptop.commit({ "images/base/x": "b" });
  const { json, beside } = await laptop.plan(said);
  const { images } = json as { readonly images: readonly Planned[] };
  return { images: Object.fromEntries(images.map((each) => [each.name, each])), beside };
}

const own = "ghcr.io/o/r/{{name}}";
const onMain = "enable={{is_default_branch}}";

const elsewhere: readonly [string, Said][] = [
  ["the default branch", { ref: "refs/heads/main" }],
  ["a pull request", { event: "pull_request" }],
  ["another branch", { ref: "refs/heads/feature" }],
];

describe.each(elsewhere)("on %s a reference to the place is a dependency", (_, said) => {
  test.each<
    readonly [what: string, inputs: Readonly<Record<string, string>>, files?: Readonly<Record<string, string>>]
  >([
    ["pushed to on the default branch", { images: `${own}\nname=docker.io/o/{{name}},${onMain}` }],
    ["pushed to on others", { images: `${own}\nname=docker.io/o/{{name}},enable={{is_not_default_branch}}` }],
    ["pushed to by releases", { images: `${own}\nname=docker.io/o/{{name}},enable={{is_release}}` }],
    ["pushed to as an expression of the workflow says", { images: `${own}\nname=docker.io/o/{{name}},enable=false` }],
    ["the only one", { images: `name=docker.io/o/{{name}},${onMain}` }],
    ["first", { images: `name=docker.io/o/{{name}},${onMain}\n${own}` }],
    ["an alias", { images: own, aliases: `name=docker.io/o/{{name}},${onMain}` }],
    ["in defaults", {}, { [config]: `defaults: {images: ["${own}", "name=docker.io/o/{{name}},${onMain}"]}` }],
    ["in the entry", {}, { [config]: `images: {base: {images: ["${own}", "name=docker.io/o/base,${onMain}"]}}` }],
    ["an alias of the entry", {}, { [config]: `images: {base: {aliases: "name=docker.io/o/base,${onMain}"}}` }],
  ])("%s", async (_place, inputs, files = {}) => {
    const { images, beside } = await planned(files, { ...said, inputs });
    expect(images.web?.parents).toMatchObject([{ name: "base", contextName: "o/base" }]);
    expect(beside).toEqual([]);
  });
});

describe("on another branch", () => {
  const said = { ref: "refs/heads/feature" };

  test("nothing is pushed there", async () => {
    const { images } = await planned(
      {},
      { ...said, inputs: { images: `${own}\nname=docker.io/o/{{name}},${onMain}` } },
    );
    expect(images.base?.repositories).toEqual(["ghcr.io/o/r/base"]);
    expect(images.web?.kind).toBe("build");
  });

  test("its registry is one where a name of an image here is reported", async () => {
    const files = { "images/web/Dockerfile": "FROM old/base\n" };
    const { beside } = await planned(files, {
      ...said,
      inputs: { images: `${own}\nname=docker.io/o/{{name}},${onMain}` },
    });
    expect(beside).toEqual([expect.stringContaining("FROM names old/base. This")]);
  });

  test.each([
    ["a place that several images have", { images: `${own}\nname=docker.io/o/base,${onMain}` }],
    ["an alias that is switched off", { images: own, aliases: "name=docker.io/o/{{name}},enable=false" }],
    ["a place that no registry takes", { images: `${own}\nname=docker.io/o/base/,${onMain}` }],
  ])("%s is no name", async (_, inputs) => {
    const { images } = await planned({}, { ...said, inputs });
    expect(images.web?.parents ?? []).toEqual([]);
  });
});
