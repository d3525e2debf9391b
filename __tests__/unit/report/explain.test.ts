import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { repository, tag } from "../../../src/model/reference.ts";
import { renderExplanation } from "../../../src/report/plan/explain-image.ts";
import { chainOf, type Explanation, type HowMade } from "../../../src/report/plan/explanation.ts";
import { anyText } from "../any-text.ts";
import { build, greenRun, hostile, planOf, promote, skip } from "./example.ts";

const plain = { colour: false };

function making(settings: Partial<HowMade> = {}): HowMade {
  return {
    variant: "dockerfile",
    context: ".",
    recipe: "Dockerfile",
    ignoreFile: null,
    reads: null,
    parents: [],
    bases: [],
    files: {},
    ...settings,
  };
}

function explanation(settings: Partial<Explanation>): Explanation {
  return { plan: planOf([build("app")]), image: "app", made: { app: making() }, rules: [], ...settings };
}

describe("the chain of reasons", () => {
  test("leads from an image over what it builds on to what changed", () => {
    expect(chainOf(greenRun().plan, "manager")).toEqual(["manager", "agent", "nodejs"]);
    expect(chainOf(greenRun().plan, "builder")).toEqual(["builder", "agent", "nodejs"]);
    expect(chainOf(greenRun().plan, "base")).toEqual(["base"]);
  });

  test("ends, and tells each image once, where two need one another", () => {
    const plan = planOf([
      build("a", { reasons: [{ kind: "needed-by", image: "b" }] }),
      build("b", { reasons: [{ kind: "builds-on", image: "a" }] }),
    ]);
    expect(renderExplanation(explanation({ plan, image: "b", made: {} }), plain)).toContain(
      "  depends on a\n    a: needed by b\n      b: as shown above\n",
    );
  });
});

describe("what an explanation says", () => {
  const file = { rule: "it is the Dockerfile", lines: [] };
  test.each([
    [[], "images/app/Dockerfile changed\n"],
    [[{ first: 3, last: 3 }], "images/app/Dockerfile changed in line 3\n"],
    [[{ first: 3, last: 5 }], "images/app/Dockerfile changed in lines 3-5\n"],
    [
      Array.from({ length: 10 }, (_, index) => ({ first: 2 * index + 1, last: 2 * index + 1 })),
      "changed in lines 1, 3, 5, 7, 9, 11, 13, 15 and 2 more places\n",
    ],
  ])("of changed lines %j", (lines, expected) => {
    const made = { app: making({ files: { "images/app/Dockerfile": { ...file, lines } } }) };
    expect(renderExplanation(explanation({ made }), plain)).toContain(expected);
  });

  test.each([
    [
      "an image that nobody publishes",
      planOf([build("app", { repositories: [], tags: [] })]),
      "none: the image is not published",
    ],
    [
      "a run that pushes nothing",
      planOf([build("app", { tags: [] })], { push: false }),
      "none, as this run pushes nothing",
    ],
    ["a skipped image", planOf([skip("app")]), "none, as nothing is done for this image; otherwise they would be:"],
    [
      "an image that has them all",
      planOf([skip("app", [{ kind: "current" }])]),
      "none to put, as all are there already:",
    ],
    [
      "an image that is published in a newer state",
      planOf([skip("app", [{ kind: "superseded", detail: "it holds 7654321, which is newer" }])]),
      "none, as they stay where they are:",
    ],
    [
      "a rebuild",
      planOf([build("app", { tags: [], fresh: true })]),
      "1.2.3  immutable  r – left where it is: a rebuild moves only what moves",
    ],
  ])("of the tags of %s", (_, plan, expected) => {
    const rules = [{ rule: "r", place: undefined, gave: { tag: tag("1.2.3"), moves: false }, because: undefined }];
    expect(renderExplanation(explanation({ plan, rules }), plain)).toContain(expected);
  });

  test("of an image that is published already and gets tags", () => {
    const planned = promote("app");
    const text = renderExplanation(explanation({ plan: planOf([planned]) }), plain);
    expect(text).toMatch(/^app: promote\n/);
    expect(text).toContain("\n  what is made of these sources is published already: it only gets tags\n");
    expect(text).toContain(`\n  published as  ${planned.digest}\n`);
    expect(text).toContain("\n  platforms     linux/amd64, linux/arm64\n");
  });

  test("of a tag that stays because the checkout is another commit's", () => {
    const rules = [{ rule: "r", place: undefined, gave: { tag: tag("main"), moves: true }, because: undefined }];
    const plan = planOf([build("app", { tags: [] })]);
    expect(renderExplanation(explanation({ plan, rules }), plain)).toContain(
      "main  mutable    r – left where it is: the checkout",
    );
  });

  test("of two rules that gave one tag", () => {
    const gave = { tag: tag("main"), moves: true };
    const rules = ["one", "two"].map((rule) => ({ rule, place: "somewhere", gave, because: undefined }));
    const text = renderExplanation(explanation({ rules }), plain);
    expect(text).toContain(
      "main  mutable    one (somewhere)\n  main  mutable    two (somewhere) – given above already",
    );
  });

  test("in colour only where there is colour", () => {
    const esc = String.fromCharCode(27);
    expect(renderExplanation(explanation({}), plain)).not.toContain(esc);
    expect(renderExplanation(explanation({}), { colour: true })).toContain(`${esc}[32mbuild`);
  });
});

test("nothing in it is obeyed by a terminal or runner, whatever things are called", () => {
  const names = fc.oneof(anyText({ maxLength: 60 }), fc.constant(hostile), fc.constant("::error::x"));
  fc.assert(
    fc.property(names, names, (name, other) => {
      const at = { file: other, line: 1 };
      const used = { name: other, via: "FROM", at };
      const planned = build(name, {
        repositories: [repository("ghcr.io/o/r")],
        reasons: [
          { kind: "file", path: other, change: "added" },
          { kind: "builds-on", image: other },
        ],
      });
      const files = { [other]: { rule: other, lines: [{ first: 1, last: 2 }] } };
      const made = {
        [name]: making({ context: other, recipe: other, ignoreFile: other, parents: [used], bases: [used], files }),
      };
      const rules = [{ rule: other, place: other, gave: undefined, because: other }];
      const text = renderExplanation({ plan: planOf([planned], { ref: name }), image: name, made, rules }, plain);
      for (const line of text.split("\n")) expect(line).not.toMatch(/\p{Cc}|\u202e|^\s*::|##\[/u);
    }),
  );
});
