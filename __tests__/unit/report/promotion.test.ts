/** What was tagged without being built, and what was not tagged: told so that nobody has to look into the registry. */
import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../src/errors.ts";
import { repository, tag } from "../../../src/model/reference.ts";
import { headline } from "../../../src/report/summary/headline.ts";
import { renderSummary } from "../../../src/report/summary/summary.ts";
import type { ImageResult } from "../../../src/results/run-result.ts";
import {
  build,
  built,
  candidate,
  commit,
  failed,
  followed,
  partlyTagged,
  promote,
  promoted,
  published,
  release,
  resultOf,
  skipped,
} from "./example.ts";

const newer = "it holds 7654321, which is newer";
const allNewer = { main: newer, [commit]: newer, latest: newer };
const error = new UserError("no", { hint: "yes" });

describe("the headline", () => {
  test.each<[string, readonly ImageResult[], string]>([
    [
      "a release of what was tested",
      ["a", "b", "c"].map((name) => promoted(promote(name, release))),
      "Released all 3 images as 1.2.3 in 1 min 12 s, without building any. What was tested is what ships: each is the same digest that was published before.",
    ],
    [
      "a release of which one is built",
      [promoted(promote("a", release)), promoted(promote("b", release)), published(build("c", release))],
      "Released all 3 images as 1.2.3 in 1 min 12 s, 2 of them without building",
    ],
    [
      "a release of one image of many",
      [promoted(promote("a", release)), skipped("b"), skipped("c")],
      "Released 1 of 3 images as 1.2.3 in 1 min 12 s, without building it. What was tested is what ships: it is the same digest that was published before.",
    ],
    [
      "a push of what is partly there",
      [promoted(promote("a")), published(build("b")), skipped("c")],
      "Published 2 of 3 images in 1 min 12 s, 1 of them without building",
    ],
    [
      "a push of what is there",
      [promoted(promote("a")), promoted(promote("b"))],
      "Published both images in 1 min 12 s, without building any. What is made of these sources was published already, so they only got tags.",
    ],
    [
      "promoted images beside one that nobody publishes",
      [promoted(promote("a")), built(build("builder", { repositories: [], tags: [] }))],
      "Published the image in 1 min 12 s, without building it; 1 image built that is not published. What is made of these sources was published already, so it only got tags.",
    ],
    [
      "a run that a newer one overtook",
      [published(build("a"), allNewer)],
      "Nothing was tagged. The tags of 1 image stay where they are; the reason is listed with it.",
    ],
    [
      "a run that a newer one overtook in part",
      [published(build("a"), allNewer), published(build("b"), { main: newer })],
      "Published 1 of 2 images in 1 min 12 s. The tags of 1 more image stay where they are; the reason is listed with it.",
    ],
    [
      "a version that names other bytes is no release of these",
      [followed],
      "Nothing was tagged. The tags of 1 image stay where they are; the reason is listed with it.",
    ],
    [
      "everything is there",
      [skipped("a", [{ kind: "current" }]), skipped("b")],
      "Nothing to publish. 1 image is published already, under all tags.",
    ],
    [
      "everything is there, or newer",
      [
        skipped("a", [{ kind: "current" }]),
        skipped("b", [{ kind: "current" }]),
        skipped("c", [{ kind: "superseded", detail: newer }]),
      ],
      "Nothing to publish. 2 images are published already, under all tags. The tags of 1 image stay where they are; the reason is listed with it.",
    ],
    [
      "a failure between two tags",
      [partlyTagged],
      "app failed, some of its tags are in place, nothing else was published. Fix what is listed, and push it or run this again. Existing tags name complete images; the next run pushes the missing ones.",
    ],
    [
      "failures, one between two tags, beside what was promoted",
      [partlyTagged, failed(promote("b"), error), promoted(promote("c"))],
      "2 images failed, 1 of them with some tags in place, 1 was published. Fix what is listed, and push it or run this again. What was published is complete and stays. Existing tags name complete images; the next run pushes the missing ones.",
    ],
  ])("of %s", (_, images, expected) => {
    const { sentence, advice } = headline(resultOf(images), (name) => name);
    expect(advice === undefined ? sentence : `${sentence}. ${advice}`).toBe(expected);
  });
});

describe("the summary", () => {
  test("has a row for what was promoted, its tags to pull, and no time", () => {
    const summary = renderSummary(resultOf([promoted(promote("app", release))]));
    const { digest } = candidate("app");
    expect(summary).toContain("## ✅ Released the image as `1.2.3` in 1 min 12 s, without building it\n");
    expect(summary).toContain(
      "| **app** | `1.2.3`<br>`1.2`<br>`latest` | linux/amd64&nbsp;45.2&nbsp;MB<br>linux/arm64&nbsp;43.1&nbsp;MB | promoted<br><sub>nothing&nbsp;built</sub> | tag v1.2.3 | `a172cedcae47…` |",
    );
    expect(summary).toContain("docker pull ghcr.io/mieweb/opensource-server/app:1.2.3\n");
    expect(summary).toContain(`\nghcr.io/mieweb/opensource-server/app:latest@${digest}\n`);
  });

  test("proposes to pull the tag that the rules give first, though exact ones are put first", () => {
    expect(renderSummary(resultOf([published(build("app"))]))).toContain("opensource-server/app:main\n```");
  });

  test("draws what was promoted where others build on it", () => {
    const images = [promoted(promote("base")), published(build("web", {}, ["base"])), promoted(promote("docs"))];
    const summary = renderSummary(resultOf(images));
    expect(summary).toContain('n0["🏷️ base"]:::promoted\n  n1["✅ web"]:::published\n  n0 --> n1\n');
  });

  test("tells quietly, once an image and reason, of tags that stay as something newer has them", () => {
    const summary = renderSummary(resultOf([published(build("app"), { main: newer, latest: newer })]));
    expect(summary).toContain(
      `<details><summary>Notes (1)</summary>\n\n- \`main\` of app stays where it is: ${newer}; so does \`latest\`.\n\n</details>`,
    );
    expect(summary).not.toContain("Warnings");
    expect(summary).not.toContain("app:latest");
  });

  test("tells of a move that is unusual", () => {
    const made = published(build("app", { tags: [{ tag: tag("main"), moves: true }] }));
    const tags = "tags" in made ? (made.tags ?? []).map((each) => ({ ...each, because: "it said no commit" })) : [];
    const summary = renderSummary(resultOf([{ ...made, outcome: "published", candidate: candidate("app"), tags }]));
    expect(summary).toContain("- `main` of app was moved: it said no commit.");
    expect(summary).toContain("app:main@");
  });

  test("tells aloud of a version that names other bytes, and what follows it", () => {
    const summary = renderSummary(resultOf([followed]));
    expect(summary).toContain(
      "### ⚠️ Warnings\n\n- `1.2.3` of app was left where it is: it names other bytes already; `1.2`, `latest` go with it. _How to fix:_",
    );
    expect(summary).not.toContain("docker pull");
    expect(summary).not.toContain(`@${candidate("app").digest}`);
  });

  test("names a tag with its repository where the registries differ", () => {
    const repositories = [repository("ghcr.io/o/app"), repository("o/app")];
    const planned = build("app", { repositories, tags: [{ tag: tag("main"), moves: true }] });
    const digest = candidate("app").digest;
    const [first = repository("o/x"), second = first] = repositories;
    const tags = [
      {
        repository: second,
        tag: tag("main"),
        outcome: "held" as const,
        digest: candidate("old").digest,
        because: newer,
      },
      { repository: first, tag: tag("main"), outcome: "put" as const, digest },
    ];
    const summary = renderSummary(resultOf([{ planned, outcome: "published", candidate: candidate("app"), tags }]));
    expect(summary).toContain(`- \`o/app:main\` of app stays where it is: ${newer}.`);
    expect(summary).toContain("docker pull ghcr.io/o/app:main\n");
  });

  test("says of a failure between two tags which are in place and which are missing", () => {
    const summary = renderSummary(resultOf([partlyTagged]));
    expect(summary).toContain("**Tags that are in place:** `1.2.3`\n\n**Tags that are missing:** `1.2`, `latest`\n");
    expect(summary).not.toContain("nothing was published");
  });

  test("tells what was left for a reason of its own apart from what nothing touched", () => {
    const images = [skipped("a", [{ kind: "current" }]), skipped("b"), skipped("c", [{ kind: "current" }])];
    const summary = renderSummary(resultOf(images));
    expect(summary).toContain(
      "<summary>Nothing to do for 2 images</summary>\n\n- published already, under all its tags: `a`, `c`\n",
    );
    expect(summary).toContain("<summary>1 image not affected</summary>\n\n`b`\n");
  });
});
