import { describe, expect, test } from "@jest/globals";
import {
  type BuildSettings,
  buildArguments,
  type ImageSource,
  parentSources,
} from "../../../../src/buildx/invocation/buildx.ts";
import type { BuildOptions } from "../../../../src/model/buildflags/build-options.ts";
import { repository } from "../../../../src/model/reference.ts";
import type { PlannedBuild, PlannedImage } from "../../../../src/plan/plan.ts";
import { digests, parentOfApp, plannedBuild } from "../planned.ts";

const settings: BuildSettings = {
  push: true,
  provenance: { isPrivate: true, runUrl: undefined },
  secrets: [],
  ssh: [],
  cacheService: true,
};
const paths = { layout: "/tmp/run/app/layout", metadata: "/tmp/run/app/metadata.json" };
const pushedBase: ImageSource = { kind: "registry", repository: repository("ghcr.io/o/r/base"), digest: digests.a };
const cache = {
  from: ["type=gha,scope=app-main", "type=registry,ref=ghcr.io/o/r/app:c"],
  to: ["type=gha,scope=app-main"],
};

function argv(
  planned: Partial<PlannedBuild>,
  changed: Partial<BuildSettings> = {},
  sources: [string, ImageSource][] = [],
) {
  return buildArguments({ ...plannedBuild, ...planned }, new Map(sources), "rig", { ...settings, ...changed }, paths);
}

/** Every value that an option was given. */
function valuesOf(args: readonly string[], option: string): readonly string[] {
  return args.flatMap((arg, index) => (arg === option ? [args[index + 1] ?? ""] : []));
}

test("one image is one invocation, pushed by digest alone", () => {
  expect(argv({})).toEqual([
    ...[
      "buildx",
      "build",
      "--builder",
      "rig",
      "--progress",
      "rawjson",
      "--metadata-file",
      "/tmp/run/app/metadata.json",
    ],
    ...["--file", "./images/app/Dockerfile", "--platform", "linux/amd64,linux/arm64"],
    ...["--build-arg", "BUILDKIT_MULTI_PLATFORM=1", "--provenance", "mode=min", "--output"],
    "type=image,name=ghcr.io/o/r/app,push-by-digest=true,name-canonical=true,push=true,oci-mediatypes=true",
    "./images/app",
  ]);
});

describe("build options", () => {
  const options: BuildOptions = {
    ...{ network: "host" as const, allow: ["network.host", "security.insecure"], addHosts: ["a=10.0.0.1", "a=::1"] },
    ...{ shmSize: 1024, ulimits: ["nofile=1:2"], cgroupParent: "/ci", noCacheFilters: ["build", "test"] },
  } as const;
  const ofContent = [
    ...["--network=host", "--allow=network.host", "--allow=security.insecure", "--add-host=a=10.0.0.1"],
    ...["--add-host=a=::1", "--shm-size=1024", "--ulimit=nofile=1:2", "--cgroup-parent=/ci"],
  ];
  const added = (planned: Partial<PlannedBuild>) => argv(planned).filter((each) => !argv({}).includes(each));

  test("are given to buildx", () => {
    expect(added({ options })).toEqual([...ofContent, "--no-cache-filter=build", "--no-cache-filter=test"]);
  });

  test("of stages without cache are left out where nothing has one", () => {
    expect(added({ options, fresh: true })).toEqual(["--pull", "--no-cache", ...ofContent]);
  });
});

describe("what an option is given", () => {
  test.each<[string, Partial<PlannedBuild>, Partial<BuildSettings>, string, string[]]>([
    ["no platforms: the builder's own", { platforms: [] }, {}, "--platform", []],
    ["a stage of the Dockerfile", { target: "prod" }, {}, "--target", ["prod"]],
    [
      "arguments, ours last",
      { args: { A: "1", B: "x=y z" } },
      {},
      "--build-arg",
      ["A=1", "B=x=y z", "BUILDKIT_MULTI_PLATFORM=1"],
    ],
    [
      "an argument led by a dash stays a value",
      { args: { "--push": "" } },
      {},
      "--build-arg",
      ["--push=", "BUILDKIT_MULTI_PLATFORM=1"],
    ],
    ["labels", { labels: { "a.b": "c, d" } }, {}, "--label", ["a.b=c, d"]],
    ["annotations go on what they name", { annotations: { "index:a.b": "c" } }, {}, "--annotation", ["index:a.b=c"]],
    ["a cache is read", { cache }, {}, "--cache-from", cache.from],
    ["and written", { cache }, {}, "--cache-to", cache.to],
    ["a fresh build reads none", { cache, fresh: true }, {}, "--cache-from", []],
    ["but writes it", { cache, fresh: true }, {}, "--cache-to", cache.to],
    [
      "without the cache service only the others are read",
      { cache },
      { cacheService: false },
      "--cache-from",
      ["type=registry,ref=ghcr.io/o/r/app:c"],
    ],
    ["and written", { cache }, { cacheService: false }, "--cache-to", []],
    ["secrets by name", {}, { secrets: ["id=npm,env=X"] }, "--secret", ["id=npm,env=X"]],
    ["an ssh agent", {}, { ssh: ["default"] }, "--ssh", ["default"]],
    ["an SBOM", { sbom: "true" }, {}, "--sbom", ["true"]],
    ["no SBOM unless somebody asks", {}, {}, "--sbom", []],
    ["provenance as the image has it", { provenance: "false" }, {}, "--provenance", ["false"]],
    ["else as is usual", {}, {}, "--provenance", ["mode=min"]],
    [
      "contexts from elsewhere and directories, led by ./ so that none is an address",
      {
        contexts: [
          { kind: "elsewhere", name: "alpine", value: "docker-image://alpine:3" },
          { kind: "directory", name: "features", path: "features" },
          { kind: "directory", name: "root", path: "." },
        ],
      },
      {},
      "--build-context",
      ["alpine=docker-image://alpine:3", "features=./features", "root=."],
    ],
    [
      "nothing of a parent that it only goes after",
      { parents: [{ ...parentOfApp, contextName: null, via: "depends" }] },
      {},
      "--build-context",
      [],
    ],
    [
      "nothing pushed: a layout",
      {},
      { push: false },
      "--output",
      ["type=oci,tar=false,dest=/tmp/run/app/layout,oci-mediatypes=true"],
    ],
    [
      "an image without repository: a layout",
      { repositories: [] },
      {},
      "--output",
      ["type=oci,tar=false,dest=/tmp/run/app/layout,oci-mediatypes=true"],
    ],
    [
      "an epoch rewrites the layers' times",
      { args: { SOURCE_DATE_EPOCH: "0" } },
      { push: false },
      "--output",
      ["type=oci,tar=false,dest=/tmp/run/app/layout,oci-mediatypes=true,rewrite-timestamp=true"],
    ],
    [
      "a compression as it is written",
      { compression: "compression=zstd,compression-level=19" },
      { push: false },
      "--output",
      ["type=oci,tar=false,dest=/tmp/run/app/layout,oci-mediatypes=true,compression=zstd,compression-level=19"],
    ],
    [
      "what Nix made is compressed, as its layers aren't",
      { variant: "nix" },
      { push: false },
      "--output",
      ["type=oci,tar=false,dest=/tmp/run/app/layout,oci-mediatypes=true,force-compression=true"],
    ],
    [
      "what Nix made with a compression of one's own",
      { variant: "nix", compression: "compression=zstd" },
      { push: false },
      "--output",
      ["type=oci,tar=false,dest=/tmp/run/app/layout,oci-mediatypes=true,compression=zstd,force-compression=true"],
    ],
    [
      "what Nix made where it is said that layers stay",
      { variant: "nix", compression: "compression=zstd,force-compression=false" },
      { push: false },
      "--output",
      ["type=oci,tar=false,dest=/tmp/run/app/layout,oci-mediatypes=true,compression=zstd,force-compression=false"],
    ],
  ])("%s", (_, planned, changed, option, expected) => {
    expect(valuesOf(argv(planned, changed), option)).toEqual(expected);
  });

  test.each<[string, boolean, string[]]>([
    ["a scheduled rebuild fetches bases and uses no cache", true, ["--pull", "--no-cache"]],
    ["any other uses what is there", false, []],
  ])("%s", (_, fresh, expected) => {
    expect(argv({ fresh }).filter((each) => each === "--pull" || each === "--no-cache")).toEqual(expected);
  });

  test("a context in the root is the root", () => {
    const args = argv({ context: ".", dockerfile: "Dockerfile" });
    expect([valuesOf(args, "--file"), args.at(-1)]).toEqual([["./Dockerfile"], "."]);
  });

  test("a comma in the layout's path doesn't end it", () => {
    const args = buildArguments(
      plannedBuild,
      new Map(),
      "rig",
      { ...settings, push: false },
      { ...paths, layout: "/a,b/l" },
    );
    expect(valuesOf(args, "--output")).toEqual(['type=oci,tar=false,"dest=/a,b/l",oci-mediatypes=true']);
  });
});

describe("parents enter as named contexts", () => {
  test.each<[string, ImageSource, string]>([
    ["a pushed one by digest", pushedBase, `ghcr.io/o/r/base=docker-image://ghcr.io/o/r/base@${digests.a}`],
    [
      "an unpublished one from its layout",
      { kind: "layout", path: "/tmp/run/base/layout", digest: digests.b },
      `ghcr.io/o/r/base=oci-layout:///tmp/run/base/layout@${digests.b}`,
    ],
  ])("%s", (_, source, expected) => {
    expect(valuesOf(argv({ parents: [parentOfApp] }, {}, [["base", source]]), "--build-context")).toEqual([expected]);
  });

  test("one that is used twice under a name is named once", () => {
    const args = argv({ parents: [parentOfApp, { ...parentOfApp, via: "COPY --from" }] }, {}, [["base", pushedBase]]);
    expect(valuesOf(args, "--build-context")).toHaveLength(1);
  });

  test("one without a source is a defect of ours, not a build against the registry", () => {
    expect(() => argv({ parents: [parentOfApp] })).toThrow("no source");
  });
});

describe("where a parent is", () => {
  const base: PlannedImage = {
    kind: "skip",
    name: "base",
    repositories: [repository("ghcr.io/o/r/base")],
    sourceHash: null,
    reasons: [{ kind: "unaffected" }],
    at: { file: "images/base/Dockerfile", line: 1 },
  };
  const candidate = {
    digest: digests.b,
    layout: undefined,
    platforms: [],
    seconds: 1,
    bases: [],
    baseAnnotations: {},
    steps: { cached: 0, executed: 0 },
  };
  const child = (published: typeof digests.a | null): PlannedBuild => ({
    ...plannedBuild,
    parents: [{ ...parentOfApp, published }],
  });

  test.each<[string, ReturnType<typeof parentSources> | undefined, ImageSource]>([
    [
      "published and not built: the published digest",
      parentSources(child(digests.a), new Map([["base", base]]), new Map()),
      pushedBase,
    ],
    [
      "built in this run: its candidate, whatever is published",
      parentSources(child(digests.a), new Map([["base", base]]), new Map([["base", candidate]])),
      { ...pushedBase, digest: digests.b },
    ],
    [
      "built into a layout: the layout",
      parentSources(child(null), new Map([["base", base]]), new Map([["base", { ...candidate, layout: "/l" }]])),
      { kind: "layout", path: "/l", digest: digests.b },
    ],
  ])("%s", (_, sources, expected) => {
    expect(sources?.get("base")).toEqual(expected);
  });

  test("neither published nor built: an error at the line that uses it", () => {
    expect(() => parentSources(child(null), new Map([["base", base]]), new Map())).toThrow(
      "app depends on base, which is neither published nor built in this run",
    );
  });
});
