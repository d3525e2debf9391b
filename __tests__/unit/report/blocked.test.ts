/** A finding that several images have because they are based on one another is told once, where it comes from. */
import { describe, expect, test } from "@jest/globals";
import { BlockedByCheck, Problems, UserError } from "../../../src/errors.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { findingGroups } from "../../../src/report/findings/finding-log.ts";
import { withInheritedBlocks } from "../../../src/report/findings/inherited.ts";
import { closingLines, failureNotices } from "../../../src/report/log/console.ts";
import { shortDigest } from "../../../src/report/summary/abbreviation.ts";
import { renderSummary } from "../../../src/report/summary/summary.ts";
import type { ImageResult } from "../../../src/results/run-result.ts";
import { heldBy } from "../../../src/scan/complaint.ts";
import type { Finding } from "../../../src/scan/finding.ts";
import type { Judging } from "../../../src/scan/judge.ts";
import type { ImageScan } from "../../../src/scan/judged.ts";
import {
  baseLayers,
  judged,
  published as nowPublished,
  platformScan,
  scanned,
  vulnerability,
} from "../scan/findings.ts";
import { blocked, build, candidate, failed, published, resultOf } from "./example.ts";

const openssl = vulnerability("CVE-2026-1", { layer: "apk add openssl" });
const zlib = vulnerability("CVE-2026-2", { package: "zlib", layer: "apk add openssl" });
const own = vulnerability("CVE-2026-3", { package: "curl", layer: "apk add curl" });

/** Compared with a published image that had `was`. */
function scanOf(name: string, findings: readonly Finding[], was: readonly Finding[] = []): ImageScan {
  const layerNames = ["apk add openssl", "apk add curl"];
  const settings: Partial<Judging> = {
    name,
    bases: name === "base" ? [] : [baseLayers("base", ["apk add openssl"], { isOwn: true })],
    published: nowPublished(platformScan(was, { of: "published" })),
  };
  return judged(scanned(platformScan(findings, { layerNames })), settings);
}

function stopped(scan: ImageScan): ImageResult {
  const on = scan.name === "base" ? [] : ["base"];
  return {
    ...failed(build(scan.name, {}, on), heldBy(scan) ?? new UserError("it passes", { hint: "" })),
    candidate: candidate(scan.name),
  };
}

function run(images: readonly ImageResult[], scans: readonly ImageScan[]) {
  return resultOf(withInheritedBlocks(images), { scans: new Map(scans.map((scan) => [scan.name, scan])) });
}

const names = ["base", "api", "web", "worker"];
const made = (name: string) => `34 s · ${shortDigest(candidate(name).digest)}`;

describe("four images with the one finding that base brings", () => {
  const scans = names.map((name) => scanOf(name, [openssl]));
  const result = run(scans.map(stopped), scans);
  const summary = renderSummary(result);

  test("the headline says that tags are not updated, and by what", () => {
    expect(summary.split("\n")[0]).toBe(
      "## 🛑 Tags not updated: `base` and 3 images that depend on it are blocked by CVE-2026-1 in openssl",
    );
    expect(summary).not.toMatch(/failed|nothing was published/);
  });

  test("there is one section, with one remedy", () => {
    expect(summary.match(/^### 🛑 .*$/gm)).toEqual(["### 🛑 `base`: CVE-2026-1 in openssl"]);
    expect(summary.match(/\*\*How to fix:\*\*/g)).toHaveLength(1);
    expect(summary).toContain("**Built, and not tagged because of it:** `api`, `web`, `worker`");
  });

  test("there is one annotation", () => {
    expect(failureNotices(result)).toEqual([
      {
        title: "Findings in base",
        message: expect.stringMatching(
          /^base does not pass the scan policy: .*CVE-2026-1 in openssl.*\nBuilt, and not tagged because of it: api, web, worker$/s,
        ),
        hint: expect.stringContaining("upgrade openssl to 3.3.9"),
        at: { file: "images/base/Dockerfile", line: 1 },
      },
    ]);
  });

  test("the log has a mark of its own for it", () => {
    expect(closingLines(result)).toEqual([
      `🛑 base    not tagged · blocked by its scan · ${made("base")} · findings: 1 critical; 1 new`,
      `⛔ api     built, not tagged · depends on base · ${made("api")} · findings: 1 critical; 1 new`,
      `⛔ web     built, not tagged · depends on base · ${made("web")} · findings: 1 critical; 1 new`,
      `⛔ worker  built, not tagged · depends on base · ${made("worker")} · findings: 1 critical; 1 new`,
      "🛑 Tags not updated: base and 3 images that depend on it are blocked by CVE-2026-1 in openssl. The images were built. Their tags are not updated until the findings below are fixed.",
    ]);
  });

  test("the table of findings has who brings it, a line the others, and only that image has details", () => {
    expect(summary.match(/^\| (?:🛑|⛔|❌) \*\*\w+\*\*.*blocking/gmu)).toEqual([
      "| 🛑 **base** | 1 critical<br>**1 blocking",
    ]);
    expect(summary).toContain("\n⛔ The findings of `base` are also in what depends on it: `api`, `web`, `worker`\n");
    expect(summary.match(/(?<=<details><summary><b>)\w+/g)).toEqual(["base"]);
  });

  test("what was built can be had by its digest", () => {
    expect(summary).toMatch(/^### Built, not tagged\n\n\| Image\u2007* \|/m);
    for (const name of names) {
      expect(summary).toContain(`/${name}@${candidate(name).digest}\n`);
    }
  });

  test("the log has the finding once", () => {
    expect(findingGroups(result).map(({ title }) => title)).toEqual(["base · findings: 1 critical; 1 new"]);
  });

  test("the picture has it too", () => {
    expect(summary).toContain('["🛑 base"]:::stopped');
    expect(summary).toContain('["⛔ api"]:::blocked');
  });
});

interface Case {
  readonly when: string;
  readonly images: readonly ImageResult[];
  readonly scans: readonly ImageScan[];
  readonly plan?: Partial<Plan>;
  readonly headline: string;
  readonly advice?: string;
  /** Those with a mark. */
  readonly sections: readonly string[];
  readonly annotations: readonly string[];
}

const scans = {
  base: scanOf("base", [openssl]),
  both: scanOf("base", [openssl, zlib]),
  api: scanOf("api", [openssl]),
  more: scanOf("api", [openssl, own]),
  web: scanOf("web", [openssl]),
  clean: scanOf("web", []),
  first: judged(scanned(platformScan([openssl], { layerNames: ["apk add openssl"] })), { name: "base" }),
};
const unscanned = (name: string): ImageScan =>
  judged({ kind: "unscanned", error: new UserError("no database could be fetched", { hint: "run again" }) }, { name });

const cases: readonly Case[] = [
  {
    when: "a finding in an image that nothing depends on",
    images: [stopped(scans.base)],
    scans: [scans.base],
    headline: "🛑 Tags not updated: `base` is blocked by CVE-2026-1 in openssl",
    sections: ["🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["Findings in base"],
  },
  {
    when: "two findings with two remedies in base",
    images: [stopped(scans.both), stopped(scanOf("api", [openssl, zlib]))],
    scans: [scans.both, scanOf("api", [openssl, zlib])],
    headline: "🛑 Tags not updated: `base` and 1 image that depends on it are blocked by 2 findings (2 critical)",
    sections: ["🛑 `base`: CVE-2026-1 in openssl", "🛑 `base`: CVE-2026-2 in zlib"],
    annotations: ["Findings in base"],
  },
  {
    when: "a child with one of its own beside",
    images: [stopped(scans.base), stopped(scans.more), stopped(scans.web)],
    scans: [scans.base, scans.more, scans.web],
    headline: "🛑 Tags not updated: 2 images and 1 image that depends on them are blocked by 2 findings (2 critical)",
    sections: ["🛑 `base`: CVE-2026-1 in openssl", "🛑 `api`: CVE-2026-3 in curl"],
    annotations: ["Findings in base", "Findings in api"],
  },
  {
    when: "a child whose base is not of this run",
    images: [stopped(scans.api), published(build("other"))],
    scans: [scans.api],
    headline: "🛑 Tags not updated: `api` is blocked by CVE-2026-1 in openssl; 1 was published",
    sections: ["🛑 `api`: CVE-2026-1 in openssl"],
    annotations: ["Findings in api"],
  },
  {
    when: "a child that has nothing itself",
    images: [stopped(scans.base), { ...blocked(build("web", {}, ["base"]), "base"), candidate: candidate("web") }],
    scans: [scans.base, scans.clean],
    headline: "🛑 Tags not updated: `base` and 1 image that depends on it are blocked by CVE-2026-1 in openssl",
    sections: ["🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["Findings in base"],
  },
  {
    when: "an image beside that failed",
    images: [
      stopped(scans.base),
      stopped(scans.api),
      failed(build("web"), new UserError("it broke", { hint: "fix it" })),
    ],
    scans: [scans.base, scans.api],
    headline:
      "❌ `web` failed, `base` and 1 image that depends on it are blocked by CVE-2026-1 in openssl, nothing was published",
    sections: ["❌ `web`", "🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["web failed", "Findings in base"],
  },
  {
    when: "an image that is too large, too",
    images: [
      {
        ...failed(
          build("base"),
          new Problems([
            new BlockedByCheck("base is larger than `max-size`", { hint: "make it smaller" }),
            heldBy(scans.base) ?? new UserError("", { hint: "" }),
          ]),
        ),
        candidate: candidate("base"),
      },
      stopped(scans.api),
    ],
    scans: [scans.base, scans.api],
    headline:
      "🛑 Tags not updated: `base` is blocked by CVE-2026-1 in openssl; `base` and 1 image that depends on it are blocked by `max-size`",
    sections: ["🛑 `base`", "🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["base is too large", "Findings in base"],
  },
  {
    when: "a pull request, which tags nothing",
    images: [stopped(scans.base), stopped(scans.api)],
    scans: [scans.base, scans.api],
    plan: { event: "pull_request", ref: "refs/pull/7/merge", push: false },
    headline: "🛑 Check failed: `base` and 1 image that depends on it would be blocked by CVE-2026-1 in openssl",
    advice: "The images were built. Merged as it is, their tags would not be updated.",
    sections: ["🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["Findings in base"],
  },
  {
    when: "what is published has the finding, too, so that nothing is blocked",
    images: [published(build("base")), published(build("api", {}, ["base"]))],
    scans: [scanOf("base", [openssl], [openssl]), scanOf("api", [openssl], [openssl])],
    headline: "❌ Published both images in 1 min 12 s; 2 images have findings that match `fail-on`",
    sections: ["❌ `base`: CVE-2026-1 in openssl"],
    annotations: ["Findings in base"],
  },
  {
    when: "nothing is published yet",
    images: [stopped(scans.first)],
    scans: [scans.first],
    headline: "🛑 Nothing was published: `base` is blocked by CVE-2026-1 in openssl",
    advice: "The image was built. Its tags are not pushed until the findings below are fixed.",
    sections: ["🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["Findings in base"],
  },
  {
    when: "a run that is told not to push",
    images: [stopped(scans.base)],
    scans: [scans.base],
    plan: { push: false },
    headline: "🛑 Check failed: `base` would be blocked by CVE-2026-1 in openssl",
    advice: "The image was built. In a run that pushes, its tags would not be updated.",
    sections: ["🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["Findings in base"],
  },
  {
    when: "an image that is too large, and nothing else",
    images: [
      {
        ...failed(build("web"), new BlockedByCheck("web is larger than `max-size`", { hint: "make it smaller" })),
        candidate: candidate("web"),
      },
    ],
    scans: [],
    headline: "🛑 Tags not updated: `web` is blocked by `max-size`",
    advice: "The image was built. Its tags are not updated until what is listed is fixed.",
    sections: ["🛑 `web`"],
    annotations: ["web is too large"],
  },
  {
    when: "no image could be scanned, for one reason",
    images: [stopped(unscanned("base")), stopped(unscanned("api"))],
    scans: [unscanned("base"), unscanned("api")],
    headline: "🛑 Tags not updated: 2 images could not be scanned",
    sections: ["🛑 `base`, `api`"],
    annotations: ["base and 1 more image were not scanned"],
  },
];

test.each(cases)("$when", ({ images, scans: all, plan = {}, headline, advice, sections, annotations }) => {
  const ended = run(images, all);
  const result = { ...ended, plan: { ...ended.plan, ...plan } };
  const summary = renderSummary(result);
  if (advice !== undefined) expect(summary).toContain(`\n${advice}\n`);
  expect(summary.split("\n")[0]).toBe(`## ${headline}`);
  expect(summary.match(/(?<=^### )(?:🛑|❌) .*$/gmu)).toEqual(sections);
  expect(failureNotices(result).map(({ title }) => title)).toEqual(annotations);
});
