import { describe, expect, test } from "@jest/globals";
import { provenanceArgument, publishedSecrets } from "../../../../src/buildx/invocation/provenance.ts";
import { readAttestation } from "../../../../src/model/buildflags/attestation.ts";
import { attestationProblems } from "../../../../src/settings/attestation-problems.ts";

const page = "https://github.com/o/r/actions/runs/1";

test.each<[string, string | undefined, boolean | undefined, string | undefined, string]>([
  ["a public repository tells everything", undefined, false, page, `mode=max,builder-id=${page}`],
  ["a private one little", undefined, true, page, `mode=min,builder-id=${page}`],
  ["one that may be private too", undefined, undefined, undefined, "mode=min"],
  ["false is a clean index", "false", false, page, "false"],
  ["true is buildx's own", "true", false, undefined, "true"],
  ["given attributes stay", "mode=max,version=v1", true, page, `mode=max,version=v1,builder-id=${page}`],
  ["a given builder stays", "mode=max,builder-id=me", false, page, "mode=max,builder-id=me"],
  ["also in quotes, as buildx reads it", '"builder-id=a,b",mode=min', false, page, '"builder-id=a,b",mode=min'],
  [
    "a value that looks like a builder is none",
    "filename=builder-id=x",
    true,
    page,
    `filename=builder-id=x,builder-id=${page}`,
  ],
  ["what is said last counts", "mode=max,mode=min", true, undefined, "mode=min"],
  ["false has other spellings", "F", false, page, "false"],
  ["and another word", "mode=max,disabled=true", false, page, "false"],
])("%s", (_, input, isPrivate, runUrl, expected) => {
  expect(provenanceArgument(input, { isPrivate, runUrl })).toBe(expected);
});

test.each<[string, Record<string, string>, string, string[]]>([
  ["mode=max publishes values", { NPM_TOKEN: "x", VERSION: "1" }, "mode=max", ["NPM_TOKEN"]],
  ["mode=min does not", { NPM_TOKEN: "x" }, "mode=min", []],
  ["buildx' own default publishes them, too", { NPM_TOKEN: "x" }, "true", ["NPM_TOKEN"]],
  ["so does any value without a mode", { NPM_TOKEN: "x" }, "version=v1", ["NPM_TOKEN"]],
  ["quotes hide no mode", { NPM_TOKEN: "x" }, '"mode=max"', ["NPM_TOKEN"]],
  ["of two modes the last counts", { NPM_TOKEN: "x" }, "mode=max,mode=min", []],
  ["none publishes nothing", { NPM_TOKEN: "x" }, "false", []],
  ["an empty one is nothing", { PASSWORD: "" }, "mode=max", []],
  ["a word within a word is none", { TOKENIZER: "x" }, "mode=max", []],
])("%s", (_, args, provenance, expected) => {
  expect(publishedSecrets(args, provenance)).toEqual(expected);
});

test.each([
  { option: "sbom" as const, text: "type=provenance,mode=max", message: "sbom has the attribute type=provenance" },
  { option: "provenance" as const, text: "mode=max, type=sbom", message: "provenance has the attribute type=sbom" },
  { option: "provenance" as const, text: "Mode=max", message: '"Mode" isn\'t an attribute of provenance' },
  { option: "provenance" as const, text: "mode=min, mode=max", message: '" mode" isn\'t an attribute of provenance' },
  { option: "sbom" as const, text: "yes", message: '"yes" in sbom isn\'t key=value' },
])("$option: $text is refused", ({ option, text, message }) => {
  expect(() => readAttestation(option, text)).toThrow(message);
});

describe("attributes that BuildKit refuses, or passes over", () => {
  test.each([
    { option: "provenance", text: "mode=maxx", message: 'mode of provenance can\'t be "maxx"', hint: 'mean "max"?' },
    { option: "provenance", text: "maxx", message: '"maxx" in provenance isn\'t key=value', hint: "mode=min" },
    { option: "provenance", text: "mode=", message: 'mode of provenance can\'t be ""', hint: "write min or max" },
    { option: "provenance", text: "mode=MAX", message: 'can\'t be "MAX"', hint: 'did you mean "max"?' },
    { option: "provenance", text: "mdoe=max", message: '"mdoe" isn\'t an attribute', hint: 'did you mean "mode"?' },
    { option: "provenance", text: "mode=max,version=v2", message: 'version of provenance can\'t be "v2"', hint: "v1" },
    { option: "provenance", text: "reproducible=yes", message: 'can\'t be "yes"', hint: "write true or false" },
    { option: "provenance", text: "inline-only=on", message: 'can\'t be "on"', hint: "write true or false" },
    { option: "sbom", text: "generator=Not/An/Image", message: "generator of sbom", hint: "the name of an image" },
    { option: "sbom", text: "generater=a/b", message: '"generater" isn\'t an attribute', hint: '"generator"?' },
  ] as const)("$option: $text", ({ option, text, message, hint }) => {
    const [problem] = attestationProblems({ [option]: { text, input: option, line: 1 } });
    expect(problem?.message).toMatch(new RegExp(`^the input "${option}", line 1: `));
    expect(problem?.message).toContain(message);
    expect(problem?.hint).toContain(hint);
  });

  test("are shown where the config file has them", () => {
    const at = { file: ".github/image-publish.yml", line: 4, column: 17 };
    expect(attestationProblems({ provenance: { text: "mode=maxx", input: "provenance", line: 1, at } })).toMatchObject([
      { message: expect.stringMatching(/^"provenance": mode of provenance can't/), at },
    ]);
  });

  test.each([
    ["provenance", "true"],
    ["provenance", "mode=max,version=v1,reproducible=true,inline-only=0,builder-id=https://e.example/x"],
    ["provenance", "disabled=true"],
    ["sbom", "generator=docker/buildkit-syft-scanner:stable-1,extra=x"],
  ] as const)("%s: %s is taken", (option, text) => {
    expect(attestationProblems({ [option]: { text, input: option, line: 1 } })).toEqual([]);
  });
});
