/** Remarks of one kind about many images are one remark. */
import { describe, expect, test } from "@jest/globals";
import { describeDeleted } from "../../../src/changes/affected.ts";
import { describeIncomplete } from "../../../src/changes/describe-incomplete.ts";
import { describeMisplaced } from "../../../src/changes/misplaced.ts";
import { UserError } from "../../../src/errors.ts";
import { oneRemark } from "../../../src/model/remark.ts";
import { errorRemarks } from "../../../src/stages/analyze/image-errors.ts";
import { buildTree, images } from "../catalog/build-tree.ts";

const named = (count: number) => Array.from({ length: count }, (_, index) => `i${index}`);

test.each([
  { count: 0, message: undefined },
  { count: 1, message: "about i0" },
  { count: 2, message: "2: i0!, i1!" },
  {
    count: 11,
    message: `11: ${named(11)
      .map((each) => `${each}!`)
      .join(", ")}`,
  },
  {
    count: 12,
    message: `12: ${named(10)
      .map((each) => `${each}!`)
      .join(", ")} and 2 more`,
  },
])("about $count things", ({ count, message }) => {
  const remarks = oneRemark(named(count), {
    one: (each) => ({ message: `about ${each}`, hint: "" }),
    several: (listed, { length }) => ({ message: `${length}: ${listed}`, hint: "" }),
    item: (each) => `${each}!`,
  });
  expect(remarks.map((each) => each.message)).toEqual(message === undefined ? [] : [message]);
});

describe("one remark about 73 images, naming the first ten", () => {
  const many = named(73);
  const incomplete = many.map((image) => ({ image, path: `${image}/x`, count: 2, folders: [image] }));
  const at = { file: "Dockerfile", line: 1 };
  const copied = { written: "x", start: "x", at } as never;
  const tree = images(Object.fromEntries(many.map((name) => [name, "FROM z AS build\nFROM z\nCOPY --from=biuld a b"])));
  const error = new UserError("it is down", { hint: "wait" });

  test.each<readonly [what: string, remarks: () => unknown, first: RegExp]>([
    [
      "deleted images",
      () => describeDeleted(many.map((directory) => ({ directory, recipe: `${directory}/Dockerfile` }))),
      /^73 images .* deleted: i0\/Dockerfile, i1/,
    ],
    [
      "a sparse checkout",
      () => describeIncomplete({ absent: incomplete, pointers: [] }),
      /^73 images .* sparse checkout leaves out: i0 \(i0\/x and 1 more\)/,
    ],
    ["Git LFS", () => describeIncomplete({ absent: [], pointers: incomplete }), /^73 images .* Git LFS holds/],
    [
      "paths of the root",
      () =>
        describeMisplaced(
          many.map((image) => ({ image, context: image, paths: [copied] })),
          "c.yml",
        ),
      /^73 images copy/,
    ],
    [
      "typos",
      async () => (await buildTree(tree)).remarks,
      /^73 names .*i0\/Dockerfile:3: COPY --from names biuld; did you mean the stage "build"\?/,
    ],
    [
      "errors of one remedy",
      () =>
        errorRemarks(
          many.map((image) => ({ image, error })),
          String,
          (count) => `${count} images fail`,
        ),
      /^73 images fail: i0 \(it is down\)/,
    ],
  ])("%s", async (_, remarks, first) => {
    const all = (await remarks()) as readonly { readonly message: string }[];
    expect(all.map(({ message }) => message)).toEqual([expect.stringMatching(first)]);
    expect(all[0]?.message).toMatch(/ and 63 more$/);
  });
});
