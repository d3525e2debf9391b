/** Git tags that are written as the release of one image, and name none. */
import { describe, expect, test } from "@jest/globals";
import { misnamedRelease, releaseOfImage } from "../../../src/tags/misnamed-release.ts";
import { parseRules } from "../../../src/tags/parse-rules.ts";
import { parseReleasePattern } from "../../../src/tags/release-tag.ts";
import { lines } from "./facts.ts";

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
  ])("%s", (tag, name, nearest, isTypo) => {
    const found = misnamedRelease(tag, { names });
    expect([found?.name, found?.isTypo]).toEqual([name, isTypo]);
    if (isTypo) expect(found?.nearest).toBe(nearest);
    else expect(names).toContain(found?.nearest);
  });

  test.each([
    ...["v1.2.3", "1.2.3", "v1.2.3-rc-1.2", "1.2.3-rc-v2", "2026-01.02", "v1.2.3-web-v2", "v.1-2.0"],
    ...["demo", "demo-2026", "release-2026", "app-next", "app-2fa", "feature-vnext", "stable/web", "web-latest"],
    ...["_x-v1.2.3", "wbe-", "-v1.2.3", "", "-", "@1.2.3"],
  ])("%j is any other tag", (tag) => {
    expect(misnamedRelease(tag, { names })).toBeUndefined();
  });

  test("without images there is none that it could be", () => {
    expect(misnamedRelease("wbe-v1.2.3", { names: [] })).toBeUndefined();
  });

  test("an image whose releases are called otherwise is an image all the same", () => {
    const releaseTags = new Map([["web", [parseReleasePattern("{{name}}/v{{version}}")]]]);
    expect(misnamedRelease("web-v1.2.3", { names, releaseTags })).toBeUndefined();
  });

  test("a pattern has a place for the name, too", () => {
    const releaseTags = new Map([["web", [parseReleasePattern("release/{{version}}/{{name}}")]]]);
    expect(misnamedRelease("release/1.2.3/wbe", { names, releaseTags })).toEqual({
      ...{ name: "wbe", nearest: "web", isTypo: true },
    });
    expect(misnamedRelease("release/1.2.3/web", { names, releaseTags })).toBeUndefined();
  });

  test("a long tag takes no time", () => {
    const many = Array.from({ length: 300 }, (_, index) => `image-${index}`);
    const started = performance.now();
    misnamedRelease(`${"a-1.2-".repeat(40)}v1`, { names: many });
    misnamedRelease(`${"a-v1".repeat(60)}-v1`, { names: many });
    misnamedRelease(`${"a".repeat(250)}-v1`, { names: many });
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("what it releases", () => {
  const released = (tag: string, rules: string, name = "web") => {
    const release = releaseOfImage(tag, name, { names }, parseRules(lines(rules)).values);
    return release.kind === "released" ? release.tag : release.because;
  };
  const none = 'the git tag is written as a release of "wbe", which is no image';

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
  });
});
