/** `publish` of what has to be built: order, tags, and what one image's failure stops; buildx is scripted, and pushes for real. */
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { systemClock } from "../../../src/adapters/clock.ts";
import { publish } from "../../../src/commands/publish.ts";
import { digestOf } from "../../../src/model/digest.ts";
import { mediaTypes } from "../../../src/oci/manifest.ts";
import type { Finished, Processes, RunOptions } from "../../../src/ports.ts";
import { type Family, openFamily, type Situation } from "../stages/family.ts";

jest.setTimeout(60_000);

let family: Family;
beforeAll(async () => {
  family = await openFamily();
});
beforeEach(() => family.clear());
afterAll(() => family.close());

interface Engine {
  /** Names of images whose builds fail. */
  readonly failing?: readonly string[];
  /** There is no builder that can push by digest, so that one is made. */
  readonly isBare?: boolean;
}

/** An engine whose builds push an index of one platform, which differs from image to image. */
function engine(real: Processes, { failing = [], isBare = false }: Engine) {
  const calls: (readonly string[])[] = [];
  const ended = (stdout = "", code = 0, stderr = ""): Finished => ({ code, stdout: Buffer.from(stdout), stderr });
  const described = (name: string, driver: string) =>
    `Name: ${name}\nDriver: ${driver}\n\nName: ${name}0\nEndpoint: x\nStatus: running\nPlatforms: linux/amd64\n`;
  const build = async (args: readonly string[], { onLine }: RunOptions): Promise<Finished> => {
    const after = (option: string) => args[args.indexOf(option) + 1] ?? "";
    const name = /images\/(\w+)\//.exec(after("--file"))?.[1] ?? "";
    if (failing.includes(name)) {
      const said = "ERROR: failed to build: failed to solve: it is broken";
      onLine?.(said, "stderr");
      return ended("", 1, said);
    }
    const config = JSON.stringify({ os: "linux", architecture: "amd64", of: args.join(" ") });
    const path = `octo/images/${name}`;
    const blob = {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: family.registry.storeBlob(path, config),
    };
    const image = {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: { ...blob, size: config.length },
      layers: [],
    };
    const digest = family.registry.store(path, image);
    const platform = { os: "linux", architecture: "amd64" };
    const size = JSON.stringify(image).length;
    const manifests = [{ mediaType: mediaTypes.manifest, digest, size, platform }];
    const made = family.registry.store(path, { schemaVersion: 2, mediaType: mediaTypes.index, manifests });
    await writeFile(after("--metadata-file"), JSON.stringify({ "containerimage.digest": made }));
    return ended();
  };
  const processes: Processes = {
    async run(program, args, options) {
      if (!/(?:^|\/)docker(?:-buildx)?$/.test(program)) return real.run(program, args, options);
      const [verb = "", ...rest] = args[0] === "buildx" ? args.slice(1) : args;
      calls.push([verb, ...rest]);
      if (verb === "version") return ended("github.com/docker/buildx v0.29.1 a32761a\n");
      const own = rest.find((each) => each.startsWith("image-publish-"));
      if (verb === "inspect") return ended(described(own ?? "it", isBare && own === undefined ? "docker" : "remote"));
      if (verb === "build") return build(rest, options);
      return ended();
    },
  };
  const built = () =>
    calls.flatMap((call) => (call[0] === "build" ? [/images\/(\w+)\//.exec(call.join(" "))?.[1]] : []));
  return { processes, calls, built };
}

async function run(situation: Situation, of: Engine = {}) {
  const inputs = { scan: "false", cache: "none", ...situation.inputs };
  const { session } = await family.session({ ...situation, inputs });
  const { processes, calls, built } = engine(session.outside.processes, of);
  const log = { ...session.outside.log, group: () => {}, warning: () => {}, error: () => {} };
  const clock = { ...systemClock, now: session.outside.clock.now };
  const outside = { ...session.outside, processes, clock, log, random: () => 0.5, parallelism: 2 };
  const result = await publish({ ...session, outside } as typeof session);
  const failures = result.failures.map(({ message }) => message);
  return {
    failures,
    calls,
    built: built(),
  };
}

const at = (name: string, tag: string) => family.registry.manifests.get(`octo/images/${name}`)?.get(tag)?.bytes;
const both = { "images/base/a": "2\n" };

describe("images that have to be built", () => {
  test("are built, parents first, and tagged with what was built", async () => {
    const { failures, built, calls } = await run({ changes: both });
    expect({ failures, built }).toEqual({ failures: [], built: ["base", "app"] });
    const base = at("base", "main");
    expect(base).toBeDefined();
    expect(at("base", "latest")).toEqual(base);
    expect(at("app", "main")).toBeDefined();
    const context = calls.flat().find((each) => each.startsWith(`${family.registry.host}/octo/images/base=`));
    expect(context).toBe(
      `${family.registry.host}/octo/images/base=docker-image://${family.registry.host}/octo/images/base@${digestOf(base ?? "")}`,
    );
  });

  test("are found again by the next run, which builds nothing", async () => {
    await run({ changes: both });
    const { built, failures } = await run({ changes: both });
    expect({ built, failures }).toEqual({ built: [], failures: [] });
  });

  test("bear a record of what they were made from", async () => {
    await run({ changes: both });
    expect(at("base", "main")?.toString()).toMatch(/source-hash/);
  });
});

describe("a build that fails", () => {
  test("keeps its child from being built, and both from being tagged", async () => {
    const { failures, built } = await run({ changes: both }, { failing: ["base"] });
    expect(built).toEqual(["base"]);
    expect(failures).toEqual([
      expect.stringMatching(/^base could not be built: .*it is broken\nNot built because of it: app$/),
    ]);
    expect([at("base", "main"), at("app", "main")]).toEqual([undefined, undefined]);
  });

  test("of a child leaves its parent published", async () => {
    const { failures } = await run({ changes: both }, { failing: ["app"] });
    expect(failures).toHaveLength(1);
    expect(at("base", "main")).toBeDefined();
    expect(at("app", "main")).toBeUndefined();
  });

  test("doesn't keep the run's builder from being removed", async () => {
    const { calls } = await run({ changes: both }, { failing: ["base"], isBare: true });
    expect(calls.filter(([verb]) => verb === "create")).toHaveLength(1);
    expect(calls.filter(([verb]) => verb === "rm")).toHaveLength(1);
  });
});

test("a run that pushes nothing writes nothing to the registry", async () => {
  const before = family.registry.seen.length;
  const { failures } = await run({ changes: {}, inputs: { push: "false" } });
  expect(failures).toEqual([]);
  const written = family.registry.seen.slice(before).filter(({ method }) => method !== "GET" && method !== "HEAD");
  expect(written).toEqual([]);
});
