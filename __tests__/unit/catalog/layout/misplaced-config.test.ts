/** A config file that nobody reads is named. */
import { expect, test } from "@jest/globals";
import { misplacedConfigs } from "../../../../src/catalog/layout/misplaced-config.ts";
import { memoryFiles, repository } from "../memory-files.ts";

async function told(paths: readonly string[], given?: string): Promise<string> {
  const files = memoryFiles(repository(Object.fromEntries(paths.map((path) => [path, ""]))));
  return (await misplacedConfigs("/repo", given, files)).map(({ message }) => message).join("\n");
}

test.each([
  { paths: ["image-publish.yml"] },
  { paths: ["image-publish.yaml"] },
  { paths: [".image-publish.yml"] },
  { paths: [".github/image-publish.YML"] },
  { paths: [".github/Image-Publish.yml"] },
  { paths: [".github/image_publish.yml"] },
  { paths: [".gitea/image-publish.json"] },
  { paths: ["image-publish.yml", ".forgejo/imagepublish.yaml"] },
])("$paths: not read, with the place that is", async ({ paths }) => {
  const also = [".github/image-publish.yml", "README.md"];
  for (const all of [paths, [...paths, ...also]]) {
    expect(await told(all)).toBe(
      `${paths.join(", ")} ${paths.length > 1 ? "are" : "is"} not read: the config file is .github/image-publish.yml`,
    );
    expect(await told(all, "ci.yml")).toBe("");
  }
});

test("what is read, a workflow of the name and a folder are none", async () => {
  const read = [".github/image-publish.yml", ".github/image-publish.yaml", ".gitea/image-publish.yml"];
  expect(
    await told([...read, ".github/workflows/image-publish.yml", "image-publish.yml/x", "docs/image-publish.yml"]),
  ).toBe("");
});
