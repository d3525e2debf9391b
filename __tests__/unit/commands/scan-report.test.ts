import { expect, test } from "@jest/globals";
import { leftOutRemarks } from "../../../src/commands/scan-report.ts";

const hint = "report less with `severity`; the scanner's own reports beside the files have all of it";

test("what code scanning's limits leave out is a remark for each image, with the worst of it", () => {
  const dropped = [
    { category: "image-publish/web", results: 1200, worst: "MEDIUM" },
    { category: "image-publish/web/linux-arm64", results: 34, worst: "HIGH" },
  ] as const;
  expect(
    leftOutRemarks([
      { image: "web", dropped },
      { image: "api", dropped: [] },
      { image: "db", dropped: dropped.slice(0, 1).map((each) => ({ ...each, results: 1 })) },
    ]),
  ).toEqual([
    {
      message:
        "1234 findings of `web` are left out for code scanning, which takes no more: the least severe, high at worst",
      hint,
    },
    {
      message:
        "1 finding of `db` is left out for code scanning, which takes no more: the least severe, medium at worst",
      hint,
    },
  ]);
});
