import { expect, test } from "@jest/globals";
import { provenanceArgument, publishedSecrets } from "../../../src/build/provenance.ts";

const page = "https://github.com/o/r/actions/runs/1";

test.each<[string, string | undefined, boolean | undefined, string | undefined, string]>([
  ["a public repository tells everything", undefined, false, page, `mode=max,builder-id=${page}`],
  ["a private one little", undefined, true, page, `mode=min,builder-id=${page}`],
  ["one that may be private too", undefined, undefined, undefined, "mode=min"],
  ["false is a clean index", "false", false, page, "false"],
  ["true is buildx's own", "true", false, undefined, "true"],
  ["given attributes stay", "mode=max,version=v1", true, page, `mode=max,version=v1,builder-id=${page}`],
  ["a given builder stays", "mode=max,builder-id=me", false, page, "mode=max,builder-id=me"],
])("%s", (_, input, isPrivate, runUrl, expected) => {
  expect(provenanceArgument(input, { isPrivate, runUrl })).toBe(expected);
});

test.each<[string, Record<string, string>, string, string[]]>([
  ["mode=max publishes values", { NPM_TOKEN: "x", VERSION: "1" }, "mode=max", ["NPM_TOKEN"]],
  ["mode=min does not", { NPM_TOKEN: "x" }, "mode=min", []],
  ["an empty one is nothing", { PASSWORD: "" }, "mode=max", []],
  ["a word within a word is none", { TOKENIZER: "x" }, "mode=max", []],
])("%s", (_, args, provenance, expected) => {
  expect(publishedSecrets(args, provenance)).toEqual(expected);
});
