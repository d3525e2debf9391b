import { describe, expect, test } from "@jest/globals";
import type { CacheDirection } from "../../../../../src/buildx/cache/cache-types.ts";
import { type SourceLocation, throwProblems } from "../../../../../src/errors.ts";
import { commit, gitRef, type Trigger } from "../../../../../src/model/run-context.ts";
import { trusted } from "../../../../../src/model/trust.ts";
import { readCacheLines } from "../../../../../src/settings/own-cache.ts";
import {
  type CacheAccess,
  cacheAccess,
  mayRead,
  mayWrite,
} from "../../../../../src/stages/analyze/details/cache-access.ts";
import { cacheBranches, cacheOf, cacheRemarks } from "../../../../../src/stages/analyze/details/image-cache.ts";
import { buildTree } from "../../../catalog/build-tree.ts";

const someCommit = commit("a".repeat(40));
const push: Trigger = { kind: "push", before: undefined, forced: false };
const pullRequest: Trigger = {
  kind: "pull-request",
  number: 7,
  baseRef: "release/1",
  baseCommit: someCommit,
  headCommit: someCommit,
  fromFork: false,
  target: false,
};

test.each<[string, Trigger, string, ReturnType<typeof cacheBranches>]>([
  [
    "a branch reads the default branch's after its own",
    push,
    "refs/heads/x",
    { own: "x", fallbacks: ["main"], write: true },
  ],
  ["a tag writes nothing", push, "refs/tags/v1", { own: "v1", fallbacks: ["main"], write: false }],
  [
    "a pull request reads its base's, then the default branch's",
    pullRequest,
    "refs/pull/7/merge",
    { own: "pr-7", fallbacks: ["release/1", "main"], write: true },
  ],
])("%s", (_, trigger, ref, expected) => {
  expect(cacheBranches({ trigger, ref: gitRef(ref), defaultBranch: "main" })).toEqual(expected);
});

const image = (await buildTree({ "images/app/Dockerfile": "FROM scratch\n" })).images[0];

test.each<[string, Trigger, string, boolean, readonly string[], readonly string[]]>([
  ["the default branch", push, "refs/heads/main", true, ["buildcache"], ["buildcache"]],
  ["another branch", push, "refs/heads/x", true, ["buildcache-x", "buildcache"], ["buildcache-x"]],
  ["a branch that isn't pushed", push, "refs/heads/x", false, ["buildcache"], []],
  ["a git tag", push, "refs/tags/v1", true, ["buildcache"], []],
  [
    "a pull request, though it is pushed",
    pullRequest,
    "refs/pull/7/merge",
    true,
    ["buildcache-release_1-856cd0a3", "buildcache"],
    [],
  ],
])("in a registry %s reads and writes", (_, trigger, ref, push, from, to) => {
  if (image === undefined) throw new Error("there is no image");
  const lines = cacheOf(
    { trigger, ref: gitRef(ref), defaultBranch: "main" },
    image,
    { kind: "registry", from: [], to: [] },
    {
      cache: "none",
      cacheAccess: cacheAccess({ context: { trigger, eventName: "" }, trust: trusted, push, env: {} }),
    },
    (text) => text,
  );
  const tags = (all: readonly string[]) => all.map((line) => /:([^:,]+)(?:,|$)/.exec(line.replace(/^.*ref=/, ""))?.[1]);
  expect([tags(lines.from), tags(lines.to)]).toEqual([from, to]);
});

describe("docker's own lines", () => {
  const lines = (text: string, at?: SourceLocation, direction: CacheDirection = "to") => {
    const { values, problems } = readCacheLines([{ text, input: "cache-to", line: 1, ...(at && { at }) }], direction);
    throwProblems(problems);
    return values;
  };

  const made = (from: string, to: readonly string[], access: CacheAccess, fill = (text: string) => text) => {
    if (image === undefined) throw new Error("there is no image");
    const settings = {
      kind: "auto",
      from: lines(from, undefined, "from"),
      to: to.flatMap((text) => lines(text)),
    } as const;
    const context = { trigger: push, ref: gitRef("refs/heads/x"), defaultBranch: "main" };
    const made = cacheOf(context, image, settings, { cache: "none", cacheAccess: access }, fill);
    const remarks = cacheRemarks(settings, access);
    // Nobody has to do anything about it.
    for (const { isNote } of remarks) expect(isNote).toBe(true);
    return { ...made, remarks: remarks.map(({ message }) => message) };
  };
  const free: CacheAccess = { restriction: undefined, push: true, service: true };
  const restricted: CacheAccess = { restriction: "it is a pull request", push: true, service: true };

  test("are hardened", () => {
    expect(made("type=gha", ["type=gha"], free)).toEqual({
      from: ["type=gha,timeout=60s"],
      to: ["type=gha,timeout=60s,ignore-error=true"],
      remarks: [],
    });
  });

  test("are filled in after they are read, so that no branch's name adds a field", () => {
    const fill = (text: string) => text.replace("{{branch}}", 'x",type=s3,bucket=b');
    expect(
      made("type=local,src=a", ["type=gha,scope={{branch}}", '"type=registry","ref=r/c:{{date "YY,MM"}}"'], free, fill)
        .to,
    ).toEqual([
      'type=gha,"scope=x"",type=s3,bucket=b",timeout=60s,ignore-error=true',
      'type=registry,"ref=r/c:{{date ""YY,MM""}}",ignore-error=true',
    ]);
  });

  test.each([
    { line: "type=registry,ref=r/c" },
    { line: '"type=registry",ref=r/c' },
    { line: "ref=r/c,type=registry" },
    { line: "TYPE=registry,REF=r/c" },
    { line: "type=gha,ref=r/c,type=registry" },
    { line: 'type=registry,"ref=r/c:a"' },
    { line: "r/c" },
    { line: "r/c,r/d" },
    { line: "type=s3,region=eu,bucket=b" },
    { line: '"type=azblob",name=n' },
  ])("$line is written where the run pushes reviewed code, and nowhere else", ({ line }) => {
    expect(made("", [line], free).to).not.toEqual([]);
    for (const access of [restricted, { ...free, push: false }]) {
      const { to, remarks } = made("", [line, "type=gha"], access);
      expect(to).toEqual(["type=gha,timeout=60s,ignore-error=true"]);
      expect(remarks).toEqual([expect.stringContaining('lines of "cache-to" are left out: ')]);
    }
  });

  test("of an inline cache go with the image, and are not missed without it", () => {
    expect(made("", ["type=inline"], restricted).to).toEqual(["type=inline"]);
    expect(made("", ["type=inline"], { ...restricted, push: false })).toEqual({ from: [], to: [], remarks: [] });
  });

  test.each([
    { line: "type=gha,scope=a", written: true },
    { line: "type=gha,url_v2=https://elsewhere.example/", written: false },
    { line: "type=gha,token=t", written: false },
  ])("$line: a pull request writes to the runner's own service: $written", ({ line, written }) => {
    expect(made("", [line], restricted).to.length).toBe(written ? 1 : 0);
    expect(made("", [line], { ...restricted, service: false }).to).toEqual([]);
  });

  test("a restricted run writes no attribute that we don't know", () => {
    const line = "type=gha,scope=a,later=x";
    expect(made(line, [line], free).to).toEqual(["type=gha,scope=a,later=x,timeout=60s,ignore-error=true"]);
    expect(made(line, [line], restricted)).toMatchObject({
      from: ["type=gha,scope=a,timeout=60s"],
      to: ["type=gha,scope=a,timeout=60s,ignore-error=true"],
    });
  });

  test("a folder is read and written by a restricted run only where an input names it", () => {
    const [input, config] = [lines("type=local,dest=/c"), lines("type=local,dest=/c", { file: "image-publish.yml" })];
    expect([...input, ...config].map((entry) => mayWrite(entry, restricted))).toEqual([true, false]);
    expect([...input, ...config].map((entry) => mayWrite(entry, free))).toEqual([true, true]);
    expect([...input, ...config].map((entry) => mayRead(entry, restricted))).toEqual([true, false]);
    expect([...input, ...config].map((entry) => mayRead(entry, free))).toEqual([true, true]);
  });

  test.each([
    {
      line: "type=REGISTRY,ref=r/c",
      message: '"REGISTRY" isn\'t a type of cache',
      hint: /type=registry\?.*type=gha.*type=azblob/,
    },
    { line: "type=ftp", message: '"ftp" isn\'t a type of cache', hint: /type=gha, type=registry, type=local/ },
    { line: "type={{branch}}", message: '"{{branch}}" isn\'t a type of cache', hint: /type=gha/ },
    { line: "type=registry ,ref=r/c", message: '"registry " isn\'t a type of cache', hint: /type=registry\?/ },
    {
      line: "type=registry, ref=r/c",
      message: '" ref" isn\'t an attribute of a cache line',
      hint: /write ref=, without spaces/,
    },
    { line: "type=gha, type=registry", message: '" type" isn\'t an attribute of a cache line', hint: /without spaces/ },
    { line: "scope=a", message: "a cache line has no type", hint: /type=gha/ },
    { line: "type=gha,mode", message: '"mode" in a cache line isn\'t key=value', hint: /key=value/ },
    { line: 'type=gha,scope="a"', message: "a quote is in the wrong place", hint: /whole field/ },
    { line: "type=gha,\0", message: "a cache line contains a NUL character", hint: /remove/ },
  ])("$line is refused before anything is built", ({ line, message, hint }) => {
    const { problems } = readCacheLines([{ text: line, input: "cache-to", line: 3 }], "to");
    expect(problems).toEqual([
      expect.objectContaining({
        message: `the input "cache-to", line 3: ${message}`,
        hint: expect.stringMatching(hint),
      }),
    ]);
  });

  test.each([
    { line: "type=local,src=c", message: "a cache line with type=local has no dest=", hint: "add dest=FOLDER" },
    { line: "type=registry", message: "a cache line with type=registry has no ref=", hint: "add ref=IMAGE" },
    { line: "type=registry,ref=", message: "a cache line with type=registry has no ref=", hint: "add ref=IMAGE" },
    { line: "type=registry,ref=r/C", message: 'can\'t be "r/C"', hint: "the name of an image" },
    { line: "type=gha,mode=maxx", message: 'mode of a cache line with type=gha can\'t be "maxx"', hint: 'mean "max"?' },
    { line: "type=gha,scoep=a", message: '"scoep" isn\'t an attribute of a cache', hint: 'did you mean "scope"?' },
    { line: "type=gha,timeout=60", message: 'can\'t be "60"', hint: "a duration, such as 60s" },
    { line: "type=gha,ignore-error=yes", message: 'can\'t be "yes"', hint: "write true or false" },
    { line: "type=gha,compression=zst", message: 'can\'t be "zst"', hint: 'did you mean "zstd"?' },
    { line: "type=gha,compression-level=high", message: 'can\'t be "high"', hint: "a whole number" },
    { line: "type=registry,ref=r/c,oci-mediatypes=on", message: 'can\'t be "on"', hint: "write true or false" },
    { line: "type=s3,upload_parallelism=many", message: 'can\'t be "many"', hint: "a whole number" },
    { from: true, line: "type=ghaa", message: '"ghaa" isn\'t a type of cache', hint: "did you mean type=gha?" },
    { from: true, line: "type=local,dest=c", message: "has no src=", hint: "add src=FOLDER" },
    { from: true, line: "type=registry", message: "has no ref=", hint: "add ref=IMAGE" },
    { from: true, line: "type=inline", message: "no cache is read from it", hint: "type=registry,ref=IMAGE" },
    { from: true, line: "r/C", message: 'can\'t be "r/C"', hint: "the name of an image" },
  ])("$line, which BuildKit refuses or passes over, is refused", ({ from, line, message, hint }) => {
    const [input, direction] = from ? (["cache-from", "from"] as const) : (["cache-to", "to"] as const);
    const { problems } = readCacheLines([{ text: line, input, line: 1 }], direction);
    expect(problems).toEqual([
      expect.objectContaining({
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    ]);
    expect(problems[0]?.message).toMatch(new RegExp(`^the input "${input}", line 1: `));
  });

  test("of `cache-from` are never advised to be inline, which no cache is read from", () => {
    const hintOf = (line: string, direction: CacheDirection) =>
      readCacheLines([{ text: line, input: `cache-${direction}`, line: 1 }], direction).problems[0]?.hint;
    for (const line of ["type=ghaa", "type=ftp", "type=inlien"]) {
      expect(hintOf(line, "from")).not.toContain("inline");
      expect(hintOf(line, "to")).toContain("type=inline");
    }
  });

  test.each([
    "type=gha,scope={{branch}}",
    "type=registry,ref={{name}}",
    "type=gha,timeout=1m30s,ignore-error=1",
    "type=s3,region=eu",
    "type=registry,ref=r/c:t,image-manifest=True,compression=estargz,compression-level=3",
  ])("%s is taken", (line) => {
    expect(lines(line)).toHaveLength(1);
  });

  test("of a config file name no service that would get the job's token", () => {
    const at = { file: "image-publish.yml", line: 2 };
    expect(() => lines("type=gha,url_v2=https://elsewhere.example/", at)).toThrow(/would get the job's token/);
    expect(lines("type=gha,url=https://elsewhere.example/,token=t", at)).toHaveLength(1);
    expect(lines("type=gha,url_v2=https://elsewhere.example/")).toHaveLength(1);
  });
});
