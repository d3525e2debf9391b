import { expect, test } from "@jest/globals";
import { matrixOf, matrixRemarks } from "../../../src/report/job-matrix.ts";
import { build, promote, skip } from "./example.ts";

const builds = (count: number) => Array.from({ length: count }, (_, index) => build(`i${index}`));

test.each([
  { what: "as many builds as GitHub runs jobs", images: builds(256), said: [] },
  { what: "one more", images: builds(257), said: [/has 257 entries, .* at most 256 jobs/] },
  { what: "many more", images: builds(1000), said: [/has 1000 entries/] },
  { what: "images that are not built", images: [...builds(256), promote("p"), skip("s")], said: [] },
])("a matrix of $what", ({ images, said }) => {
  expect(JSON.parse(matrixOf(images)).include).toHaveLength(images.filter(({ kind }) => kind === "build").length);
  expect(matrixRemarks(images).map(({ message }) => message)).toEqual(said.map((each) => expect.stringMatching(each)));
});
