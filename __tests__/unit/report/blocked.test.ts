/** Images that checks block: by which, what is to be done, and once what several have because they are based on one another. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { UserError } from "../../../src/errors.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { findingGroups } from "../../../src/report/findings/finding-log.ts";
import { closingLines, failureNotices } from "../../../src/report/log/console.ts";
import { shortDigest } from "../../../src/report/summary/abbreviation.ts";
import { renderSummary } from "../../../src/report/summary/summary.ts";
import type { Block, CheckName, ImageResult } from "../../../src/results/run-result.ts";
import type { Finding } from "../../../src/scan/finding.ts";
import type { Judging } from "../../../src/scan/judge.ts";
import type { ImageScan } from "../../../src/scan/judged.ts";
import type { CheckResult } from "../../../src/stages/check/check.ts";
import { type GateResult, gate } from "../../../src/stages/check/gate.ts";
import { resultOfScan } from "../../../src/stages/check/scanning.ts";
import { afterGate } from "../../../src/stages/publish/after-gate.ts";
import {
  baseLayers,
  judged,
  published as nowPublished,
  platformScan,
  scanned,
  vulnerability,
} from "../scan/findings.ts";
import { build, candidate, failed, published, resultOf } from "./example.ts";

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

/** An image that was built, and what its checks say. */
interface Checked {
  readonly name: string;
  readonly check: CheckResult;
}

function checked(scan: ImageScan, ...blocks: readonly Block[]): Checked {
  const result = resultOfScan(scan);
  const [first, ...others] = [...blocks, ...(result.kind === "refused" ? result.by : [])];
  const check: CheckResult = first === undefined ? result : { kind: "refused", by: [first, ...others], scan };
  return { name: scan.name, check };
}

const refusedBy = (check: CheckName, message: string): Block => ({
  check,
  error: new UserError(message, { hint: `what to do about ${check}` }),
});

/** Each image that was checked is based on those before it. */
async function run(images: readonly (ImageResult | Checked)[], scans: readonly ImageScan[]) {
  const { signal } = new AbortController();
  const above = new Map<string, Promise<GateResult>>();
  const results = images.map((image) => {
    if (!("check" in image)) return image;
    const { name, check } = image;
    const decision = gate(Promise.resolve(check), new Map(above), signal);
    const planned = build(name, {}, name === "base" ? [] : ["base"]);
    above.set(name, decision);
    return afterGate(decision, planned, candidate(name), async () => published(planned), signal);
  });
  return resultOf(await Promise.all(results), { scans: new Map(scans.map((scan) => [scan.name, scan])) });
}

const names = ["base", "api", "web", "worker"];
const made = (name: string) => `34 s · ${shortDigest(candidate(name).digest)}`;

describe("four images with the one finding that base brings", () => {
  const scans = names.map((name) => scanOf(name, [openssl]));
  let [result, summary] = [resultOf([]), ""];

  beforeAll(async () => {
    result = await run(
      scans.map((scan) => checked(scan)),
      scans,
    );
    summary = renderSummary(result);
  });

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
    expect(summary).toContain('["🛑 base"]:::blocked');
    expect(summary).toContain('["⛔ api"]:::waiting');
  });
});

interface Case {
  readonly when: string;
  readonly images: readonly (ImageResult | Checked)[];
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
    images: [checked(scans.base)],
    scans: [scans.base],
    headline: "🛑 Tags not updated: `base` is blocked by CVE-2026-1 in openssl",
    sections: ["🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["Findings in base"],
  },
  {
    when: "two findings with two remedies in base",
    images: [checked(scans.both), checked(scanOf("api", [openssl, zlib]))],
    scans: [scans.both, scanOf("api", [openssl, zlib])],
    headline: "🛑 Tags not updated: `base` and 1 image that depends on it are blocked by 2 findings (2 critical)",
    sections: ["🛑 `base`: CVE-2026-1 in openssl", "🛑 `base`: CVE-2026-2 in zlib"],
    annotations: ["Findings in base"],
  },
  {
    when: "a child with one of its own beside",
    images: [checked(scans.base), checked(scans.more), checked(scans.web)],
    scans: [scans.base, scans.more, scans.web],
    headline: "🛑 Tags not updated: 2 images and 1 image that depends on them are blocked by 2 findings (2 critical)",
    sections: ["🛑 `base`: CVE-2026-1 in openssl", "🛑 `api`: CVE-2026-3 in curl"],
    annotations: ["Findings in base", "Findings in api"],
  },
  {
    when: "a child whose base is not of this run",
    images: [checked(scans.api), published(build("other"))],
    scans: [scans.api],
    headline: "🛑 Tags not updated: `api` is blocked by CVE-2026-1 in openssl; 1 was published",
    sections: ["🛑 `api`: CVE-2026-1 in openssl"],
    annotations: ["Findings in api"],
  },
  {
    when: "a child that has nothing itself",
    images: [checked(scans.base), checked(scans.clean)],
    scans: [scans.base, scans.clean],
    headline: "🛑 Tags not updated: `base` and 1 image that depends on it are blocked by CVE-2026-1 in openssl",
    sections: ["🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["Findings in base"],
  },
  {
    when: "an image beside that failed",
    images: [
      checked(scans.base),
      checked(scans.api),
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
    images: [checked(scans.base, refusedBy("size", "base is larger than `max-size`")), checked(scans.api)],
    scans: [scans.base, scans.api],
    headline:
      "🛑 Tags not updated: `base` is blocked by CVE-2026-1 in openssl; `base` and 1 image that depends on it are blocked by `max-size`",
    sections: ["🛑 `base`", "🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["base is blocked by `max-size`", "Findings in base"],
  },
  {
    when: "a pull request, which tags nothing",
    images: [checked(scans.base), checked(scans.api)],
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
    images: [checked(scans.first)],
    scans: [scans.first],
    headline: "🛑 Nothing was published: `base` is blocked by CVE-2026-1 in openssl",
    advice: "The image was built. Its tags are not pushed until the findings below are fixed.",
    sections: ["🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["Findings in base"],
  },
  {
    when: "a run that is told not to push",
    images: [checked(scans.base)],
    scans: [scans.base],
    plan: { push: false },
    headline: "🛑 Check failed: `base` would be blocked by CVE-2026-1 in openssl",
    advice: "The image was built. In a run that pushes, its tags would not be updated.",
    sections: ["🛑 `base`: CVE-2026-1 in openssl"],
    annotations: ["Findings in base"],
  },
  ...(["size", "platforms", "content", "attestation"] as const).map((check): Case => {
    const name = { size: "`max-size`", platforms: "the platform check", content: "the content check" }[check as string];
    const by = name ?? "the attestation check";
    return {
      when: `an image that a check blocks (${check}), and nothing else`,
      images: [checked(scans.clean, refusedBy(check, `web is blocked, says ${check}`))],
      scans: [scans.clean],
      headline: `🛑 Tags not updated: \`web\` is blocked by ${by}`,
      advice: "The image was built. Its tags are not updated until what is listed is fixed.",
      sections: ["🛑 `web`"],
      annotations: [`web is blocked by ${by}`],
    };
  }),
  {
    when: "two images that a check blocks, and one that depends on them",
    images: [
      checked(scanOf("api", []), refusedBy("attestation", "GitHub lists no attestation of api")),
      checked(scanOf("db", []), refusedBy("attestation", "GitHub lists no attestation of db")),
      checked(scans.clean),
    ],
    scans: [],
    headline: "🛑 Tags not updated: 2 images and 1 image that depends on them are blocked by the attestation check",
    sections: ["🛑 `api`, `db`"],
    annotations: ["api and 1 more image are blocked by the attestation check"],
  },
  {
    when: "a check of a pull request",
    images: [checked(scans.clean, refusedBy("attestation", "GitHub lists no attestation of web"))],
    scans: [scans.clean],
    plan: { event: "pull_request", ref: "refs/pull/7/merge", push: false },
    headline: "🛑 Check failed: `web` would be blocked by the attestation check",
    advice: "The image was built. Merged as it is, its tags would not be updated.",
    sections: ["🛑 `web`"],
    annotations: ["web is blocked by the attestation check"],
  },
  {
    when: "no image could be scanned, for one reason",
    images: [checked(unscanned("base")), checked(unscanned("api"))],
    scans: [unscanned("base"), unscanned("api")],
    headline: "🛑 Tags not updated: 2 images could not be scanned",
    sections: ["🛑 `base`, `api`"],
    annotations: ["base and 1 more image were not scanned"],
  },
];

test.each(cases)("$when", async ({ images, scans: all, plan = {}, headline, advice, sections, annotations }) => {
  const ended = await run(images, all);
  const result = { ...ended, plan: { ...ended.plan, ...plan } };
  const summary = renderSummary(result);
  if (advice !== undefined) expect(summary).toContain(`\n${advice}\n`);
  expect(summary.split("\n")[0]).toBe(`## ${headline}`);
  expect(summary.match(/(?<=^### )(?:🛑|❌) .*$/gmu)).toEqual(sections);
  expect(failureNotices(result).map(({ title }) => title)).toEqual(annotations);
});
