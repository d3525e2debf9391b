/** What people read of scans: in the summary, in annotations, in the log. */
import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { digestOf } from "../../../../src/model/digest.ts";
import { findingGroups, findingWarnings } from "../../../../src/report/findings/finding-log.ts";
import { unwatchedRemarks } from "../../../../src/report/findings/unwatched.ts";
import { closingLines, failureNotices } from "../../../../src/report/log/console.ts";
import { imageOutputs, outputsOf } from "../../../../src/report/outputs.ts";
import { imageHeading } from "../../../../src/report/summary/shown-name.ts";
import { renderSummary } from "../../../../src/report/summary/summary.ts";
import type { ImageResult, RunResult } from "../../../../src/results/run-result.ts";
import type { Finding } from "../../../../src/scan/finding.ts";
import type { Judging } from "../../../../src/scan/judge.ts";
import type { ImageScan } from "../../../../src/scan/judged.ts";
import { scanFailure } from "../../../../src/scan/scan-failure.ts";
import {
  arm64,
  baseLayers,
  judged,
  published as nowPublished,
  platformScan,
  scanned,
  secret,
  usual,
  vulnerability,
} from "../../scan/findings.ts";
import { blocked, build, built, hostile, published, resultOf, skipped, skippedFor } from "../example.ts";

const layerNames = ["debian", "apk add openssl"];
const bases = [baseLayers("debian:13", ["debian"], { hasMoved: true })];
const critical = vulnerability("CVE-2026-1", { layer: "apk add openssl" });
const high = vulnerability("CVE-2026-2", { severity: "HIGH", package: "zlib", layer: "debian", fixed: "1.3.2" });
const unfixed = vulnerability("CVE-2026-3", { severity: "HIGH", package: "tar", layer: "debian", fixed: undefined });

function scanOf(findings: readonly Finding[], was: readonly Finding[] | undefined, settings: Partial<Judging> = {}) {
  const before = was === undefined ? {} : { published: nowPublished(platformScan(was, { of: "published" })) };
  return judged(scanned(platformScan(findings, { layerNames })), { bases, ...before, ...settings });
}

function run(images: readonly ImageResult[], scans: readonly ImageScan[], settings: Partial<RunResult> = {}) {
  return resultOf(images, { scans: new Map(scans.map((scan) => [scan.name, scan])), ...settings });
}

function blockedImage(scan: ImageScan): ImageResult {
  const failure = scanFailure(scan);
  if (failure === undefined) throw new Error("it passes");
  return blocked(build("web"), { check: "scan", ...failure });
}

describe("a candidate with a new critical is blocked", () => {
  const scan = scanOf([critical, high, unfixed], [high]);
  const result = run([blockedImage(scan), skippedFor(build("api"), "web")], [scan]);
  const summary = renderSummary(result);

  test("the failure has what counts and what to do, before anything else", () => {
    const sentence =
      "web does not pass the scan policy: it has 1 blocking finding (1 critical), which `latest` doesn't have ([`images/web/Dockerfile:1`]";
    expect(summary).toContain(sentence);
    expect(summary).toContain(
      [
        "```text",
        "CRITICAL CVE-2026-1 in openssl 3.3.1, fixed in 3.3.9, new: CVE-2026-1 is about openssl",
        "```",
        "",
        "Details: [`CVE-2026-1`](https://avd.aquasec.com/nvd/cve-2026-1)",
        "",
        "**How to fix:** upgrade openssl to 3.3.9 in the step `RUN apk add openssl`; or ignore it in .trivyignore.yaml, with a statement.",
      ].join("\n"),
    );
    expect(summary.indexOf(sentence)).toBeLessThan(summary.indexOf("### Findings"));
  });

  test("the table tells fixable from not fixable, and new from known", () => {
    expect(summary).toContain(
      [
        "### Findings",
        "",
        `| ${imageHeading(["✅ web"])} | Findings | Fix available | No fix yet | Compared with what is published |`,
        "| --- | --- | --- | --- | --- |",
        "| 🛑 **web** | 1 critical, 2 high<br>**1 blocking** | 2 | 1 | 2 new, 1 existing<br><sub>`latest`</sub> |",
      ].join("\n"),
    );
  });

  test("what to do and what has no fix stand apart, folded", () => {
    const link = (id: string) => `[\`${id}\`](https://avd.aquasec.com/nvd/${id.toLowerCase()})`;
    expect(summary).toContain(
      [
        "<details><summary><b>web</b>: 1 critical, 2 high</summary>",
        "",
        "**Fixed by an upgrade**",
        "",
        "| How to fix | Fixes | Packages |",
        "| --- | --- | --- |",
        `| upgrade openssl to 3.3.9 in the step \`RUN apk add openssl\` | **1 critical**, 1 new: ${link("CVE-2026-1")} | \`openssl 3.3.1\` |`,
        `| base debian:13 has a newer digest: rebuild | 1 high: ${link("CVE-2026-2")} | \`zlib 3.3.1\` |`,
        "",
        "**No fix yet**",
        "",
        "| Package | Findings | Brought by |",
        "| --- | --- | --- |",
        `| \`tar 3.3.1\` | 1 high, 1 new: ${link("CVE-2026-3")} | base debian:13 |`,
      ].join("\n"),
    );
  });

  test("the annotation says it too, once", () => {
    const notices = failureNotices(result);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ title: "Findings in web", at: { file: "images/web/Dockerfile", line: 1 } });
    expect(notices[0]?.message).toContain("CRITICAL CVE-2026-1 in openssl 3.3.1");
  });
});

describe("a candidate with a critical that is published too passes, and the run is red", () => {
  const result = run([published(build("web")), published(build("api"))], [scanOf([critical], [critical])]);

  test("it is published, and the summary says why that is red", () => {
    const summary = renderSummary(result);
    expect(summary).toMatch(/^## ❌ Published both images in 1 min 12 s; `web` has findings that match `fail-on`\n/);
    expect(summary).toContain(
      "web has 1 blocking finding (1 critical): `latest` already has it, so the image was published; the run fails until it is fixed",
    );
    expect(summary).toContain("docker pull ghcr.io/mieweb/opensource-server/web:main");
  });

  test("the annotation and the log say so", () => {
    expect(failureNotices(result).map(({ title }) => title)).toEqual(["Findings in web"]);
    const lines = closingLines(result);
    expect(lines[0]).toMatch(/^❌ web {2}published · .* · findings: 1 critical$/);
    expect(lines[1]).toMatch(/^✅ api {2}published · (?!.*findings)/);
    expect(lines.at(-1)).toMatch(
      /^❌ .*; web has findings that match `fail-on`\. .*how to fix each is listed with it\.$/,
    );
  });

  test("a pull request's image that does not pass makes the run red, too", () => {
    const notices = failureNotices(run([built(build("web"))], [scanOf([critical], [])]));
    expect(notices[0]?.message).toMatch(/^web does not pass the scan policy: /);
  });
});

describe("what is said of the gate", () => {
  const away = new UserError("ghcr.io is away", { hint: "run again" });
  test.each<[string, Partial<Judging>, string]>([
    ["nothing is published yet", { published: { kind: "first" } }, "it has 1 blocking finding (1 critical)"],
    ["a strict gate", { rules: { ...usual, gate: "strict" } }, "(1 critical), and the policy is strict"],
    ["unknown", { published: { kind: "unknown", error: away } }, "(1 critical), and what is published is unknown"],
  ])("%s", (_, settings, ending) => {
    const error = scanFailure(scanOf([critical], [], settings))?.error;
    expect(error?.message.split("\n")[0]?.endsWith(ending)).toBe(true);
  });

  test("the error that keeps what is published from being known is its cause", () => {
    const failure = scanFailure(scanOf([critical], [], { published: { kind: "unknown", error: away } }));
    expect(failure?.error.cause).toBe(away);
  });

  test("what could not be scanned is held, and the remedy tells how to publish it all the same", () => {
    const error = new UserError("no database could be fetched", { hint: "run again" });
    expect(scanFailure(judged({ kind: "unscanned", error }))?.error).toMatchObject({
      message: "web could not be scanned, so it is blocked",
      hint: "run again; `fail-on: none` lets it pass unscanned",
      cause: error,
    });
  });

  test("of a hundred findings the first twenty are told, and three remedies", () => {
    const many = Array.from({ length: 100 }, (_, n) =>
      vulnerability(`CVE-2026-${n + 100}`, { package: `p${n + 100}` }),
    );
    const error = scanFailure(scanOf(many, []))?.error;
    expect(error?.message.split("\n")).toHaveLength(22);
    expect(error?.message).toMatch(/\nand 80 more findings$/);
    expect(error?.hint).toMatch(/^upgrade p100 [^;]*; [^;]*; [^;]*; 97 more under Findings; or ignore them in/);
  });
});

describe("rows", () => {
  test("forty findings of one package are one row with one remedy", () => {
    const forty = Array.from({ length: 40 }, (_, n) => vulnerability(`CVE-2026-${100 + n}`, { fixed: `3.3.${n}` }));
    const summary = renderSummary(run([published(build("web"))], [scanOf(forty, forty)]));
    expect(summary.match(/^\| upgrade openssl .*$/gm)).toEqual([
      expect.stringMatching(
        /^\| upgrade openssl to 3\.3\.39 \| \*\*40 critical\*\*: .* and 34 more \| `openssl 3\.3\.1` \|$/,
      ),
    ]);
  });

  test("a finding of one platform says on which it is", () => {
    const scan = judged(scanned(platformScan([]), platformScan([critical], { platform: arm64 })));
    expect(renderSummary(run([blockedImage(scan)], [scan]))).toContain("<br><sub>linux/arm64 only</sub> |");
  });

  test("a secret is told with its place and what to do, and not as a thing to upgrade", () => {
    const scan = scanOf([secret("app/.env", { layer: "apk add openssl" })], []);
    const summary = renderSummary(run([published(build("web"))], [scan]));
    expect(summary).toContain("**Secrets in layers**");
    expect(summary).toContain("| 1 critical, 1 new: `aws-access-key-id` | `/app/.env:3` | revoke it and keep it out");
    expect(summary).not.toContain("**How to fix**\n");
  });

  test("what is gone and what is ignored is told", () => {
    const ignored = { ...high, ignored: { source: "images/web/.trivyignore.yaml", statement: "not reachable" } };
    const summary = renderSummary(run([published(build("web"))], [scanOf([ignored], [critical])]));
    expect(summary).toMatch(/\*\*Fixed since what is published:\*\* \[`CVE-2026-1`\]\S+ in `openssl`/);
    expect(summary).toMatch(/\*\*Ignored:\*\* \[`CVE-2026-2`\]\S+ \(images\/web\/\.trivyignore\.yaml, not reachable\)/);
    expect(summary).not.toMatch(/^\|.*(?:none|\b0\b)/m);
    expect(summary).toMatch(/^- `web`: no findings; \*\*Fixed since/m);
  });

  test("images without findings are one line", () => {
    const clean = [scanOf([], []), { ...scanOf([], []), name: "api" }];
    const summary = renderSummary(run([published(build("web")), published(build("api"))], clean));
    expect(summary).toContain("### Findings\n\nNo findings in 2 images.\n");
    expect(summary).toMatch(/^## ✅ /);
  });

  test.each<[string, Partial<typeof usual>, string]>([
    ["held", {}, "| ❌ **web** | not scanned: no database. |  |  | not tagged |"],
    [
      "or not",
      { failOn: new Set() },
      "| ⚠️ **web** | not scanned: no database. |  |  | published unscanned, as nothing blocks |",
    ],
  ])("what was not scanned says so, and is %s", (_, rules, row) => {
    const error = new UserError("no database", { hint: "run again" });
    const scan = judged({ kind: "unscanned", error }, { rules: { ...usual, ...rules } });
    expect(renderSummary(run([published(build("web"))], [scan]))).toContain(row);
  });
});

function placed(name: string, parents: readonly string[] = []) {
  return { name, parents, at: { file: `images/${name}/Dockerfile`, line: 1 } };
}

describe("a system that nobody reports findings for any more", () => {
  const ended = scanned(platformScan([], { os: "alpine 3.9.1", unwatched: "ended" }));
  const nameless = scanned(platformScan([], { os: undefined, unwatched: "unknown" }));
  const scans = [judged(ended), judged(ended, { name: "api" }), judged(nameless, { name: "db" })];
  const result = run([published(build("web")), published(build("api")), published(build("db"))], scans);
  const summary = renderSummary(result);

  test("is a line of its own, though nothing was found", () => {
    expect(summary).toContain("- `web`, `api`: no findings; **the operating system is end-of-life** (alpine 3.9.1)");
    expect(summary).toContain("- `db`: no findings; **the operating system is unknown** (unknown system)");
    expect(summary).not.toMatch(/No findings in|have no findings/);
    expect(summary).not.toContain("| Findings |");
  });

  test("is a remark, once for all images that have it, with what to do", () => {
    expect(unwatchedRemarks(scans, [placed("web"), placed("api"), placed("db")])).toEqual([
      {
        message:
          "alpine 3.9.1 is end-of-life, and nobody reports findings for it any more: what is wrong with the packages of `web`, `api` is unknown",
        hint: "build on a release that is still supported",
        at: placed("web").at,
      },
      {
        message:
          "the vulnerability database has no entries for the operating system: what is wrong with the packages of `db` is unknown",
        hint: expect.stringContaining("/etc/os-release"),
        at: placed("db").at,
      },
    ]);
  });

  test("is a remark on the image that others have it from", () => {
    const [remark] = unwatchedRemarks(scans.slice(0, 2), [placed("web"), placed("api", ["web"])]);
    expect(remark).toMatchObject({
      message: expect.stringContaining("the packages of `web` (and of 1 image that depends on it) is unknown"),
      at: { file: "images/web/Dockerfile", line: 1 },
    });
  });

  test("holds nothing", () => {
    expect(scans.map(({ decision }) => decision.kind)).toEqual(["passed", "passed", "passed"]);
  });
});

describe("a scan of what is published", () => {
  const itself: Partial<Judging> = {
    published: { kind: "itself", found: { tag: "latest", digest: digestOf("latest") } },
  };
  const clean = { ...scanOf([], [], itself), name: "api" };
  const images = [skipped("web"), skipped("api")];
  const result = run(images, [scanOf([high], [], itself), clean], { fixableByRebuild: ["web"] });

  test("says what was scanned and what a rebuild would mend", () => {
    const summary = renderSummary(result);
    expect(summary).toMatch(/^## ✅ Scanned 2 published images in 1 min 12 s\n/);
    expect(summary).toContain("The other image has no findings.\n\n**Fixed by a rebuild:** `web`");
    expect(summary).not.toContain("not affected");
  });

  test("is red where findings count, and speaks of no gate", () => {
    const red = run(images, [scanOf([critical], [], itself), clean], { fixableByRebuild: ["web"] });
    expect(failureNotices(red)[0]?.message).toMatch(/^web, as published, has 1 blocking finding \(1 critical\)\n/);
    expect(renderSummary(red)).toContain(
      "## ❌ Scanned 2 published images in 1 min 12 s; `web` has findings that match `fail-on`\n",
    );
    expect(renderSummary(red)).toContain("| 1 |  | this is published |");
  });

  test("is a warning where nothing is published", () => {
    const nothing = run([skipped("web")], [], { fixableByRebuild: [] });
    expect(renderSummary(nothing)).toMatch(/^## ⚠️ Scanned nothing\n/);
    expect(closingLines(nothing).at(-1)).toMatch(/^⚠️ Scanned nothing\. No image that is to be scanned is published/);
    expect(failureNotices(nothing)).toEqual([]);
  });

  test("is one line where none could be scanned, at no line of a Dockerfile, and with no advice on tags", () => {
    const error = new UserError("no database", { hint: "run again" });
    const nothing = run([skipped("web")], [judged({ kind: "unscanned", error }, itself)], { fixableByRebuild: [] });
    expect(renderSummary(nothing)).toMatch(/^## ❌ `web` could not be scanned\n/);
    expect(failureNotices(nothing)).toEqual([
      { title: "web was not scanned", message: "web could not be scanned\nno database", hint: "run again" },
    ]);
  });

  test("is red where one could not be scanned, and says no more than that", () => {
    const error = new UserError("no database", { hint: "run again" });
    const red = run(images, [judged({ kind: "unscanned", error }), clean]);
    expect(renderSummary(red)).toMatch(/^## ❌ Scanned 1 published image in 1 min 12 s; `web` could not be scanned\n/);
    expect(renderSummary(red)).toContain("| ❌ **web** | not scanned: no database. |  |  | it stays published |");
    expect(failureNotices(red).map(({ title }) => title)).toEqual(["web was not scanned"]);
    expect(closingLines(red)[0]).toBe("❌ web  not scanned");
  });

  test("has a line for each image", () => {
    expect(closingLines(result).slice(0, 2)).toEqual([
      expect.stringMatching(/^✅ web {2}scanned · latest · \w{12}… · findings: 1 high$/),
      expect.stringMatching(/^✅ api {2}scanned · latest · \w{12}… · no findings$/),
    ]);
  });
});

describe("outputs", () => {
  test("count each finding once, though several platforms have it", () => {
    const scan = judged(
      scanned(
        platformScan([critical, unfixed, secret("x")]),
        platformScan([critical, { ...high, ignored: { source: "x", statement: undefined } }], { platform: arm64 }),
      ),
    );
    expect(imageOutputs(run([blockedImage(scan)], [scan]))[0]?.findings).toEqual({
      ...{ critical: 2, high: 1, medium: 0, low: 0, unknown: 0 },
      ...{ counting: 1, new: 3, known: 0, fixable: 1, unfixed: 1, secrets: 1, gone: 0, ignored: 1 },
    });
  });

  test("null is not scanned, and the folder of SARIF files is told", () => {
    const error = new UserError("no database", { hint: "run again" });
    const outputs = outputsOf(
      run([skipped("web")], [judged({ kind: "unscanned", error })], { sarif: "/tmp/sarif" }),
      "p",
    );
    expect([JSON.parse(outputs.images)[0].findings, outputs.sarif]).toEqual([null, "/tmp/sarif"]);
  });
});

describe("the log", () => {
  test("has every reported finding with its remedy", () => {
    expect(findingGroups(run([published(build("web"))], [scanOf([critical, high], [high])]))).toEqual([
      {
        title: "web · findings: 1 critical, 1 high; 1 new",
        lines: [
          "CRITICAL CVE-2026-1 in openssl 3.3.1, fixed in 3.3.9, new: CVE-2026-1 is about openssl → upgrade openssl to 3.3.9 in the step `RUN apk add openssl`",
          "HIGH CVE-2026-2 in zlib 3.3.1, fixed in 1.3.2, existing: CVE-2026-2 is about openssl → base debian:13 has a newer digest: rebuild",
        ],
      },
    ]);
  });

  test("warns of new findings that hold nothing, and not of known ones or in a first image", () => {
    const images = [published(build("web")), published(build("api")), published(build("db"))];
    const scans = [scanOf([high, unfixed], [unfixed]), { ...scanOf([high], [high]), name: "api" }];
    const warnings = findingWarnings(run(images, [...scans, { ...scanOf([high], undefined), name: "db" }]));
    expect(warnings).toEqual([
      {
        title: "web",
        message:
          "web has 1 new finding (1 high):\nHIGH CVE-2026-2 in zlib 3.3.1, fixed in 1.3.2, new: CVE-2026-2 is about openssl",
        hint: "base debian:13 has a newer digest: rebuild",
        at: { file: "images/web/Dockerfile", line: 1 },
      },
    ]);
  });

  test("warns of what is published unseen", () => {
    const error = new UserError("no database", { hint: "run again" });
    const scan = judged({ kind: "unscanned", error }, { rules: { ...usual, failOn: new Set() } });
    expect(findingWarnings(run([published(build("web"))], [scan]))).toMatchObject([
      { message: "web was not scanned, and nothing is blocked for that: no database", hint: "run again" },
    ]);
  });

  test("never has more warnings than GitHub shows", () => {
    const names = Array.from({ length: 30 }, (_, n) => `image-${n}`);
    const result = run(
      names.map((name) => published(build(name))),
      names.map((name) => ({ ...scanOf([high], []), name })),
    );
    const warnings = findingWarnings(result);
    expect(warnings).toHaveLength(9);
    expect(warnings.at(-1)?.message).toBe("22 more images with new findings");
  });
});

describe("hostile images", () => {
  const nasty = vulnerability(hostile, {
    ...{ title: hostile, package: hostile, installed: hostile, fixed: hostile, path: hostile },
    ...{ layer: "bad", url: "https://x.example/)](javascript:alert(1))" },
  });
  const findings = [
    nasty,
    { ...nasty, fixed: undefined, package: `${hostile}2` },
    { ...nasty, package: "i", ignored: { source: hostile, statement: hostile } },
    secret(hostile, { id: hostile, title: hostile, layer: "bad" }),
  ];
  const layers = [{ diffId: "bad", createdBy: hostile }];
  const scan = judged(scanned(platformScan(findings, { layers, os: hostile })), {
    name: hostile,
    published: nowPublished(platformScan([{ ...nasty, package: "gone" }], { of: "p" })),
  });
  const result = run([{ ...published({ ...build("x"), name: hostile }) }], [scan]);

  test("stay text in their places in the summary", () => {
    const outside = renderSummary(result)
      .replaceAll(/^(`{3,}).*?^\1$/gms, "")
      .replaceAll(/`[^`\n]+`/g, "")
      .replaceAll(/<\/?(?:code|br|sub|b|details|summary)>/g, "");
    expect(outside).toContain("**Secrets in layers**");
    expect(outside).not.toMatch(/[<>]|@[^\u200b]|\]\(\S*javascript/);
    const cells = outside.match(/^\| .*\|$/gm)?.map((row) => row.match(/ \| /g)?.length);
    expect(new Set(cells)).toEqual(new Set([2, 4, 5]));
    expect(outside.match(/^(?:#+|-|\d+\.) ?heading/gm)).toBeNull();
  });

  test("have no control character and no command in the log", () => {
    const groups = findingGroups(result).flatMap(({ title, lines }) => [title, ...lines]);
    expect(groups.length).toBeGreaterThan(3);
    for (const line of [...groups, ...closingLines(result)]) expect(line).not.toMatch(/\p{Cc}|\u202e|^\s*::|##\[/u);
  });
});

test("hundreds of images with hundreds of findings each stay below what GitHub takes", () => {
  const hundreds = Array.from({ length: 300 }, (_, n) => vulnerability(`CVE-2026-${n}`, { package: `package-${n}` }));
  const scan = scanOf(hundreds, hundreds);
  const names = Array.from({ length: 400 }, (_, n) => `image-${n}`);
  const result = run(
    names.map((name) => published(build(name))),
    names.map((name) => ({ ...scan, name })),
  );
  const summary = renderSummary(result);
  expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
  expect(summary).toMatch(/_\d+ more images' findings left out here/);
});

test.each<[string, Finding]>([
  ["with a fix", vulnerability("CVE-2026-1", { package: "a`b", fixed: "1`2", path: "x`y" })],
  ["of a base", vulnerability("CVE-2026-1", { package: "a`b", layer: "debian" })],
  ["without a fix", vulnerability("CVE-2026-1", { package: "a`b", fixed: undefined, layer: "apk add openssl" })],
])("a backtick in the name of a package %s shifts no code of what to do", (_, finding) => {
  const scan = judged(scanned(platformScan([{ ...finding }], { layerNames })), {
    bases: [baseLayers("deb`ian:13", ["debian"])],
  });
  const counting = scan.kind === "scanned" ? scan.platforms.flatMap(({ findings }) => findings) : [];
  for (const { remedy } of counting)
    expect(remedy.text.match(/`[^`]*`|`/g)?.filter((each) => !/`RUN /.test(each)) ?? []).toEqual([]);
  const summary = renderSummary(run([published(build("web"))], [scan]));
  expect(summary.match(/`(?:RUN|docker|latest)[^`]*$/gm)).toBeNull();
});

test.each([
  { when: "a date", database: Date.UTC(2026, 10, 30, 23), line: ", with the vulnerability database of 2026-11-30" },
  { when: "no date", database: undefined, line: "" },
])("the summary names the scanner, and its database where that has $when", ({ database, line }) => {
  const scanner = { name: "Trivy 0.76.0", database };
  const summary = renderSummary(run([published(build("web"))], [scanOf([], [])], { scanner }));
  expect(summary).toContain(`No findings in 1 image.\n\n<sub>Scanned by Trivy 0.76.0${line}.</sub>`);
});
