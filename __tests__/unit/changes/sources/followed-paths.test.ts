// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
import { describe, expect, test } from "@jest/globals";
import type { NamedContext } from "../../../../src/catalog/catalog.ts";
import { surroundingsOf } from "../../../../src/catalog/graph/surroundings.ts";
import { type ContextReads, followedPaths } from "../../../../src/changes/sources/followed-paths.ts";
import { platform } from "../../../../src/model/platform.ts";
import { catalogOf, type ImageSketch } from "../catalog-of.ts";

function followed(text: string, sketch: Partial<ImageSketch> = {}, ...others: readonly ImageSketch[]) {
  const { images } = catalogOf(...others, { name: "app", text, ...sketch });
  const image = images.at(-1);
  if (image === undefined) throw new Error("no image");
  return followedPaths(image, surroundingsOf(image, new Map(images.map((each) => [each.name, each]))));
}

/** The sources; "*" for the whole context, with what is doubtful. */
function told(what: ContextReads | undefined): readonly string[] | string | undefined {
  if (what?.kind !== "whole") return what?.sources;
  return what.doubt === undefined ? "*" : `*, because of ${what.doubt.what}, line ${what.doubt.at.line}`;
}

describe("a Dockerfile reads of its context", () => {
  test.each<[string, string, readonly string[] | string]>([
    ["nothing without COPY", "FROM debian\nRUN make", []],
    ["what COPY names", "FROM debian\nCOPY a b/c /", ["a", "b/c"]],
    [
      "paths from the root, however they are written",
      "FROM debian\nCOPY ./a/ /b ../../c d//e /",
      ["a", "b", "c", "d/e"],
    ],
    ["everything for a dot", "FROM debian\nCOPY . /", "*"],
    ["everything for a slash, and for nothing", 'FROM scratch\nCOPY "" /', "*"],
    ["what ADD names, but addresses", "FROM debian\nADD a https://example.org/b /", ["a"]],
    ["globs", "FROM debian\nCOPY *.txt a?/b[0-9].c /", ["*.txt", "a?/b[0-9].c"]],
    ["JSON forms", 'FROM debian\nCOPY ["a b", "/"]', ["a b"]],
    ["no heredocs", "FROM debian\nCOPY <<EOF a /\nb\nEOF\n", ["a"]],
    ["nothing that stages hand on", "FROM a AS b\nFROM debian\nCOPY --from=b /x /\nCOPY --from=0 /y /", []],
    ["only what the needed stages copy", "FROM a AS b\nCOPY no /\nFROM c\nCOPY yes /", ["yes"]],
    ["what the stages below it need", "FROM a AS b\nCOPY one /\nFROM b\nCOPY two /", ["one", "two"]],
    [
      "what a stage that is mounted copies",
      "FROM a AS b\nCOPY one /\nFROM c\nRUN --mount=from=b,target=/b true",
      ["one"],
    ],
    ["bind mounts", "FROM a\nRUN --mount=type=bind,source=src,target=/src make", ["src"]],
    ["bind mounts, bind being what a mount is", "FROM a\nRUN --mount=src=src,dst=/src make", ["src"]],
    ["everything for a bind mount without source", "FROM a\nRUN --mount=target=. make", "*"],
    [
      "nothing for caches, secrets and others",
      "FROM a\nRUN --mount=type=cache,target=/c --mount=type=secret,id=s true",
      [],
    ],
    ["nothing for an ONBUILD of its own", "FROM a\nONBUILD COPY . /", []],
    ["what ONBUILD of a stage below it says", "FROM a AS b\nONBUILD COPY x /\nFROM b\nCOPY y /", ["x", "y"]],
  ])("%s", (_, text, expected) => {
    expect(told(followed(text).main)).toEqual(expected);
  });

  test("what a target needs, and no more", () => {
    const text = "FROM a AS one\nCOPY 1 /\nFROM b AS two\nCOPY 2 /";
    expect(told(followed(text, { target: "one" }).main)).toEqual(["1"]);
  });

  test("what ONBUILD of another image here says", () => {
    const base: ImageSketch = {
      name: "base",
      text: "FROM debian AS x\nONBUILD COPY no /\nFROM debian\nONBUILD COPY conf /etc",
    };
    const parents: ImageSketch["parents"] = [
      { parent: "base", contextName: "ghcr.io/o/r/base", via: "FROM", at: { file: "images/app/Dockerfile", line: 1 } },
    ];
    expect(told(followed("FROM ghcr.io/o/r/base:latest\nCOPY a /", { parents }, base).main)).toEqual(["a", "conf"]);
  });
});

describe("variables", () => {
  test.each<[string, string, readonly string[] | string]>([
    ["a default", "FROM debian\nARG A=x\nCOPY $A/y /", ["x/y"]],
    ["a default that takes another", "FROM debian\nARG A=x B=$A/y\nARG C=$A/$B\nCOPY $C /", ["x/x/y"]],
    ["one after another sees what was before", "FROM debian\nARG A=x\nARG B=$A/y\nCOPY $B /", ["x/y"]],
    ["a build argument goes before the default", "FROM debian\nARG GIVEN=x\nCOPY $GIVEN /", ["given"]],
    ["a global one, where it is declared", "ARG A=x\nFROM debian\nARG A\nCOPY $A /", ["x"]],
    ["a global one's default stands back", "ARG A=x\nFROM debian\nARG A=y\nCOPY $A /", ["y"]],
    ["one that is not declared is nothing", "ARG A=x\nFROM scratch\nCOPY a$A /", ["a"]],
    [
      "but may come from the base's environment",
      "FROM debian\nCOPY a$A /",
      "*, because of a$A, whose value is not known before the build, line 2",
    ],
    [
      "as may one that is declared without a value",
      "FROM debian\nARG A\nCOPY $A /",
      "*, because of $A, whose value is not known before the build, line 3",
    ],
    ["ENV", "FROM debian\nENV A=x B=y\nCOPY $A /", ["x"]],
    ["one ENV sees what was before it", "FROM scratch\nENV A=x\nENV A=y B=$A\nCOPY $B /", ["x"]],
    ["the last to speak wins, ARG or ENV", "FROM debian\nENV A=x\nARG A=y\nCOPY $A /\nENV A=z\nCOPY $A /", ["y", "z"]],
    ["the environment of the stage below", "FROM debian AS a\nENV A=x\nFROM a\nCOPY $A /", ["x"]],
    ["an ARG of the stage below", "FROM scratch AS a\nARG A=x\nFROM a\nCOPY $A /", ["x"]],
    ["which stands back behind ENV", "FROM scratch AS a\nENV A=x\nARG A=y\nFROM a\nCOPY $A /", ["x"]],
    [
      "and behind the base's environment",
      "FROM debian AS a\nARG A=x\nFROM a\nCOPY $A /",
      "*, because of $A, whose value is not known before the build, line 4",
    ],
    [
      "none is sure after an ENV of which nobody knows the name",
      "FROM debian\nARG A=x\nENV $B=y\nCOPY $A /",
      "*, because of $A, whose value is not known before the build, line 4",
    ],
    ["a quote keeps a dollar", "FROM debian\nCOPY 'a$b' /", ["a$b"]],
    ["in a mount", "FROM debian\nARG A=x\nRUN --mount=source=$A,target=/a true", ["x"]],
    [
      "an expression is filled in later",
      "FROM debian\nARG LATER\nCOPY $LATER /",
      "*, because of $LATER, whose value is not known before the build, line 3",
    ],
    ["the builder's platform may be any", "FROM debian\nARG BUILDARCH\nCOPY $BUILDARCH /", ["*"]],
    ["as may the target's, where nobody says which", "FROM debian\nARG TARGETARCH\nCOPY $TARGETARCH /", ["*"]],
    [
      "an error is BuildKit's to tell",
      "FROM debian\nCOPY ${A /",
      "*, because of ${A, whose value is not known before the build, line 2",
    ],
  ])("%s", (_, text, expected) => {
    const buildArgs = { GIVEN: "given", LATER: "{{version}}" };
    expect(told(followed(text, { buildArgs }).main)).toEqual(
      typeof expected === "string" ? expected : expected.map((each) => each.replace(/\/$/, "")),
    );
  });

  describe("of platforms that nobody knows before the build stand for anything in one part of a path", () => {
    const all = "ARG TARGETPLATFORM TARGETOS TARGETOSVERSION TARGETARCH TARGETVARIANT BUILDPLATFORM BUILDOS BUILDARCH";
    const unknown = (word: string) => `*, because of ${word}, whose value is not known before the build, line 3`;
    test.each<[string, string, readonly string[] | string]>([
      ["in a name", "repos/list-${TARGETARCH}", ["repos/list-*"]],
      ["in a folder's name", "bin/$TARGETOS-$TARGETARCH/app", ["bin/*-*/app"]],
      ["two in a row", "bin/$TARGETOS$TARGETARCH/app", ["bin/*/app"]],
      ["beside a star", "bin/$TARGETARCH*", ["bin/*"]],
      ["the machine's that builds", "tools/$BUILDOS/$BUILDARCH", ["tools/*/*"]],
      ["of the machine's that builds, all", "tools/$BUILDPLATFORM", ["tools/*/*", "tools/*/*/*"]],
      ["a variant, which mostly is empty", "bin/$TARGETARCH/$TARGETVARIANT/x", ["bin/*/*/x", "bin/*/x"]],
      ["a variant in a name", "bin/$TARGETARCH$TARGETVARIANT", ["bin/*"]],
      ["a variant with what goes before it", "l-$TARGETARCH${TARGETVARIANT:+-$TARGETVARIANT}", ["l-*", "l-*-*"]],
      ["a variant that is the whole path may be the context", "$TARGETVARIANT/", "*"],
      ["a whole platform, with a variant and without", "bin/$TARGETPLATFORM/app", ["bin/*/*/*/app", "bin/*/*/app"]],
      ["its slashes replaced", "bin/app-${TARGETPLATFORM//\\//-}", ["bin/app-*-*", "bin/app-*-*-*"]],
      ["what stands before its slash, and after", "${TARGETPLATFORM%%/*}/${TARGETPLATFORM##*/}", ["*/*"]],
      ["one with a default", "bin/${TARGETARCH:-amd64}", ["bin/*"]],
      ["something else where there is one", "bin/${TARGETARCH:+x}", ["bin/x"]],
      ["with a beginning cut off", "repos/list-${TARGETARCH#arm}", ["repos/list-*"]],
      ["with an end cut off", "repos/list-${TARGETARCH%64}/x", ["repos/list-*/x"]],
      ["with an end cut off that has a wildcard", "repos/list-${TARGETARCH%%6*}", ["repos/list-*"]],
      ["with a part replaced", "repos/list-${TARGETARCH/amd64/x86_64}.txt", ["repos/list-*.txt"]],
      ["with all parts replaced", "repos/list-${TARGETARCH//6?/.v8}", ["repos/list-*"]],
      ["with a part replaced by another unknown one", "l-${TARGETARCH/arm/$TARGETOS}", ["l-*"]],
      ["in place of a part", "l-${A/amd64/$TARGETARCH}", ["l-*-x"]],
      ["as what is cut off", "l-${A#$TARGETARCH}", ["l-*"]],
      ["as what is replaced", "l-${A/$TARGETARCH/y}", ["l-*"]],
      ["with a part cut off, as a whole folder, where nothing may be left", "l/${TARGETARCH#arm}/x", ["l/*/x", "l/x"]],
      ["the same with a number, of which that isn't so", "l/${TARGETARCH%64}/x", ["l/*/x"]],
      ["the same with the one number that is an architecture", "l/${TARGETARCH%386}/x", ["l/*/x", "l/x"]],
      ["with a part taken out, as the last", "l/${TARGETARCH/amd64/}", ["l/*"]],
      ["with two in which nothing may be left", "${TARGETOS#linux}/${TARGETARCH#arm}/x", ["*/*/x", "*/x", "x"]],
      ["a platform without its system", "repos/list-${TARGETPLATFORM#linux/}", ["repos/list-*"]],
      ["a platform without its system, and what is below", "repos/${TARGETPLATFORM#linux/}/x", ["repos/*"]],
      ["a platform with a part replaced", "bin/${TARGETPLATFORM/amd64/x86_64}/app", ["bin/*"]],
      ["with a slash put in", "bin/${TARGETARCH/arm/arm/v}", ["bin/*"]],
      ["with something cut off what had something replaced", "l-${B%64}", ["l-*"]],
      ["with something replaced by a slash and dots", "l/${TARGETARCH/a/../b}", unknown("l/${TARGETARCH/a/../b}")],
      ["with something replaced by dots", "l/${TARGETARCH//?/.}", unknown("l/${TARGETARCH//?/.}")],
      ["with something replaced by a wildcard", "l/${TARGETARCH/a/[^b]}", unknown("l/${TARGETARCH/a/[^b]}")],
      ["of a text with dots", "l/${D%$TARGETARCH}", unknown("l/${D%$TARGETARCH}")],
      ["above which a path leads", "l/${TARGETARCH#arm}/../x", unknown("l/${TARGETARCH#arm}/../x")],
      ["but not with what Docker has no operation for", "l-${TARGETARCH,,}", unknown("l-${TARGETARCH,,}")],
      ["nor in a class", "bin/[$TARGETARCH]", "*, because of the pattern bin/[$TARGETARCH], line 3"],
      ["nor after an escape", "bin/\\\\$TARGETARCH", "*, because of the pattern bin/\\\\$TARGETARCH, line 3"],
    ])("%s", (_, word, expected) => {
      expect(
        told(followed(`FROM scratch\n${all} A=amd64-x B=\${TARGETARCH/arm/x} D=../x\nCOPY ${word} /`).main),
      ).toEqual(expected);
    });

    test.each<[string, string, readonly string[] | string]>([
      [
        "one that no stage declares is the base's",
        "FROM a\nCOPY l-$TARGETARCH /",
        `${unknown("l-$TARGETARCH").slice(0, -1)}2`,
      ],
      ["by an ARG above FROM", "ARG S=-$TARGETARCH\nFROM a\nARG S\nCOPY l$S /", ["l-*"]],
      ["by an ARG above FROM, of the variant", "ARG S=-$TARGETVARIANT\nFROM a\nARG S\nCOPY l$S/x /", ["l-*/x", "l-/x"]],
      [
        "by an ARG above FROM, of the platform",
        "ARG S=$TARGETPLATFORM\nFROM a\nARG S\nCOPY l/$S/x /",
        ["l/*/*/*/x", "l/*/*/x"],
      ],
      ["by an ARG above FROM, in part", "ARG S=${BUILDPLATFORM#linux/}\nFROM a\nARG S\nCOPY l-$S /", ["l-*"]],
      [
        "as the name of an ENV, in part",
        "FROM a\nARG TARGETARCH A=x\nENV ${TARGETARCH#arm}=y\nCOPY $A /",
        `${unknown("$A").slice(0, -1)}4`,
      ],
      ["by an ENV", "FROM a\nARG TARGETARCH\nENV S=-$TARGETARCH\nCOPY l$S /", ["l-*"]],
      [
        "as the name of an ENV",
        "FROM a\nARG TARGETARCH A=x\nENV $TARGETARCH=y\nCOPY $A /",
        `${unknown("$A").slice(0, -1)}4`,
      ],
      ["in a mount", "FROM a\nARG TARGETARCH\nRUN --mount=source=l-$TARGETARCH,target=/l true", ["l-*"]],
      [
        "in ONBUILD",
        "FROM a AS b\nONBUILD ARG TARGETVARIANT\nONBUILD COPY l/$TARGETVARIANT/x /\nFROM b",
        ["l/*/x", "l/x"],
      ],
      [
        "an ARG that has to be there",
        "ARG S=${TARGETVARIANT:?}\nFROM a\nARG S\nCOPY l-$S /",
        "*, because of l-$S, whose value is not known before the build, line 4",
      ],
      ["FROM stays open", "FROM a AS amd64\nCOPY x /\nFROM $TARGETARCH\nCOPY y /", ["x", "y"]],
    ])("%s", (_, text, expected) => {
      expect(told(followed(text).main)).toEqual(expected);
    });

    test("nothing of a hidden folder is read by a name that is a platform's", () => {
      const { main } = followed("FROM a\nARG TARGETARCH\nCOPY $TARGETARCH/app l-$TARGETARCH /");
      expect(main).toEqual({ kind: "paths", sources: ["*/app", "l-*"], visible: ["*/app"] });
      const both = followed("FROM a\nARG TARGETARCH\nCOPY $TARGETARCH/app */app /");
      expect(both.main).toEqual({ kind: "paths", sources: ["*/app"] });
    });

    test("where the platforms are known, the machine's that builds is not", () => {
      const platforms = [platform("linux/amd64"), platform("linux/arm/v7")];
      const text = "FROM a\nARG BUILDARCH TARGETARCH TARGETVARIANT\nCOPY $BUILDARCH/$TARGETARCH$TARGETVARIANT /";
      expect(told(followed(text, { platforms }).main)).toEqual(["*/amd64", "*/armv7"]);
    });

    test("a value that is given goes first", () => {
      const text = "FROM a\nARG TARGETARCH\nCOPY l-$TARGETARCH /";
      expect(told(followed(text, { buildArgs: { TARGETARCH: "arm64" } }).main)).toEqual(["l-arm64"]);
    });
  });

  test("all wanted platforms are joined", () => {
    const platforms = [platform("linux/amd64"), platform("linux/arm/v7")];
    const text =
      "FROM base AS amd64\nCOPY x86 /\nFROM base AS arm\nCOPY arm /\nFROM $TARGETARCH\nARG TARGETARCH TARGETVARIANT\nCOPY bin/$TARGETARCH$TARGETVARIANT /";
    expect(told(followed(`ARG TARGETARCH\n${text}`, { platforms }).main)).toEqual([
      "arm",
      "bin/amd64",
      "bin/armv7",
      "x86",
    ]);
  });
});

describe("everything counts, and why is told, for", () => {
  test.each<[string, string, string]>([
    ["two stars", "FROM a\nCOPY a/**/b /", "the pattern a/**/b, line 2"],
    ["--parents", "FROM a\nCOPY --parents a b /", "COPY --parents, line 2"],
    ["an escape", "# escape=`\nFROM a\nCOPY a\\* /", "the pattern a\\*, line 3"],
    ["a class that may match a slash", "FROM a\nCOPY a[^b] /", "the pattern a[^b], line 2"],
    ["an open class", "FROM a\nCOPY a[ /", "the pattern a[, line 2"],
    ["a flag of tomorrow", "FROM a\nCOPY --tomorrow=x a /", "--tomorrow, line 2"],
    ["an instruction of tomorrow", "FROM a\nTAKE x", "TAKE, line 2"],
    ["another frontend", "# syntax=example.com/own\nFROM a\nCOPY b /", "the frontend example.com/own, line 1"],
  ])("%s", (_, text, expected) => {
    expect(told(followed(text).main)).toBe(`*, because of ${expected}`);
  });

  test("a flag of tomorrow in a stage that nobody needs: no doubt", () => {
    expect(told(followed("FROM a AS b\nCOPY --tomorrow x /\nFROM c\nCOPY y /").main)).toEqual(["y"]);
  });

  test("that everything is read for sure is no doubt", () => {
    expect(told(followed("FROM a\nCOPY --parents x /\nCOPY . /").main)).toBe("*");
  });
});

describe("named contexts", () => {
  const contexts: readonly NamedContext[] = [
    { kind: "directory", name: "features", path: "lib/features" },
    { kind: "elsewhere", name: "tools", value: "docker-image://debian:13" },
  ];

  test.each<[string, string, readonly string[] | string, readonly string[] | string]>([
    ["what COPY takes from one", "FROM a\nCOPY --from=features x /\nCOPY y /", ["y"], ["x"]],
    ["all of one without source", "FROM a\nRUN --mount=from=features,target=/f true", [], "*"],
    ["what a mount takes from one", "FROM a\nRUN --mount=from=features,source=x,target=/f true", [], ["x"]],
    ["all of one that is a base", "FROM features\nCOPY y /", ["y"], "*"],
    ["all of one that stands for a stage", "FROM a AS features\nCOPY no /\nFROM features\nCOPY y /", ["y"], "*"],
    [
      "what COPY takes of one that stands for a stage",
      "FROM a AS features\nCOPY no /\nFROM b\nCOPY --from=features x /",
      [],
      ["x"],
    ],
    [
      "what COPY takes of one that stands for a stage, by its number",
      "FROM a AS features\nFROM b\nCOPY --from=0 x /",
      [],
      ["x"],
    ],
    [
      "what COPY takes of one that stands for a stage further down",
      "FROM a AS b\nCOPY --from=features x /\nFROM c AS Features\nFROM b",
      [],
      ["x"],
    ],
    ["what a cache begins with", "FROM a\nRUN --mount=type=cache,from=features,source=x,target=/f true", [], ["x"]],
    ["nothing of one that nobody names", "FROM a\nCOPY --from=tools x /", [], []],
  ])("%s", (_, text, main, named) => {
    const paths = followed(text, { contexts });
    expect([told(paths.main), told(paths.named.get("features"))]).toEqual([main, named]);
    expect([...paths.named.keys()]).toEqual(["features"]);
  });

  test("a doubt means all of them", () => {
    expect(told(followed("FROM a\nTAKE x", { contexts }).named.get("features"))).toMatch(/TAKE/);
  });
});
