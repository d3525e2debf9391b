/** What is wrong with ignore files of plain text, and with VEX documents. YAML is compared with Trivy itself (e2e/ignore-files). */
import { describe, expect, test } from "@jest/globals";
import { formatLocation } from "../../../../../src/errors.ts";
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
