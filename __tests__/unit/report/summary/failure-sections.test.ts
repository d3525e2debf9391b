/** Failures in the summary and in annotations: each once, with the Dockerfile's lines; equal ones together; many with an overview. */
import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { repository } from "../../../../src/model/reference.ts";
import { failureNotices } from "../../../../src/report/log/console.ts";
import { renderSummary } from "../../../../src/report/summary/summary.ts";
import type { ImageResult } from "../../../../src/results/run-result.ts";
import { build, candidate, failed, partlyTagged, resultOf, skippedFor } from "../example.ts";

function headings(images: readonly ImageResult[]): readonly string[] {
  return renderSummary(resultOf(images)).match(/(?<=^### ❌ ).*$/gm) ?? [];
}

function titles(images: readonly ImageResult[]): readonly string[] {
  return failureNotices(resultOf(images)).map(({ title }) => title);
}

describe("an image whose build failed", () => {
  const error = new UserError("web could not be built: RUN npm ci ended with exit code 1\n  npm error missing", {
    hint: "fix the command",
    at: { file: "images/web/Dockerfile", line: 2 },
  });
  const excerpt = ["   1 |     FROM node", "   2 | >>> RUN npm ci"];
  const image = { ...failed(build("web"), error), output: ["npm error missing"], excerpt };
  const summary = renderSummary(resultOf([image]));

  test("has the Dockerfile's lines above what the step wrote", () => {
    expect(summary).toContain("```text\n   1 |     FROM node\n   2 | >>> RUN npm ci\n\nnpm error missing\n```");
  });

  test("is told once", () => {
    for (const part of ["ended with exit code 1", "npm error missing", "fix the command"])
      expect(summary.split(part)).toHaveLength(2);
    expect(summary).not.toContain("| Failed");
  });
});

interface Equal {
  readonly when: string;
  readonly images: readonly ImageResult[];
  readonly together: readonly string[];
}

const refusal = (name: string) =>
  failed(
    build(name),
    new UserError(`ghcr.io denied the push of ghcr.io/mieweb/opensource-server/${name}`, {
      hint: "add `packages: write`",
    }),
  );
const missing = (name: string) =>
  failed(
    build(name),
    new UserError(`${name} could not be built: /nothing is not in the build context of images/${name}/Dockerfile`, {
      hint: "check the path",
      at: { file: `images/${name}/Dockerfile`, line: name.length },
    }),
  );
const wrote = (name: string, line: string): ImageResult => ({ ...missing(name), output: [line] });

test.each<Equal>([
  { when: "equal but for the image's repository", images: ["a", "b", "c"].map(refusal), together: ["`a`, `b`, `c`"] },
  { when: "equal but for names, files and lines", images: ["a", "bb"].map(missing), together: ["`a`, `bb`"] },
  {
    when: "equal but for a digest",
    images: ["a", "b"].map((name) =>
      failed(
        build(name),
        new UserError(`sha256:${(name === "a" ? "1" : "2").repeat(64)} is gone`, { hint: "push again" }),
      ),
    ),
    together: ["`a`, `b`"],
  },
  {
    when: "with equal causes",
    images: ["a", "b"].map((name) =>
      failed(build(name), new UserError("the push failed", { hint: "run again", cause: new Error(`o/${name}: 503`) })),
    ),
    together: ["`a`, `b`"],
  },
  {
    when: "different in what their steps wrote",
    images: [wrote("a", "npm error one"), wrote("b", "npm error two")],
    together: ["`a`", "`b`"],
  },
  {
    when: "different in what to do",
    images: [refusal("a"), failed(build("b"), new UserError("ghcr.io denied the push of b", { hint: "log in" }))],
    together: ["`a`", "`b`"],
  },
  {
    when: "different in what one of them has got already",
    images: [partlyTagged, failed(build("web"), new UserError("ghcr.io is away", { hint: "run it again" }))],
    together: ["`app`", "`web`"],
  },
  {
    when: "of an image whose name is a word of the message",
    images: ["push", "of"].map(refusal),
    together: ["`push`", "`of`"],
  },
])("failures that are $when", ({ images, together }) => {
  expect(headings(images)).toEqual(together);
  expect(titles(images)).toHaveLength(together.length);
});

test("equal ones name all images, places, and what waits for each of them", () => {
  const images = [...["a", "b"].map(missing), skippedFor(build("x"), "a"), skippedFor(build("y"), "b")];
  const summary = renderSummary(resultOf(images));
  expect(summary).toMatch(/^\*\*The same happened to:\*\* `b` \(\[`images\/b\/Dockerfile:1`\]\(.*\)\)$/m);
  expect(summary).toMatch(/^\*\*Not built because of `a`:\*\* `x`\n\n\*\*Not built because of `b`:\*\* `y`$/m);
  expect(failureNotices(resultOf(images))).toEqual([
    expect.objectContaining({
      title: "a and 1 more image failed",
      message: expect.stringMatching(
        /\nThe same happened to: b\nNot built because of a: x\nNot built because of b: y$/,
      ),
    }),
  ]);
});

describe("twenty failures", () => {
  const images = Array.from({ length: 20 }, (_, n) => ({
    ...failed(
      build(`image-${n}`, { repositories: [repository(`ghcr.io/o/r/image-${n}`)] }),
      new UserError(`image-${n} could not be built: step ${n % 10} ended with exit code 1`, {
        hint: "fix the command",
      }),
    ),
    reason: `step ${n % 10} ended with exit code 1`,
  }));
  const summary = renderSummary(resultOf(images));

  test("have an overview above all of them: which, why, where", () => {
    const overview = summary.slice(summary.indexOf("| Failed"), summary.indexOf("###"));
    expect(overview.split("\n").slice(0, 3)).toEqual([
      expect.stringMatching(/^\| Failed\u2007+ \| Cause \| Place \|$/),
      "| --- | --- | --- |",
      expect.stringMatching(
        /^\| `image-0`, `image-10` \| step 0 ended with exit code 1 \| \[`images\/image-0\/Dockerfile:1`\]/,
      ),
    ]);
    expect(overview.match(/^\| `/gm)).toHaveLength(10);
  });

  test("are no more annotations than GitHub shows", () => {
    expect(titles(images)).toHaveLength(10);
  });

  test("with good builds, and denied pushes, are one", () => {
    const denied = images.map(({ planned }) => ({
      ...refusal(planned.name),
      planned,
      candidate: candidate(planned.name),
    }));
    expect(headings(denied)).toEqual(["`image-0`, `image-1`, `image-2` and 17 more"]);
  });
});
