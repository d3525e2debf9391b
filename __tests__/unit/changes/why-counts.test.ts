import { expect, test } from "@jest/globals";
import { whyCounts } from "../../../src/changes/why-counts.ts";
import { catalogOf, type ImageSketch } from "./catalog-of.ts";
import { inputsIn, type MemoryFiles } from "./memory-checkout.ts";

const whole: ImageSketch = { name: "web", text: "FROM scratch\nCOPY . /\n" };
const some: ImageSketch = { name: "web", text: "FROM scratch\nCOPY page styles/* /\n" };
const root: ImageSketch = { ...whole, context: "." };
const own = "images/web/Dockerfile.dockerignore";
const shared = "images/web/.dockerignore";

test.each<[string, ImageSketch, MemoryFiles, string]>([
  ["images/web/Dockerfile", whole, {}, "it is the Dockerfile"],
  ["images", whole, {}, "the Dockerfile images/web/Dockerfile leads there"],
  [
    "Dockerfile.common",
    whole,
    { "images/web/Dockerfile": { link: "../../Dockerfile.common" }, "Dockerfile.common": "" },
    "the Dockerfile images/web/Dockerfile leads there",
  ],
  [own, whole, { [own]: "x" }, "it is the ignore file of the build context images/web"],
  [shared, whole, { [shared]: "x" }, "it is the ignore file of the build context images/web"],
  [
    shared,
    whole,
    { [own]: "x", [shared]: "x" },
    `it is in the build context images/web, and ${own} doesn't leave it out`,
  ],
  ["images/web/page", whole, {}, "it is in the build context images/web, which has no ignore file"],
  [
    "images/web/page",
    whole,
    { [shared]: "x" },
    `it is in the build context images/web, and ${shared} doesn't leave it out`,
  ],
  ["images/web/page", some, {}, "the build reads images/web/page of the build context images/web"],
  [
    "images/web/styles/a.css",
    some,
    { [shared]: "x" },
    `the build reads images/web/styles/* of the build context images/web, and ${shared} doesn't leave it out`,
  ],
  ["README.md", root, {}, "it is in the repository's root, which is the build context, which has no ignore file"],
  [".github/image-publish.yml", whole, {}, "it is the configuration, and this image's settings in it changed"],
  ["VERSION", whole, {}, "`watch` or `watch-all` names it"],
  ["docker-bake.hcl", whole, {}, "the image's definition in bake files changed with it"],
  [".env", { ...whole, bakeFiles: ["compose.yaml"] }, {}, "buildx reads it with the image's bake file"],
])("%s counts because …", async (path, sketch, files, why) => {
  const catalog = catalogOf(sketch);
  const inputs = await inputsIn(catalog, files);
  const [image] = catalog.images;
  const inside = inputs.get("web");
  if (image === undefined || inside === undefined) throw new Error("no image");
  expect(whyCounts(path, image, inside, [".github/image-publish.yml"])).toBe(why);
});
