import { expect, test } from "@jest/globals";
import type { ImageSource } from "../../../../src/buildx/invocation/buildx.ts";
import { reachableSources } from "../../../../src/buildx/invocation/layout-path.ts";
import { digests } from "../planned.ts";

/** How buildx is told of a layout, from a workspace. */
function pathOf(path: string, workspace: string): string | undefined {
  const source: ImageSource = { kind: "layout", path, digest: digests.a };
  const found = reachableSources(new Map([["base", source]]), workspace).get("base");
  return found?.kind === "layout" ? found.path : undefined;
}

test.each([
  ["as it is", "/home/runner/work/_temp/x/layout", "/home/runner/work/r/r", "/home/runner/work/_temp/x/layout"],
  ["blanks too, which buildx takes", "/home/a b/_temp/x/layout", "/home/a b/r/r", "/home/a b/_temp/x/layout"],
  ["from the workspace past an @", "/home/me@corp/work/_temp/l", "/home/me@corp/work/r/r", "../../_temp/l"],
  ["from the workspace past a colon", "/jobs/7:1/_temp/l", "/jobs/7:1/r", "../_temp/l"],
  ["from a workspace that alone has one", "/tmp/l", "/jobs/r@2", "/tmp/l"],
])("a layout is named %s", (_, path, workspace, expected) => {
  expect(pathOf(path, workspace)).toBe(expected);
});

test("where no way goes past it, the user is told", () => {
  expect(() => pathOf("/tmp/a@b/layout", "/work/r")).toThrow(
    `buildx can't read an image from /tmp/a@b/layout, as the path holds "@" or ":"`,
  );
});
