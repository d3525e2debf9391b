import { describe, expect, test } from "@jest/globals";
import { cacheTrouble } from "../../../../src/buildx/cache/cache-trouble.ts";
import { BuildError } from "../../../../src/buildx/diagnosis/build-error.ts";
import { lintReport } from "../../../../src/buildx/diagnosis/lint.ts";
import { type BuildDependencies, buildImage } from "../../../../src/buildx/invocation/build-image.ts";
import type { ImageSource } from "../../../../src/buildx/invocation/buildx.ts";
import { digest } from "../../../../src/model/digest.ts";
import { repository } from "../../../../src/model/reference.ts";
import type { PlannedBuild } from "../../../../src/plan/plan.ts";
import type { Clock } from "../../../../src/ports.ts";
import { plannedBuild } from "../planned.ts";
import { type Answer, scriptedDocker } from "../scripted-docker.ts";
import { indexOf } from "../store.ts";
import { streamLines } from "../stream.ts";

const index = indexOf(["linux/amd64", "linux/arm64"]);

/** A world in which buildx answers as told; a good build writes its metadata file. */
/** What only an image that Nix makes needs. */
const nothingElse = {
  makeDirectory: async () => {},
  write: async () => {},
  move: async () => {},
  remove: async () => {},
  look: async () => undefined,
};

function world(
  answers: readonly Answer[],
  changed: Partial<PlannedBuild> = {},
  clock?: Clock,
  sources: ReadonlyMap<string, ImageSource> = new Map(),
) {
  const written = new Map<string, Uint8Array>();
  const logged: string[] = [];
  const slept: number[] = [];
  const abort = new AbortController();
  let builder = "rig";
  const docker = scriptedDocker({
    "buildx build": answers.map((answer) => ({ ...answer, effect: effectOf(answer, written) })),
  });
  let now = 0;
  const deps: BuildDependencies = {
    processes: docker,
    files: {
      read: async (path) => written.get(path) ?? (path.includes("/blobs/") ? index.read(digestAt(path)) : undefined),
      ...nothingElse,
    },
    clock: clock ?? {
      now: () => {
        now += 500;
        return new Date(now);
      },
      // Live lines wait until the build ends; pauses between attempts pass at once.
      sleep: (milliseconds, signal) =>
        signal === abort.signal
          ? Promise.resolve(void slept.push(milliseconds))
          : new Promise((_, reject) => {
              signal?.addEventListener("abort", () => reject(signal.reason));
            }),
    },
    log: {
      info: (message) => void logged.push(message),
      group: (title, lines) => void logged.push([title, ...lines].join("\n")),
    },
    settings: {
      push: true,
      provenance: { isPrivate: undefined, runUrl: undefined },
      secrets: [],
      ssh: [],
      cacheService: true,
    },
    builder: {
      name: () => builder,
      replace: async (used) => {
        builder = `${used}-2`;
      },
    },
    cache: cacheTrouble((message, hint) => logged.push(`warning: ${message} → ${hint}`)),
    lint: lintReport({
      warning: (message, hint, details) => void logged.push(`warning ${details?.at?.line}: ${message} → ${hint}`),
    }),
    environment: { PATH: "/bin" },
    nixEnvironment: {},
    workspace: "/repo",
    checkout: "/repo",
    restricted: undefined,
    temp: "/tmp/run",
    signal: abort.signal,
    manifests: (_, asked) => index.read(asked),
  };
  const build = () => buildImage({ ...plannedBuild, ...changed }, sources, deps);
  return { build, docker, logged, slept, abort, deps };
}

function effectOf(answer: Answer, written: Map<string, Uint8Array>): NonNullable<Answer["effect"]> {
  return async (args, options) => {
    await answer.effect?.(args, options);
    const metadata = args[args.indexOf("--metadata-file") + 1] ?? "";
    if (answer.code === undefined && answer.stdout === undefined) {
      written.set(metadata, Buffer.from(JSON.stringify({ "containerimage.digest": index.digest })));
    } else if (answer.stdout !== undefined) written.set(metadata, Buffer.from(answer.stdout));
  };
}

function digestAt(path: string) {
  return digest(`sha256:${path.split("/").at(-1)}`);
}

const busy: Answer = {
  code: 1,
  stderr: ["ERROR: failed to build: failed to solve: failed to push ghcr.io/o/r/app: toomanyrequests: slow down"],
};

describe("building an image", () => {
  test("gives the digest that buildx wrote down, with what is behind it", async () => {
    const { build, docker, logged } = world([{ stderr: streamLines("cached") }]);
    expect(await build()).toMatchObject({
      digest: index.digest,
      layout: undefined,
      platforms: [{ platform: "linux/amd64", size: 1_100 }, { platform: "linux/arm64" }],
      steps: { cached: 2, executed: 0 },
      seconds: expect.any(Number),
    });
    expect(docker.calls).toHaveLength(1);
    expect(logged).toEqual([expect.stringMatching(/^app: built in \d\.\d s, 0 steps ran, 2 from cache\n {3}cached /)]);
  });

  test("what is not published goes into a layout, under a name of its own", async () => {
    const { build } = world([{}, {}], { repositories: [], name: "../a,b" });
    expect((await build()).layout).toMatch(/^\/tmp\/run\/_a_b-[0-9a-f]{8}\/layout$/);
  });

  test.each<[string, Answer]>([
    ["no metadata file", { code: 0 }],
    ["a metadata file without a digest", { stdout: "{}" }],
    ["a metadata file that is cut off", { stdout: '{"containerimage.digest":"sha2' }],
    ["a digest that is none", { stdout: '{"containerimage.digest":"latest"}' }],
  ])("exit code 0 with %s is a failure", async (_, answer) => {
    await expect(world([answer]).build()).rejects.toThrow(
      "app could not be built: buildx ended well but made no image",
    );
  });

  test("a failure names category and line, and its block in the log has the step's output", async () => {
    const { build, logged } = world([{ code: 1, stderr: streamLines("command-failed") }]);
    const error = await build().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BuildError);
    expect(error).toMatchObject({ category: "command", at: { file: "images/app/Dockerfile", line: 3 } });
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/^app: failed after .*FAILED {2}\[linux\/.*\n {4}line 1\n.*>>> RUN for/s);
  });

  describe("a parent that the registry doesn't find yet", () => {
    const parent = digest(`sha256:${"b".repeat(64)}`);
    const other = `sha256:${"c".repeat(64)}`;
    const source: ImageSource = { kind: "registry", repository: repository("ghcr.io/o/r/base"), digest: parent };
    const failing = (said: string): Answer => ({
      code: 1,
      stderr: [`ERROR: failed to build: failed to solve: ${said}`],
    });
    test.each([
      { what: "its manifest", said: `x: failed to resolve source metadata for ghcr.io/o/r/base@${parent}: not found` },
      {
        what: "a layer",
        said: `failed to copy: httpReadSeeker: failed open: content at https://ghcr.io/v2/o/r/base/manifests/${parent} not found: not found`,
      },
    ])("$what is tried again", async ({ said }) => {
      const { build, slept } = world([failing(said), {}], {}, undefined, new Map([["base", source]]));
      expect((await build()).digest).toBe(index.digest);
      expect(slept).toEqual([2_000]);
    });

    test("another base that isn't there is not", async () => {
      const said = `x: failed to resolve source metadata for ghcr.io/o/r/base@${other}: not found`;
      const { build, slept } = world([failing(said)], {}, undefined, new Map([["base", source]]));
      await expect(build()).rejects.toMatchObject({ category: "base-missing" });
      expect(slept).toEqual([]);
    });
  });

  test("a busy registry is tried again after growing pauses", async () => {
    const { build, slept, logged } = world([busy, busy, {}]);
    expect((await build()).digest).toBe(index.digest);
    expect(slept).toEqual([2_000, 10_000]);
    expect(logged[0]).toBe(
      "app could not be built: the registry was unavailable or broke off the push of ghcr.io/o/r/app; trying again in 2.0 s",
    );
  });

  test("but not for ever", async () => {
    const { build, docker } = world([busy]);
    await expect(build()).rejects.toMatchObject({ category: "registry-busy" });
    expect(docker.calls).toHaveLength(4);
  });

  test("a builder that ended is started by the next attempt", async () => {
    const lost = "ERROR: failed to build: failed to solve: Unavailable: error reading from server: EOF";
    const gone = "ERROR: failed to build: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.";
    const { build, slept } = world([{ code: 1, stderr: [lost] }, { code: 1, stderr: [gone] }, {}]);
    expect((await build()).digest).toBe(index.digest);
    expect(slept).toEqual([2_000, 10_000]);
  });

  test("another failure is not tried again", async () => {
    const { build, docker } = world([{ code: 1, stderr: streamLines("push-refused") }]);
    await expect(build()).rejects.toMatchObject({ category: "push-denied" });
    expect(docker.calls).toHaveLength(1);
  });

  test("lint warnings are told on their lines", async () => {
    const { build, logged } = world([{ stderr: streamLines("lint") }]);
    await build();
    expect(logged[0]).toMatch(
      /^warning 1: FromAsCasing: 'as' and 'FROM' keywords' casing do not match → The 'as' keyword .*, see https:\/\/docs\.docker\.com/,
    );
    expect(logged.filter((line) => line.startsWith("warning"))).toHaveLength(4);
  });

  describe("a cache that holds the build up", () => {
    const line = (vertexes: object, statuses: object = {}): string => JSON.stringify({ ...vertexes, ...statuses });
    const time = "2026-01-01T00:00:00Z";
    const hanging = (name: string, ...before: string[]): Answer => ({
      effect: async (_, options) => {
        for (const each of before) options.onLine?.(each, "stderr");
        options.onLine?.(line({ vertexes: [{ digest: "c", name, started: time }] }), "stderr");
        await new Promise((_resolve, reject) =>
          options.signal?.addEventListener("abort", () => reject(options.signal?.reason)),
        );
      },
    });
    const importing = hanging("importing cache manifest from gha:1");
    const cache = { from: ["type=gha,scope=a"], to: ["type=gha,scope=a"] };

    test("while it is read: the build is done without it, on a builder that doesn't hang", async () => {
      const { clock } = clockOfPauses(20);
      const { build, docker, logged } = world([importing, {}], { cache }, clock);
      expect((await build()).digest).toBe(index.digest);
      const [first = [], second = []] = docker.calls;
      expect([first.includes("--cache-from"), second.includes("--cache-from")]).toEqual([true, false]);
      expect([first[4], second[4]]).toEqual(["rig", "rig-2"]);
      expect(logged).toContainEqual(
        expect.stringMatching(/^warning: the build cache isn't used in the rest of this run.* → /),
      );
    });

    test("in a builder where another one hangs: what does nothing at all waits for the same", async () => {
      const silent: Answer = {
        effect: (_, options) =>
          new Promise((_resolve, reject) =>
            options.signal?.addEventListener("abort", () => reject(options.signal?.reason)),
          ),
      };
      const { clock } = clockOfPauses(20);
      const { build, docker, deps } = world([silent, {}], { cache }, clock);
      deps.cache.giveUp("it stopped responding (import)", "rig");
      expect((await build()).digest).toBe(index.digest);
      expect(docker.calls.map((call) => call[4])).toEqual(["rig", "rig-2"]);
    });

    test("while it is written: the image is there already", async () => {
      const exported = line(
        { vertexes: [{ digest: "x", name: "exporting to image", started: time, completed: time }] },
        { statuses: [{ id: `exporting manifest list ${index.digest}`, vertex: "x", completed: time }] },
      );
      const { clock } = clockOfPauses(20);
      const { build, docker } = world([hanging("exporting to GitHub Actions Cache", exported)], { cache }, clock);
      expect((await build()).digest).toBe(index.digest);
      expect(docker.calls).toHaveLength(1);
    });

    test("by asking for fewer requests: what comes after is built without it", async () => {
      const refused = line({
        vertexes: [
          { digest: "c", name: "importing cache manifest from gha:1", started: time, completed: time, error: "429" },
        ],
      });
      const { build, docker } = world([{ stderr: [refused] }, {}], { cache });
      await build();
      await build();
      expect(docker.calls.map((call) => call.includes("--cache-to"))).toEqual([true, false]);
    });
  });

  test("the base that BuildKit took is told with the candidate", async () => {
    const base = { name: "docker.io/library/busybox:latest", parent: null, digest: null };
    const { build } = world([{ stderr: streamLines("cached") }], { base });
    const { bases, baseAnnotations } = await build();
    expect(bases).toEqual([{ name: base.name, digest: expect.stringMatching(/^sha256:/) }]);
    expect(baseAnnotations).toEqual({
      "org.opencontainers.image.base.name": base.name,
      "org.opencontainers.image.base.digest": bases[0]?.digest,
    });
  });

  test("a cancelled build rejects with the signal's own reason", async () => {
    const stop = new Error("stop");
    const { build, abort } = world([{ effect: () => abort.abort(stop) }]);
    await expect(build()).rejects.toBe(stop);
  });

  test("a long build says what it does, once a minute while that stays the same", async () => {
    const started = '{"vertexes":[{"digest":"v","name":"[2/3] RUN make","started":"2026-01-01T00:00:00Z"}]}';
    const { clock, passed } = clockOfPauses(12);
    const effect: Answer["effect"] = async (_, options) => {
      options.onLine?.(started, "stderr");
      await passed;
    };
    const { build, logged } = world([{ effect }], {}, clock);
    await build();
    expect(logged.slice(0, -1)).toEqual(["app: [2/3] RUN make (10 s)", "app: [2/3] RUN make (70 s)"]);
  });
});

/** A clock on which ten seconds pass with every pause; after `count` of them `passed` resolves and time stands still. */
function clockOfPauses(count: number) {
  const { promise: passed, resolve } = Promise.withResolvers<void>();
  let pauses = 0;
  const clock: Clock = {
    now: () => new Date(pauses * 10_000),
    async sleep(_, signal) {
      if (pauses < count) pauses++;
      else {
        resolve();
        await new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
      }
    },
  };
  return { clock, passed };
}

describe("what stands in the environment of a build", () => {
  const token = { ACTIONS_RUNTIME_TOKEN: "token", ACTIONS_RESULTS_URL: "https://cache" };
  const gha = { from: ["type=gha,scope=app"], to: [] };

  test.each([
    { when: "it uses the cache service", cache: gha, seen: { ...token } },
    { when: "its cache is elsewhere", cache: { from: ["type=registry,ref=r"], to: [] }, seen: {} },
    { when: "it has no cache", cache: { from: [], to: [] }, seen: {} },
  ])("the token of the cache service only where it is used: $when", async ({ cache, seen }) => {
    const environments: unknown[] = [];
    const answer: Answer = { effect: (_, { env }) => void environments.push(env) };
    const { deps } = world([answer]);
    const environment = { PATH: "/bin", IMAGE_PUBLISH_SECRET_0: "value", ...token };
    await buildImage({ ...plannedBuild, cache }, new Map(), { ...deps, environment });
    expect(environments).toEqual([{ PATH: "/bin", IMAGE_PUBLISH_SECRET_0: "value", ...seen }]);
  });
});

test("what buildx wrote down of a build is private from then on", async () => {
  const { deps } = world([{}]);
  const made: unknown[] = [];
  const write: BuildDependencies["files"]["write"] = async (path, _, options) => void made.push([path, options]);
  await buildImage(plannedBuild, new Map(), { ...deps, files: { ...deps.files, write } });
  expect(made).toEqual([[expect.stringMatching(/\/metadata-0\.json$/), { private: true }]]);
});

describe("contexts outside of the checkout", () => {
  const contexts = [
    { kind: "elsewhere", name: "up", value: "../shared" },
    { kind: "elsewhere", name: "layout", value: "oci-layout://../layout" },
    { kind: "elsewhere", name: "image", value: "docker-image://alpine" },
    { kind: "directory", name: "own", path: "src" },
  ] as const;

  /** What buildx is given as named contexts, where images are built from this folder. */
  async function given(restricted: string | undefined, workspace: string) {
    const { deps, docker } = world([{}]);
    await buildImage({ ...plannedBuild, contexts }, new Map(), { ...deps, restricted, workspace, checkout: "/repo" });
    const [args = []] = docker.calls;
    return args.flatMap((each, index) => (args[index - 1] === "--build-context" ? [each] : []));
  }
  const asWritten = ["up=../shared", "layout=oci-layout://../layout", "image=docker-image://alpine", "own=./src"];

  test("are where they were, also for a copy of it", async () => {
    expect(await given("a fork wrote it", "/tmp/run/checkout")).toEqual([
      ...["up=/shared", "layout=oci-layout:///layout", "image=docker-image://alpine", "own=./src"],
    ]);
  });

  test("are as they are written where the checkout itself is built from", async () => {
    expect(await given("a fork wrote it", "/repo")).toEqual(asWritten);
    expect(await given(undefined, "/repo")).toEqual(asWritten);
  });
});
