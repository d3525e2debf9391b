import { expect, test } from "@jest/globals";
import { buildxPrints } from "../../../src/run/buildx-prints.ts";

test("each folder is printed once", async () => {
  const started: unknown[] = [];
  const buildx = buildxPrints({
    async run(_program, _args, { cwd }) {
      started.push(cwd);
      return { code: 0, stdout: new Uint8Array(), stderr: "" };
    },
  });
  for (const cwd of ["/a", "/b", "/a"]) await buildx.run("docker", ["buildx", "bake", "--print"], { cwd, env: {} });
  expect(started).toEqual(["/a", "/b"]);
});
