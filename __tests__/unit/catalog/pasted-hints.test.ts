/** What a message says to write into the config file or an input helps when it is pasted as it is. */
import { describe, expect, test } from "@jest/globals";
import type { BuiltCatalog } from "../../../src/catalog/graph/order-catalog.ts";
import { imageByHand } from "../../../src/catalog/layout/image-by-hand.ts";
import { describeMisplaced } from "../../../src/changes/misplaced.ts";
import { readSettings } from "../../../src/config/inputs.ts";
import { inputs, type RawInputs } from "../../../src/config/inputs-specification.ts";
import { Problems, UserError } from "../../../src/errors.ts";
import { buildTree, type Options } from "./build-tree.ts";
import type { Tree } from "./memory-files.ts";

const text = "FROM a\nCOPY . /\n";
const staged = "FROM a AS prod\nFROM a\n";
const configFile = ".github/image-publish.yml";

/** How each image is built. */
function shown({ images }: BuiltCatalog): Readonly<Record<string, string>> {
  return Object.fromEntries(
    images.map((image) => [
      image.name,
      image.variant === "nix"
        ? `${image.nixFile}`
        : `${image.dockerfilePath} in ${image.context}${image.target === undefined ? "" : ` to ${image.target}`}`,
    ]),
  );
}

/** All hints of a run, whether it fails or not. */
async function hints(tree: Tree, options: Options): Promise<string> {
  try {
    return (await buildTree(tree, options)).remarks.map(({ hint }) => hint).join("\n");
  } catch (error) {
    if (error instanceof Problems) return error.problems.map(({ hint }) => hint).join("\n");
    if (error instanceof UserError) return error.hint;
    throw error;
  }
}

/** The text from a beginning up to the brace that closes it. */
function snippet(from: string, beginning: string): string | undefined {
  const start = from.indexOf(beginning);
  if (start < 0) return undefined;
  let depth = 0;
  for (let index = start, isQuoted = false; index < from.length; index++) {
    const character = from[index];
    if (character === "\\") index++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && character === "{") depth++;
    else if (!isQuoted && character === "}" && --depth === 0) return from.slice(start, index + 1);
  }
  return undefined;
}

/** Does what the hints say: what a config says of images replaces nothing. */
async function pasted(tree: Tree, options: Options): Promise<{ readonly said: string; readonly options: Options }> {
  const said = await hints(tree, options);
  const config = [snippet(said, "images: {"), snippet(said, "defaults: {")].filter((each) => each !== undefined);
  const path = /path: ("(?:[^"\\]|\\.)*")/.exec(said.replaceAll(/\{[^}]*\}/g, ""))?.[1];
  const { byHand, target, ...others } = options;
  const merged = options.config === undefined ? config.join("\n") : `${options.config}\n${config.join("\n")}`;
  return {
    said,
    options: { ...others, config: merged, ...(path === undefined ? {} : { path: JSON.parse(path).split(", ") }) },
  };
}

interface Row {
  readonly when: string;
  readonly tree: Tree;
  readonly options?: Options;
  readonly built: Readonly<Record<string, string>>;
}

async function check({ tree, options = {}, built }: Row): Promise<string> {
  const { said, options: more } = await pasted(tree, options);
  expect(more.config === "" && more.path === options.path ? said : undefined).toBeUndefined();
  expect(shown(await buildTree(tree, more))).toEqual(built);
  return said;
}

describe("the notice of one image given by hand: its entry builds what the inputs built, beside all others", () => {
  const others = { "images/x/Dockerfile": text };
  const x = "images/x/Dockerfile in images/x";
  const file = (path: string, target?: string) => ({ byHand: { file: path, target }, ...(target && { target }) });

  test.each<Row>([
    {
      when: "its directory is below what it builds",
      tree: { ...others, "docker/web/Dockerfile": text },
      options: file("docker/web/Dockerfile"),
      built: { web: "docker/web/Dockerfile in .", x },
    },
    {
      when: "its directory is one that is found",
      tree: { ...others, "images/web/Dockerfile": text },
      options: file("images/web/Dockerfile"),
      built: { web: "images/web/Dockerfile in .", x },
    },
    {
      when: "its path is written in another way",
      tree: { ...others, "docker/web/Dockerfile": text },
      options: file("./docker//web/Dockerfile"),
      built: { web: "docker/web/Dockerfile in .", x },
    },
    {
      when: "it is written in the lower case",
      tree: { ...others, "docker/web/dockerfile": text },
      options: file("docker/web/Dockerfile"),
      built: { web: "docker/web/dockerfile in .", x },
    },
    {
      when: "it has another name in the root",
      tree: { ...others, "Dockerfile.prod": text },
      options: file("Dockerfile.prod"),
      built: { r: "Dockerfile.prod in .", x },
    },
    {
      when: "it is beside the root's own Dockerfile",
      tree: { ...others, Dockerfile: text, "prod.Dockerfile": text },
      options: file("prod.Dockerfile"),
      built: { r: "prod.Dockerfile in .", x },
    },
    {
      when: "a stage of it is given, too",
      tree: { ...others, "docker/web/Dockerfile": staged },
      options: file("docker/web/Dockerfile", "prod"),
      built: { web: "docker/web/Dockerfile in . to prod", x },
    },
    {
      when: "its name is another directory's as well",
      tree: { "images/web/Dockerfile": text, "docker/web/Dockerfile": text },
      options: file("docker/web/Dockerfile"),
      built: { web: "docker/web/Dockerfile in .", "other-web": "images/web/Dockerfile in images/web" },
    },
    {
      when: "its name is those of two other directories as well",
      tree: { "images/web/Dockerfile": text, "apps/web/Dockerfile": text, "docker/web/Dockerfile": text },
      options: file("docker/web/Dockerfile"),
      built: {
        web: "docker/web/Dockerfile in .",
        "other-web": "apps/web/Dockerfile in apps/web",
        "other-web-2": "images/web/Dockerfile in images/web",
      },
    },
    {
      when: "its directory is found, and another one of its name",
      tree: { "images/web/Dockerfile": text, "apps/web/Dockerfile": text },
      options: file("images/web/Dockerfile"),
      built: { web: "images/web/Dockerfile in .", "other-web": "apps/web/Dockerfile in apps/web" },
    },
    {
      when: "it has the root's name",
      tree: { Dockerfile: text, "docker/r/Dockerfile": text },
      options: file("docker/r/Dockerfile"),
      built: { r: "docker/r/Dockerfile in .", "other-r": "Dockerfile in ." },
    },
    {
      when: "its directory has letters that YAML takes for itself",
      tree: { ...others, "docker, {old}: #1/web/Dockerfile": text },
      options: file("docker, {old}: #1/web/Dockerfile"),
      built: { web: "docker, {old}: #1/web/Dockerfile in .", x },
    },
    ...["1.10", "0x10", "1e3", "null", "true", "no"].map((name) => ({
      when: `its name is ${name}`,
      tree: { ...others, [`docker/${name}/Dockerfile`]: text },
      options: file(`docker/${name}/Dockerfile`),
      built: { [name]: `docker/${name}/Dockerfile in .`, x },
    })),
    {
      when: "its directory is no name",
      tree: { ...others, "images/docker/Dockerfile": text, ".docker/Dockerfile": text },
      options: file(".docker/Dockerfile"),
      built: { "docker-2": ".docker/Dockerfile in .", docker: "images/docker/Dockerfile in images/docker", x },
    },
    {
      when: "the input `images` names it",
      tree: { ...others, "images/web/Dockerfile": text },
      options: { byHand: { name: "site", file: "images/web/Dockerfile" } },
      built: { site: "images/web/Dockerfile in .", x },
    },
    {
      when: "a Nix file is given",
      tree: { ...others, "nix/web.nix": "1" },
      options: file("nix/web.nix"),
      built: { nix: "nix/web.nix", x },
    },
    {
      when: "the file is one that each image has",
      tree: { "images/x/Dockerfile.prod": text, "images/y/Dockerfile": text, "images/y/Dockerfile.prod": text },
      options: file("Dockerfile.prod"),
      built: { x: "images/x/Dockerfile.prod in images/x", y: "images/y/Dockerfile.prod in images/y" },
    },
    {
      when: "the file is in a folder that each image has",
      tree: { "images/x/docker/Dockerfile": staged, "images/_y/docker/Dockerfile": staged },
      options: file("docker/Dockerfile", "prod"),
      built: {
        x: "images/x/docker/Dockerfile in images/x to prod",
        y: "images/_y/docker/Dockerfile in images/_y to prod",
      },
    },
  ])("$when", check);

  const target = { byHand: { target: "prod" }, target: "prod" };
  const stage = (path: string) => `${path}/Dockerfile in ${path} to prod`;
  test.each<Row>([
    {
      when: "all have the stage",
      tree: { Dockerfile: staged, "images/x/Dockerfile": staged },
      options: target,
      built: { r: "Dockerfile in . to prod", x: stage("images/x") },
    },
    {
      when: "only the root's has it",
      tree: { Dockerfile: staged, ...others },
      options: target,
      built: { r: "Dockerfile in . to prod", x },
    },
    {
      when: "only the others have it",
      tree: { Dockerfile: text, "images/x/Dockerfile": staged, "images/y/Dockerfile": staged },
      options: target,
      built: { r: "Dockerfile in .", x: stage("images/x"), y: stage("images/y") },
    },
    {
      when: "the root has no Dockerfile",
      tree: { "images/x/Dockerfile": staged, "images/y/Dockerfile": staged },
      options: target,
      built: { x: stage("images/x"), y: stage("images/y") },
    },
    {
      when: "another image has the root's name",
      tree: { Dockerfile: staged, "images/r/Dockerfile": text },
      options: target,
      built: { r: "Dockerfile in . to prod", "other-r": "images/r/Dockerfile in images/r" },
    },
    {
      when: "a directory has a Nix file alone",
      tree: { Dockerfile: staged, "images/x/Dockerfile": staged, "images/n/default.nix": "1" },
      options: target,
      built: { r: "Dockerfile in . to prod", x: stage("images/x"), n: "images/n/default.nix" },
    },
  ])("a stage alone: $when", check);

  test("nothing is said to write where nothing would help, and the error has the notice", async () => {
    const missing = await hints(others, file("Dockerfile.prod"));
    expect(missing).toContain("in images/x is not built: to build all images, remove the input");
    const nowhere = await hints({ Dockerfile: text, ...others }, target);
    expect(nowhere).toContain("in ., images/x are not built: to build all images, remove the input");
    for (const each of [missing, nowhere]) expect(each).not.toMatch(/images: \{|defaults: \{|set "context"/);
  });

  test("what has a wrong path comes with it, too", async () => {
    const tree = { Dockerfile: text, "images/x/Dockerfile": staged, "images/y/Dockerfile": staged };
    expect(await hints(tree, target)).toMatch(/remove the target; the input "target" describes one image.*images\/y/);
  });

  test("`images` that names one image gets the place of all names", async () => {
    const byHand = { name: "site", file: "images/web/Dockerfile" };
    expect(await hints({ ...others, "images/web/Dockerfile": text }, { byHand })).toContain(
      'remove the input and write {{name}} for site in "images" and write images: {site: {path: images/web',
    );
  });

  test("a bake file's targets are left alone", async () => {
    const tree = { Dockerfile: staged, "docker-bake.hcl": "", ...others };
    expect(await hints(tree, target)).toMatch(/remove the input and write images: \{r: \{target: prod\}\} into/);
  });
});

describe("a name that no image can have", () => {
  test.each<Row>([
    {
      when: "of a directory",
      tree: { "images/_x/Dockerfile": text },
      built: { x: "images/_x/Dockerfile in images/_x" },
    },
    {
      when: "of a directory, where the nearest name is another's",
      tree: { "images/_x/Dockerfile": text, "images/x/Dockerfile": text },
      built: { "x-2": "images/_x/Dockerfile in images/_x", x: "images/x/Dockerfile in images/x" },
    },
  ])("$when", check);

  test.each([
    ["a file's folder", { file: ".docker/Dockerfile" }],
    ["a context", { context: "services/_api", file: undefined }],
  ])("of %s that is given by hand: `images` names it", async (_, byHand) => {
    const tree = { ".docker/Dockerfile": text, "services/_api/Dockerfile": text };
    const said = await hints(tree, { byHand });
    expect(said).not.toContain("images: {");
    const [, images = ""] = /such as (ghcr\.io\/\S+)/.exec(said) ?? [];
    const given = { ...Object.fromEntries(inputs.map(({ name }) => [name, ""])), ...byHand, images };
    const { settings } = readSettings({ ...given, file: byHand.file ?? "" } as RawInputs);
    const again = imageByHand(settings);
    const { images: named } = await buildTree(tree, { byHand: { ...again } });
    expect(named.map(({ name }) => name)).toEqual([images.split("/").at(-1)]);
  });

  test.each([
    ["of a bake file's target", { bake: { ".": { target: { _x: { context: "x" } } } } }, "docker-bake.hcl"],
    ["of an entry", { config: "images: {_x: {path: x}}" }, configFile],
  ])("%s: where it is from", async (_, options, file) => {
    const bake = {
      group: { default: { targets: ["_x", "y"] } },
      target: { _x: { context: "x" }, y: { context: "x" } },
    };
    const more = "bake" in options ? { "docker-bake.hcl": "" } : {};
    const said = await hints({ "x/Dockerfile": text, ...more }, { ...options, bake: { ".": bake } });
    expect(said).toMatch(new RegExp(`another name in ${file.replaceAll(".", "\\.")}$`, "m"));
    expect(said).not.toContain("images: {");
  });
});

describe("a name that several images have", () => {
  test.each<Row>([
    {
      when: "two directories",
      tree: { "images/web/Dockerfile": text, "apps/web/Dockerfile": text },
      built: { web: "apps/web/Dockerfile in apps/web", "other-name": "images/web/Dockerfile in images/web" },
    },
    {
      when: "three directories",
      tree: { "images/web/Dockerfile": text, "apps/Web/Dockerfile": text, "containers/web/Dockerfile": text },
      built: {
        Web: "apps/Web/Dockerfile in apps/Web",
        "other-name-1": "containers/web/Dockerfile in containers/web",
        "other-name-2": "images/web/Dockerfile in images/web",
      },
    },
    {
      when: "the root and a directory",
      tree: { Dockerfile: text, "images/r/Dockerfile": text },
      built: { r: "Dockerfile in .", "other-name": "images/r/Dockerfile in images/r" },
    },
    {
      when: "a directory and a target of a bake file further behind",
      tree: { "images/web/Dockerfile": text, "z/Dockerfile": text, "docker-bake.hcl": "" },
      options: {
        bake: {
          ".": {
            group: { default: { targets: ["web", "y"] } },
            target: { web: { context: "z" }, y: { context: "z" } },
          },
        },
      },
      built: { web: "z/Dockerfile in z", y: "z/Dockerfile in z", "other-name": "images/web/Dockerfile in images/web" },
    },
  ])("$when", check);

  test("an entry of the config file keeps its name", async () => {
    const tree = { "images/web/Dockerfile": text, "z/Dockerfile": text };
    const config = "images: {Web: {path: z}}";
    const said = await hints(tree, { config });
    expect(said).toContain("images: {other-name: {path: images/web}}");
    const both = "images: {Web: {path: z}, other-name: {path: images/web}}";
    expect(Object.keys(shown(await buildTree(tree, { config: both })))).toEqual(["Web", "other-name"]);
  });

  test("targets of two bake files are renamed there", async () => {
    const target = (context: string) => ({ target: { web: { context } } });
    const both = { "images/docker-bake.hcl": "", "apps/docker-bake.hcl": "" };
    const bake = { images: target("a"), apps: target("b") };
    const all = { group: { default: { targets: ["web"] } } };
    const said = await hints(
      { ...both, "images/a/Dockerfile": text, "apps/b/Dockerfile": text },
      { bake: { images: { ...bake.images, ...all }, apps: { ...bake.apps, ...all } } },
    );
    expect(said).toBe(
      "write another name for all but one of them where the name is from: apps/docker-bake.hcl and images/docker-bake.hcl",
    );
  });
});

describe("Dockerfiles that are no image yet", () => {
  const made = (...paths: readonly string[]) => Object.fromEntries(paths.map((path) => [path, text]));
  test.each<Row>([
    {
      when: "nothing is found: in folders",
      tree: made("src/a/Dockerfile", "cmd/b/Containerfile"),
      built: { a: "src/a/Dockerfile in src/a", b: "cmd/b/Containerfile in cmd/b" },
    },
    {
      when: "nothing is found: of one name",
      tree: made("src/a/docker/Dockerfile", "src/b/docker/Dockerfile"),
      built: {
        docker: "src/a/docker/Dockerfile in src/a/docker",
        "docker-2": "src/b/docker/Dockerfile in src/b/docker",
      },
    },
    {
      when: "nothing is found: of a folder that is no name",
      tree: made("src/_a/Dockerfile", "src/b/Dockerfile"),
      built: { a: "src/_a/Dockerfile in src/_a", b: "src/b/Dockerfile in src/b" },
    },
    {
      when: "nothing is found: in a folder with letters that globs take for themselves",
      tree: made("src [1]/a/Dockerfile", 'src {a,b} "/c/Dockerfile'),
      built: { a: "src [1]/a/Dockerfile in src [1]/a", c: 'src {a,b} "/c/Dockerfile in src {a,b} "/c' },
    },
    ...[".devcontainer", ".docker", "tools/.devcontainer", ".docker/web"].map((directory) => ({
      when: `nothing is found: in ${directory}`,
      tree: made(`${directory}/Dockerfile`),
      built: { [directory.split("/").at(-1)?.replace(".", "") ?? ""]: `${directory}/Dockerfile in ${directory}` },
    })),
    {
      when: "nothing is found: in hidden folders, of other names",
      tree: made(".docker/Dockerfile.gpu", ".ci/web.Dockerfile"),
      built: { "docker-gpu": ".docker/Dockerfile.gpu in .docker", "ci-web": ".ci/web.Dockerfile in .ci" },
    },
    ...["DOCKERFILE", "DockerFile", "dockerFile", "containerfile"].map((name) => ({
      when: `nothing is found: ${name}`,
      tree: made(`images/a/${name}`),
      built: { a: `images/a/${name} in images/a` },
    })),
    {
      when: "beside others: in capital letters",
      tree: made("images/a/Dockerfile", "images/b/DOCKERFILE"),
      built: { a: "images/a/Dockerfile in images/a", b: "images/b/DOCKERFILE in images/b" },
    },
    {
      when: "nothing is found: of other names",
      tree: made("src/a/Dockerfile.gpu", "src/a/gpu.Dockerfile", "src/_b/Dockerfile.x_"),
      built: {
        "a-gpu": "src/a/Dockerfile.gpu in src/a",
        "a-gpu-2": "src/a/gpu.Dockerfile in src/a",
        "b-x": "src/_b/Dockerfile.x_ in src/_b",
      },
    },
    {
      when: "beside others: of other names",
      tree: made("images/a/Dockerfile", "images/b-gpu/Dockerfile", "images/b/Dockerfile.gpu"),
      built: {
        a: "images/a/Dockerfile in images/a",
        "b-gpu": "images/b-gpu/Dockerfile in images/b-gpu",
        "b-gpu-2": "images/b/Dockerfile.gpu in images/b",
      },
    },
    {
      when: "a compose file doesn't mention them",
      tree: { "compose.yaml": "services: {api: {build: x}}", ...made("svc/api/Dockerfile", "jobs/api/Dockerfile") },
      options: { bake: { ".": { group: { default: { targets: ["api"] } }, target: { api: { context: "svc/api" } } } } },
      built: { api: "svc/api/Dockerfile in svc/api", "api-2": "jobs/api/Dockerfile in jobs/api" },
    },
  ])("$when", check);

  test("of very many the first are whole entries", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`images/x${index}/Dockerfile.gpu`, text]),
    );
    const said = await hints({ ...many, "images/a/Dockerfile": text }, {});
    expect(said).toMatch(/\}\} into \.github\/image-publish\.yml, and the same for 20 more$/);
    const { options } = await pasted({ ...many, "images/a/Dockerfile": text }, {});
    expect(Object.keys(shown(await buildTree({ ...many, "images/a/Dockerfile": text }, options)))).toHaveLength(11);
  });
});

describe("an image that copies what its context lacks", () => {
  const copied = (image: string) => {
    const paths = [{ written: "x", start: "x", at: { file: `images/${image}/Dockerfile`, line: 1 } }];
    return { image, context: `images/${image}`, paths };
  };

  test.each([[["web"]], [["1.10", "null"]], [Array.from({ length: 30 }, (_, index) => `x${index}`)]])(
    "the root is its context: %j",
    async (names) => {
      const [remark] = describeMisplaced(names.map(copied), configFile);
      const config = snippet(remark?.hint ?? "", "images: {") ?? "";
      const tree = Object.fromEntries(names.map((name) => [`images/${name}/Dockerfile`, text]));
      const all = Object.values(shown(await buildTree(tree, { config })));
      expect(all.filter((each) => each.endsWith("in ."))).toHaveLength(Math.min(names.length, 10));
      expect(all).toHaveLength(names.length);
    },
  );
});
