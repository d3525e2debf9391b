import { expect, test } from "@jest/globals";
import { terminalLog } from "../../../src/adapters/terminal-log.ts";
import type { SourceLocation } from "../../../src/errors.ts";

function written(message: string, at?: SourceLocation): string {
  const out: string[] = [];
  const log = terminalLog({ write: (text) => out.push(text), colour: false, debug: false });
  log.error(message, "fix it", at === undefined ? {} : { at });
  return out.join("");
}

const file = "images/a/Dockerfile";

test.each([
  { when: "a place", message: "no stage", at: { file, line: 3 }, shown: `${file}:3: no stage` },
  { when: "a column", message: "no stage", at: { file, line: 3, column: 7 }, shown: `${file}:3:7: no stage` },
  { when: "none", message: "no stage", at: undefined, shown: "no stage" },
  { when: "the file first", message: `${file} is empty`, at: { file }, shown: `${file}: it is empty` },
  { when: "file and line", message: `${file} is no YAML`, at: { file, line: 2 }, shown: `${file}:2: it is no YAML` },
  { when: "the place first", message: `${file}:2: no stage`, at: { file, line: 2 }, shown: `${file}:2: no stage` },
  {
    when: "another subject",
    message: `${file} of 1a2b3c4 has a mistake`,
    at: { file },
    shown: `${file} of 1a2b3c4 has a mistake`,
  },
  {
    when: "the file further on",
    message: `there are two, a and ${file}, here`,
    at: { file },
    shown: `there are two, a and ${file}, here`,
  },
  {
    when: "a line, and the file as a name of itself",
    message: `the ignore file ${file} can't be used: no date`,
    at: { file, line: 3, column: 7 },
    shown: `${file}:3:7: the ignore file can't be used: no date`,
  },
  {
    when: "a line, and the file further on, in quotes",
    message: `nothing in "${file}" names web`,
    at: { file, line: 3 },
    shown: `${file}:3: nothing in this file names web`,
  },
  {
    when: "another line of the file",
    message: `the name is taken by ${file}:7`,
    at: { file, line: 3 },
    shown: `${file}:3: the name is taken by ${file}:7`,
  },
  {
    when: "a file's name that is a word",
    message: "the Dockerfile has no stage",
    at: { file: "Dockerfile", line: 3 },
    shown: "Dockerfile:3: the Dockerfile has no stage",
  },
  {
    when: "a longer name",
    message: `there is ${file}.dev here`,
    at: { file },
    shown: `${file}: there is ${file}.dev here`,
  },
])("$when: a place is followed by a colon, and no file is named twice", ({ message, at, shown }) => {
  expect(written(message, at)).toBe(`error: ${shown}\n  → fix it\n`);
});
