/** Builders of plans and results, shaped like a repository with eight images that build on one another. */
import type { Candidate } from "../../../src/build/candidate.ts";
import type { Reason } from "../../../src/changes/reason.ts";
import type { Commit } from "../../../src/context/run-context.ts";
import { UserError } from "../../../src/errors.ts";
import { digestOf } from "../../../src/oci/digest.ts";
import { platform } from "../../../src/oci/platform.ts";
import { repository, type Tag, tag } from "../../../src/oci/reference.ts";
import type { Plan, PlannedBuild, PlannedImage, PlannedParent, PlannedSkip } from "../../../src/plan/plan.ts";
import type { Forge, ImageResult, RunResult } from "../../../src/report/run-result.ts";

export const commit = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d" as Commit;
export const base = "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c" as Commit;
export const forge: Forge = { kind: "github", repositoryUrl: "https://github.com/mieweb/opensource-server" };

const host = "ghcr.io/mieweb/opensource-server";

export function build(name: string, settings: Partial<PlannedBuild> = {}, on: readonly string[] = []): PlannedBuild {
  return {
    kind: "build",
    variant: "dockerfile",
    name,
    repositories: settings.repositories ?? [repository(`${host}/${name}`)],
    sourceHash: "5".repeat(64),
    reasons: [{ kind: "file", path: `images/${name}/Dockerfile`, change: "modified" }],
    at: { file: `images/${name}/Dockerfile`, line: 1 },
    tags: [
      { tag: tag("main"), moves: true },
      { tag: tag(commit), moves: false },
      { tag: tag("latest"), moves: true },
    ],
    version: "main",
    context: `images/${name}`,
    dockerfile: `images/${name}/Dockerfile`,
    target: null,
    platforms: [platform("linux/amd64"), platform("linux/arm64")],
    args: {},
    labels: { "org.opencontainers.image.revision": commit, "org.opencontainers.image.title": name },
    annotations: { "org.opencontainers.image.title": name },
    contexts: [],
    parents: on.map((parent) => parentEdge(parent, name)),
    cache: { from: [], to: [] },
    provenance: null,
    sbom: null,
    fresh: false,
    ...settings,
  };
}

export function skip(name: string, reasons: readonly Reason[] = [{ kind: "unaffected" }]): PlannedSkip {
  const { repositories, sourceHash, at } = build(name);
  return { kind: "skip", name, repositories, sourceHash, reasons, at };
}

export function planOf(images: readonly PlannedImage[], settings: Partial<Plan> = {}): Plan {
  return { schema: 1, event: "push", ref: "refs/heads/main", commit, base, push: true, images, ...settings };
}

export function resultOf(images: readonly ImageResult[], settings: Partial<RunResult> = {}): RunResult {
  const plan = planOf(images.map(({ planned }) => planned));
  return { plan, images, remarks: [], seconds: 72, forge, ...settings };
}

export function candidate(name: string, settings: Partial<Candidate> = {}): Candidate {
  return {
    digest: digestOf(name),
    layout: undefined,
    platforms: [
      { platform: platform("linux/amd64"), digest: digestOf(`${name} amd64`), size: 45_231_000 },
      { platform: platform("linux/arm64"), digest: digestOf(`${name} arm64`), size: 43_118_000 },
    ],
    seconds: 33.6,
    steps: { cached: 12, executed: 5 },
    ...settings,
  };
}

export function published(planned: PlannedBuild, held: readonly Tag[] = []): ImageResult {
  const tags = planned.repositories.flatMap((to) =>
    planned.tags.map((each) => ({
      repository: to,
      tag: each.tag,
      outcome: held.includes(each.tag) ? ("held" as const) : ("put" as const),
    })),
  );
  return { planned, outcome: "published", candidate: candidate(planned.name), tags };
}

export function built(planned: PlannedBuild): ImageResult {
  return { planned, outcome: "built", candidate: candidate(planned.name) };
}

export function skipped(name: string): ImageResult {
  return { planned: skip(name), outcome: "skipped" };
}

export function failed(planned: PlannedBuild, error: UserError): Extract<ImageResult, { readonly outcome: "failed" }> {
  return { planned, outcome: "failed", error };
}

export function blocked(planned: PlannedBuild, by: string): ImageResult {
  return { planned, outcome: "blocked", by };
}

const buildsOn = (image: string): Partial<PlannedBuild> => ({ reasons: [{ kind: "builds-on", image }] });

/** A push that touched `nodejs`: three images published, four untouched, and the mounted `builder` built along. */
export function greenRun(): RunResult {
  return resultOf([
    skipped("base"),
    built(build("builder", { repositories: [], tags: [], reasons: [{ kind: "needed-by", image: "agent" }] })),
    published(build("nodejs", {}, ["base"])),
    published(build("agent", buildsOn("nodejs"), ["nodejs", "builder"])),
    published(build("manager", buildsOn("agent"), ["agent", "builder"])),
    skipped("docker"),
    skipped("docs"),
    skipped("proxmox-ve"),
  ]);
}

/** A push that touched `base`: `agent` fails at its line 12, what builds on it is not built, the rest is published. */
export function redRun(): RunResult {
  const output = [
    "npm error code ERESOLVE",
    "npm error ERESOLVE unable to resolve dependency tree",
    "npm error Found: react@19.2.0",
    'npm error Could not resolve dependency: peer react@"^18" from react-widget@4.1.0',
    "Dockerfile:12",
    "  12 | >>> RUN npm ci --omit=dev",
  ].join("\n");
  const error = new UserError(`agent: "RUN npm ci --omit=dev" ended with exit code 1 on linux/arm64\n${output}`, {
    hint: "mend the command, or run it in the image of the line before: docker build --target",
    at: { file: "images/agent/Dockerfile", line: 12 },
  });
  return resultOf(
    [
      published(build("base")),
      built(build("builder", { ...buildsOn("base"), repositories: [], tags: [] }, ["base"])),
      published(build("nodejs", buildsOn("base"), ["base"])),
      failed(build("agent", buildsOn("nodejs"), ["nodejs", "builder"]), error),
      blocked(build("manager", buildsOn("agent"), ["agent", "builder"]), "agent"),
      blocked(build("manager-ui", buildsOn("manager"), ["manager"]), "manager"),
      published(build("docker", buildsOn("base"), ["base"])),
      skipped("proxmox-ve"),
    ],
    {
      remarks: [
        {
          message: "The cache service answered 429; images were built without cache",
          hint: "nothing to do unless it stays so",
        },
      ],
    },
  );
}

/** A push that touched only the README. */
export function quietRun(): RunResult {
  return resultOf(["base", "nodejs", "agent"].map(skipped), { seconds: 0.8 });
}

/** Text that tries to be everything it should not be, wherever it is shown. */
export const hostile = [
  "a|b`c``d",
  "</code></td></details><script>alert(1)</script><img src=x onerror=alert(1)>",
  "@octocat [click](https://evil.example) ![](https://evil.example/x.png) https://evil.example www.evil.example",
  '```\n# heading\n- item\n| row | row |\n\r\u001b[31mred\u001b[0m\u0007"]; click n0 "javascript:alert(1)"',
  "::error::gotcha ##[add-mask]x \u202egnp.exe",
].join("\n");

function parentEdge(name: string, child: string): PlannedParent {
  return {
    name,
    contextName: `${host}/${name}`,
    via: "FROM",
    at: { file: `images/${child}/Dockerfile`, line: 1 },
    published: null,
  };
}
