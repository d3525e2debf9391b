/** Emulators, for real: this machine's kernel forgets arm64 here, and learns it again. */
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { arm64IsRegistered, registerArm64, unregisterArm64 } from "../../rig/index.ts";
import { withBuilder } from "./docker.ts";
import { firstPush } from "./events.ts";
import { makeProject } from "./project.ts";
import { configsOf, isUntouched } from "./registry.ts";
import { rig } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(180_000);

beforeEach(unregisterArm64);
afterEach(async () => {
  await unregisterArm64(); // what a test installed may differ from what was there
  await registerArm64();
});

const emulated = {
  "images/web/Dockerfile":
    'FROM busybox:1.37\nARG TARGETARCH\nRUN test "$TARGETARCH" != arm64 || test "$(uname -m)" = aarch64\n',
};
const platforms = "linux/amd64,linux/arm64";

test("`qemu: false` and a platform that needs an emulator: an error before anything is built", async () => {
  await withBuilder(async (builder) => {
    const project = makeProject(emulated);
    const run = await runAction(project, { ...firstPush, inputs: { platforms, builder, qemu: "false" } });
    expect(run.code).toBe(1);
    expect(run.annotations).toHaveLength(1);
    expect(run.annotations[0]?.message).toMatch(/can't build for linux\/arm64.*\n→ .*`qemu: true`/s);
    expect(await isUntouched(project)).toBe(true);
    expect(arm64IsRegistered()).toBe(false);
  });
});

test("a missing emulator is installed, and steps for arm64 run", async () => {
  await withBuilder(async (builder) => {
    const project = makeProject(emulated);
    const run = await runAction(project, {
      ...firstPush,
      inputs: { platforms, builder, "binfmt-image": rig.binfmtImage },
    });
    expect(run).toMatchObject({ code: 0, annotations: [] });
    expect(arm64IsRegistered()).toBe(true);
    expect(Object.keys(await configsOf(`${project.own}/web`, "latest"))).toEqual(["linux/amd64", "linux/arm64"]);
  });
});

test("a builder that was started before the emulator came is none the worse", async () => {
  await withBuilder(async (builder) => {
    const project = makeProject(emulated);
    await runAction(project, { ...firstPush, inputs: { builder, platforms: "linux/amd64" } });
    const run = await runAction(project, {
      event: "workflow_dispatch",
      inputs: { platforms, builder, "binfmt-image": rig.binfmtImage },
    });
    expect(run).toMatchObject({ code: 0 });
    expect(run.images.web?.platforms).toEqual(["linux/amd64", "linux/arm64"]);
  });
});

test("an emulator's image that can't be had: an error that names it, and nothing is built", async () => {
  await withBuilder(async (builder) => {
    const project = makeProject(emulated);
    const image = `${rig.registry}/nobody/no-binfmt:1`;
    const run = await runAction(project, { ...firstPush, inputs: { platforms, builder, "binfmt-image": image } });
    expect(run.code).toBe(1);
    expect(run.annotations).toHaveLength(1);
    expect(run.annotations[0]?.message).toMatch(/nobody\/no-binfmt:1 could not be installed.*\n→ .*binfmt-image/s);
    expect(await isUntouched(project)).toBe(true);
  });
});
