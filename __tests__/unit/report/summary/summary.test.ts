import { describe, expect, test } from "@jest/globals";
import { describeReason } from "../../../../src/changes/describe-reason.ts";
import { UserError } from "../../../../src/errors.ts";
import { markdown } from "../../../../src/lib/markdown.ts";
import { tag } from "../../../../src/model/reference.ts";
import { reportOf } from "../../../../src/report/failures.ts";
import { failureNotices } from "../../../../src/report/log/console.ts";
import { imageHeading } from "../../../../src/report/summary/shown-name.ts";
import { renderSummary } from "../../../../src/report/summary/summary.ts";
import type { ImageResult } from "../../../../src/results/run-result.ts";
import {
  base,
  build,
  built,
  candidate,
  commit,
  failed,
  forge,
  greenRun,
  hostile,
  planOf,
  published,
  quietRun,
  redRun,
  resultOf,
  skip,
  skipped,
  skippedFor,
} from "../example.ts";

const url = forge.repositoryUrl;
const oneMiB = 1024 * 1024;

function lines(text: string): readonly string[] {
  return text.split("\n");
}

describe("a push that touched one image with two on it", () => {
  const summary = renderSummary(greenRun());

  test("opens with what was published, for which commit, compared with what", () => {
    expect(lines(summary).slice(0, 3)).toEqual([
      "## ✅ Published 3 of 7 images in 1 min 12 s",
      "",
      `Push to \`main\` at [\`1a2b3c4\`](${url}/commit/${commit}), [compared with \`9f8e7d6\`](${url}/compare/${base}...${commit}).`,
    ]);
  });

  test("has a row for each image that was built", () => {
    const why = markdown(describeReason({ kind: "builds-on", image: "nodejs" }));
    expect(summary).toContain(
      [
        `| ${imageHeading(["manager"])} | Tags | Platforms, compressed | Time | Why | Digest |`,
        "| --- | --- | --- | --- | --- | --- |",
        "| **builder** | _not published_ | linux/amd64&nbsp;45.2&nbsp;MB<br>linux/arm64&nbsp;43.1&nbsp;MB | 34&nbsp;s<br><sub>5&nbsp;steps&nbsp;run,&nbsp;12&nbsp;cached</sub> |",
      ].join("\n"),
    );
    expect(summary).toContain(
      `| **agent** | \`main\`<br>\`1a2b3c4…\`<br>\`latest\` | linux/amd64&nbsp;45.2&nbsp;MB<br>linux/arm64&nbsp;43.1&nbsp;MB | 34&nbsp;s<br><sub>5&nbsp;steps&nbsp;run,&nbsp;12&nbsp;cached</sub> | ${why} | \`d4f0bc5a29de…\` |`,
    );
  });

  test("draws what was built and the published image it builds on", () => {
    expect(summary).toContain(
      [
        "```mermaid",
        "flowchart LR",
        '  n0["➖ base"]:::skipped',
        '  n1["✅ builder"]:::built',
        '  n2["✅ nodejs"]:::published',
        '  n3["✅ agent"]:::published',
        '  n4["✅ manager"]:::published',
        "  n0 --> n2",
        "  n2 --> n3",
        "  n1 --> n3",
        "  n3 --> n4",
        "  n1 --> n4",
      ].join("\n"),
    );
    expect(summary).toContain("  style n1 stroke-dasharray:5 5");
    expect(summary).not.toContain('docs"]');
  });

  test("has commands to copy, every tag with its digest, and the rest folded", () => {
    expect(summary).toContain("```sh\ndocker pull ghcr.io/mieweb/opensource-server/nodejs:main\n");
    expect(summary).toContain(`\nghcr.io/mieweb/opensource-server/agent:${commit}@${candidate("agent").digest}\n`);
    expect(summary).toContain(
      "<details><summary>4 images not affected</summary>\n\n`base`, `docker`, `docs`, `proxmox-ve`\n\n</details>",
    );
    expect(summary).not.toContain("❌");
  });
});

describe("a push where one image fails", () => {
  const summary = renderSummary(redRun());

  test("opens with what failed and what that means", () => {
    expect(lines(summary)[0]).toBe("## ❌ `agent` failed, 2 were not built because of it, 3 were published");
    expect(summary).toContain(
      "\nFix what is listed, and push it or run this again. What was published is complete and stays.\n",
    );
  });

  test("says why, where, what the build said, what to do and what was not built, before anything else", () => {
    const place = `[\`images/agent/Dockerfile:12\`](${url}/blob/${commit}/images/agent/Dockerfile#L12)`;
    expect(summary).toContain(
      [
        "### ❌ `agent`",
        "",
        `agent: &#34;RUN npm ci --omit=dev&#34; ended with exit code 1 on linux/arm64 (${place})`,
        "",
        "```text",
        "npm error code ERESOLVE",
      ].join("\n"),
    );
    expect(summary).toContain("  12 | >>> RUN npm ci --omit=dev\n```\n");
    expect(summary).toContain("**How to fix:** mend the command, or run it in the image of the line before");
    expect(summary).toContain("**Not built because of it:** `manager`, `manager-ui`");
    expect(summary.indexOf("### ❌")).toBeLessThan(summary.indexOf("### Published"));
    expect(summary).toContain('["⛔ manager-ui"]:::waiting');
  });

  test("a remark has its remedy beside it", () => {
    expect(summary).toContain(
      "- The cache service answered 429; images were built without cache. _How to fix:_ nothing to do unless it stays so.",
    );
  });

  test("a cause is told where it says more than the message", () => {
    const cause = new Error("403 Forbidden: denied");
    const error = new UserError("ghcr.io refused the push", { cause, hint: "add `packages: write`" });
    const text = renderSummary(resultOf([failed(build("base"), error)]));
    expect(text).toContain("## ❌ `base` failed, nothing was published");
    expect(text).toContain("ghcr.io refused the push ([`images/base/Dockerfile:1`]");
    expect(text).toContain("Cause: 403 Forbidden: denied");
    expect(text).toContain("**How to fix:** add `packages: write`.");
  });

  test("what the program wrote stands in the summary, what the error quotes of it in the annotation", () => {
    const error = new UserError("it failed\n  last words", { hint: "mend" });
    const result = resultOf([{ ...failed(build("base"), error), output: ["first words", "::error::x", "last words"] }]);
    expect(renderSummary(result)).toContain("```text\nfirst words\n::error::x\nlast words\n```");
    expect(failureNotices(result)[0]?.message).toBe("it failed\n  last words");
  });

  test("of a long output the end is kept", () => {
    const output = Array.from({ length: 500 }, (_, n) => `line ${n}`).join("\n");
    const text = renderSummary(
      resultOf([failed(build("base"), new UserError(`it failed\n${output}`, { hint: "mend" }))]),
    );
    expect(text).toContain("\nline 499\n```");
    expect(text).not.toContain("line 400\n");
  });
});

test("a push that changes no image is one friendly line", () => {
  expect(lines(renderSummary(quietRun()))).toEqual([
    "## ✅ Nothing to publish",
    "",
    `Push to \`main\` at [\`1a2b3c4\`](${url}/commit/${commit}), [compared with \`9f8e7d6\`](${url}/compare/${base}...${commit}).`,
    "",
    "Nothing that goes into any of the 3 images changed since 9f8e7d6.",
    "",
    "<details><summary>3 images not affected</summary>",
    "",
    "`base`, `nodejs`, `agent`",
    "",
    "</details>",
    "",
  ]);
});

test("a pull request says that nothing was pushed, and promises no tags", () => {
  const images = [built(build("base"))];
  const plan = planOf(
    images.map(({ planned }) => planned),
    { event: "pull_request", ref: "refs/pull/7/merge", push: false },
  );
  const summary = renderSummary(resultOf(images, { plan }));
  expect(summary).toContain("## ✅ Built 1 image in 1 min 12 s, published nothing");
  expect(summary).toContain("Pull request `7` at");
  expect(summary).toContain("A pull request's images are built and checked, not pushed.");
  expect(summary).toContain("### Built\n\n| Image | Platforms, compressed | Time | Why | Digest |");
  expect(summary).not.toContain("docker pull");
});

test("a cancelled run says what is done and what is not", () => {
  const summary = renderSummary(resultOf([published(build("base")), { planned: build("docs"), outcome: "cancelled" }]));
  expect(summary).toContain("## ⏹️ The run was cancelled: 1 image published, 1 not finished");
  expect(summary).toContain("### ⏹️ Not finished\n\n`docs`");
});

test("an exact tag that names other bytes is marked, explained, and in no command", () => {
  const planned = build("app", {
    tags: [
      { tag: tag("v1.2.3"), moves: false },
      { tag: tag("latest"), moves: true },
    ],
  });
  const summary = renderSummary(resultOf([published(planned, { "v1.2.3": "it names other bytes already" })]));
  expect(summary).toContain("| `v1.2.3` _not updated_<br>`latest` |");
  expect(summary).toContain("- `v1.2.3` of app was left where it is: it names other bytes already. _How to fix:_");
  expect(summary).toContain("docker pull ghcr.io/mieweb/opensource-server/app:latest");
  expect(summary).not.toContain("app:v1.2.3@");
});

test("an image that is blocked by a blocked one is told with the image that failed", () => {
  const error = new UserError("no", { hint: "yes" });
  const summary = renderSummary(
    resultOf([
      failed(build("a"), error),
      skippedFor(build("b"), "a"),
      skippedFor(build("c"), "b"),
      failed(build("d"), error),
    ]),
  );
  expect(summary).toContain("## ❌ 2 images failed, 2 were not built because of them, nothing was published");
  expect(summary.match(/\*\*Not built because of .*/g)).toEqual(["**Not built because of `a`:** `b`, `c`"]);
});

test("hostile names, paths, messages and output stay text in their places", () => {
  const planned = build(hostile, { repositories: [], reasons: [{ kind: "file", path: hostile, change: "added" }] }, [
    "base",
  ]);
  const error = new UserError(`${hostile}\n${hostile}`, { hint: hostile, at: { file: hostile, line: 3 } });
  const images: readonly ImageResult[] = [
    published(build("base"), { main: hostile }),
    built(planned),
    failed(planned, error),
    skippedFor(build("x"), hostile),
    { planned: { ...skip("s", [{ kind: "superseded", detail: hostile }]), name: hostile }, outcome: "skipped" },
  ];
  const summary = renderSummary(resultOf(images, { remarks: [{ message: hostile, hint: hostile }] }));
  const outside = summary
    .replaceAll(/^(`{3,}).*?^\1$/gms, "")
    .replaceAll(/`[^`\n]+`/g, "")
    .replaceAll(/<\/?(?:code|br|sub|details|summary)>/g, "");
  expect(outside).not.toMatch(/[<>]|@[^\u200b]|javascript:alert\(1\)"\n/);
  expect(outside.match(/^\| .*\|$/gm)?.map((row) => row.match(/ \| /g)?.length)).toEqual([5, 5, 5, 5]);
  expect(outside.match(/^(?:#+|-|\d+\.) ?heading/gm)).toBeNull();
});

describe("thousands of images", () => {
  const names = Array.from({ length: 6000 }, (_, n) => `image-${n}`);
  const big = resultOf(
    names.flatMap((name, n) => [published(build(name, {}, n === 0 ? [] : [`image-${n - 1}`])), skipped(`${name}-s`)]),
  );
  const summary = renderSummary(big);

  test("stay below what GitHub takes, and what is left out is said", () => {
    expect(Buffer.byteLength(summary)).toBeLessThan(oneMiB);
    expect(summary).toMatch(/_\d+ more references left out here/);
  });

  test("are drawn only as far as one can see and Mermaid can draw", () => {
    expect(summary.match(/:::published/g)).toHaveLength(60);
    expect(summary).toContain("_5940 more images not drawn._");
  });

  test("a failure among them is always there and drawn", () => {
    const error = new UserError("it broke", { hint: "mend it" });
    const red = renderSummary(
      reportOf({ ...big, images: [...big.images, failed(build("last", {}, ["image-0"]), error)] }),
    );
    expect(red).toContain("### ❌ `last`");
    expect(red).toContain('["❌ last"]:::failed');
    expect(Buffer.byteLength(red)).toBeLessThan(oneMiB);
  });
});

describe("what fails and is about no image", () => {
  const error = new UserError("code scanning can't process the findings of web: too large", { hint: "run again" });
  const result = resultOf([published(build("web"))], { otherFailures: [{ clause: "code scanning failed", error }] });

  test("makes the run fail in the headline, and has a section with its remedy", () => {
    const summary = renderSummary(result);
    expect(lines(summary)[0]).toBe("## ❌ Published the image in 1 min 12 s; code scanning failed");
    expect(summary).toContain(
      "### ❌ Code scanning failed\n\ncode scanning can't process the findings of web: too large\n\n**How to fix:** run again.\n",
    );
  });

  test("is an annotation, once", () => {
    expect(failureNotices(result)).toEqual([
      { title: "Code scanning failed", message: error.message, hint: error.hint },
    ]);
  });
});

test("what nobody has to do anything about is a note, folded, and no warning", () => {
  const remarks = [{ message: "lines of cache-to are left out", hint: "no action is needed", isNote: true as const }];
  const summary = renderSummary(resultOf([published(build("web"))], { remarks }));
  expect(summary).toContain("<details><summary>Notes (1)</summary>\n\n- lines of cache-to are left out.\n\n</details>");
  expect(summary).not.toContain("Warnings");
});
