/** What we refuse of ignore files is what Trivy refuses, or passes over without a word. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { formatLocation } from "../../src/errors.ts";
import { ignoreFileProblems } from "../../src/scan/trivy/exceptions/ignore-file.ts";
import { newFolder, rig } from "./rig.ts";

jest.setTimeout(30_000);

const entry = (field: string): string => `vulnerabilities:\n  - id: CVE-1\n    ${field}\n`;

/** Whether Trivy takes it for an empty report. */
function trivyTakes(text: string): boolean {
  const folder = newFolder("ignore");
  const [report, file] = [join(folder, "report.json"), join(folder, "ignore.yaml")];
  writeFileSync(report, JSON.stringify({ SchemaVersion: 2, ArtifactType: "container_image", Results: [] }));
  writeFileSync(file, text);
  const args = [
    "convert",
    "--quiet",
    "--format",
    "json",
    "--ignorefile",
    file,
    "--output",
    join(folder, "out"),
    report,
  ];
  return spawnSync(rig.trivy.path, args, { cwd: folder, env: { HOME: folder }, timeout: 20_000 }).status === 0;
}

const placesOf = async (text: string, file = "ignore.yaml"): Promise<readonly string[]> =>
  (await ignoreFileProblems(text, file)).map(({ at }) => (at === undefined ? "nowhere" : formatLocation(at)));

describe("refused, as Trivy refuses it", () => {
  test.each([
    ["a flow that doesn't end", "a: [", "1:5"],
    ["a tab", "vulnerabilities:\n\t- id: CVE-1\n", "2:1"],
    ["an alias of nothing", "vulnerabilities:\n  - id: *x\n", "2:9"],
    ["plain text", "CVE-2026-1\n", "1:1"],
    ["a list", "- id: CVE-1\n", "1:1"],
    ["a section that is a text", "vulnerabilities: CVE-1\n", "1:18"],
    ["a section that is a map", "secrets:\n  id: aws\n", "2:3"],
    ["a section of another scanner", "licenses: 3\n", "1:11"],
    ["an entry that is a text", "vulnerabilities:\n  - CVE-1\n", "2:5"],
    ["an id that is a list", "vulnerabilities:\n  - id: [CVE-1]\n", "2:9"],
    ["a key twice", "vulnerabilities:\n  - id: CVE-1\n    id: CVE-2\n", "3:5"],
    ["a section twice", "secrets: []\nsecrets: []\n", "2:1"],
    ["a path that is no list", entry("paths: app/**"), "3:12"],
    ["a path that is a map", entry("paths: [{a: b}]"), "3:13"],
    ["a class that doesn't end", entry('paths: [ok, "[id"]'), "3:17"],
    ["an empty class", entry('paths: ["[]a]"]'), "3:13"],
    ["braces that don't end", entry('paths: ["{a"]'), "3:13"],
    ["braces that don't begin", entry('paths: ["a}"]'), "3:13"],
    ["a backslash at the end", entry('paths: ["a\\\\"]'), "3:13"],
    ["a word for a date", entry("expired_at: soon"), "3:17"],
    ["a month too many", entry("expired_at: 2026-13-01"), "3:17"],
    ["a day too many", entry("expired_at: 2026-02-30"), "3:17"],
    ["a date in quotes", entry('expired_at: "2026-12-31"'), "3:17"],
    ["a date without dashes", entry("expired_at: 20261231"), "3:17"],
    ["a package that is no URL", entry("purls: [openssl]"), "3:13"],
    ["a statement that is a list", entry("statement: [never called]"), "3:16"],
  ])("%s", async (_, text, place) => {
    expect(trivyTakes(text)).toBe(false);
    expect(await placesOf(text)).toEqual([`ignore.yaml:${place}`]);
  });
});

describe("taken, as Trivy takes it", () => {
  test.each([
    ["nothing", ""],
    ["comments alone", "# none\n"],
    ["a section of nothing", "vulnerabilities:\nsecrets: []\n"],
    ["an entry of nothing", "vulnerabilities:\n  -\n"],
    ["a number for an id", "vulnerabilities:\n  - id: 12\n"],
    ["keys of others", "owner: me\nvulnerabilities:\n  - id: CVE-1\n    ticket: 12\n"],
    ["anchors and merges", "common: &all {statement: never}\nvulnerabilities:\n  - <<: *all\n    id: CVE-1\n"],
    ["a date", entry("expired_at: 2026-12-31")],
    ["a short date", entry("expired_at: 2026-1-1")],
    ["no date", entry("expired_at:")],
    ["a time", entry("expired_at: 2026-12-31T00:00:00Z")],
    ["a time with a blank", entry("expired_at: 2026-12-31 10:00:00")],
    ["a time in quotes", entry('expired_at: "2026-12-31T00:00:00Z"')],
    ["patterns", entry('paths: ["a**b", "{a,{b,c}}", "[^a]", "[a-]", "\\\\[id\\\\]", "]"]')],
    ["numbers for paths", entry("paths: [1]")],
    ["no paths", entry("paths:")],
    ["package URLs", entry("purls: ['pkg:npm/%40scope/name@1.0', 'pkg:golang/example.com/a']")],
  ])("%s", async (_, text) => {
    expect(trivyTakes(text)).toBe(true);
    expect(await placesOf(text)).toEqual([]);
  });
});

describe("refused, where Trivy passes over it without a word", () => {
  test.each([
    ["a section's typo", "vulnerabilites:\n  - id: CVE-1\n", "1:1"],
    ["a field's typo", entry("path: [app/**]"), "3:5"],
    ["another field's", entry("expires_at: 2026-12-31"), "3:5"],
  ])("%s", async (_, text, place) => {
    expect(trivyTakes(text)).toBe(true);
    expect(await placesOf(text)).toEqual([`ignore.yaml:${place}`]);
  });
});
