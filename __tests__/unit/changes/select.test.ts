import { describe, expect, test } from "@jest/globals";
import { selectImages } from "../../../src/changes/select.ts";
import { buildTree, images } from "../catalog/build-tree.ts";

describe("a target that gives files and no image", () => {
  const target = (name: string, output: readonly string[] = []) => ({ context: name, output });
  const definition = {
    group: { default: { targets: ["base", "docs", "dist"] } },
    target: { base: target("base"), docs: target("docs", ["out"]), dist: target("docs", ["type=tar,dest=x"]) },
  };
  const tree = { "images/docker-bake.hcl": "", ...images({ base: "FROM a", docs: "FROM a", web: "FROM a" }) };
  const select = async (...only: string[]) => {
    const catalog = await buildTree(tree, { bake: { images: definition } });
    return [...selectImages(catalog, only, catalog.fileTargets)].sort();
  };

  test.each([
    ["docs", "docs (images/docker-bake.hcl)"],
    ["d*", "docs (images/docker-bake.hcl), dist (images/docker-bake.hcl)"],
  ])("is no typo where `only` names it: %s", async (glob, targets) => {
    await expect(select("web", glob)).rejects.toThrow(
      `\`only\` names "${glob}", which gives files and no image: ${targets}`,
    );
  });

  test("may be excluded, as it is by itself, and matched with others", async () => {
    expect(await select("!docs")).toEqual(["base", "web"]);
    expect(await select("*", "!d*")).toEqual(["base", "web"]);
    expect(await select("*e*")).toEqual(["base", "web"]);
    expect(await select()).toEqual(["base", "web"]);
  });

  test("leaves other names an error", async () => {
    await expect(select("docz")).rejects.toThrow('`only` names "docz", and no image is called that');
    await expect(select("!docz")).rejects.toThrow('`only` names "docz", and no image is called that');
  });
});
