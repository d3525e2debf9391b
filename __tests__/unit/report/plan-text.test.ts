import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { describeReason } from "../../../src/changes/describe-reason.ts";
import { markdown } from "../../../src/lib/markdown.ts";
import { renderExplanation } from "../../../src/report/plan/explain-image.ts";
import { planSentence, renderPlanSummary } from "../../../src/report/plan/plan-summary.ts";
import { renderPlan } from "../../../src/report/plan/plan-table.ts";
import { renderPlanTree } from "../../../src/report/plan/plan-tree.ts";
import { renderSummary } from "../../../src/report/summary/summary.ts";
import { anyText } from "../any-text.ts";
import {
  build,
  commit,
  forge,
  greenRun,
  hostile,
  planOf,
  promote,
  redRun,
  resultOf,
  skip,
  skipped,
} from "./example.ts";

const plan = greenRun().plan;
const esc = String.fromCharCode(27);

describe("a plan in a terminal", () => {
  test("is a table of action, image, reason and tags", () => {
    const lines = renderPlan(plan, { colour: false, width: 140 }).split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "Plan: build 4 of 8 images",
      "Push to main at 1a2b3c4, compared with 9f8e7d6",
      "",
    ]);
    expect(lines[3]).toMatch(/^ACTION {2}IMAGE {7}WHY +TAGS$/);
    const agent = lines.find((line) => line.startsWith("build   agent")) ?? "";
    expect(agent).toContain(describeReason({ kind: "builds-on", image: "nodejs" }));
    expect(agent).toMatch(/^build {3}agent {7}\S.* main, 1a2b3c4…, latest$/);
    expect(lines.filter((line) => line.startsWith("skip"))).toHaveLength(4);
  });

  test("has colours only when asked", () => {
    expect(renderPlan(plan, { colour: false, width: 100 })).not.toContain(esc);
    expect(renderPlan(plan, { colour: true, width: 100 })).toContain(`${esc}[32mbuild`);
  });

  test("is a list of blocks where there is no room for a table", () => {
    expect(renderPlan(plan, { colour: false, width: 60 })).toContain("\nbuild builder\n");
    expect(renderPlan(plan, { colour: false, width: 60 })).toContain("\n    main, 1a2b3c4…, latest\n");
  });

  test("folds many images that nothing is done for", () => {
    const many = planOf([build("app"), ...Array.from({ length: 100 }, (_, n) => skip(`s${n}`))]);
    const text = renderPlan(many, { colour: false, width: 100 });
    expect(text).toContain("100 images skipped: s0, s1,");
    expect(text.split("\n").filter((line) => line.startsWith("skip"))).toEqual([]);
    expect(text).toContain("and 40 more");
  });

  test("folds them by reason", () => {
    const current = Array.from({ length: 20 }, (_, n) => skip(`c${n}`, [{ kind: "current" }]));
    const text = renderPlan(planOf([build("app"), skip("s"), ...current]), { colour: false, width: 400 });
    expect(text).toContain("\n\n1 image skipped: s\n\n");
    expect(text).toContain(`20 images skipped (${describeReason({ kind: "current" })}): c0, c1,`);
  });

  test("shows where images would be pushed, a line for each folder of a registry, and that one gets no tags", () => {
    const repositories = (...all: readonly string[]) => ({ repositories: all as never });
    const images = [
      build("base", { ...repositories("ghcr.io/o/r/base", "docker.io/o/base"), tags: [] }),
      promote("web", repositories("ghcr.io/o/r/web")),
      build("builder", { ...repositories(), tags: [] }),
      skip("docs"),
    ];
    const shown = renderPlan(planOf(images), { colour: false, width: 120 });
    expect(shown).toMatch(/\nPushes to:\n {4}ghcr\.io\/o\/r\/: base, web\n {4}docker\.io\/o\/base$/);
    expect(shown).toMatch(/\nbuild +base .*\(no tags\)\n/);
    expect(shown).toMatch(/\nbuild +builder .*\(not published\)\n/);
    expect(renderPlan({ ...planOf(images), push: false }, { colour: false, width: 120 })).not.toContain("Pushes to");
    expect(renderPlanSummary(planOf(images))).toContain(
      "Pushes to:\n\n- `ghcr.io/o/r/`: `base`, `web`\n- `docker.io/o/base`",
    );
  });

  test("shows what is only promoted in a colour of its own", () => {
    const promotes = planOf([promote("app")]);
    expect(renderPlan(promotes, { colour: false, width: 120 })).toMatch(
      /\npromote {2}app +\S.* main, 1a2b3c4…, latest\n/,
    );
    expect(renderPlan(promotes, { colour: true, width: 120 })).toContain(`${esc}[35mpromote`);
    expect(renderPlan(promotes, { colour: true, width: 60 })).toContain(`${esc}[35mpromote`);
  });

  test("never exceeds the width and holds nothing that a terminal or runner obeys", () => {
    const names = fc.oneof(anyText({ maxLength: 90 }), fc.constant(hostile), fc.constant("::error::x"));
    fc.assert(
      fc.property(
        fc.array(names, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 40, max: 200 }),
        (given, width) => {
          const images = given.map((name) =>
            build(name, { repositories: [], reasons: [{ kind: "file", path: name, change: "added" }] }),
          );
          const [, , , ...rows] = renderPlan(planOf(images), { colour: false, width }).split("\n");
          for (const row of rows) {
            // An inert line may carry marks of no width.
            expect([...row.replaceAll("\u200b", "")].length).toBeLessThanOrEqual(width);
            expect(row).not.toMatch(/\p{Cc}|^\s*::|##\[/u);
          }
        },
      ),
    );
  });
});

test("the tree has each image once, below the first it builds on", () => {
  expect(renderPlanTree(redRun().plan).split("\n")).toEqual([
    "base",
    "├─ builder",
    "├─ nodejs",
    "│  └─ agent (also on builder)",
    "│     └─ manager (also on builder)",
    "│        └─ manager-ui",
    "└─ docker",
    "proxmox-ve (skip)",
  ]);
});

test("the tree says what is only promoted", () => {
  const tree = renderPlanTree(planOf([promote("base"), build("nodejs", {}, ["base"]), promote("docs")]));
  expect(tree).toBe("base (promote)\n└─ nodejs\ndocs (promote)");
});

describe("a plan's summary", () => {
  test.each([
    ["some", planOf([build("a"), skip("b")]), "Plan: build 1 of 2 images"],
    ["built, promoted and left", planOf([build("a"), promote("b"), skip("c")]), "Plan: build 1, promote 1 of 3 images"],
    ["a release", planOf([promote("a"), promote("b")]), "Plan: promote 2 of 2 images"],
    ["none", planOf([skip("b")]), "Plan: nothing to build"],
    ["a pull request", planOf([build("a")], { push: false }), "Plan: build 1 of 1 image, publish nothing"],
  ])("says in a sentence how much is to be done: %s", (_, of, expected) => {
    expect(planSentence(of)).toBe(expected);
  });

  test("has a row for each image to build and the line that brings its base", () => {
    const why = markdown(describeReason({ kind: "builds-on", image: "nodejs" }));
    const summary = renderPlanSummary(plan, forge);
    expect(summary).toContain(
      `| **agent** | \`main\`<br>\`1a2b3c4…\`<br>\`latest\` | linux/amd64<br>linux/arm64 | ${why} | [\`images/agent/Dockerfile:1\`](${forge.repositoryUrl}/blob/${commit}/images/agent/Dockerfile#L1) |`,
    );
    expect(summary).toContain('["🔨 agent"]:::toBuild');
    expect(summary).toContain("4 images not affected");
  });

  test("says what is published already, and what is only promoted", () => {
    const images = [promote("base"), build("nodejs", {}, ["base"]), skip("docs", [{ kind: "current" }]), skip("other")];
    const summary = renderPlanSummary(planOf(images), forge);
    expect(summary).toMatch(/\| \*\*base\*\* \| `main`.* \| _published already as_ `cae662172fd4…` \|/);
    expect(summary).toContain('["🏷️ base"]:::toPromote');
    expect(summary).toContain(
      `<summary>Nothing to do for 1 image</summary>\n\n- ${describeReason({ kind: "current" })}: \`docs\`\n`,
    );
    expect(summary).toContain("<summary>1 image not affected</summary>\n\n`other`\n");
  });
});

test.each([
  ["push", "refs/tags/v1.2.3", "Push of tag v1.2.3 at"],
  ["pull_request", "refs/pull/7/merge", "Pull request 7 at"],
  ["pull_request", "refs/pull/0/merge", "Pull request at"],
  ["schedule", "refs/heads/main", "Scheduled run on main at"],
  ["workflow_dispatch", "main", "Manual run on main at"],
  ["workflow_dispatch", "refs/pull/7/head", "Manual run on pull request 7 at"],
  ["workflow_run", `refs/untrusted/${"a".repeat(40)}`, "workflow_run on an untrusted commit at"],
  ["merge_group", "refs/heads/gh-readonly-queue/main/pr-7", "Merge group at"],
  ["release", "refs/tags/v1.2.3", "Release v1.2.3 at"],
  ["repository_dispatch", "refs/heads/main", "repository_dispatch on main at"],
])("%s of %s is told in words", (event, ref, expected) => {
  expect(renderPlan(planOf([], { event, ref }), { colour: false, width: 80 })).toContain(expected);
});

describe("where another commit than one of the event's ref is checked out", () => {
  test.each([
    { event: "push", eventRef: "refs/heads/main", said: "Push to main" },
    { event: "push", eventRef: "refs/tags/v1.0.0", said: "Push of tag v1.0.0" },
    { event: "release", eventRef: "refs/tags/v1.0.0", said: "Release v1.0.0" },
    { event: "schedule", eventRef: "refs/heads/main", said: "Scheduled run on main" },
    { event: "workflow_dispatch", eventRef: "refs/heads/release/1", said: "Manual run on release/1" },
    { event: "repository_dispatch", eventRef: "refs/heads/main", said: "repository_dispatch on main" },
    { event: "workflow_run", eventRef: "refs/heads/main", said: "workflow_run on main" },
  ])("$said: every report names the event's ref and the commit", ({ event, eventRef, said }) => {
    const image = build("app");
    const refs = { event, eventRef, ref: `refs/commits/${commit}` };
    const result = resultOf([skipped("app")]);
    const own = { ...result, plan: { ...result.plan, ...refs } };
    const explanation = { plan: planOf([image], refs), image: "app", made: {}, rules: [] };
    const reports = [
      renderPlan(planOf([image], refs), { colour: false, width: 140 }),
      renderPlanSummary(planOf([image], refs), forge),
      renderSummary(own),
      renderExplanation(explanation, { colour: false }),
    ];
    for (const report of reports) {
      expect(report).not.toContain("refs/");
      expect(report.replaceAll("`", "")).toMatch(
        new RegExp(`${said} \\(another commit is checked out\\) at \\[?${commit.slice(0, 7)}`),
      );
    }
  });
});
