/** Images with a problem leave the catalog, with all that depends on them; what is reported of several is one remark. */
import { describe, expect, test } from "@jest/globals";
import { Problems, UserError } from "../../../../src/errors.ts";
import { errorRemarks } from "../../../../src/stages/analyze/image-errors.ts";
import { detailProblems } from "../../../../src/stages/analyze/image-problems.ts";
import { everyImage, splitBy } from "../../../../src/stages/analyze/parted.ts";
import { catalogOf } from "../../changes/catalog-of.ts";

const catalog = catalogOf(
  { name: "base" },
  { name: "app", on: ["base"] },
  { name: "top", on: ["app"] },
  { name: "other" },
);
const whole = { catalog, troubled: [] };
const problem = (message: string, at?: { readonly file: string }) =>
  new UserError(message, { hint: "fix it", ...(at && { at }) });

/** The names that are in order, and the others with their own problems and what they wait for. */
function shown({ catalog: { images }, troubled }: ReturnType<typeof splitBy>) {
  return {
    inOrder: images.map(({ name }) => name),
    troubled: troubled.map(({ image, problems, waitsFor }) => [image.name, problems.length, waitsFor]),
  };
}

describe("images with problems", () => {
  test.each<{ readonly when: string; readonly of: readonly string[]; readonly are: object }>([
    { when: "none", of: [], are: { inOrder: ["base", "app", "top", "other"], troubled: [] } },
    {
      when: "a parent: its children wait, each for its own parent",
      of: ["base"],
      are: {
        inOrder: ["other"],
        troubled: [
          ["base", 1, undefined],
          ["app", 0, "base"],
          ["top", 0, "app"],
        ],
      },
    },
    {
      when: "a child alone",
      of: ["top"],
      are: { inOrder: ["base", "app", "other"], troubled: [["top", 1, undefined]] },
    },
    {
      when: "a parent and a child",
      of: ["base", "top"],
      are: {
        inOrder: ["other"],
        troubled: [
          ["base", 1, undefined],
          ["app", 0, "base"],
          ["top", 1, undefined],
        ],
      },
    },
  ])("$when", ({ of, are }) => {
    expect(shown(splitBy(whole, new Map(of.map((name) => [name, problem(name)]))))).toEqual(are);
  });

  test("those that came before stay, and what depends on them", () => {
    const before = splitBy(whole, new Map([["base", problem("base")]]));
    const after = splitBy(before, new Map([["other", problem("other")]]));
    expect(shown(after)).toEqual({
      inOrder: [],
      troubled: [
        ["other", 1, undefined],
        ["base", 1, undefined],
        ["app", 0, "base"],
        ["top", 0, "app"],
      ],
    });
    expect(
      everyImage(after)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["app", "base", "other", "top"]);
  });

  test("several problems of one image are all its own", () => {
    const both = new Problems([problem("one"), problem("two")]);
    expect(shown(splitBy(whole, new Map([["top", both]]))).troubled).toEqual([["top", 2, undefined]]);
  });
});

describe("problems that show when tags and labels are made", () => {
  const { images } = catalog;
  const failing = (error: (name: string) => unknown) =>
    detailProblems(images, ({ name }) => {
      const thrown = error(name);
      if (thrown !== undefined) throw thrown;
      return {} as never;
    });

  test("of one image are its own", async () => {
    const found = await failing((name) => (name === "app" ? problem("bad") : undefined));
    expect([...found.keys()]).toEqual(["app"]);
  });

  test("that all share and that no file has are an input's, and end the run, once", async () => {
    await expect(failing(() => problem("the input is wrong"))).rejects.toMatchObject({ message: "the input is wrong" });
  });

  test("that all share and that a file has are the images' own", async () => {
    const found = await failing(() => problem("bad", { file: "image-publish.yml" }));
    expect(found.size).toBe(images.length);
  });

  test("that all but one have are the images' own", async () => {
    expect((await failing((name) => (name === "app" ? undefined : problem("bad")))).size).toBe(images.length - 1);
  });

  test("of the only image are its own", async () => {
    const found = await detailProblems(images.slice(0, 1), () => {
      throw problem("bad");
    });
    expect([...found.keys()]).toEqual(["base"]);
  });

  test("are no defects of ours", async () => {
    await expect(failing(() => new TypeError("undefined"))).rejects.toThrow(TypeError);
  });
});

test("errors of several images are one remark for each remedy", () => {
  const error = (image: string, hint: string) => ({ image, error: new UserError(`${image} fails`, { hint }) });
  const remarks = errorRemarks(
    [error("a", "log in"), error("b", "wait"), error("c", "log in")],
    ({ image }) => `${image} alone`,
    (many) => `${many} images`,
  );
  expect(remarks).toEqual([
    { message: "2 images: a (a fails), c (c fails)", hint: "log in" },
    { message: "b alone", hint: "wait" },
  ]);
});
