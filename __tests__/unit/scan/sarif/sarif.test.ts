import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { severities } from "../../../../src/model/severity.ts";
import { imageSarif } from "../../../../src/scan/sarif/sarif.ts";
import type { SarifLog, SarifResult } from "../../../../src/scan/sarif/sarif-log.ts";
import { anyText } from "../../any-text.ts";
import { schemaErrors } from "../sarif-schema.ts";
import { judged, remedyThat, type ScannedImage, scanOf, secret, vulnerability } from "../scans.ts";

const at = { file: "images/base/Dockerfile", line: 4, column: 6 };
const sarifOf = (scan: ScannedImage) => imageSarif(scan, at);
const both = (...found: Parameters<typeof scanOf>[1][string]) =>
  scanOf("base", { "linux/amd64": found, "linux/arm64": found });

describe("a finding in SARIF", () => {
  test("stands on the line that brings it, with what to do", () => {
    const scan = both(judged(vulnerability("CVE-2026-1"), { remedy: remedyThat("upgrade openssl to 3.3.9") }));
    const [run] = sarifOf(scan).upload.runs;
    expect(run?.automationDetails.id).toBe("image-publish/base/");
    expect(run?.results).toMatchObject([
      {
        ruleId: "CVE-2026-1",
        level: "error",
        message: {
          text: "openssl 3.3.8 in base (linux/amd64, linux/arm64) has CVE-2026-1: what CVE-2026-1 is. Fixed in 3.3.9. To do: upgrade openssl to 3.3.9",
        },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "images/base/Dockerfile" },
              region: { startLine: 4, startColumn: 6, endLine: 4, endColumn: 6 },
            },
            logicalLocations: [{ fullyQualifiedName: "base: openssl" }],
          },
        ],
      },
    ]);
    expect(run?.tool.driver.rules).toMatchObject([
      {
        id: "CVE-2026-1",
        helpUri: "https://example.org/CVE-2026-1",
        help: { markdown: expect.stringContaining("| `openssl` | `3.3.8` | `3.3.9` | upgrade openssl to 3.3.9 |") },
        properties: { "security-severity": "9.5", tags: ["security", "vulnerability", "os-package", "critical"] },
      },
    ]);
  });

  test.each([
    ["CRITICAL", "error", "9.5"],
    ["HIGH", "error", "8.0"],
    ["MEDIUM", "warning", "5.5"],
    ["LOW", "note", "2.0"],
    ["UNKNOWN", "note", undefined],
  ] as const)("%s is %s on the line and %s on GitHub's scale", (severity, level, score) => {
    const [run] = sarifOf(both(vulnerability("CVE-2026-1", { severity }))).upload.runs;
    expect(run?.results[0]?.level).toBe(level);
    expect(run?.tool.driver.rules[0]?.defaultConfiguration.level).toBe(level);
    expect(run?.tool.driver.rules[0]?.properties["security-severity"]).toBe(score);
  });

  test("is one alert over versions, platforms, lines and layers, and another in another image or package", () => {
    const first = printOf(both(vulnerability("CVE-2026-1")));
    const changed = vulnerability("CVE-2026-1", { installed: "9", fixed: undefined, layer: "sha256:1", title: "else" });
    expect(printOf(scanOf("base", { "linux/riscv64": [changed] }))).toBe(first);
    const other = [
      scanOf("agent", { "linux/amd64": [vulnerability("CVE-2026-1")] }),
      both(vulnerability("CVE-2026-2")),
      both(vulnerability("CVE-2026-1", { package: "libssl" })),
      both(vulnerability("CVE-2026-1", { path: "app/go.sum" })),
    ];
    expect(new Set([first, ...other.map(printOf)]).size).toBe(5);
  });

  test("in two versions, or on a platform with another one, is one result that names them all", () => {
    const newer = vulnerability("CVE-2026-1", { installed: "3.3.8-2" });
    const scan = scanOf("base", { "linux/amd64": [vulnerability("CVE-2026-1")], "linux/arm64": [newer] });
    const { runs } = sarifOf(scan).upload;
    expect(runs).toHaveLength(1);
    expect(runs[0]?.results.map(({ message }) => message.text)).toEqual([
      expect.stringContaining("openssl 3.3.8, 3.3.8-2 in base"),
    ]);
  });

  test("that is told differently on two platforms reads the same whichever comes first", () => {
    const platforms = {
      "linux/amd64": [vulnerability("CVE-2026-1")],
      "linux/arm64": [vulnerability("CVE-2026-1", { title: "else" })],
    };
    const turned = Object.fromEntries(Object.entries(platforms).reverse());
    expect(sarifOf(scanOf("base", turned)).upload).toEqual(sarifOf(scanOf("base", platforms)).upload);
  });

  test("that some packages share has one rule, whose help names them all", () => {
    const scan = both(
      vulnerability("CVE-2026-1"),
      vulnerability("CVE-2026-1", { package: "libssl", fixed: undefined }),
    );
    const [run] = sarifOf(scan).upload.runs;
    expect(run?.results.map(({ ruleIndex }) => ruleIndex)).toEqual([0, 0]);
    expect(run?.tool.driver.rules).toHaveLength(1);
    expect(run?.tool.driver.rules[0]?.help.markdown).toMatch(/`libssl` .* no fix yet .*\n.*`openssl`/);
  });

  test("that is a secret says where it lies", () => {
    const [run] = sarifOf(both(secret())).upload.runs;
    expect(run?.results[0]).toMatchObject({ ruleId: "secret-aws-access-key-id", level: "error" });
    expect(run?.results[0]?.message.text).toContain("is in /app/.env, line 3 of base");
  });

  test("that the user ignores is suppressed in the file, with the reason, and not uploaded", () => {
    const ignored = { source: ".trivyignore.yaml", statement: "not reachable" };
    const { file, upload } = sarifOf(both(vulnerability("CVE-2026-1", { ignored })));
    expect(file.runs[0]?.results[0]?.suppressions).toEqual([
      { kind: "external", justification: ".trivyignore.yaml: not reachable" },
    ]);
    expect(upload.runs[0]?.results).toEqual([]);
  });

  test("of a severity that is not reported is left out, ignored or not", () => {
    const scan = both(judged(vulnerability("CVE-2026-1"), { isReported: false }));
    expect(resultsOf(sarifOf(scan).file)).toEqual([]);
    const ignored = { source: "vex.json", statement: undefined };
    const quiet = both(vulnerability("CVE-2026-1", { ignored, severity: "LOW" }));
    expect(resultsOf(sarifOf(quiet).file)).toHaveLength(1);
    const rules = { ...quiet.rules, severity: new Set(["CRITICAL" as const]) };
    expect(resultsOf(sarifOf({ ...quiet, rules }).file)).toEqual([]);
  });
});

describe("runs", () => {
  test("an image without findings has one, as it closes what was open", () => {
    const { upload, emptyCategories } = sarifOf(both());
    expect(upload.runs.map((run) => [run.automationDetails.id, run.results.length])).toEqual([
      ["image-publish/base/", 0],
    ]);
    expect(emptyCategories).toEqual(["image-publish/base/linux-amd64", "image-publish/base/linux-arm64"]);
  });

  test("what not all platforms have is in theirs alone", () => {
    const [one, two] = [vulnerability("CVE-2026-1"), vulnerability("CVE-2026-2")];
    const scan = scanOf("base", { "linux/amd64": [one, two], "linux/arm64": [one], "linux/arm/v7": [two, one] });
    const { upload, emptyCategories } = sarifOf(scan);
    expect(upload.runs.map((run) => [run.automationDetails.id, ...run.results.map(({ ruleId }) => ruleId)])).toEqual([
      ["image-publish/base/", "CVE-2026-1"],
      ["image-publish/base/linux-amd64/", "CVE-2026-2"],
      ["image-publish/base/linux-arm-v7/", "CVE-2026-2"],
    ]);
    expect(emptyCategories).toEqual(["image-publish/base/linux-arm64"]);
  });
});

describe("whatever images and databases say", () => {
  test("it is valid SARIF, its indices hold, and nothing in it is empty or a link", () => {
    fc.assert(
      fc.property(scans, anyText({ minLength: 1 }), (scan, path) => {
        const { file, upload } = imageSarif(scan, { file: `a/${path}` });
        for (const log of [file, upload]) {
          expect(schemaErrors(log)).toBe("");
          for (const run of log.runs) {
            const { rules } = run.tool.driver;
            expect(run.results.map((result) => rules[result.ruleIndex]?.id)).toEqual(
              run.results.map((result) => result.ruleId),
            );
            expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
            expect(new Set(run.results.map((result) => result.partialFingerprints.primaryLocationLineHash)).size).toBe(
              run.results.length,
            );
          }
        }
        for (const { message } of resultsOf(upload))
          expect(message.text.replace(/\\[\\[\]]/g, "")).not.toMatch(/[[\]]/);
        JSON.stringify(file, (key, value) => {
          if (value === "") throw new Error(`${key} is empty`);
          return value;
        });
      }),
      { numRuns: 150 },
    );
  });

  test("a Markdown link, a mention or a page that is no page goes nowhere", () => {
    const title = "[click](https://evil.example) @everyone";
    const [run] = sarifOf(both(vulnerability("CVE-2026-1", { title, url: "javascript:alert(1)" }))).upload.runs;
    expect(run?.results[0]?.message.text).toContain("\\[click\\](https://evil.example)");
    expect(run?.tool.driver.rules[0]?.help.markdown).not.toMatch(/\[click\]|@everyone|javascript/);
    expect(run?.tool.driver.rules[0]?.helpUri).toBeUndefined();
  });

  test.each([
    ["https://example.org/a b|c?d={e}[f]", "https://example.org/a%20b%7Cc?d=%7Be%7D%5Bf%5D"],
    ["https://example.org/100%#x", "https://example.org/100%25"],
    ["http://example.org/", undefined],
    ["https://user:word@example.org/", undefined],
    ["https://[::1]/", undefined],
    ["//example.org", undefined],
  ])("the page %s is told as %s", (url, expected) => {
    const [run] = sarifOf(both(vulnerability("CVE-2026-1", { url }))).upload.runs;
    expect(run?.tool.driver.rules[0]?.helpUri).toBe(expected);
  });

  test.each([
    ["images/base/Dockerfile", "images/base/Dockerfile"],
    ["a b/Docker#file%?", "a%20b/Docker%23file%25%3F"],
    ["c:/Dockerfile", "c%3A/Dockerfile"],
    ["./Dockerfile", "Dockerfile"],
  ])("the file %s is the reference %s", (file, uri) => {
    const { upload } = imageSarif(both(vulnerability("CVE-2026-1")), { file });
    const { artifactLocation, region } = resultsOf(upload)[0]?.locations[0].physicalLocation ?? {};
    expect(artifactLocation).toEqual({ uri, uriBaseId: "%SRCROOT%" });
    expect(region).toEqual({ startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 });
  });

  test("the same findings are the same bytes, in whatever order they come", () => {
    fc.assert(
      fc.property(scans, (scan) => {
        const turned = {
          ...scan,
          platforms: [...scan.platforms].reverse().map((each) => ({ ...each, findings: [...each.findings].reverse() })),
        };
        expect(JSON.stringify(sarifOf(turned))).toBe(JSON.stringify(sarifOf(scan)));
      }),
      { numRuns: 100 },
    );
  });
});

const text = fc.oneof(
  anyText(),
  fc.constantFrom("", " ", "openssl", "CVE-2026-1", "](x)", "\\", "{0}", "\n", "\u202e"),
);
const ignored = fc.option(fc.record({ source: text, statement: fc.option(text, { nil: undefined }) }), {
  nil: undefined,
});
const severity = fc.constantFrom(...severities);
const vulnerabilities = fc
  .record({
    ...{ id: text, package: text, installed: text, title: text, severity, ignored },
    ...{ fixed: fc.option(text, { nil: undefined }), path: fc.option(text, { nil: undefined }) },
    url: fc.oneof(
      text,
      text.map((end) => `https://example.org/${end}`),
      text.map((end) => `https://${end}`),
    ),
  })
  .map(({ id, ...rest }) => vulnerability(id, rest));
const secrets = fc
  .record({ id: text, path: text, title: text, severity, ignored, line: fc.option(fc.nat(), { nil: undefined }) })
  .map(secret);
const findings = fc
  .tuple(fc.oneof(vulnerabilities, secrets), text)
  .map(([finding, remedy]) => judged(finding, { remedy: remedyThat(remedy) }));
const scans = fc
  .tuple(anyText({ minLength: 1 }), fc.array(findings, { maxLength: 5 }), fc.array(findings, { maxLength: 5 }))
  .map(([name, common, more]) => scanOf(name, { "linux/amd64": common, "linux/arm64": [...common, ...more] }));

function resultsOf({ runs }: SarifLog): readonly SarifResult[] {
  return runs.flatMap(({ results }) => results);
}

function printOf(scan: ScannedImage): string | undefined {
  return resultsOf(sarifOf(scan).upload)[0]?.partialFingerprints.primaryLocationLineHash;
}
