import { expect, test } from "@jest/globals";
import { UserError } from "../../../src/errors.ts";
import type { Processes } from "../../../src/ports.ts";
import { buildxPrints } from "../../../src/run/buildx-prints.ts";
import { memoryFiles } from "../catalog/memory-files.ts";

const plugin = "/docker/cli-plugins/docker-buildx";

/** What is started, with the error of a plugin that isn't. */
function counting({ error, isThere = true }: { readonly error?: Error; readonly isThere?: boolean } = {}) {
  const started: string[] = [];
  const processes: Processes = {
    async run(program, args, { cwd }) {
      started.push([program, ...args, cwd].join(" "));
      if (program === plugin && error !== undefined) throw error;
      return { code: 0, stdout: new Uint8Array(), stderr: "" };
    },
  };
  const files = memoryFiles(isThere ? { [plugin]: "" } : {});
  const env = { DOCKER_CONFIG: "/docker" };
  return { started, buildx: buildxPrints({ processes, files: files as never, env }) };
}

const printed = async (buildx: Processes, ...folders: readonly string[]) => {
  for (const cwd of folders) await buildx.run("docker", ["buildx", "bake", "--print"], { cwd, env: {} });
};

test("the plugin prints, each folder once", async () => {
  const { buildx, started } = counting();
  await printed(buildx, "/a", "/b", "/a");
  expect(started).toEqual([`${plugin} bake --print /a`, `${plugin} bake --print /b`]);
});

test("docker prints where there is no plugin that we know of", async () => {
  const { buildx, started } = counting({ isThere: false });
  await printed(buildx, "/a", "/a");
  expect(started).toEqual(["docker buildx bake --print /a"]);
});

test("docker prints where the plugin can't be started", async () => {
  const error = new UserError("may not be executed", { hint: "", cause: new Error("EACCES") });
  const { buildx, started } = counting({ error });
  await printed(buildx, "/a");
  expect(started).toEqual([`${plugin} bake --print /a`, "docker buildx bake --print /a"]);
});

test("a plugin that takes too long is not run again by docker", async () => {
  const { buildx, started } = counting({ error: new UserError("did not end", { hint: "" }) });
  await expect(printed(buildx, "/a")).rejects.toThrow("did not end");
  expect(started).toHaveLength(1);
});
