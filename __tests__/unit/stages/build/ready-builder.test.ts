/** The builder of a run: found or made, brought its platforms, replaced where it hangs, and removed where it is the run's. */
import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { platform } from "../../../../src/model/platform.ts";
import { repository } from "../../../../src/model/reference.ts";
import { type BuilderRun, readyBuilder } from "../../../../src/stages/build/ready-builder.ts";
import { plannedBuild } from "../../buildx/planned.ts";
import { type Answer, scriptedDocker } from "../../buildx/scripted-docker.ts";

const described = (name: string, driver: string, platforms = "linux/amd64"): Answer => ({
  stdout: `Name: ${name}\nDriver: ${driver}\n\nName: ${name}0\nEndpoint: x\nStatus: running\nPlatforms: ${platforms}\n`,
});
const own = "image-publish-12345678";

interface Situation {
  readonly driver?: string;
  readonly builder?: string;
  readonly qemu?: boolean;
  readonly image?: string;
  /** Those of the builder that is there, then those that it has with emulators. */
  readonly platforms?: readonly string[];
  readonly script?: Readonly<Record<string, Answer | readonly Answer[]>>;
}

/** A machine with a builder of this driver; `docker` is the engine's own, in whose place one is made. */
function machine({ driver = "docker-container", platforms = ["linux/amd64"], ...more }: Situation) {
  const { builder, qemu = true, image, script = {} } = more;
  const docker = scriptedDocker({
    "buildx version": { stdout: "github.com/docker/buildx v0.29.1 a32761a\n" },
    [`buildx inspect --bootstrap ${own}-2`]: described(`${own}-2`, "docker-container"),
    [`buildx inspect --bootstrap ${own}`]: platforms.map((each) => described(own, "docker-container", each)),
    "buildx inspect": platforms.map((each) => described("theirs", driver, each)),
    "buildx create": {},
    "buildx rm": {},
    run: {},
    "buildx stop": {},
    ...script,
  });
  const settings = { builder, qemu, binfmtImage: image };
  const run = {
    outside: { processes: docker, signal: new AbortController().signal },
    inputs: { settings },
    folder: `/tmp/${own}`,
  } as unknown as BuilderRun;
  const calls = (verb: string) => docker.calls.map((call) => call.join(" ")).filter((line) => line.includes(verb));
  const ready = (wanted: readonly string[] = ["linux/amd64"], repositories: readonly string[] = ["ghcr.io/o/r/app"]) =>
    readyBuilder(
      [
        { ...plannedBuild, platforms: [], repositories: repositories.map(repository) },
        { ...plannedBuild, platforms: wanted.map(platform) },
      ],
      { PATH: "/bin" },
      run,
    );
  return { ready, calls };
}

describe("the builder that is there", () => {
  test("is used as it is, and stays", async () => {
    const { ready, calls } = machine({});
    const builder = await ready();
    expect([builder.name(), builder.driver]).toEqual(["theirs", "docker-container"]);
    await builder.remove();
    expect(calls("create")).toEqual([]);
    expect(calls(" rm ")).toEqual([]);
  });

  test("is the one that the input names", async () => {
    const { ready, calls } = machine({ builder: "theirs" });
    await ready();
    expect(calls("inspect")).toEqual(["docker buildx inspect --bootstrap theirs"]);
  });

  test("gets the emulators of all builds' platforms", async () => {
    const { ready, calls } = machine({ platforms: ["linux/amd64", "linux/amd64, linux/arm64"] });
    await ready(["linux/arm64"]);
    expect(calls("--install")).toEqual([expect.stringMatching(/ --install arm64$/)]);
  });

  test("gets them from the image that the input names", async () => {
    const { ready, calls } = machine({ image: "mirror.example/binfmt:1", platforms: ["linux/amd64", "linux/arm64"] });
    await ready(["linux/arm64"]);
    expect(calls("--install")).toEqual(["docker run --privileged --rm mirror.example/binfmt:1 --install arm64"]);
  });

  test("gets none with `qemu: false`, which is an error where a platform is missing", async () => {
    const { ready, calls } = machine({ qemu: false });
    await expect(ready(["linux/arm64"])).rejects.toThrow(/can't build for linux\/arm64/);
    expect(calls("--install")).toEqual([]);
  });
});

describe("one that is made for the run", () => {
  test("has a name of the run's own, and is removed", async () => {
    const { ready, calls } = machine({ driver: "docker" });
    const builder = await ready();
    expect(builder.name()).toBe(own);
    expect(calls(" rm ")).toEqual([]);
    await builder.remove();
    expect(calls(" rm ")).toEqual([`docker buildx rm --force ${own}`]);
  });

  test("is removed at once where it can't build for a platform", async () => {
    const { ready, calls } = machine({ driver: "docker", qemu: false });
    await expect(ready(["linux/arm64"])).rejects.toThrow(UserError);
    expect(calls(" rm ")).toEqual([`docker buildx rm --force ${own}`]);
  });

  test.each([
    { when: "an image is pushed to this machine", first: "localhost:5000/o/app", isOnHost: true },
    { when: "images are pushed elsewhere", first: "ghcr.io/o/app", isOnHost: false },
  ])("reaches a registry on this machine where $when", async ({ first, isOnHost }) => {
    const { ready, calls } = machine({ driver: "docker" });
    await ready(["linux/amd64"], [first, "localhost:6000/o/app"]);
    expect(calls("create")).toEqual([expect.stringContaining(isOnHost ? " network=host " : "--bootstrap")]);
    expect(calls("network=host")).toHaveLength(isOnHost ? 1 : 0);
  });
});

describe("a builder that hangs", () => {
  test("is replaced by a new one, once for all builds that hang, and both are removed", async () => {
    const { ready, calls } = machine({ driver: "docker" });
    const builder = await ready();
    await Promise.all([builder.replace(own), builder.replace(own)]);
    expect(builder.name()).toBe(`${own}-2`);
    expect(calls("create")).toHaveLength(2);
    await builder.remove();
    expect(calls(" rm ").sort()).toEqual([`docker buildx rm --force ${own}`, `docker buildx rm --force ${own}-2`]);
  });

  test("also where it is not the run's, which then stays", async () => {
    const { ready, calls } = machine({});
    const builder = await ready();
    await builder.replace("theirs");
    expect(builder.name()).toBe(`${own}-2`);
    await builder.remove();
    expect(calls(" rm ")).toEqual([`docker buildx rm --force ${own}-2`]);
  });

  test("that was replaced already isn't replaced again", async () => {
    const { ready, calls } = machine({ driver: "docker" });
    const builder = await ready();
    await builder.replace(own);
    await builder.replace(`${own}-2`);
    expect(builder.name()).toBe(`${own}-2`);
    expect(calls("create")).toHaveLength(2);
  });

  test.each(["remote", "kubernetes"])("elsewhere can't be had anew: %s", async (driver) => {
    const { ready, calls } = machine({ driver });
    const builder = await ready();
    await builder.replace("theirs");
    expect(builder.name()).toBe("theirs");
    expect(calls("create")).toEqual([]);
  });

  test("stays in use where no other can be made, and its removal doesn't fail for that", async () => {
    const script = { "buildx create": [{}, { code: 1, stderr: ["ERROR: no space left"] }] };
    const { ready, calls } = machine({ driver: "docker", script });
    const builder = await ready();
    await builder.replace(own);
    expect(builder.name()).toBe(own);
    await builder.remove();
    expect(calls(" rm ")).toContain(`docker buildx rm --force ${own}`);
  });
});
