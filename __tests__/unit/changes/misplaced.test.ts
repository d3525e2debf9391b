import { expect, test } from "@jest/globals";
import { misplacedPaths } from "../../../src/changes/misplaced.ts";
import type { ContextInputs, ImageInputs } from "../../../src/changes/sources/image-inputs.ts";
import { indexFiles } from "../../../src/git/checkout/file-index.ts";
import { catalogOf } from "./catalog-of.ts";

const files = indexFiles(["lib/x", "shared/y"].map((path) => ({ path, content: undefined })));

/** The images of which something is remarked, where the Dockerfile copies `shared` from these contexts. */
function remarked(...contexts: readonly { readonly name: string | undefined; readonly target: string }[]) {
  const at = { file: "images/web/Dockerfile", line: 2 };
  const inputs = {
    contexts: contexts.map(({ name, target }) => ({ name, directory: { path: target, target, paths: [target] } })),
    copied: [{ written: "shared", pattern: "shared", start: "shared", at }],
  } as unknown as Omit<ImageInputs, "contexts"> & { readonly contexts: readonly ContextInputs[] };
  return misplacedPaths(catalogOf({ name: "web" }), new Map([["web", inputs]]), { files }).map(({ image }) => image);
}

test("what the main context lacks is remarked, with named contexts beside it", () => {
  expect(remarked({ name: undefined, target: "lib" }, { name: "more", target: "shared" })).toEqual(["web"]);
});

test("a named context isn't taken for the main one that is elsewhere", () => {
  expect(remarked({ name: "more", target: "lib" })).toEqual([]);
});
