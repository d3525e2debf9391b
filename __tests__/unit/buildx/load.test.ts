import { expect, test } from "@jest/globals";
import { loadImage } from "../../../src/buildx/load.ts";
import { UserError } from "../../../src/errors.ts";
import type { Candidate } from "../../../src/model/candidate.ts";
import { platform } from "../../../src/model/platform.ts";
import { repository } from "../../../src/model/reference.ts";
import { digests } from "./planned.ts";
import { type Answer, scriptedDocker } from "./scripted-docker.ts";
import { store } from "./store.ts";

const { image, read } = store();
const manifests = ["linux/amd64", "linux/arm64"].map((of) => ({ platform: platform(of), ...image(of), size: 1_100 }));

const candidate: Candidate = {
  digest: digests.a,
  layout: undefined,
  platforms: manifests,
  bases: [],
  baseAnnotations: {},
  seconds: 1,
  steps: { cached: 0, executed: 1 },
};

function engine(architecture: string, script: Record<string, Answer> = {}) {
  const written = new Map<string, string>();
  const removed: string[] = [];
  const docker = scriptedDocker({
    version: { stdout: `linux/${architecture}\n` },
    pull: {},
    tag: {},
    "-cf": {},
    load: {},
    ...script,
  });
  const deps = {
    processes: docker,
    files: {
      read: (path: string) => read(`sha256:${path.split("/").at(-1)}` as typeof digests.a),
      write: async (path: string, content: string | Uint8Array) => void written.set(path, String(content)),
      makeDirectory: async () => {},
      remove: async (path: string) => void removed.push(path),
    },
    environment: { PATH: "/bin" },
    signal: new AbortController().signal,
    temp: "/tmp/run",
  };
  return { docker, written, removed, deps };
}

const pushedTo = repository("ghcr.io/o/r/app");

test("what was pushed is pulled by the digest of the engine's own platform, and named", async () => {
  const { docker, deps } = engine("arm64");
  const loaded = await loadImage("app", candidate, pushedTo, ["ghcr.io/o/r/app:main", "ghcr.io/o/r/app:latest"], deps);
  expect(loaded.platform).toBe("linux/arm64");
  const reference = `ghcr.io/o/r/app@${manifests[1]?.digest}`;
  expect(docker.calls.slice(1).map((call) => call.slice(1))).toEqual([
    ["pull", "--quiet", reference],
    ["tag", reference, "ghcr.io/o/r/app:main"],
    ["tag", reference, "ghcr.io/o/r/app:latest"],
  ]);
});

test("what was not pushed is loaded from its layout, one platform of it, and nothing stays behind", async () => {
  const { docker, deps, written, removed } = engine("amd64");
  await loadImage("app", { ...candidate, layout: "/tmp/run/app/layout" }, undefined, ["app:pr-7"], deps);
  const [, tar = [], load = []] = docker.calls;
  expect(tar.slice(0, 2)).toEqual(["tar", "-cf"]);
  expect(tar).toContain(`blobs/${manifests[0]?.digest.replace(":", "/")}`);
  expect(tar).not.toContain(`blobs/${manifests[1]?.digest.replace(":", "/")}`);
  expect(load.slice(1, 4)).toEqual(["load", "--quiet", "--input"]);
  const file = (name: string): unknown => JSON.parse([...written].find(([path]) => path.endsWith(name))?.[1] ?? "");
  expect(file("/index.json")).toMatchObject({
    manifests: [{ digest: manifests[0]?.digest, annotations: { "io.containerd.image.name": "app:pr-7" } }],
  });
  expect(file("/manifest.json")).toMatchObject([{ RepoTags: ["app:pr-7"] }]);
  expect(removed).toHaveLength(1);
});

test("an engine that runs none of its platforms gets the first", async () => {
  const { deps } = engine("riscv64");
  expect((await loadImage("app", candidate, pushedTo, ["app:1"], deps)).platform).toBe("linux/amd64");
});

test("an engine that doesn't take it: why, and what to do", async () => {
  const { deps } = engine("amd64", { pull: { code: 1, stderr: ["no space left on device"] } });
  const failure = await loadImage("app", candidate, pushedTo, ["app:1"], deps).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect(failure).toMatchObject({
    message: "app was built and could not be loaded into the engine: no space left on device",
    hint: expect.stringContaining("has room"),
  });
});
