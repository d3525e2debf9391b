/** What is wrong with ignore files of plain text, and with VEX documents. YAML is compared with Trivy itself (e2e/ignore-files). */
import { describe, expect, test } from "@jest/globals";
import { formatLocation } from "../../../../../src/errors.ts";
import { expiredEntries } from "../../../../../src/scan/trivy/exceptions/expired-entries.ts";
import { ignoreFileProblems } from "../../../../../src/scan/trivy/exceptions/ignore-file.ts";
import { vexProblem } from "../../../../../src/scan/trivy/exceptions/vex-document.ts";

const told = async (text: string, file: string): Promise<readonly string[]> =>
  (await ignoreFileProblems(text, file)).map(
    ({ message, hint, at }) => `${at && formatLocation(at)} ${message.split(": ").slice(1).join(": ")}; ${hint}`,
  );

const yaml = "this is YAML in a file of plain text; name the file .trivyignore.yaml";
const date = "is not a date; write it as 2026-12-31, without quotes";

describe("plain text", () => {
  test.each<[string, readonly string[]]>([
    ["", []],
    ["# CVE-1 exp:never\n\n  \nCVE-2 # not reachable\nCVE-3 exp:2026-12-31\r\nDS002\n", []],
    ["CVE-1\nCVE-2 exp:2026-13-01\n", [`images/a/.trivyignore:2:7 "2026-13-01" ${date}`]],
    ["\tCVE-2\texp:soon # later", [`images/a/.trivyignore:1:8 "soon" ${date}`]],
    ["CVE-2 exp:", [`images/a/.trivyignore:1:7 "" ${date}`]],
    ["CVE-2 exp:2026-1-1", [`images/a/.trivyignore:1:7 "2026-1-1" ${date}`]],
    ["vulnerabilities:\n  - id: CVE-1\n", [`images/a/.trivyignore:1:1 ${yaml}`, `images/a/.trivyignore:2:3 ${yaml}`]],
  ])("%j", async (text, problems) => {
    expect(await told(text, "images/a/.trivyignore")).toEqual(problems);
  });
});

test("a message in YAML has place, reason and remedy", async () => {
  expect(await told("vulnerabilities:\n  - id: CVE-1\n    expired_at: soon\n", ".trivyignore.yaml")).toEqual([
    `.trivyignore.yaml:3:17 "soon" ${date}`,
  ]);
  expect(await told("vulnerabilites: []\n", ".trivyignore.yml")).toEqual([
    '.trivyignore.yml:1:1 "vulnerabilites" is unknown; write one of vulnerabilities, misconfigurations, secrets, licenses; did you mean "vulnerabilities"?',
  ]);
});

test.each([
  ["vulnerabilities: []\n---\n", []],
  ["vulnerabilities: []\n---\n# no more\n\n", []],
  ["---\nvulnerabilities: []\n---", []],
  [
    "vulnerabilities: []\n---\nsecrets: []\n",
    [".trivyignore.yaml:2:1 ; take the line `---` out, and write all of it as one document"],
  ],
])("documents in one file: %j", async (text, problems) => {
  expect(await told(text, ".trivyignore.yaml")).toEqual(problems);
});

test.each<[string, string, readonly string[]]>([
  [".trivyignore", "CVE-1 exp:2026-01-01 # why\nCVE-2 exp:2027-01-01\n# CVE-3 exp:2026-01-01\nCVE-4\n", ["1 CVE-1"]],
  [
    ".trivyignore.yaml",
    "vulnerabilities:\n  - id: CVE-1\n    expired_at: 2026-01-01\n  - id: CVE-2\n    expired_at: 2027-01-01\n  - id: CVE-3\n",
    ["3 CVE-1"],
  ],
  [".trivyignore.yaml", "secrets:\n  - {id: aws, expired_at: 2026-06-30T23:59:59Z}\n", ["2 aws"]],
  [".trivyignore.yaml", "secrets:\n  - {id: aws, expired_at: 2026-07-01}\n", []],
  [".trivyignore.yaml", "secrets:\n  - {id: aws, expired_at: }\n", []],
  [".trivyignore.yaml", "", []],
])("entries that have expired: %s with %j", async (file, text, expired) => {
  const found = await expiredEntries(text, file, new Date("2026-07-01T00:00:00Z"));
  expect(found.map(({ id, at }) => `${at.line} ${id}`)).toEqual(expired);
});

describe("VEX documents", () => {
  test.each<[string, string, string | undefined]>([
    ["OpenVEX", '{"@context": "https://openvex.dev/ns/v0.2.0"}', undefined],
    ["OpenVEX after a byte order mark", '\ufeff{"@context": "https://openvex.dev/ns"}', undefined],
    ["CSAF", '{"document": {"category": "csaf_vex"}}', undefined],
    ["CycloneDX", '{"bomFormat": "CycloneDX"}', "vex.json Trivy applies VEX of CycloneDX to SBOMs alone"],
    ["another document", '{"a": 1}', "vex.json it is neither OpenVEX nor CSAF"],
    ["a list", "[]", "vex.json it is neither OpenVEX nor CSAF"],
    ["an empty file", "", "vex.json:1:1 it isn't valid JSON"],
    ["a comma too many", '{\n  "a": 1,\n}\n', "vex.json:3:1 it isn't valid JSON"],
  ])("%s", (_, text, said) => {
    const problem = vexProblem(text, "vex.json");
    expect(problem && `${problem.at && formatLocation(problem.at)} ${problem.message.split(": ")[1]}`).toBe(said);
  });
});
