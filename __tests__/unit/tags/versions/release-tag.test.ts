import { describe, expect, test } from "@jest/globals";
import { parseReleasePattern, type ReleaseNames, readReleaseTag } from "../../../../src/tags/versions/release-tag.ts";

/** What each image's rules see; nothing of one that is not released. */
function released(tag: string, { names, ...patterns }: { readonly names: readonly string[] } & Said): object {
  const said: ReleaseNames = {
    names,
    releaseTags: new Map(
      Object.entries(patterns.patterns ?? {}).map(([name, texts]) => [name, texts.map(parseReleasePattern)]),
    ),
  };
  return Object.fromEntries(
    names.flatMap((name) => {
      const release = readReleaseTag(tag, name, said);
      return release.kind === "released" ? [[name, release.tag]] : [];
    }),
  );
}

interface Said {
  readonly patterns?: Readonly<Record<string, readonly string[]>>;
}

describe("by convention", () => {
  const names = ["app", "app-web", "base"];
  test.each([
    ["app/v1.2.3", { app: "v1.2.3" }],
    ["app-v1.2.3", { app: "v1.2.3" }],
    ["app@1.2.3", { app: "1.2.3" }],
    ["app-web-v1.2.3", { "app-web": "v1.2.3" }],
    ["v1.2.3", { app: "v1.2.3", "app-web": "v1.2.3", base: "v1.2.3" }],
    ["application-v1", { app: "application-v1", "app-web": "application-v1", base: "application-v1" }],
    ["app-next", { app: "app-next", "app-web": "app-next", base: "app-next" }],
  ])("%s", (tag, expected) => {
    expect(released(tag, { names })).toEqual(expected);
  });
});

describe("by a pattern of its own", () => {
  const names = ["app", "web", "base"];
  test.each<[string, string, Said["patterns"], object]>([
    [
      "the version's v is kept where it stands before it",
      "release/app/v1.2.3",
      { app: ["release/{{name}}/v{{version}}"] },
      { app: "v1.2.3" },
    ],
    ["or is part of it", "release/app/v1.2.3", { app: ["release/{{name}}/{{version}}"] }, { app: "v1.2.3" }],
    ["something may follow", "1.2.3-app", { app: ["{{version}}-{{name}}"] }, { app: "1.2.3" }],
    ["prereleases are versions", "app/2.0.0-rc.1", { app: ["{{name}}/{{version}}"] }, { app: "2.0.0-rc.1" }],
    [
      "one pattern may be that of several",
      "v1.2.3",
      { app: ["v{{version}}"], web: ["v{{version}}"] },
      { app: "v1.2.3", web: "v1.2.3" },
    ],
    ["one may have several", "web-1.0", { web: ["v{{version}}", "{{name}}-{{version}}"] }, { web: "1.0" }],
    [
      "the convention is no more that of an image with a pattern",
      "app-v1.2.3",
      { app: ["{{name}}/v{{version}}"] },
      { web: "app-v1.2.3", base: "app-v1.2.3" },
    ],
    ["it still is that of the others", "web-v1.2.3", { app: ["{{name}}/v{{version}}"] }, { web: "v1.2.3" }],
    [
      "any other tag releases those without a pattern",
      "v1.2.3",
      { app: ["{{name}}/v{{version}}"] },
      { web: "v1.2.3", base: "v1.2.3" },
    ],
    ["the longest fits", "web-1-2.0", { web: ["{{name}}-{{version}}"], base: ["web-1-{{version}}"] }, { base: "2.0" }],
    [
      "what is no version fits nothing",
      "app/latest",
      { app: ["{{name}}/{{version}}"] },
      { web: "app/latest", base: "app/latest" },
    ],
    ["letters of expressions are letters", "a+p/1.0", { app: ["a+p/{{version}}"] }, { app: "1.0" }],
  ])("%s: %s", (_, tag, patterns, expected) => {
    expect(released(tag, { names, patterns: patterns ?? {} })).toEqual(expected);
  });

  test("what a tag does not release says why", () => {
    const releaseTags = new Map([["app", [parseReleasePattern("{{name}}/v{{version}}")]]]);
    const why = (tag: string, name: string) => readReleaseTag(tag, name, { names, releaseTags });
    expect(why("app/v1.2.3", "web")).toEqual({ kind: "left", because: "the git tag releases app alone" });
    expect(why("v1.2.3", "app")).toMatchObject({
      because: expect.stringContaining("which are called {{name}}/v{{version}}"),
    });
  });

  test.each([
    ["app/v", /has no \{\{version\}\}/],
    ["{{version}}/{{version}}", /more than one \{\{version\}\}/],
    ["{{name}}/{{sha}}-{{version}}", /\{\{sha\}\}/],
    ["{{date 'YYYY'}}/{{version}}", /has a date in it/],
  ])("not %s", (text, message) => {
    expect(() => parseReleasePattern(text)).toThrow(message);
  });
});
