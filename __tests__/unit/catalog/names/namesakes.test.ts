/** References to images elsewhere that are called as images here: after a fork, a rename, or with another place in `images`. */
import { describe, expect, test } from "@jest/globals";
import { buildTree, edges, images, type Options, problems } from "../build-tree.ts";
import type { Tree } from "../memory-files.ts";

const others = images({ base: "FROM scratch", "tools-go": "FROM scratch", node20: "FROM scratch" });
const web = (text: string): Tree => ({ ...others, ...images({ web: text }) });

const remarks = async (tree: Tree, options: Options = {}): Promise<readonly string[]> => {
  const { remarks: all } = await buildTree(tree, options);
  return all.map(({ message, hint }) => `${message} (${hint})`);
};

const hub: Options = { place: "docker.io/acme" };

describe("a reference to an image of the same name elsewhere is reported, with its place", () => {
  test.each<readonly [when: string, text: string, start: string, options?: Options]>([
    ["FROM", "FROM ghcr.io/acme/mono/base", "1:6: FROM names ghcr.io/acme/mono/base. This"],
    ["with latest", "FROM ghcr.io/acme/mono/base:latest", "1:6: FROM names ghcr.io/acme/mono/base:latest."],
    ["with the branch's tag", "FROM ghcr.io/acme/mono/base:main", "1:6: FROM names"],
    ["behind flags, in lower case", "  from --platform=linux/amd64 ghcr.io/acme/mono/base AS x", "1:31: FROM names"],
    ["a deeper path", "FROM ghcr.io/acme/a/b/c/base", "1:6: FROM names"],
    ["a shorter one", "FROM ghcr.io/acme/base", "1:6: FROM names"],
    ["another case of the host", "FROM GHCR.io/acme/mono/base", "1:6: FROM names GHCR.io/acme/mono/base"],
    ["COPY --from", "FROM z\nCOPY --from=ghcr.io/acme/mono/base a b", "2:13: COPY --from names"],
    [
      "a mount on a line of its own",
      "FROM z\nRUN --mount=type=cache,target=/c \\\n  --mount=from=ghcr.io/acme/mono/base,target=/x y",
      "3:16: RUN --mount names",
    ],
    [
      "the default of an ARG",
      "ARG BASE=ghcr.io/acme/mono/base\nFROM $BASE",
      "2:6: FROM names ghcr.io/acme/mono/base, set by the ARG in images/web/Dockerfile:1:10. This",
    ],
    [
      "parts of which are ARGs",
      `ARG OWNER=acme\nARG TAG=latest\nFROM ghcr.io/$OWNER/mono/base:\${TAG}`,
      "3:6: FROM names ghcr.io/acme/mono/base:latest",
    ],
    [
      "a build argument",
      "ARG BASE=x\nFROM $BASE",
      "2:6: FROM names",
      { buildArgs: { BASE: "ghcr.io/acme/mono/base" } },
    ],
    [
      "one of a platform nobody knows yet",
      `FROM --platform=$BUILDPLATFORM ghcr.io/acme/mono/\${TARGETARCH/amd64/base}`,
      "1:32: FROM names ghcr.io/acme/mono/base",
    ],
    ["the forge's registry, images elsewhere", "FROM ghcr.io/acme/mono/base", "1:6: FROM names", hub],
    ["the registry of images", "FROM old/base", "1:6: FROM names old/base", hub],
    ["another name of it", "FROM index.docker.io/old/base", "1:6: FROM names index.docker.io/old/base", hub],
    ["its official images", "FROM base", "1:6: FROM names base", hub],
    ["a port", "FROM r.example:5000/old/base", "1:6: FROM names", { place: "r.example:5000/new" }],
    ["a forge's port", "FROM git.example:3000/old/base", "1:6: FROM names", { ...hub, forgeHost: "git.example:3000" }],
    ["a mirror's first registry", "FROM quay.io/o/r/base", "1:6: FROM names quay.io/o/r/base."],
    ["that of a fork on another forge", "FROM quay.io/acme/r/base:latest", "1:6: FROM names quay.io/acme/r/base"],
    ["Docker Hub", "FROM o/base", "1:6: FROM names o/base", { place: "git.example/o" }],
    ["an ONBUILD of the parent", "FROM ghcr.io/o/r/onbuild", "../onbuild/Dockerfile:2:21: COPY --from names"],
  ])("%s", async (_, text, start, options = {}) => {
    const onbuild = images({ onbuild: "FROM z\nONBUILD COPY --from=ghcr.io/acme/mono/base a b" });
    const tree = { ...web(text), ...(text.includes("/onbuild") ? onbuild : {}) };
    const expected = start.startsWith("../") ? `images/${start.slice(3)}` : `images/web/Dockerfile:${start}`;
    expect(await remarks(tree, options)).toEqual([expect.stringContaining(expected)]);
    expect((await remarks(tree, options))[0]).toMatch(/\. This repository's image "base" is \S+, so/);
  });

  test.each<readonly [when: string, entry: string, start: string]>([
    [
      "an image",
      "docker-image://ghcr.io/acme/mono/base",
      '.github/image-publish.yml:1:33: the build context "x" names',
    ],
    [
      "with latest",
      "docker-image://ghcr.io/acme/mono/base:latest",
      ".github/image-publish.yml:1:33: the build context",
    ],
  ])("a build context: %s", async (_, value, start) => {
    const config = `images: {web: {build-contexts: {x: "${value}"}}}`;
    expect(await remarks(web("FROM x"), { config })).toEqual([expect.stringContaining(start)]);
  });

  test("a context of a bake file", async () => {
    const text = JSON.stringify(
      { target: { web: { contexts: { x: "docker-image://ghcr.io/acme/mono/base" } } } },
      null,
      1,
    );
    const tree = { ...web("FROM x"), "docker-bake.json": text };
    const target = (name: string, more = {}) => ({ context: `images/${name}`, dockerfile: "Dockerfile", ...more });
    const contexts = { x: "docker-image://ghcr.io/acme/mono/base" };
    const print = {
      group: { default: { targets: ["web", "base"] } },
      target: { web: target("web", { contexts }), base: target("base") },
    };
    expect((await remarks(tree, { bake: { ".": print } })).join("\n")).toContain(
      'docker-bake.json:5:26: the build context "x" names ghcr.io/acme/mono/base',
    );
  });
});

test("the remedy names the own image, the alias, and how the other one is named", async () => {
  const [remark] = await remarks(web("FROM ghcr.io/acme/mono/base"));
  expect(remark).toContain("write ghcr.io/o/r/base, or set `aliases: ghcr.io/acme/mono/{{name}}`");
  expect(remark).toContain("add its version or digest");
});

describe("the alias that is offered makes it a dependency", () => {
  test.each<readonly [what: string, from: string, alias: string, options?: Options]>([
    ["a folder", "ghcr.io/acme/base", "ghcr.io/acme/{{name}}"],
    ["Docker Hub's other host", "registry-1.docker.io/up/base", "registry-1.docker.io/up/{{name}}", hub],
    [
      "what follows the name",
      "ghcr.io/acme/base-image",
      "ghcr.io/acme/{{name}}-image",
      { place: "ghcr.io/o/{{name}}-image" },
    ],
    ["what comes before it", "ghcr.io/acme/r-base", "ghcr.io/acme/r-{{name}}", { place: "ghcr.io/o/r-{{name}}" }],
    ["both", "ghcr.io/acme/r-base-x", "ghcr.io/acme/r-{{name}}-x", { place: "ghcr.io/o/r-{{name}}-x" }],
  ])("%s", async (_, from, alias, options = {}) => {
    const [remark] = await remarks(web(`FROM ${from}`), options);
    expect(/set `aliases: (.*?)`/.exec(remark ?? "")?.[1]).toBe(alias);
    expect(await edges(web(`FROM ${from}`), { ...options, aliases: [alias] })).toContain("web: base");
  });
});

describe("the own name is that on the same registry", () => {
  const places = ["ghcr.io/o/r", "quay.io/o"];
  test.each<readonly [from: string, own: string, options?: Options]>([
    ["quay.io/acme/base", "quay.io/o/base"],
    ["ghcr.io/acme/base", "ghcr.io/o/r/base"],
    ["docker.io/acme/base", "docker.io/o/base", { places: ["ghcr.io/o/r"], unpushed: ["docker.io/o"] }],
    ["git.example/acme/base", "ghcr.io/o/r/base", { places, forgeHost: "git.example" }],
    ["registry-1.docker.io/acme/base", "docker.io/acme2/base", { places: ["ghcr.io/o/r", "docker.io/acme2"] }],
    ["registry.hub.docker.com/acme/base", "docker.io/acme2/base", { place: "docker.io/acme2" }],
    ["registry-1.docker.io/acme2/base", "docker.io/acme2/base", { place: "docker.io/acme2" }],
    ["quay.io/acme/bsae", "quay.io/o/base"],
  ])("%s: %s", async (from, own, options = { places }) => {
    expect(await remarks(web(`FROM ${from}`), options)).toEqual([expect.stringContaining(`(write ${own}, or `)]);
  });
});

describe("an image that wraps the other one shows that the other one is meant", () => {
  test.each<readonly [what: string, wrapper: string, from: string, options?: Options]>([
    ["official images", "FROM base", "FROM base", hub],
    ["another owner's", "FROM ghcr.io/up/base", "FROM ghcr.io/up/base"],
    ["with latest", "FROM ghcr.io/up/base:latest", "FROM ghcr.io/up/base"],
    ["by a version", "FROM ghcr.io/up/base:1.2.3", "FROM ghcr.io/up/base"],
    ["by a digest", `FROM ghcr.io/up/base@sha256:${"a".repeat(64)}`, "FROM ghcr.io/up/base"],
    ["by a copy", "FROM z\nCOPY --from=ghcr.io/up/base a b", "FROM ghcr.io/up/base"],
    ["by an ARG", "ARG B=ghcr.io/up/base\nFROM $B", "FROM z\nCOPY --from=ghcr.io/up/base a b"],
    ["a name that is nearly the image's", "FROM ghcr.io/up/bsae", "FROM ghcr.io/up/bsae"],
    ["built on the user itself", "FROM ghcr.io/o/r/web", "FROM ghcr.io/up/base"],
    ["built on the user by way of another", "FROM ghcr.io/o/r/mid", "FROM ghcr.io/up/base"],
  ])("%s", async (_, text, from, options = {}) => {
    const tree = images({ base: text, mid: `FROM ${options.place ?? "ghcr.io/o/r"}/web`, web: from });
    expect(await remarks(tree, options)).toEqual([]);
  });

  test.each<readonly [what: string, tree: Readonly<Record<string, string>>, options?: Options]>([
    ["another image wraps", { nginx: "FROM nginx", base: "FROM z", web: "FROM base" }, hub],
    [
      "in a circle of three",
      { base: "FROM ghcr.io/up/tool", tool: "FROM ghcr.io/o/r/web", web: "FROM ghcr.io/up/base" },
    ],
    ["two of one another's name", { base: "FROM ghcr.io/up/web", web: "FROM ghcr.io/up/base" }],
  ])("no alias is offered that would have an image built on itself: %s", async (_, tree, options = {}) => {
    const all = await remarks(images(tree), options);
    expect(all).toHaveLength(1);
    expect(all[0]).not.toContain("aliases");
    expect(all[0]).toMatch(/\(write (?:their own names, such as )?\S+\/(?:base|tool|web)/);
  });

  test("a place that another image wraps is reported all the same", async () => {
    const tree = images({ base: "FROM z", tool: "FROM ghcr.io/up/base", web: "FROM ghcr.io/up/base" });
    expect(await remarks(tree)).toEqual([expect.stringContaining("set `aliases: ghcr.io/up/{{name}}`")]);
  });
});

describe("several references are one remark for each place, with all of their places", () => {
  const from = "FROM ghcr.io/acme/mono/base";
  test("of several images", async () => {
    const tree = { ...others, ...images({ a: from, b: `FROM z\nCOPY --from=ghcr.io/acme/mono/tools-go a b` }) };
    expect(await remarks(tree)).toEqual([
      expect.stringMatching(/^2 references .*: images\/a\/Dockerfile:1:6: FROM .*, images\/b\/Dockerfile:2:13: COPY/),
    ]);
  });

  test("of many", async () => {
    const tree = { ...others, ...images(Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`x${n}`, from]))) };
    const [first, ...more] = await remarks(tree);
    expect(first).toMatch(/^40 references .* and 30 more/);
    expect(more).toEqual([]);
  });

  test("of two places", async () => {
    const tree = { ...others, ...images({ a: from, b: "FROM ghcr.io/other/base" }) };
    expect(await remarks(tree)).toHaveLength(2);
  });

  test("once where images share the Dockerfile", async () => {
    const config = "images: {web2: {file: images/web/Dockerfile}}";
    expect(await remarks(web(from), { config })).toEqual([expect.stringMatching(/^images\/web\/Dockerfile:1:6/)]);
  });
});

test.each([
  ["a letter off", "FROM ghcr.io/acme/mono/bsae", "base"],
  ["a letter missing", "FROM ghcr.io/acme/mono/tools-g", "tools-go"],
])("a name that is nearly an image's: %s", async (_, text, like) => {
  expect(await remarks(web(text))).toEqual([
    expect.stringContaining(`did you mean its image "${like}" (ghcr.io/o/r/${like})?`),
  ]);
});

describe("nothing is reported of", () => {
  test.each<readonly [what: string, text: string, options?: Options]>([
    ["the own name", "FROM ghcr.io/o/r/base"],
    ["the own name, pinned", "FROM ghcr.io/o/r/base:1.2.3"],
    ["a tag that the run doesn't move", "FROM ghcr.io/acme/mono/base:1.2.3"],
    ["another branch's tag", "FROM ghcr.io/acme/mono/base:next"],
    ["a digest", `FROM ghcr.io/acme/mono/base@sha256:${"a".repeat(64)}`],
    ["a moving tag with a digest", `FROM ghcr.io/acme/mono/base:main@sha256:${"a".repeat(64)}`],
    ["another registry", "FROM quay.io/acme/mono/base"],
    ["another registry, one part alike", "FROM quay.io/r/base"],
    ["another registry, pinned", "FROM quay.io/o/r/base:1.2.3"],
    ["another registry, nearly called so", "FROM quay.io/o/r/bsae"],
    ["official images, where images are in a folder of that name", "FROM base", { place: "r.example/library" }],
    ["another port", "FROM ghcr.io:8443/acme/mono/base"],
    ["a name that no image has", "FROM ghcr.io/acme/mono/other"],
    ["a name that only differs in digits", "FROM ghcr.io/acme/mono/node22"],
    ["a folder of that name", "FROM ghcr.io/acme/base/other"],
    ["official images, images being elsewhere", "FROM base"],
    ["official images that are nearly called so", "FROM bsae", hub],
    ["the image itself, which it packs anew", "FROM ghcr.io/upstream/web"],
    ["a stage", "FROM z AS base\nFROM base", hub],
    ["a stage that the target doesn't need", "FROM ghcr.io/acme/mono/base AS unused\nFROM z"],
    ["scratch", "FROM scratch"],
    ["an alias", "FROM ghcr.io/acme/mono/base", { aliases: ["ghcr.io/acme/mono"] }],
    ["an alias, pinned", "FROM ghcr.io/acme/mono/base:1.2.3", { aliases: ["ghcr.io/acme/mono"] }],
  ])("%s", async (_, text, options = {}) => {
    expect(await remarks(web(text), options)).toEqual([]);
  });

  test.each(["images/base", "docker-image://ghcr.io/acme/mono/base:1.2.3", "https://ghcr.io/acme/mono/base"])(
    "a build context that is %s",
    async (value) => {
      const config = `images: {web: {build-contexts: {"ghcr.io/acme/mono/base": "${value}"}}}`;
      expect(await remarks(web("FROM ghcr.io/acme/mono/base"), { config })).toEqual([]);
    },
  );

  test("a build context that nothing uses", async () => {
    const config = `images: {web: {build-contexts: {x: "docker-image://ghcr.io/acme/mono/base"}}}`;
    expect(await remarks(web("FROM z"), { config })).toEqual([]);
  });
});

describe("an alias makes a dependency", () => {
  const aliases = ["ghcr.io/acme/mono", "docker.io/mirror"];
  test.each([
    ["FROM", "FROM ghcr.io/acme/mono/base"],
    ["with the branch's tag", "FROM ghcr.io/acme/mono/base:main"],
    ["another alias, in familiar form", "FROM mirror/base"],
    ["COPY --from", "FROM z\nCOPY --from=ghcr.io/acme/mono/base a b"],
    ["a mount", "FROM z\nRUN --mount=from=ghcr.io/acme/mono/base,target=/x y"],
    ["an ARG", "ARG P=ghcr.io/acme/mono\nFROM $P/base"],
    ["a platform's", `FROM ghcr.io/acme/mono/\${TARGETARCH/amd64/base}`],
  ])("%s", async (_, text) => {
    expect(await edges(web(text), { aliases })).toContain("web: base");
  });

  test("by the name under which BuildKit looks it up", async () => {
    const { images: all } = await buildTree(web("FROM docker.io/mirror/base:latest"), { aliases });
    expect(all.find(({ name }) => name === "web")?.parents).toMatchObject([{ contextName: "mirror/base" }]);
  });

  test("and is no place to push to, to look in or to move pins of", async () => {
    const { images: all } = await buildTree(web("FROM mirror/base"), { aliases });
    expect(all.map(({ repositories }) => repositories)).toEqual(all.map(({ name }) => [`ghcr.io/o/r/${name}`]));
  });

  test("by a build context", async () => {
    const config = "images: {web: {build-contexts: {x: docker-image://mirror/base}}}";
    expect(await edges(web("FROM x"), { aliases, config })).toContain("web: base");
  });

  test("and none with a version or a digest", async () => {
    const pinned = web(`FROM mirror/base:1.2.3\nCOPY --from=mirror/base@sha256:${"a".repeat(64)} a b`);
    expect(await edges(pinned, { aliases })).toContain("web:");
  });

  test("a typo beside an alias is reported", async () => {
    expect(await remarks(web("FROM mirror/bsae"), { aliases })).toEqual([
      expect.stringContaining("did you mean docker.io/mirror/base"),
    ]);
  });
});

test("circles by way of aliases are circles", async () => {
  const tree = images({ a: "FROM ghcr.io/acme/mono/b", b: "FROM ghcr.io/acme/mono/a" });
  expect(await problems(tree, { aliases: ["ghcr.io/acme/mono"] })).toEqual([expect.stringContaining("circle")]);
});
