/** A finding that several images have because they are based on one another is told once, where it comes from. */
import { describe, expect, test } from "@jest/globals";
import { Problems, UserError } from "../../../src/errors.ts";
import { withInheritedBlocks } from "../../../src/report/findings/inherited.ts";
import { closingLines, failureNotices } from "../../../src/report/log/console.ts";
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
import { blocked, build, built, candidate, failed, published, resultOf } from "./example.ts";

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

describe("four images with the one finding that base brings", () => {
  const scans = names.map((name) => scanOf(name, [openssl]));
  const result = run(scans.map(stopped), scans);
  const summary = renderSummary(result);

  test("the headline says that tags are not updated, and by what", () => {
    expect(summary.split("\n")[0]).toBe(
      "## 🛑 Tags not updated: `base` is blocked by CVE-2026-1 in openssl, and 3 images that depend on it",
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
          /^base does not pass the gate: .*CVE-2026-1 in openssl.*\nBuilt, and not tagged because of it: api, web, worker$/s,
        ),
        hint: expect.stringContaining("upgrade openssl to 3.3.9"),
        at: { file: "images/base/Dockerfile", line: 1 },
      },
    ]);
  });

  test("the log has a mark of its own for it", () => {
    expect(closingLines(result)).toEqual([
      "🛑 base    not tagged · blocked by its scan · findings: 1 critical; 1 new",
      "⛔ api     built, not tagged · depends on base · findings: 1 critical; 1 new",
      "⛔ web     built, not tagged · depends on base · findings: 1 critical; 1 new",
      "⛔ worker  built, not tagged · depends on base · findings: 1 critical; 1 new",
      "🛑 Tags not updated: base is blocked by CVE-2026-1 in openssl, and 3 images that depend on it. What is blocked was built, and its tags stay where they are until what is listed is fixed.",
    ]);
  });

  test("the table of findings marks who brings it, and only that image has details", () => {
    expect(summary.match(/^\| (?:🛑|⛔|❌) \*\*\w+\*\*/gmu)).toEqual([
      "| 🛑 **base**",
      "| ⛔ **api**",
      "| ⛔ **web**",
      "| ⛔ **worker**",
    ]);
    expect(summary.match(/(?<=<details><summary><b>)\w+/g)).toEqual(["base"]);
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
  readonly headline: string;
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
    headline: "🛑 Tags not updated: `base` is blocked by 2 findings (2 critical), and 1 image that depends on it",
    sections: ["🛑 `base`: CVE-2026-1 in openssl", "🛑 `base`: CVE-2026-2 in zlib"],
    annotations: ["Findings in base"],
  },
  {
    when: "a child with one of its own beside",
    images: [stopped(scans.base), stopped(scans.more), stopped(scans.web)],
    scans: [scans.base, scans.more, scans.web],
    headline: "🛑 Tags not updated: 2 images are blocked by 2 findings (2 critical), and 1 image that depends on them",
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
    headline: "🛑 Tags not updated: `base` is blocked by CVE-2026-1 in openssl, and 1 image that depends on it",
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
      "❌ `web` failed, nothing was published; `base` is blocked by CVE-2026-1 in openssl, and 1 image that depends on it",
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
            new UserError("base is too large", { hint: "make it smaller" }),
            heldBy(scans.base) ?? new UserError("", { hint: "" }),
          ]),
        ),
        candidate: candidate("base"),
      },
      stopped(scans.api),
    ],
    scans: [scans.base, scans.api],
    headline:
      "❌ `base` failed, 1 was not tagged because of it, nothing was published; `base` is blocked by CVE-2026-1 in openssl",
    sections: ["❌ `base`", "🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["base failed", "Findings in base"],
  },
  {
    when: "a pull request, which tags nothing",
    images: [built(build("base")), built(build("api", {}, ["base"]))],
    scans: [scans.base, scans.api],
    headline:
      "🛑 Built 2 images in 1 min 12 s, published nothing; `base` is blocked by CVE-2026-1 in openssl, and 1 image that depends on it",
    sections: ["🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["Findings in base"],
  },
  {
    when: "what is published has the finding, too, so that nothing is blocked",
    images: [published(build("base")), published(build("api", {}, ["base"]))],
    scans: [scanOf("base", [openssl], [openssl]), scanOf("api", [openssl], [openssl])],
    headline: "❌ Published both images in 1 min 12 s; 2 images have findings that count",
    sections: ["❌ `base`: CVE-2026-1 in openssl"],
    annotations: ["Findings in base"],
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

test.each(cases)("$when", ({ images, scans: all, headline, sections, annotations }) => {
  const result = run(images, all);
  const summary = renderSummary(result);
  expect(summary.split("\n")[0]).toBe(`## ${headline}`);
  expect(summary.match(/(?<=^### )(?:🛑|❌) .*$/gmu)).toEqual(sections);
  expect(failureNotices(result).map(({ title }) => title)).toEqual(annotations);
});
