import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { platform } from "../../../../src/model/platform.ts";
import { repository, tag } from "../../../../src/model/reference.ts";
import { commit, gitRef, type RunContext, type Trigger } from "../../../../src/model/run-context.ts";
import { trusted } from "../../../../src/model/trust.ts";
import type { ImageResult } from "../../../../src/results/run-result.ts";
import { type AfterBuild, afterBuild, localNames, signer } from "../../../../src/stages/build/after-build.ts";
import { digests, plannedBuild } from "../../buildx/planned.ts";
import { type Answer, scriptedDocker } from "../../buildx/scripted-docker.ts";

const someCommit = commit("a".repeat(40));
const push: Trigger = { kind: "push", before: undefined, forced: false };
const pullRequest: Trigger = {
  kind: "pull-request",
  number: 7,
  baseRef: "main",
  baseCommit: someCommit,
  headCommit: someCommit,
  fromFork: true,
  target: false,
};
const context: RunContext = {
  trigger: push,
  eventName: "push",
  ref: gitRef("refs/heads/main"),
  commit: someCommit,
  owner: "o",
  repo: "r",
  defaultBranch: "main",
  isPrivate: false,
  description: undefined,
  license: undefined,
  serverUrl: "https://github.com",
  apiUrl: "https://api.github.com",
  actor: undefined,
  runUrl: undefined,
  startedAt: new Date(0),
  workspace: "/repo",
  temp: "/tmp",
};

const image = { name: "app", repositories: [repository("ghcr.io/o/app")], tags: [] };

describe("the names of what is loaded", () => {
  test.each<[string, Partial<typeof plannedBuild>, Trigger, string, readonly string[]]>([
    [
      "are the tags that it gets",
      { tags: [{ tag: tag("main"), moves: true }] },
      push,
      "refs/heads/main",
      ["ghcr.io/o/app:main"],
    ],
    ["a pull request's number", {}, pullRequest, "refs/pull/7/merge", ["ghcr.io/o/app:pr-7"]],
    ["a branch where nothing is pushed", {}, push, "refs/heads/feat/x", ["ghcr.io/o/app:feat-x"]],
    ["its own where it has no repository", { repositories: [] }, pullRequest, "refs/pull/7/merge", ["app:pr-7"]],
  ])("%s", (_, changed, trigger, ref, expected) => {
    expect(localNames({ ...image, ...changed }, { trigger, ref: gitRef(ref) }, trusted)).toEqual(expected);
  });
});

test("images of an untrusted checkout have the names under which they would be pushed", () => {
  const head = commit("c".repeat(40));
  const trust = { kind: "untrusted", why: "", head, pullRequest: 7 } as const;
  const context = {
    trigger: { kind: "dispatch", eventName: "workflow_run" } as const,
    ref: gitRef("refs/pull/7/head"),
  };
  expect(localNames(image, context, trust)).toEqual([`ghcr.io/o/app:sha-${head}`, "ghcr.io/o/app:pr-7"]);
});

describe("signing", () => {
  const env = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://token", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t" };
  const never = async (): Promise<never> => {
    throw new Error("not to be called");
  };

  test.each<[string, Partial<RunContext>, string | undefined, Record<string, string>, RegExp]>([
    ["without an identity", {}, "token", {}, /id-token: write` and `attestations: write/],
    ["without a token", {}, undefined, env, /leave `token` at its default/],
    ["on another forge", { serverUrl: "https://forge.example" }, "token", env, /attest: false/],
  ])("%s is refused before anything is built", (_, changed, token, environment, hint) => {
    let thrown: unknown;
    try {
      signer(never, { ...context, ...changed }, token, environment);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UserError);
    expect(thrown).toMatchObject({ hint: expect.stringMatching(hint) });
  });

  const candidate = {
    digest: digests.a,
    layout: undefined,
    platforms: [],
    bases: [],
    baseAnnotations: {},
    seconds: 1,
    steps: { cached: 0, executed: 1 },
  };
  const published: ImageResult = { planned: plannedBuild, outcome: "published", candidate, tags: [] };

  function deps(attest: AfterBuild["attest"]) {
    const lines: string[] = [];
    const signal = new AbortController().signal;
    const log = { info: (line: string) => void lines.push(line) };
    return { lines, after: { load: undefined, attest, context, trust: trusted, log, signal } };
  }

  test("names the bytes by every repository that holds them", async () => {
    const asked: unknown[] = [];
    const sign = signer(async (...args) => String(asked.push(args)), context, "token", env);
    const { lines, after } = deps(sign);
    expect(await afterBuild(published, after)).toBe(published);
    const sha256 = digests.a.slice(7);
    expect(asked).toEqual([
      [
        [
          { name: "ghcr.io/o/r/app", sha256 },
          { name: "quay.io/o/app", sha256 },
        ],
        { token: "token", isPublic: true },
      ],
    ]);
    expect(lines).toEqual(["app: its provenance is signed: https://github.com/o/r/attestations/1"]);
  });

  test("that fails makes the image red, which is published all the same", async () => {
    const { after } = deps(async () => {
      throw new Error("403: Resource not accessible");
    });
    expect(await afterBuild(published, after)).toMatchObject({
      outcome: "failed",
      candidate,
      error: { message: expect.stringMatching(/^app is published, and its provenance could not be signed: 403/) },
    });
  });

  test("what another run made is not signed, though it is published", async () => {
    const { after } = deps(never);
    const found: ImageResult = { planned: plannedBuild, outcome: "published", candidate, tags: [], isFound: true };
    expect(await afterBuild(found, after)).toBe(found);
  });

  test("what is not published is not signed", async () => {
    const { after } = deps(never);
    const built: ImageResult = { planned: plannedBuild, outcome: "built", candidate };
    expect(await afterBuild(built, after)).toBe(built);
  });
});

describe("loading", () => {
  const candidate = {
    ...{ digest: digests.a, layout: undefined, bases: [], baseAnnotations: {}, seconds: 1 },
    platforms: [{ platform: platform("linux/amd64"), digest: digests.b, size: 1 }],
    steps: { cached: 0, executed: 1 },
  };
  const planned = { ...plannedBuild, tags: [{ tag: tag("main"), moves: true }] };
  const published: ImageResult = { planned, outcome: "published", candidate, tags: [] };

  function world(script: Readonly<Record<string, Answer>> = {}, isCanceled = false) {
    const processes = scriptedDocker({ version: { stdout: "linux/amd64\n" }, pull: {}, tag: {}, ...script });
    const lines: string[] = [];
    const abort = new AbortController();
    if (isCanceled) abort.abort(new Error("canceled"));
    const { signal } = abort;
    const load = { processes, files: {} as never, environment: { PATH: "/bin" }, signal, temp: "/tmp/run" };
    const log = { info: (line: string) => void lines.push(line) };
    return { processes, lines, after: { load, attest: undefined, context, trust: trusted, log, signal } };
  }

  test("is from the first repository, under all of the image's names, which are reported", async () => {
    const { processes, lines, after } = world();
    const names = ["ghcr.io/o/r/app:main", "quay.io/o/app:main"];
    expect(await afterBuild(published, after)).toEqual({ ...published, loaded: names });
    expect(processes.calls.slice(1).map((call) => call.slice(1))).toEqual([
      ["pull", "--quiet", `ghcr.io/o/r/app@${digests.b}`],
      ...names.map((name) => ["tag", `ghcr.io/o/r/app@${digests.b}`, name]),
    ]);
    expect(lines).toEqual([`app: loaded into the engine as ${names.join(", ")} (linux/amd64)`]);
  });

  test("that fails makes the image fail, with what was built and its scan", async () => {
    const { after } = world({ pull: { code: 1, stderr: ["no space left"] } });
    const scan = { kind: "scanned", name: "app" } as never;
    expect(await afterBuild({ ...published, scan }, after)).toMatchObject({
      ...{ outcome: "failed", candidate, scan },
      error: { message: expect.stringContaining("could not be loaded into the engine") },
    });
  });

  test("that a cancellation ends leaves what is published as it is", async () => {
    const { after } = world({}, true);
    expect(await afterBuild(published, after)).toBe(published);
  });

  test("a defect of ours is none of the engine's failures", async () => {
    const { after } = world();
    const attest = async (): Promise<never> => {
      throw new UserError("no", { hint: "wait" });
    };
    expect(await afterBuild(published, { ...after, attest })).toMatchObject({ outcome: "failed" });
    const log = {
      info: () => {
        throw new TypeError("undefined");
      },
    };
    await expect(afterBuild(published, { ...after, log })).rejects.toThrow(TypeError);
  });
});
