import { expect, test } from "@jest/globals";
import { leftOutRemarks } from "../../../../src/stages/check/report/code-scanning-alerts.ts";

const hint = "report less with `severity`; the scanner's own reports beside the files have all of it";
const dropped = [
  { category: "image-publish/web", results: 1200, worst: "MEDIUM" },
  { category: "image-publish/web/linux-arm64", results: 34, worst: "HIGH" },
] as const;
const single = { image: "db", dropped: dropped.slice(0, 1).map((each) => ({ ...each, results: 1 })) };

test.each([
  {
    image: { image: "web", dropped },
    message:
      "1234 findings of `web` are left out for code scanning, which takes no more: the least severe, high at worst",
  },
  {
    image: single,
    message: "1 finding of `db` is left out for code scanning, which takes no more: the least severe, medium at worst",
  },
])("what code scanning's limits leave out is a remark: $message", ({ image, message }) => {
  expect(leftOutRemarks([{ image: "api", dropped: [] }, image])).toEqual([{ message, hint }]);
});

test("of several images it is one remark, with the worst of each", () => {
  expect(leftOutRemarks([{ image: "web", dropped }, single])).toEqual([
    {
      message:
        "findings of 2 images are left out for code scanning, which takes no more, the least severe of each: 1234 findings of `web` (high at worst), 1 finding of `db` (medium at worst)",
      hint,
    },
  ]);
});
