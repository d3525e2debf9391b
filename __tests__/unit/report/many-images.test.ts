/** Many images: what all of them have stands once, names hold on one line, and everything is in one order. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { tag } from "../../../src/model/reference.ts";
import { closingLines } from "../../../src/report/log/console.ts";
import { renderPlanSummary } from "../../../src/report/plan/plan-summary.ts";
import { renderPlan } from "../../../src/report/plan/plan-table.ts";
import { imageHeading } from "../../../src/report/summary/shown-name.ts";
import { renderSummary } from "../../../src/report/summary/summary.ts";
import type { ImageResult } from "../../../src/results/run-result.ts";
import { build, built, planOf, promote, promoted, published, release, resultOf } from "./example.ts";

const names = Array.from({ length: 40 }, (_, n) =>
  n % 3 === 0 ? `a-service-with-a-name-that-is-very-long-${n}-alpine` : `image-${n}`,
);
const forty = names.map((name) => published(build(name)));
const row = /^\| \*\*.*$/gm;

describe("forty images with the same tags", () => {
  const result = resultOf(forty);
  const summary = renderSummary(result);

  test("have them once above the table", () => {
    expect(summary).toContain("\nTags of all 40 images: `main`, `1a2b3c4…`, `latest`\n\n| Image");
    const rows = summary.match(row) ?? [];
    expect(rows).toHaveLength(40);
    for (const each of rows) expect(each).not.toMatch(/`main`|`latest`/);
  });

  test("have them once in the log, whose lines are short", () => {
    const lines = closingLines(result);
    expect(lines).toHaveLength(42);
    expect(lines.at(-2)).toBe("Tags of all 40 images: main, 1a2b3c4…, latest");
    for (const line of lines.slice(0, 40)) expect(line).not.toMatch(/main|latest|sha256/);
  });

  test("have them once in a plan, in the summary and on a terminal", () => {
    expect(
      renderPlanSummary(result.plan).split("Tags of all 40 images: `main`, `1a2b3c4…`, `latest`\n\n"),
    ).toHaveLength(2);
    const table = renderPlan(result.plan, { colour: false, width: 120 }).split("\n");
    expect(table[2]).toBe("Tags of all images: main, 1a2b3c4…, latest");
    expect(table.filter((line) => line.startsWith("build "))).toHaveLength(40);
  });

  test("have names that are cut in the middle, on one line each", () => {
    const shown = [...summary.matchAll(/^\| \*\*([^*]*)\*\*/gm)].map(([, name = ""]) => name);
    expect(new Set(shown).size).toBe(40);
    expect(shown[0]).toBe("a-service-with-a-na…s-very-long-0-alpine");
    const heading = /^\| (Image\u2007*) \|/m.exec(summary)?.[1] ?? "";
    for (const name of shown) expect(heading.length).toBeGreaterThanOrEqual(name.length);
  });

  test("are in the plan's order everywhere", () => {
    const order = (text: string) =>
      names.map((name) => text.indexOf(name.slice(0, 8) === "a-servic" ? name.slice(-18) : `${name} `));
    const log = order(closingLines(result).join("\n"));
    expect(log).toEqual(log.toSorted((a, b) => a - b));
    const references = names.map((name) => summary.indexOf(`/${name}:main@`));
    expect(references).toEqual(references.toSorted((a, b) => a - b));
  });
});

interface Mixed {
  readonly when: string;
  readonly images: readonly ImageResult[];
  /** `undefined`: none. */
  readonly above: string | undefined;
  readonly column: string | undefined;
  readonly cells?: readonly string[];
}

const four = ["a", "b", "c", "d"];
const withExtra = build("e", { tags: [...build("e").tags, { tag: tag("extra"), moves: true }] });

test.each<Mixed>([
  {
    when: "three images keep their own",
    images: four.slice(1).map((name) => published(build(name))),
    above: undefined,
    column: "Tags",
  },
  {
    when: "one has one more",
    images: [...four.map((name) => published(build(name))), published(withExtra)],
    above: "Tags of all 5 images: `main`, `1a2b3c4…`, `latest`",
    column: "Other tags",
    cells: ["", "", "", "", "`extra`"],
  },
  {
    when: "one tag of one image is not updated",
    images: [...four.map((name) => published(build(name))), published(build("e"), { latest: "it is newer" })],
    above: "Tags of all 5 images: `main`, `1a2b3c4…`",
    column: "Other tags",
    cells: ["`latest`", "`latest`", "`latest`", "`latest`", "`latest` _not updated_"],
  },
  {
    when: "one is built and not published",
    images: [...four.map((name) => published(build(name))), built(build("e", { repositories: [], tags: [] }))],
    above: "Tags of all 4 images: `main`, `1a2b3c4…`, `latest`",
    column: undefined,
  },
  {
    when: "they are promoted by a release",
    images: four.map((name) => promoted(promote(name, release))),
    above: "Tags of all 4 images: `1.2.3`, `1.2`, `latest`",
    column: undefined,
  },
  {
    when: "they have no tag in common",
    images: four.map((name) => published(build(name, { tags: [{ tag: tag(`v-${name}`), moves: true }] }))),
    above: undefined,
    column: "Tags",
    cells: four.map((name) => `\`v-${name}\``),
  },
  { when: "nothing is pushed", images: four.map((name) => built(build(name))), above: undefined, column: undefined },
])("$when", ({ images, above, column, cells }) => {
  const summary = renderSummary(resultOf(images));
  expect(/^Tags of all .*$/m.exec(summary)?.[0]).toBe(above);
  expect(/^\| Image\u2007* \| ([^|]*ags) \|/m.exec(summary)?.[1]).toBe(column);
  if (cells !== undefined) expect((summary.match(row) ?? []).map((line) => line.split(" | ")[1])).toEqual(cells);
});

test("a heading is at least as wide as what is below, and never longer than the longest name that is shown", () => {
  expect(imageHeading(["a"])).toBe("Image");
  expect(imageHeading(["x".repeat(400)]).length).toBe(imageHeading(["x".repeat(40)]).length);
});

test("on a terminal a long name is cut, not wrapped", () => {
  const table = renderPlan(planOf([build(names[0] ?? ""), build("b")]), { colour: false, width: 100 }).split("\n");
  expect(table.filter((line) => line.startsWith("build "))).toHaveLength(2);
  expect(table.join("\n")).toContain("…");
});

test("times have no zeros", () => {
  const image = published(build("a"));
  const quick =
    "candidate" in image && image.candidate !== undefined
      ? { ...image, candidate: { ...image.candidate, steps: { cached: 0, executed: 2 } } }
      : image;
  expect(renderSummary(resultOf([quick as ImageResult]))).toContain("<sub>2&nbsp;steps&nbsp;run</sub>");
});

describe("a table of a plan has `(no tags)` for the images without tags, and for no others", () => {
  const lists = fc.uniqueArray(fc.constantFrom("main", "latest", "1.2", "edge"), { maxLength: 4 });
  const planned = fc.record({ tags: lists, isPublished: fc.boolean() });

  test("whatever tags they have in common, on every width", () => {
    fc.assert(
      fc.property(fc.array(planned, { minLength: 1, maxLength: 8 }), fc.constantFrom(60, 100, 140), (given, width) => {
        const images = given.map(({ tags, isPublished }, index) =>
          build(`i${index}`, {
            tags: tags.map((each) => ({ tag: tag(each), moves: true })),
            ...(isPublished ? {} : { repositories: [] }),
          }),
        );
        const text = renderPlan(planOf(images), { colour: false, width });
        const count = (what: string): number => text.split(what).length - 1;
        expect(count("(no tags)")).toBe(
          given.filter(({ tags, isPublished }) => isPublished && tags.length === 0).length,
        );
        expect(count("(not published)")).toBe(given.filter(({ isPublished }) => !isPublished).length);
        const all = given.filter(({ isPublished }) => isPublished);
        for (const each of ["main", "latest", "1.2", "edge"] as const) {
          const having = all.filter(({ tags }) => tags.includes(each)).length;
          expect(count(each) - (each === "main" ? 1 : 0)).toBe(all.length >= 4 && having === all.length ? 1 : having);
        }
      }),
    );
  });

  test.each([
    {
      when: "all of them are common",
      last: build("d"),
      heading: "ACTION  IMAGE  WHY",
      row: "build   d      images/d/Dockerfile changed",
    },
    {
      when: "one has one more",
      last: build("d", { tags: [...build("d").tags, { tag: tag("extra"), moves: true }] }),
      heading: "ACTION  IMAGE  WHY                          OTHER TAGS",
      row: "build   d      images/d/Dockerfile changed  extra",
    },
    {
      when: "one has none",
      last: build("d", { tags: [] }),
      heading: "ACTION  IMAGE  WHY                          TAGS",
      row: "build   d      images/d/Dockerfile changed  (no tags)",
    },
  ])("$when: $heading", ({ last, heading, row: expected }) => {
    const lines = renderPlan(planOf([build("a"), build("b"), build("c"), last]), { colour: false, width: 120 }).split(
      "\n",
    );
    expect(lines).toContain(heading);
    expect(lines).toContain(expected);
  });

  test("a path is broken after a slash", () => {
    const path = "images/a-rather-long-name/of-an-image/Dockerfile";
    const image = build("a", { reasons: [{ kind: "file", path, change: "modified" }] });
    expect(renderPlan(planOf([image]), { colour: false, width: 80 })).toMatch(
      /images\/a-rather-long-name\/ .*\n +of-an-image\/Dockerfile changed/,
    );
  });
});
