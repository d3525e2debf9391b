/** Tags that mean something to others: no name of a branch gives one, and no name of a git tag gives some of them. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { derive, pullRequest, release, type Situation, schedule, sha, tags } from "./facts.ts";

const hex64 = "0123456789abcdef".repeat(4);
const on = (branch: string, more: Partial<Situation> = {}): Situation => ({ ref: `refs/heads/${branch}`, ...more });
const withGitTags = (...gitTags: string[]) => ({ facts: { gitTags: new Set(gitTags) } });

/** Every way in which a rule takes a branch's name as it is. */
const waysOfNaming: readonly { readonly rule: string; readonly more?: Partial<Situation> }[] = [
  { rule: "type=ref,event=branch" },
  { rule: "{{branch}}" },
  { rule: "type=raw,value={{branch}},priority=1" },
  { rule: "type=raw,value={{{branch}}}" },
  { rule: "type=raw,value={{sha}},prefix={{branch}}-,enable=false\ntype=raw,value={{branch}}" },
  { rule: "type=semver,pattern={{raw}},value={{branch}}" },
  { rule: "type=pep440,pattern={{raw}},value={{branch}}" },
  { rule: "type=match,pattern=.*,value={{branch}}" },
  { rule: "type=schedule,pattern={{branch}}", more: { trigger: schedule } },
  { rule: "type=calver,pattern={{branch}}" },
  {
    rule: "type=version,from=arg:V,pattern={{branch}}",
    more: { facts: { ownVersions: new Map([["arg:V", "7"]]) } },
  },
];

/** What a branch may not be taken for. */
const reserved: readonly (readonly [string, readonly string[]])[] = [
  [
    "a version",
    [
      ...[
        "1.2.3",
        "v1.2.3",
        "V1.2.3",
        "1.2",
        "v1.2",
        "1",
        "v1",
        "v2",
        "0",
        "1.2.3.4",
        "1.2.3-rc.1",
        "v1.2.3-beta",
        "1.2.3-0",
      ],
      ...["1.2.3+build.7", "1.0a1", "1.0.dev3", "1.0.post1", "1.0rc1", "1!2.0", "1-2.0", "v1rc1", "1.0+ubuntu.1"],
      ...["2026.11.30", "2026.11", "26.04", "2026-11-30", "2026_11_30", "2026-11", "2026", "20261130", "v2026.1"],
      ...["2026.11.30-e973f3c", "2026-11-30-e973f3c", "20261130-e973f3c", "2026-W48", "2026.Q4", "20261130T101500Z"],
    ],
  ],
  ["a commit", ["e973f3c", "E973F3C", "deadbeef", "facade1", "1234567", sha, "sha-e973f3c", "sha-abc", `sha-${sha}`]],
  ["a pull request", ["pr-1", "pr-12", "PR-12", "pr/12"]],
  ["the images' cache", ["buildcache", "buildcache-next", "buildcache.1", "buildcache2", "BuildCache"]],
  [
    "a source hash",
    ["src-0123456789abcdef", "src-0123456789abcdef-nix", "src-abc", "src/0123456789abcdef", `src-${hex64}`],
  ],
  [
    "what belongs to a digest",
    [`sha256-${hex64}`, `sha256-${hex64}.sig`, `sha256-${hex64}.att`, `sha256-${hex64}-x`, `sha256:${hex64}`],
  ],
  ["the tag latest", ["latest", "Latest"]],
];

const ordinary = [
  ...[
    "main",
    "develop",
    "feature-x",
    "release-1.2",
    "release/1.2",
    "1.2.x",
    "v1.x",
    "123-fix-login",
    "v2-api",
    "next",
    "beef",
  ],
  ...[
    "pr-fix",
    "pr-1.2",
    "sha-v2",
    "sha-fix",
    "sha256-sums",
    "src-fix",
    "src/feature",
    "build-cache",
    "cache",
    "latest-news",
  ],
  ...[
    "dependabot/npm_and_yarn/x-1.2.3",
    "2026-roadmap",
    "bugfix/2026-11-30-fix-login",
    "vmain",
    "face-lift",
    "hotfix-1.2.3",
  ],
];

describe.each(reserved)("no branch passes for %s", (_, names) => {
  test.each(names)("%s, by whatever rule", (name) => {
    for (const { rule, more = {} } of waysOfNaming) {
      const { tags: given } = derive(`${rule}\ntype=raw,value=also,priority=-1`, on(name, more));
      expect([rule, given.map(({ tag }) => tag).filter((tag) => tag !== "latest")]).toEqual([rule, ["also"]]);
    }
  });
});

test.each(reserved.flatMap(([meaning, names]) => names.map((name) => ({ meaning, name }))))(
  "the branch $name: a warning names the branch, the tag, why, and what to do; the commit's tag is there",
  ({ name }) => {
    const { tags: given, warnings } = derive("", on(name));
    expect(given.map(({ tag }) => tag)).toEqual([sha]);
    const [warning] = warnings;
    expect(warnings).toHaveLength(1);
    expect(warning?.message).toMatch(
      /^the branch gives no tag "[\w.-]+", which would look like .+: the branch's name is /,
    );
    expect(warning?.message.endsWith(` ${name}`)).toBe(true);
    expect(warning?.hint).toMatch(/rename the branch.*prefix=branch-/);
  },
);

test.each(ordinary)("the branch %s gives its tag, as ever", (name) => {
  const text = name.replaceAll("/", "-");
  expect(derive("", on(name))).toMatchObject({ warnings: [], version: text });
  for (const rule of ["{{branch}}", "type=match,pattern=.*,value={{branch}}", "type=calver,pattern={{branch}}"]) {
    expect(tags(rule, on(name))).toContain(text);
  }
});

describe("with the prefix and suffix that a run gives to others", () => {
  test.each([
    { what: "the flavor's prefix", rules: "type=ref,event=branch,prefix=", flavor: "prefix=app-", branch: "app-1.2.3" },
    {
      what: "the flavor's suffix",
      rules: "type=ref,event=branch,suffix=",
      flavor: "suffix=-alpine",
      branch: "v2-alpine",
    },
    {
      what: "both, which latest has",
      rules: "type=raw,value={{branch}},prefix=,suffix=",
      flavor: "prefix=a-,onlatest=true\nsuffix=-z,onlatest=true",
      branch: "a-latest-z",
    },
    {
      what: "of a commit",
      rules: "type=sha,prefix=commit-\ntype=ref,event=branch",
      branch: "commit-0123456",
      also: ["commit-e973f3c"],
    },
    { what: "of pull requests", rules: "type=ref,event=pr,prefix=mr-\ntype=ref,event=branch", branch: "mr-12" },
    {
      what: "of versions",
      rules: "type=semver,pattern={{version}},prefix=release-\ntype=ref,event=branch",
      branch: "release-1.2",
    },
    {
      what: "in the pattern of versions",
      rules: "type=semver,pattern=release-{{version}}\ntype=ref,event=branch",
      branch: "release-1.2",
    },
    { what: "of a Nix file beside it", rules: "type=ref,event=branch", branch: "latest-nix" },
    { what: "of a Nix file's pull requests", rules: "type=ref,event=branch", branch: "pr-5-nix" },
    { what: "of a Nix file's majors", rules: "type=ref,event=branch", branch: "v2-nix" },
  ])("$what: $branch", ({ rules, flavor = "", branch, also = [] }) => {
    expect(tags(rules, on(branch), `${flavor}\nlatest=false`)).toEqual(also);
  });

  test("what completes a version is one, and a prefix of the branches' own makes them harmless", () => {
    expect(tags("type=ref,event=branch,prefix=1.", on("2"))).toEqual([]);
    expect(tags("type=raw,value=v1.{{branch}}", on("2"))).toEqual([]);
    expect(tags("type=sha,prefix=,suffix={{branch}}", on("abc"))).toEqual([]);
    expect(tags("type=raw,value=pr-{{branch}}", on("2"))).toEqual([]);
    expect(tags("type=sha,prefix={{branch}}-", on("main"))).toEqual(["main-e973f3c"]);
    expect(tags("type=ref,event=branch,prefix=branch-", on("1.2"))).toEqual(["branch-1.2"]);
    expect(tags("type=ref,event=branch", on("1.2"), "prefix=branch-")).toEqual([]);
  });

  test("latest as the flavor calls it", () => {
    const flavor = "latest=true\nprefix={{branch}}-,onlatest=true";
    expect(tags("type=sha", on("main"), flavor)).toEqual(["sha-e973f3c", "main-latest"]);
    const { tags: given, warnings } = derive("type=sha", on("1.2.3"), flavor);
    expect(given.map(({ tag }) => tag)).toEqual(["sha-e973f3c"]);
    expect(warnings[0]?.message).toContain('no tag "1.2.3-latest", which would look like a version');
  });
});

describe("a version that comes from elsewhere may carry the branch's name", () => {
  const own = withOwn("1.4.2");
  test.each([
    ["the image's own", "type=version,from=arg:V,suffix=-{{branch}}", on("main", own), ["1.4.2-main"]],
    [
      "the image's own, in the pattern",
      "type=version,from=arg:V,pattern={{version}}-{{branch}}",
      on("main", own),
      ["1.4.2-main"],
    ],
    ["but no other one", "type=version,from=arg:V,suffix=-{{branch}}", on("rc.1", own), []],
    ["nor a part of one", "type=version,from=arg:V,suffix=.{{branch}}", on("7", own), []],
    ["a date", "type=calver,suffix=-{{branch}}", on("main"), ["2026.06.10-e973f3c-main"]],
    [
      "a git tag's",
      "type=semver,pattern={{version}},suffix=-{{base_ref}}",
      { ref: "refs/tags/v1.2.3", tagBaseRef: "main" },
      ["1.2.3-main", "latest"],
    ],
  ] as const)("%s", (_, rules, situation, expected) => {
    expect(tags(rules, situation)).toEqual(expected);
  });

  function withOwn(version: string): Partial<Situation> {
    return { facts: { ownVersions: new Map([["arg:V", version]]) } };
  }
});

describe("the branch of another name", () => {
  test("what a git tag was made from, and where a pull request wants to go", () => {
    expect(tags("type=raw,value={{base_ref}}", { ref: "refs/tags/demo", tagBaseRef: "1.2" })).toEqual([]);
    expect(tags("type=raw,value={{base_ref}}", { ref: "refs/tags/demo", tagBaseRef: "main" })).toEqual(["main"]);
    const pull = { ref: "refs/pull/5/merge", trigger: { ...pullRequest(5), baseRef: "1.2" } as never };
    expect(tags("type=raw,value={{base_ref}},enable=true", pull)).toEqual([]);
  });

  test("by way of {{version}}, which is the first tag", () => {
    const rules = "type=ref,event=branch\ntype=raw,value=1.2.3-{{version}}";
    expect(tags(rules, on("rc.1"))).toEqual(["rc.1"]);
    expect(tags("type=ref,event=branch\ntype=sha,prefix=,suffix={{version}}", on("abc"))).toEqual(["abc"]);
  });
});

describe("an existing git tag's name", () => {
  test.each([
    { branch: "stable", gitTags: ["stable"], expected: [] },
    { branch: "stable", gitTags: ["unstable", "Stable"], expected: ["stable"] },
    { branch: "demo/x", gitTags: ["demo-x"], expected: [] },
    {
      branch: "x-stable",
      gitTags: ["stable"],
      expected: [],
      flavor: "prefix=x-",
      rules: "type=ref,event=branch,prefix=",
    },
    { branch: "stable", gitTags: ["stable"], expected: [], flavor: "suffix=-alpine" },
    {
      branch: "r-stable",
      gitTags: ["stable"],
      expected: [],
      rules: "type=ref,event=tag,prefix=r-\ntype=ref,event=branch",
    },
    {
      branch: "sha-stable",
      gitTags: ["stable"],
      expected: ["sha-stable", "sha-e973f3c"],
      rules: "type=ref,event=branch\ntype=sha",
    },
    {
      branch: "stable",
      gitTags: ["stable"],
      expected: ["branch-stable"],
      rules: "type=ref,event=branch,prefix=branch-",
    },
  ])(
    "the branch $branch where there is $gitTags",
    ({ branch, gitTags, expected, flavor = "", rules = "type=ref,event=branch" }) => {
      expect(tags(rules, on(branch, withGitTags(...gitTags)), flavor)).toEqual(expected);
    },
  );

  test("the warning names it; the git tag itself has its tag", () => {
    const [warning] = derive("", on("stable", withGitTags("stable"))).warnings;
    expect(warning?.message).toBe(
      'the branch gives no tag "stable", which would look like the git tag stable: the branch\'s name is stable',
    );
    expect(tags("", { ref: "refs/tags/stable", ...withGitTags("stable") })).toEqual(["stable", sha]);
  });
});

describe("what a git tag gives", () => {
  const forbidden = [
    ...["pr-1", "PR-12", "pr/12", "buildcache", "buildcache-next", "src-0123456789abcdef", "src-0123456789abcdef-nix"],
    ...[`sha256-${hex64}`, `sha256-${hex64}.sig`, "latest", "Latest", "latest-nix"],
  ];
  test.each(forbidden)("never %s, by whatever rule", (name) => {
    const rules = [
      "type=ref,event=tag",
      "{{tag}}",
      "type=match,pattern=.*",
      "type=sha,prefix=,suffix=,enable=false\ntype=raw,value={{tag}}",
    ];
    for (const rule of rules)
      expect([rule, tags(rule, { ref: `refs/tags/${name}` }, "latest=false")]).toEqual([rule, []]);
    const { tags: given, warnings } = derive("", { ref: `refs/tags/${name}`, trigger: release });
    expect(given.map(({ tag }) => tag)).toEqual([sha]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain(`the git tag's name is ${name}`);
    expect(warnings[0]?.hint).toContain("rename the git tag");
  });

  test.each([
    ["pr-{{major}}", "v5.0.0"],
    ["buildcache-{{version}}", "v5.0.0"],
  ])("nor by the pattern %s", (pattern, tag) => {
    expect(tags(`type=semver,pattern=${pattern}`, { ref: `refs/tags/${tag}` }, "latest=false")).toEqual([]);
  });

  test("nor with this run's prefix", () => {
    expect(tags("type=ref,event=tag,prefix=", { ref: "refs/tags/app-latest" }, "prefix=app-\nlatest=false")).toEqual(
      [],
    );
    expect(tags("type=ref,event=pr,prefix=mr-\ntype=ref,event=tag", { ref: "refs/tags/mr-5" }, "latest=false")).toEqual(
      [],
    );
  });

  test.each(["demo", "1.2", "v1.2.3", "e973f3c", "sha-e973f3c", "stable", "5"])("but %s, which is its own", (name) => {
    expect(tags("type=ref,event=tag\ntype=ref,event=pr,prefix=", { ref: `refs/tags/${name}` }, "latest=false")).toEqual(
      [name],
    );
  });
});

test("what the user wrote is the user's own", () => {
  for (const value of ["1.2.3", "v1", "pr-5", "e973f3c", "latest", "buildcache-x"]) {
    expect(tags(`type=raw,value=${value}`, on("1.2"))).toEqual([value]);
    expect(tags(`type=raw,value=${value}`, { ref: "refs/tags/latest" })).toEqual([value]);
  }
  expect(tags("type=semver,pattern={{version}},value=1.2.3", on("main"))).toEqual(["1.2.3", "latest"]);
});

test("whatever versions look like, no branch gives one", () => {
  const number = fc.nat(3000).map(String);
  const separator = fc.constantFrom(".", "-", "_");
  const version = fc
    .tuple(fc.constantFrom("", "v", "V"), number, fc.array(fc.tuple(separator, number), { maxLength: 4 }))
    .map(([v, first, rest]) => `${v}${first}${rest.flat().join("")}`);
  const python = fc
    .tuple(version, fc.constantFrom("a", "b", "rc", ".dev", ".post", "-alpha.", "-beta", "-rc."), number)
    .map((parts) => parts.join(""))
    .filter((text) => /^v?\d+(?:\.\d+)*[a-z.-]/i.test(text) && !/^v?[\d.]*[-_]\d/i.test(text));
  const commit = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 7, maxLength: 40 });
  fc.assert(
    fc.property(fc.oneof(version, python, commit), fc.constantFrom(...waysOfNaming), (name, { rule, more = {} }) => {
      const given = tags(rule, on(name, more), "latest=false");
      expect([name, rule, given]).toEqual([name, rule, []]);
    }),
    { numRuns: 2000 },
  );
});
