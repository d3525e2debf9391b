import { describe, expect, test } from "@jest/globals";
import { describeReason } from "../../../../src/changes/describe-reason.ts";
import { Problems, UserError } from "../../../../src/errors.ts";
import type { Reason } from "../../../../src/model/reason.ts";
import { closingLines, failureNotices } from "../../../../src/report/log/console.ts";
import { shortDigest } from "../../../../src/report/summary/abbreviation.ts";
import {
  build,
  candidate,
  failed,
  hostile,
  partlyTagged,
  promote,
  promoted,
  published,
  quietRun,
  redRun,
  release,
  resultOf,
  skip,
  skipped,
  skippedFor,
} from "../example.ts";

describe("the end of the log", () => {
  test("has a line for each image and a sentence at the end", () => {
    const lines = closingLines(redRun());
    const why = describeReason({ kind: "builds-on", image: "base" });
    expect(lines[2]).toBe(
      `✅ nodejs      published · ${why} · main, 1a2b3c4…, latest · 34 s · ${shortDigest(candidate("nodejs").digest)}`,
    );
    expect(lines.slice(3, 6)).toEqual([
      '❌ agent       failed · agent: "RUN npm ci --omit=dev" ended with exit code 1 on linux/arm64',
      "⛔ manager     skipped · depends on agent",
      "⛔ manager-ui  skipped · depends on manager",
    ]);
    expect(lines.slice(-2)).toEqual([
      "1 image not affected",
      "❌ agent failed, 2 were not built because of it, 3 were published. Fix what is listed, and push it or run this again. What was published is complete and stays.",
    ]);
  });

  test("is one line where nothing was to be done", () => {
    expect(closingLines(quietRun())).toEqual([
      "✅ Nothing to publish. Nothing that goes into any of the 3 images changed since 9f8e7d6.",
    ]);
  });

  test("names the tags that were left where they are, and why", () => {
    const held = { main: "it holds 7654321, which is newer", latest: "it holds 7654321, which is newer" };
    expect(closingLines(resultOf([published(build("app"), held)]))[0]).toContain(
      "1a2b3c4… · left where they are: main, latest (it holds 7654321, which is newer) · 34 s · ",
    );
  });

  test("says of what was promoted that nothing was built", () => {
    expect(closingLines(resultOf([promoted(promote("app", release))]))).toEqual([
      `🏷️ app  promoted · tag v1.2.3 · 1.2.3, 1.2, latest · nothing built · ${shortDigest(candidate("app").digest)}`,
      "✅ Released the image as 1.2.3 in 1 min 12 s, without building it. What was tested is what ships: it is the same digest that was published before.",
    ]);
  });

  test("tells images that have a reason of their own to be left from those that nothing touched", () => {
    const older: Reason = { kind: "superseded", detail: "it holds 7654321, which is newer" };
    const images = [
      skipped("a", [{ kind: "current" }]),
      skipped("b", [older]),
      skipped("c", [{ kind: "current" }]),
      skipped("d"),
      published(build("e")),
    ];
    const lines = closingLines(resultOf(images));
    expect(lines.slice(1, -1)).toEqual([
      `➖ a, c · ${describeReason({ kind: "current" })}`,
      `➖ b · ${describeReason(older)}`,
      "1 image not affected",
    ]);
  });

  test("says which tags a failed image has", () => {
    expect(closingLines(resultOf([partlyTagged]))[0]).toBe(
      `❌ app  failed · ghcr.io is away · in place: 1.2.3 · 34 s · ${shortDigest(candidate("app").digest)}`,
    );
  });

  test("holds no control character and no command, whatever an image is called", () => {
    const planned = build(hostile, { repositories: [] });
    const lines = closingLines(
      resultOf([
        failed(planned, new UserError(hostile, { hint: hostile })),
        skippedFor(planned, hostile),
        published(build("app"), { main: hostile }),
        { planned: { ...skip("s", [{ kind: "superseded", detail: hostile }]), name: hostile }, outcome: "skipped" },
      ]),
    );
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).not.toMatch(/\p{Cc}|\u202e|^\s*::|##\[/u);
  });
});

describe("annotations of failures", () => {
  test("one on the line of the Dockerfile, with the build's own words and what waits for it", () => {
    expect(failureNotices(redRun())).toEqual([
      {
        title: "agent failed",
        message: [
          'agent: "RUN npm ci --omit=dev" ended with exit code 1 on linux/arm64',
          "npm error code ERESOLVE",
          "npm error ERESOLVE unable to resolve dependency tree",
          "npm error Found: react@19.2.0",
          'npm error Could not resolve dependency: peer react@"^18" from react-widget@4.1.0',
          "Dockerfile:12",
          "  12 | >>> RUN npm ci --omit=dev",
          "Not built because of it: manager, manager-ui",
        ].join("\n"),
        hint: "mend the command, or run it in the image of the line before: docker build --target",
        at: { file: "images/agent/Dockerfile", line: 12 },
      },
    ]);
  });

  test("an error without a place stands at the line that brings the image's base", () => {
    const notices = failureNotices(resultOf([failed(build("base"), new UserError("no", { hint: "yes" }))]));
    expect(notices[0]?.at).toEqual({ file: "images/base/Dockerfile", line: 1 });
  });

  test("several problems of one image are several annotations, what is blocked is told once", () => {
    const problems = ["one", "two"].map((message) => new UserError(message, { hint: `mend ${message}` }));
    const notices = failureNotices(resultOf([failed(build("a"), new Problems(problems)), skippedFor(build("b"), "a")]));
    expect(notices.map(({ message, hint }) => [message, hint])).toEqual([
      ["one\nNot built because of it: b", "mend one"],
      ["two", "mend two"],
    ]);
  });

  test("says which tags are in place, and which are missing", () => {
    expect(failureNotices(resultOf([partlyTagged]))[0]?.message).toBe(
      "ghcr.io is away\nTags that are in place: 1.2.3\nTags that are missing: 1.2, latest",
    );
  });

  test("a good run has none", () => {
    expect(failureNotices(quietRun())).toEqual([]);
  });
});

describe("lines are short", () => {
  test("a long name is cut in its middle, as names differ at their ends", () => {
    const names = ["amd64", "arm64"].map((each) => `a-rather-long-name-of-an-image-that-comes-for-${each}`);
    const lines = closingLines(resultOf(names.map((each) => published(build(each)))));
    expect(lines.slice(0, 2).map((line) => line.slice(2, 42))).toEqual([
      "a-rather-long-name-…that-comes-for-amd64",
      "a-rather-long-name-…that-comes-for-arm64",
    ]);
  });

  test("the reason stands before digests, which are abbreviated", () => {
    for (const line of closingLines(redRun())) expect(line).not.toMatch(/[0-9a-f]{20}/);
  });
});
