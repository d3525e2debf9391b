/** Builders of plans and results, shaped like a repository with eight images that build on one another. */

import { UserError } from "../../../src/errors.ts";
import type { Candidate } from "../../../src/model/candidate.ts";
import { type Digest, digestOf } from "../../../src/model/digest.ts";
import { platform } from "../../../src/model/platform.ts";
import type { Reason } from "../../../src/model/reason.ts";
import { repository, tag } from "../../../src/model/reference.ts";
import type { Commit } from "../../../src/model/run-context.ts";
import type {
  Plan,
  PlannedBuild,
  PlannedImage,
  PlannedParent,
  PlannedPromote,
  PlannedSkip,
} from "../../../src/plan/plan.ts";
import { type RunReport, reportOf } from "../../../src/report/failures.ts";
import type { Block, Forge, ImageResult, RunResult, TagResult } from "../../../src/results/run-result.ts";

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
      { tag: tag(commit), moves: false, of: "commit" },
      { tag: tag("latest"), moves: true },
    ],
    version: "main",
    release: null,
    bakedVersion: null,
    context: `images/${name}`,
    dockerfile: `images/${name}/Dockerfile`,
    target: null,
    platforms: [platform("linux/amd64"), platform("linux/arm64")],
    args: {},
    labels: { "org.opencontainers.image.revision": commit, "org.opencontainers.image.title": name },
    annotations: { "org.opencontainers.image.title": name },
    base: null,
    contexts: [],
    parents: on.map((parent) => parentEdge(parent, name)),
    cache: { from: [], to: [] },
    provenance: null,
    sbom: null,
    compression: null,
    fresh: false,
    ...settings,
  };
}

export function skip(name: string, reasons: readonly Reason[] = [{ kind: "unaffected" }]): PlannedSkip {
  const { repositories, sourceHash, at } = build(name);
  return { kind: "skip", name, repositories, sourceHash, reasons, at };
}

export function promote(name: string, settings: Partial<PlannedPromote> = {}): PlannedPromote {
  const {
    repositories,
    sourceHash,
    reasons,
    at,
    tags,
    version,
    release,
    bakedVersion,
    platforms,
    labels,
    annotations,
  } = build(name);
  const publishing = { tags, version, release, bakedVersion, platforms, labels, annotations };
  const digest = digestOf(name);
  return { kind: "promote", name, repositories, sourceHash, reasons, at, ...publishing, digest, ...settings };
}

/** What a tag of version 1.2.3 makes of an image. */
export const release = {
  reasons: [{ kind: "tag", tag: "v1.2.3" }],
  tags: [
    { tag: tag("1.2.3"), moves: false },
    { tag: tag("1.2"), moves: true },
    { tag: tag("latest"), moves: true },
  ],
  version: "1.2.3",
  release: { version: "1.2.3", tag: tag("1.2.3"), before: "", after: "" },
} as const satisfies Partial<PlannedPromote>;

export function planOf(images: readonly PlannedImage[], settings: Partial<Plan> = {}): Plan {
  return { schema: 1, event: "push", ref: "refs/heads/main", commit, base, push: true, images, ...settings };
}

export function resultOf(images: readonly ImageResult[], settings: Partial<RunResult> = {}): RunReport {
  const plan = planOf(images.map(({ planned }) => planned));
  return reportOf({ plan, images, remarks: [], seconds: 72, forge, ...settings });
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
    bases: [],
    baseAnnotations: {},
    steps: { cached: 12, executed: 5 },
    ...settings,
  };
}

/** Why each of these tags was held. */
type Held = Readonly<Record<string, string>>;

export function published(planned: PlannedBuild, held: Held = {}): ImageResult {
  const made = candidate(planned.name);
  return { planned, outcome: "published", candidate: made, tags: tagsOn(planned, made.digest, held) };
}

export function promoted(planned: PlannedPromote, held: Held = {}): ImageResult {
  const { platforms } = candidate(planned.name);
  const { digest } = planned;
  return { planned, outcome: "promoted", image: { digest, platforms }, tags: tagsOn(planned, digest, held) };
}

/** In the order in which they are put: exact ones first. */
function tagsOn(
  { repositories, tags }: PlannedBuild | PlannedPromote,
  digest: Digest,
  held: Held = {},
): readonly TagResult[] {
  return repositories.flatMap((to) =>
    tags
      .toSorted((a, b) => Number(a.moves) - Number(b.moves))
      .map(({ tag: each }): TagResult => {
        const because = held[each];
        if (because === undefined) return { repository: to, tag: each, outcome: "put", digest };
        return { repository: to, tag: each, outcome: "held", digest: digestOf(`old ${each}`), because };
      }),
  );
}

export function built(planned: PlannedBuild): ImageResult {
  return { planned, outcome: "built", candidate: candidate(planned.name) };
}

export function skipped(name: string, reasons?: readonly Reason[]): ImageResult {
  return { planned: skip(name, reasons), outcome: "skipped" };
}

export function failed(planned: PlannedBuild | PlannedPromote, error: UserError): Outcome<"failed"> {
  return { planned, outcome: "failed", error };
}

const app = build("app", release);

/** Its exact tag was put, and then its registry was gone. */
export const partlyTagged: ImageResult = {
  ...failed(app, new UserError("ghcr.io is away", { hint: "run it again" })),
  candidate: candidate("app"),
  tags: tagsOn(app, candidate("app").digest).slice(0, 1),
};

/** Its version names other bytes, and the tags that move went to those. */
export const followed: ImageResult = {
  planned: app,
  outcome: "published",
  candidate: candidate("app"),
  tags: tagsOn(app, digestOf("old 1.2.3"), { "1.2.3": "it names other bytes already" }),
};

type Outcome<Kind extends ImageResult["outcome"]> = Extract<ImageResult, { readonly outcome: Kind }>;

/** By these checks, once it was built. */
export function blocked(
  planned: PlannedBuild,
  ...[first, ...others]: readonly [Block, ...Block[]]
): Outcome<"blocked"> {
  return { planned, outcome: "blocked", by: [first, ...others], candidate: candidate(planned.name) };
}

export function skippedFor(planned: PlannedBuild, parent: string): Outcome<"skipped-for-parent"> {
  return { planned, outcome: "skipped-for-parent", parent };
}

const buildsOn = (image: string): Partial<PlannedBuild> => ({ reasons: [{ kind: "builds-on", image }] });

/** A push that touched `nodejs`: three images published, four untouched, and the mounted `builder` built along. */
export function greenRun(): RunReport {
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
export function redRun(): RunReport {
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
      skippedFor(build("manager", buildsOn("agent"), ["agent", "builder"]), "agent"),
      skippedFor(build("manager-ui", buildsOn("manager"), ["manager"]), "manager"),
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
export function quietRun(): RunReport {
  return resultOf(
    ["base", "nodejs", "agent"].map((name) => skipped(name)),
    { seconds: 0.8 },
  );
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
