import { describe, expect, test } from "@jest/globals";
import { type Builder, findBuilder } from "../../../../src/buildx/builder/builder.ts";
import { parseInspect } from "../../../../src/buildx/builder/inspect-builder.ts";
import { ensurePlatforms, missingPlatforms } from "../../../../src/buildx/builder/qemu.ts";
import { UserError } from "../../../../src/errors.ts";
import { platform } from "../../../../src/model/platform.ts";
import { repository } from "../../../../src/model/reference.ts";
import { type Answer, type ScriptedDocker, scriptedDocker } from "../scripted-docker.ts";

const version: Answer = { stdout: "github.com/docker/buildx v0.29.1 a32761a\n" };
const inspected = (driver: string, platforms: string, name = "it"): Answer => ({
  stdout: [
    `Name:          ${name}`,
    `Driver:        ${driver}`,
    "Last Activity: 2026-11-01 10:00:00 +0000 UTC",
    "",
    "Nodes:",
    `Name:                  ${name}0`,
    "Endpoint:              unix:///var/run/docker.sock",
    'Driver Options:        network="host"',
    "Status:                running",
    "BuildKit version:      v0.26.3",
    `Platforms:             ${platforms}`,
    "Labels:",
    " org.mobyproject.buildkit.worker.executor:         oci",
    "GC Policy rule#0:",
    " All:            false",
  ].join("\n"),
});

function deps(processes: ScriptedDocker) {
  return { processes, environment: { PATH: "/bin" }, signal: new AbortController().signal };
}

const wish = { builder: undefined, repositories: [repository("ghcr.io/o/r/app")], entitlements: [], suffix: "7f3a" };

describe("finding the builder", () => {
  test.each(["docker-container", "remote", "kubernetes"])("one with the driver %s is used as it is", async (driver) => {
    const docker = scriptedDocker({
      "buildx version": version,
      "buildx inspect": inspected(driver, "linux/amd64*, linux/arm64/v8"),
    });
    const builder = await findBuilder(wish, deps(docker));
    await builder.remove();
    expect(builder).toMatchObject({ name: "it", driver, platforms: ["linux/amd64", "linux/arm64"] });
    expect(docker.calls.map((call) => call.slice(1).join(" "))).toEqual([
      "buildx version",
      "buildx inspect --bootstrap",
    ]);
  });

  test("the one that is named is asked for", async () => {
    const docker = scriptedDocker({ "buildx version": version, "buildx inspect": inspected("remote", "linux/amd64") });
    await findBuilder({ ...wish, builder: "mine" }, deps(docker));
    expect(docker.calls).toContainEqual(["docker", "buildx", "inspect", "--bootstrap", "mine"]);
  });

  test.each<[string, string, string[]]>([
    ["for a registry elsewhere", "ghcr.io/o/r", []],
    ["for a registry on this machine, on its network", "localhost:5000/o/r", ["--driver-opt", "network=host"]],
    ["for a loopback address, on its network", "127.0.0.1:5000/o/r", ["--driver-opt", "network=host"]],
  ])("where there is only the engine's own, one is made and removed: %s", async (_, name, network) => {
    const docker = scriptedDocker({
      "buildx version": version,
      "buildx inspect": [
        inspected("docker", "linux/amd64"),
        inspected("docker-container", "linux/amd64", "image-publish-7f3a"),
      ],
      "buildx create": {},
      "buildx rm": {},
    });
    const builder = await findBuilder({ ...wish, repositories: [repository(name)] }, deps(docker));
    expect(builder).toMatchObject({ name: "image-publish-7f3a", platforms: ["linux/amd64"] });
    expect(docker.calls.find((call) => call[2] === "create")).toEqual([
      ...[
        "docker",
        "buildx",
        "create",
        "--driver",
        "docker-container",
        "--name",
        "image-publish-7f3a",
        ...network,
        "--bootstrap",
      ],
    ]);
    await builder.remove();
    expect(docker.calls.at(-1)).toEqual(["docker", "buildx", "rm", "--force", "image-publish-7f3a"]);
  });

  test("one that is made grants what builds ask for", async () => {
    const docker = scriptedDocker({
      "buildx version": version,
      "buildx inspect": [inspected("docker", "linux/amd64"), inspected("docker-container", "linux/amd64")],
      "buildx create": {},
    });
    await findBuilder({ ...wish, entitlements: ["network.host", "security.insecure"] }, deps(docker));
    expect(docker.calls.find((call) => call[2] === "create")).toEqual(
      expect.arrayContaining([
        "--buildkitd-flags",
        "--allow-insecure-entitlement=network.host --allow-insecure-entitlement=security.insecure",
      ]),
    );
  });

  test("one that doesn't start is removed again", async () => {
    const docker = scriptedDocker({
      "buildx version": version,
      "buildx inspect": inspected("docker", "linux/amd64"),
      "buildx create": { code: 1, stderr: ["#1 pulling image", "ERROR: no such image"] },
      "buildx rm": {},
    });
    await expect(findBuilder(wish, deps(docker))).rejects.toThrow("no builder could be made: no such image");
    expect(docker.calls.at(-1)).toContain("rm");
  });

  test.each<[string, Record<string, Answer>, { builder?: string }, string, RegExp]>([
    [
      "buildx is missing",
      {
        "buildx version": { code: 1, stderr: ["docker: unknown command: docker buildx"] },
        "buildx inspect": { code: 1 },
      },
      {},
      "docker has no buildx here",
      /0\.19\.0 or later/,
    ],
    [
      "buildx is too old",
      { "buildx version": { stdout: "github.com/docker/buildx 0.9.1 abc" }, "buildx inspect": inspected("remote", "") },
      {},
      "buildx 0.9.1 is too old",
      /0\.19\.0 or later/,
    ],
    [
      "the named builder is missing",
      { "buildx version": version, "buildx inspect": { code: 1, stderr: ['ERROR: no builder "mine" found'] } },
      { builder: "mine" },
      'the builder "mine" can\'t be used: no builder "mine" found',
      /docker buildx ls/,
    ],
    [
      "the engine is down",
      {
        "buildx version": version,
        "buildx inspect": {
          stdout: "Name: default\nDriver: \nError: Cannot connect to the Docker daemon at x. Is it running?\n",
        },
      },
      {},
      "docker's engine can't be reached: Cannot connect to the Docker daemon at x. Is it running?",
      /start the engine/,
    ],
    [
      "a node doesn't start",
      {
        "buildx version": version,
        "buildx inspect": { stdout: "Name:   it\nDriver: remote\nError:  connection refused\n" },
      },
      {},
      "the current builder can't be used: connection refused",
      /what it connects to \(driver remote\) runs/,
    ],
    [
      "what a builder connects to doesn't answer",
      {
        "buildx version": version,
        "buildx inspect --bootstrap": { code: 1, stderr: ["ERROR: context deadline exceeded"] },
        "buildx inspect dead": {
          stdout: "Name: dead\nDriver: remote\n\nNodes:\nName: dead0\nEndpoint: tcp://127.0.0.1:9\n",
        },
      },
      { builder: "dead" },
      'the builder "dead" doesn\'t answer at tcp://127.0.0.1:9: context deadline exceeded',
      /^start it, or check its address \(`docker buildx inspect dead`\)/,
    ],
    [
      "the named one can't push by digest",
      { "buildx version": version, "buildx inspect": inspected("docker", "linux/amd64", "default") },
      { builder: "default" },
      'the builder "default" has the docker driver, which can\'t push by digest',
      /docker-container/,
    ],
  ])("when %s, that is said", async (_, script, changed, message, hint) => {
    const failure = await findBuilder({ ...wish, ...changed }, deps(scriptedDocker(script))).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({ message, hint: expect.stringMatching(hint) });
  });

  test("BuildKit too old for what is asked of it", async () => {
    const { stdout = "" } = inspected("remote", "linux/amd64");
    const docker = scriptedDocker({
      "buildx version": version,
      "buildx inspect": { stdout: stdout.replace("v0.26.3", "v0.12.5") },
    });
    await expect(findBuilder(wish, deps(docker))).rejects.toMatchObject({
      message: 'the builder "it" runs BuildKit v0.12.5, which is too old',
      hint: expect.stringContaining("0.13.0 or later"),
    });
  });

  test.each([
    ["the engine's own, which is not what builds", "docker", "v0.11.0"],
    ["one built from source", "remote", "v0.0.0+unknown"],
  ])("%s may say what it will of its version", async (_, driver, said) => {
    const { stdout = "" } = inspected(driver, "linux/amd64");
    const docker = scriptedDocker({
      "buildx version": version,
      "buildx inspect": [
        { stdout: stdout.replace("v0.26.3", said) },
        inspected("docker-container", "linux/amd64", "image-publish-7f3a"),
      ],
      "buildx create": {},
    });
    expect((await findBuilder(wish, deps(docker))).platforms).toEqual(["linux/amd64"]);
  });

  test("a node that doesn't answer is left out, as buildx does", () => {
    const two = `${inspected("remote", "linux/amd64").stdout}\n\nName: it1\nError:   connection refused\nPlatforms: linux/arm64\n`;
    expect(parseInspect(two)).toMatchObject({ platforms: ["linux/amd64"], problem: undefined });
  });

  test.each<[string, string, boolean]>([
    ["docker-container", "unix:///var/run/docker.sock", true],
    ["docker-container", "default", true],
    ["docker-container", "ssh://user@build.example", false],
    ["remote", "unix:///run/buildkit.sock", true],
    ["remote", "tcp://127.0.0.1:1234", true],
    ["remote", "tcp://[::1]:1234", true],
    ["remote", "tcp://buildkitd.example:1234", false],
    ["kubernetes", "kubernetes:///it?deployment=&kubeconfig=", false],
  ])("%s at %s: on this machine is %s", (driver, endpoint, expected) => {
    const { stdout = "" } = inspected(driver, "linux/amd64");
    expect(parseInspect(stdout.replace(/(Endpoint:\s+).*/, `$1${endpoint}`))?.isHere).toBe(expected);
  });

  test("the platforms of all nodes count, and an unknown one does no harm", () => {
    const two = `${inspected("remote", "linux/amd64 (+3), linux/386").stdout}\n\nName: it1\nPlatforms: linux/arm64, ???\n`;
    expect(parseInspect(two)?.platforms).toEqual(["linux/amd64", "linux/386", "linux/arm64"]);
  });
});

describe("emulators", () => {
  const wanted = [platform("linux/amd64"), platform("linux/arm64"), platform("linux/arm/v6")];
  const builder = (driver: string): Builder => ({
    name: "it",
    driver,
    isHere: driver !== "kubernetes",
    platforms: [platform("linux/amd64")],
    remove: async () => {},
  });
  const all = inspected("docker-container", "linux/amd64, linux/arm64, linux/arm/v7, linux/arm/v6");

  test("what the builder can do by itself needs none", async () => {
    const docker = scriptedDocker({});
    expect(
      await ensurePlatforms([platform("amd64")], builder("remote"), { install: true, image: undefined }, deps(docker)),
    ).toEqual(expect.objectContaining({ name: "it" }));
    expect(docker.calls).toEqual([]);
  });

  test("the missing ones are installed, each architecture once, and the builder is asked again", async () => {
    const docker = scriptedDocker({ run: {}, "buildx inspect": all });
    const after = await ensurePlatforms(
      [...wanted, platform("linux/arm/v7")],
      builder("docker-container"),
      { install: true, image: "localhost:5000/binfmt:1" },
      deps(docker),
    );
    expect(docker.calls[0]).toEqual([
      "docker",
      "run",
      "--privileged",
      "--rm",
      "localhost:5000/binfmt:1",
      "--install",
      "arm64,arm",
    ]);
    expect(missingPlatforms(wanted, after)).toEqual([]);
  });

  test("a builder with an old answer in memory is started anew", async () => {
    const docker = scriptedDocker({
      run: {},
      "buildx inspect": [inspected("docker-container", "linux/amd64"), all],
      "buildx stop": {},
    });
    await ensurePlatforms(wanted, builder("docker-container"), { install: true, image: undefined }, deps(docker));
    expect(docker.calls.map((call) => call[2])).toEqual(["--privileged", "inspect", "stop", "inspect"]);
    expect(docker.calls[0]?.[4]).toMatch(/^docker\.io\/tonistiigi\/binfmt:.*@sha256:[0-9a-f]{64}$/);
  });

  test.each<[string, string, boolean, Record<string, Answer>, string]>([
    ["with qemu: false they are named", "docker-container", false, {}, "can't build for linux/arm64, linux/arm/v6"],
    ["a cluster's nodes can't get them from here", "kubernetes", true, {}, "no emulator can be installed"],
    [
      "an image that can't be had",
      "docker-container",
      true,
      { run: { code: 125, stderr: ["docker: not found", "", "Run 'docker run --help' for more information"] } },
      "could not be installed: not found",
    ],
    [
      "a builder that still can't",
      "remote",
      true,
      { run: {}, "buildx inspect": inspected("remote", "linux/amd64, linux/arm64") },
      "can't build for linux/arm/v6, with the emulators installed too",
    ],
  ])("%s", async (_, driver, install, script, message) => {
    const attempt = ensurePlatforms(
      wanted,
      builder(driver),
      { install, image: undefined },
      deps(scriptedDocker(script)),
    );
    await expect(attempt).rejects.toThrow(message);
  });

  test("an image's name can't be an option of docker", async () => {
    const docker = scriptedDocker({});
    const attempt = ensurePlatforms(
      wanted,
      builder("remote"),
      { install: true, image: "--volume=/:/host" },
      deps(docker),
    );
    await expect(attempt).rejects.toThrow("isn't a valid image name");
    expect(docker.calls).toEqual([]);
  });
});

test("only what may read a builder's image has docker's logins in its environment", async () => {
  const seen: string[] = [];
  const note: Answer["effect"] = (args, { env }) => {
    if (env.DOCKER_AUTH_CONFIG !== undefined) seen.push(args.slice(0, 2).join(" "));
  };
  const docker = scriptedDocker({
    "buildx version": { ...version, effect: note },
    "buildx inspect": [
      { ...inspected("docker", "linux/amd64"), effect: note },
      { ...inspected("docker-container", "linux/amd64"), effect: note },
    ],
    "buildx create": { effect: note },
    "buildx rm": { effect: note },
  });
  const environment = { DOCKER_AUTH_CONFIG: "{}" };
  const deps = { processes: docker, environment, signal: new AbortController().signal };
  const builder = await findBuilder({ builder: undefined, repositories: [], entitlements: [], suffix: "x" }, deps);
  await builder.remove();
  expect(docker.calls.map((call) => call.slice(1, 3).join(" "))).toContain("buildx rm");
  expect(new Set(seen)).toEqual(new Set(["buildx inspect", "buildx create"]));
});
