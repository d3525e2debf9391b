/** Rights that builds ask for are granted by the builder, or nothing is built. */
import { describe, expect, test } from "@jest/globals";
import { checkEntitlements } from "../../../../src/buildx/builder/entitlements.ts";
import type { BuildOptions } from "../../../../src/model/buildflags/build-options.ts";
import { scriptedDocker } from "../scripted-docker.ts";

const refusing = (right: string) => [
  `ERROR: failed to build: failed to solve: granting entitlement ${right} is not allowed by build daemon configuration`,
];

function check(options: readonly (BuildOptions | undefined)[], stderr: readonly string[] = []) {
  const docker = scriptedDocker({ "buildx build": { code: stderr.length === 0 ? 0 : 1, stderr } });
  const files = { makeDirectory: async () => {}, write: async () => {} };
  const deps = { processes: docker, files, environment: {}, signal: new AbortController().signal, folder: "/run/x" };
  const builds = options.map((each, index) => ({ name: `i${index}`, ...(each && { options: each }) }));
  return { docker, checked: checkEntitlements(builds, "rig", deps) };
}

test("a builder is asked for nothing where no build asks for a right", async () => {
  const { docker, checked } = check([undefined, { network: "none", shmSize: 1 }]);
  await checked;
  expect(docker.calls).toEqual([]);
});

test("it is asked once for all", async () => {
  const { docker, checked } = check([
    { network: "host" },
    { allow: ["device=a/b", "security.insecure"] },
    { network: "host" },
  ]);
  await checked;
  expect(docker.calls).toEqual([
    [
      ...["docker", "buildx", "build", "--builder", "rig", "--progress=quiet", "--output=type=cacheonly"],
      ...["--allow=device=a/b", "--allow=network.host", "--allow=security.insecure", "/run/x/entitlements"],
    ],
  ]);
});

describe("what it refuses is an error that names the setting and the images", () => {
  test.each<{ readonly options: readonly BuildOptions[]; readonly right: string; readonly says: RegExp }>([
    {
      options: [{ allow: ["security.insecure"] }, {}, { allow: ["security.insecure"] }],
      right: "security.insecure",
      says: /doesn't grant security\.insecure, which `allow` of i0, i2 asks for/,
    },
    { options: [{ network: "host" }], right: "network.host", says: /network\.host, which `network: host` of i0/ },
    { options: [{ allow: ["device=a/b"] }], right: "device", says: /device, which `allow` of i0/ },
  ])("$right", async ({ options, right, says }) => {
    await expect(check(options, refusing(right)).checked).rejects.toMatchObject({
      message: expect.stringMatching(says),
      hint: expect.stringContaining(`--allow-insecure-entitlement ${right}`),
    });
  });
});

test("what fails otherwise is left to the builds", async () => {
  await expect(check([{ network: "host" }], ["ERROR: no builder"]).checked).resolves.toBeUndefined();
});
