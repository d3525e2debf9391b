import { expect, test } from "@jest/globals";
import type { Image } from "../../../src/catalog/catalog.ts";
import { noIgnoreFile } from "../../../src/changes/ignore-files.ts";
import { whyCounts } from "../../../src/changes/why-counts.ts";

const web = { context: "images/web", dockerfilePath: "images/web/Dockerfile" };
const root = { context: ".", dockerfilePath: "images/tool/Dockerfile" };
const own = "images/web/Dockerfile.dockerignore";
const shared = "images/web/.dockerignore";

test.each([
  ["images/web/Dockerfile", web, undefined, "it is the Dockerfile"],
  ["images", web, undefined, "it is the Dockerfile"],
  [own, web, own, "it is the ignore file of the build context"],
  [shared, web, undefined, "it is the ignore file of the build context"],
  [shared, web, own, `it lies in the build context images/web, and ${own} doesn't leave it out`],
  ["images/web/page", web, undefined, "it lies in the build context images/web, which has no ignore file"],
  ["images/web/page", web, shared, `it lies in the build context images/web, and ${shared} doesn't leave it out`],
  [
    "README.md",
    root,
    undefined,
    "it lies in the repository's root, which is the build context, which has no ignore file",
  ],
  [".github/image-publish.yml", web, undefined, "it is the configuration, which may mean any image"],
  ["ci/images.yml", web, undefined, "it is the configuration, which may mean any image"],
  [
    "app",
    { context: "app/src", dockerfilePath: "docker/Dockerfile" },
    undefined,
    "the build context app/src lies in it",
  ],
])("%s counts because …", (path, image, ignoreFile, why) => {
  const inForce = { ...noIgnoreFile, path: ignoreFile };
  expect(whyCounts(path, image as Image, inForce, "ci/images.yml")).toBe(why);
});
