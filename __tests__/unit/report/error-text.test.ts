import { expect, test } from "@jest/globals";
import { type SourceLocation, UserError } from "../../../src/errors.ts";
import { errorParagraphs, errorText } from "../../../src/report/error-text.ts";
import { fileLink } from "../../../src/report/summary/forge-links.ts";

const forge = { kind: "github", repositoryUrl: "https://github.com/o/r" } as const;
const file = "images/a/x.yml";
const link = "https://github.com/o/r/blob/c/images/a/x.yml";

function sentence(message: string, at: SourceLocation): string | undefined {
  const told = errorText(new UserError(message, { hint: "fix it", at }));
  return errorParagraphs(told, fileLink(forge, "c", at), [])[0];
}

test.each([
  { message: "no stage", at: { file, line: 3 }, shown: `no stage ([\`${file}:3\`](${link}#L3))` },
  { message: `${file} is empty, so`, at: { file }, shown: `[\`${file}\`](${link}) is empty, so` },
  { message: `${file} is no YAML`, at: { file, line: 3 }, shown: `\`${file}\` is no YAML ([line 3](${link}#L3))` },
  {
    message: `the file "${file}" can't be used: no date`,
    at: { file, line: 3, column: 7 },
    shown: `the file \`${file}\` can't be used: no date ([line 3, column 7](${link}#L3))`,
  },
  { message: `taken by ${file}:7`, at: { file, line: 3 }, shown: `taken by ${file}:7 ([\`${file}:3\`](${link}#L3))` },
])("a file is named once: $message", ({ message, at, shown }) => {
  expect(sentence(message, at)).toBe(shown);
});
