/** Git tags that are written as the release of one image, and name none. */
import { describe, expect, test } from "@jest/globals";
import { parseRules } from "../../../../src/tags/rules/parse-rules.ts";
import type { Rule } from "../../../../src/tags/rules/rule.ts";
import { misnamedRelease, releaseOfImage } from "../../../../src/tags/versions/misnamed-release.ts";
import { parseReleasePattern } from "../../../../src/tags/versions/release-tag.ts";
import { lines } from "../facts.ts";

const names = ["web", "agent", "app-web", "python-3.12"];

describe("a name that is none", () => {
  test.each([
    ["wbe-v1.2.3", "wbe", "web", true],
    ["wbe-1.2.3", "wbe", "web", true],
    ["wbe/v1.2.3", "wbe", "web", true],
    ["wbe/1.2", "wbe", "web", true],
    ["wbe@1.2.3", "wbe", "web", true],
    ["wbe@v1", "wbe", "web", true],
    ["wbe-v1.2.3-rc.1", "wbe", "web", true],
    ["wbe-2", "wbe", "web", true],
    ["wab-v1", "wab", "web", true],
    ["we-v1", "we", "web", true],
    ["webb-v1", "webb", "web", true],
    ["Web-v1.0.0", "Web", "web", true],
    ["aegtn-v1", "aegtn", "agent", true],
    ["agnts-v1", "agnts", "agent", true],
    ["wxy-v1", "wxy", "web", false],
    ["wbxe-v1", "wbxe", "web", false],
    ["agxyt-v1", "agxyt", "agent", true],
    ["axyzt-v1", "axyzt", "agent", false],
    ["app-wbe-v1.2.3", "app-wbe", "app-web", true],
    ["pyhton-3.12-v1.2.3", "pyhton-3.12", "python-3.12", true],
    ["helm-1.0.0", "helm", "web", false],
    ["release-1.2.3", "release", "agent", false],
    ["docs/v2", "docs", "web", false],
    ["libs/core@3.1.0", "libs/core", "agent", false],
    ["wbe@latest", "wbe", "web", true],
    ["wbe@1234abc", "wbe", "web", true],
    ["wbe@release-1", "wbe", "web", true],
    ["wbe@", "wbe", "web", true],
    ["wbe-vnext", "wbe", "web", true],
    ["wbe/vNext", "wbe", "web", true],
    ["wbe-v", "wbe", "web", true],
    ["wbe-v.1", "wbe", "web", true],
    ["wbe-V1.2.3", "wbe", "web", true],
    ["app-wbe-vnext", "app-wbe", "app-web", true],
    ["helm@latest", "helm", "web", false],
    ["chart@foo", "chart", "agent", false],
    ["web-vue@1.2.3", "web-vue", "web", false],
  ])("%s", (tag, name, nearest, isTypo) => {
    const found = misnamedRelease(tag, { names });
    expect(found).toMatchObject({ kind: "no-image", name, isTypo });
    if (isTypo) expect(found).toMatchObject({ nearest, instead: nearest });
    else expect(names).toContain(found?.kind === "no-image" ? found.nearest : undefined);
  });

  test.each([
    ...["v1.2.3", "1.2.3", "v1.2.3-rc-1.2", "1.2.3-rc-v2", "2026-01.02", "v1.2.3-web-v2", "v.1-2.0"],
    ...[
      "demo",
      "demo-2026",
      "demo-video",
      "feature-vnext",
      "docs/vision",
      "release-2026",
      "app-next",
      "app-2fa",
      "stable/web",
      "web-latest",
    ],
    ...["web-v1.2.3", "web/1.2", "agent@1", "app-web-v1.2.3", "web-2026"],
    ...["_x-v1.2.3", "wbe-", "-v1.2.3", "", "-", "@1.2.3"],
  ])("%j is any other tag", (tag) => {
    expect(misnamedRelease(tag, { names })).toBeUndefined();
  });

  test("without images there is none that it could be", () => {
    expect(misnamedRelease("wbe-v1.2.3", { names: [] })).toBeUndefined();
  });

  test.each(["web@latest", "web@", "web-vnext", "web/vNext", "web-v", "app-web@rc", "web-V1.2.3"])(
    "%s is no version of an image that there is",
    (tag) => {
      const name = tag.startsWith("app") ? "app-web" : "web";
      expect(misnamedRelease(tag, { names })).toEqual({
        kind: tag.endsWith("V1.2.3") ? "other-form" : "no-version",
        name,
      });
    },
  );

  describe("an image whose releases are called otherwise is an image all the same", () => {
    const withPattern = (...patterns: readonly string[]) => ({
      names,
      releaseTags: new Map([["web", patterns.map(parseReleasePattern)]]),
    });

    test.each([
      ["web-v1.2.3", "{{name}}/v{{version}}"],
      ["web-v1.2.3", "site-{{version}}"],
      ["web@1.2.3", "site-{{version}}"],
      ["web/1.2", "site-{{version}}"],
      ["web-2026", "site-{{version}}"],
      ["web-v1.2.3", "{{name}}/{{version}}"],
      ["web@latest", "site-{{version}}"],
      ["web-vnext", "v{{version}}"],
      ["site-vnext", "site-{{version}}"],
      ["site@1.2.3", "site-{{version}}"],
      ["site-1.2.3", "site-v{{version}}"],
      ["stable/web-1.2.3", "stable/{{name}}/{{version}}"],
    ])("%s beside %s", (tag, pattern) => {
      expect(misnamedRelease(tag, withPattern(pattern))).toEqual({ kind: "other-form", name: "web" });
    });

    test("where a pattern of another image has its name's place", () => {
      expect(misnamedRelease("release/1.2.3/agent", withPattern("release/{{version}}/{{name}}"))).toEqual({
        ...{ kind: "other-form", name: "agent" },
      });
    });

    test.each([
      ["stie-1.2.3", "site-{{version}}", "stie", "site"],
      ["stie-v1.2.3", "site-v{{version}}", "stie", "site"],
      ["sites/v1", "site/{{version}}", "sites", "site"],
      ["stable/wbe/1.2.3", "stable/{{name}}/{{version}}", "wbe", "web"],
      ["stbale/web/1.2.3", "stable/{{name}}/{{version}}", "stbale/web", "stable/web"],
      ["release/1.2.3/wbe", "release/{{version}}/{{name}}", "wbe", "web"],
      ["wbe-v1.2.3", "site-{{version}}", "wbe", "web"],
    ])("%s is a typo beside %s", (tag, pattern, name, instead) => {
      const typo = { kind: "no-image", name, nearest: "web", instead, isTypo: true };
      expect(misnamedRelease(tag, withPattern(pattern))).toEqual(typo);
    });

    test.each([
      ["release/1.2.3/web", "release/{{version}}/{{name}}"],
      ["web-v1.2.3", "{{name}}-v{{version}}"],
      ["site-1.2.3", "site-{{version}}"],
      ["v1.2.3", "site-{{version}}"],
    ])("%s is none beside %s", (tag, pattern) => {
      expect(misnamedRelease(tag, withPattern(pattern))).toBeUndefined();
    });

    test.each(["agent", "app-web", "web"])("a release of it that isn't called so is none of %s", (name) => {
      const all = withPattern("site-{{version}}");
      expect(releaseOfImage("web-v1.2.3", name, all, { rules: [], isEnabled: () => true })).toMatchObject({
        kind: "left",
        because: expect.stringContaining("site-{{version}}"),
      });
    });
  });

  test("a long tag takes no time", () => {
    const many = Array.from({ length: 300 }, (_, index) => `image-${index}`);
    const started = performance.now();
    misnamedRelease(`${"a-1.2-".repeat(40)}v1`, { names: many });
    misnamedRelease(`${"a-v1".repeat(60)}-v1`, { names: many });
    misnamedRelease(`${"a".repeat(250)}-v1`, { names: many });
    // A busy machine may take long: what takes exponential time never ends.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe("what it releases", () => {
  const released = (tag: string, rules: string, name = "web") => {
    const parsed = parseRules(lines(rules)).values;
    const isEnabled = ({ enable }: Rule) => enable.text === "true";
    const release = releaseOfImage(tag, name, { names }, { rules: parsed, isEnabled });
    return release.kind === "released" ? release.tag : release.because;
  };
  const none = 'the git tag looks like a release of "wbe", and there is no such image';

  test.each([
    ["the default rules", ""],
    ["rules without match and value", "type=semver,pattern={{version}}\ntype=ref,event=tag\ntype=sha"],
    ["a match that doesn't fit", "type=semver,pattern={{version}},match=^api-v(.*)$"],
    ["a match that gives no version", "type=semver,pattern={{version}},match=^(wbe)-"],
    ["a type=match that doesn't fit", "type=match,pattern=^api-v(.*)$,group=1"],
    ["a literal", "type=raw,value=rolling"],
    ["a value of no tag", "type=raw,value={{branch}}"],
    ["a literal with a number of its own", "type=raw,value=9"],
    ["a rule that is off", "type=match,pattern=^wbe-v(.*)$,group=1,enable=false"],
    ["a rule that is off here", "type=match,pattern=\\d,enable={{is_default_branch}}\ntype=ref,event=tag"],
    ["a literal that the tag begins like", "type=raw,value=v1\ntype=ref,event=tag"],
    ["a part of the version", "type=raw,value=1\ntype=raw,value=1.2\ntype=raw,value=2.3"],
    ["a longer version", "type=raw,value=11.2.3\ntype=raw,value=1.2.3.4"],
    ["literals", "type=raw,value=latest\ntype=raw,value=v1"],
    ["a literal version", "type=semver,pattern={{version}},value=9.9.9\ntype=ref,event=tag"],
    ["one of PEP 440", "type=pep440,pattern={{version}},value=9.9.9"],
    ["a literal that match takes apart", "type=semver,pattern={{version}},value=v9.9.9,match=v(.*)$"],
    ["a literal that type=match finds something in", "type=match,pattern=\\d,value=v1"],
    ["a value of another expression", "type=raw,value={{date 'YYYY'}}.1.2"],
    ["a value of the tag that is no version", "type=semver,pattern={{version}},value={{tag}}"],
  ])("nothing by %s", (_, rules) => {
    expect(released("wbe-v1.2.3", rules)).toBe(none);
  });

  test.each([
    ["a match that fits", "type=semver,pattern={{version}},match=^wbe-v(.*)$"],
    ["of PEP 440", "type=pep440,pattern={{version}},match=-v(.*)$"],
    ["type=match", "type=match,pattern=^wbe-v(.*)$,group=1"],
    ["type=match beside others", "type=ref,event=tag\ntype=match,pattern=\\d+\\.\\d+"],
    ["a value that the workflow read from it", "type=semver,pattern={{version}},value=1.2.3"],
    ["a raw one", "type=raw,value=1.2.3"],
    ["one with a v", "type=raw,value=v1.2.3"],
    ["one in a text", "type=raw,value=site-1.2.3-alpine"],
    ["the whole tag", "type=raw,value=wbe-v1.2.3"],
    ["a value that type=match takes apart", "type=match,pattern=\\d+,value=1.2.3"],
    ["a version in a longer value", "type=semver,pattern={{version}},value=x-1.2.3,match=x-(.*)$"],
    ["a value of the tag", "type=raw,value=x-{{tag}}"],
    ["a value of the tag that match takes apart", "type=semver,pattern={{version}},value={{tag}},match=-v(.*)$"],
  ])("all of it by %s", (_, rules) => {
    expect(released("wbe-v1.2.3", rules)).toBe("wbe-v1.2.3");
  });

  test("an image's own release and any other tag are as before", () => {
    expect(released("web-v1.2.3", "")).toBe("v1.2.3");
    expect(released("web-v1.2.3", "", "agent")).toBe("the git tag releases web alone");
    expect(released("v1.2.3", "", "agent")).toBe("v1.2.3");
    expect(released("demo-2026", "", "agent")).toBe("demo-2026");
    expect(released("web@latest", "", "agent")).toMatch(/of "web", and the text after the name isn't a version$/);
  });
});
