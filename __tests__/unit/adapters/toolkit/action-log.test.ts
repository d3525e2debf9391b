import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { actionLog } from "../../../../src/adapters/toolkit/action-log.ts";
import type { Log } from "../../../../src/ports.ts";

const written: string[] = [];

beforeEach(() => {
  written.length = 0;
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

const said = (say: (log: Log) => void): string => {
  say(actionLog());
  return written.join("");
};

/** What a runner, or an older one that looks for `##[…]` anywhere in a line, shows of a property and does not obey. */
const shownAs = (hostile: string): string =>
  ({
    "##[error]x": "##\u200b[error]x",
    "a##[set-env name=PATH;]b": "a##\u200b[set-env name=PATH;]b",
    "a\r::error::x": "a :\u200b%3Aerror%3A%3Ax".replace(" :", " %3A"),
    "a\u2028::error::x": "a\\u2028%3A%3Aerror%3A%3Ax",
    "\u001b[2Ka": "\\x1b[2Ka",
    "\u0085::x": "\\x85%3A%3Ax",
  })[hostile] ?? "";

// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
describe("what a runner reads in the log", () => {
  test.each<[string, (log: Log) => void, string]>([
    ["a block without lines is a line, and no empty fold", (log) => log.group("built", []), "built\n"],
    ["a line is a line", (log) => log.info("built"), "built\n"],
    ["a debug message shows only in debug logging", (log) => log.debug("asked twice"), "::debug::asked twice\n"],
    [
      "an error tells the remedy on a line of its own",
      (log) => log.error("no", "mend it"),
      "::error::no%0A→ mend it\n",
    ],
    ["a notice needs no place", (log) => log.notice("skipped"), "::notice::skipped\n"],
    [
      "a warning stands at its file, line and column",
      (log) => log.warning("old", "renew", { title: "Base", at: { file: "a/Dockerfile", line: 3, column: 7 } }),
      "::warning title=Base,file=a/Dockerfile,line=3,col=7::old%0A→ renew\n",
    ],
    [
      "a column without its line would be nowhere",
      (log) => log.error("no", "mend", { at: { file: "Dockerfile", column: 7 } }),
      "::error file=Dockerfile::no%0A→ mend\n",
    ],
    [
      "a file's name cannot end the properties or add one",
      (log) => log.error("no", "mend", { at: { file: "a,line=1::b\n::error::c" } }),
      "::error file=a%2Cline=1%3A%3Ab %3A\u200b%3Aerror%3A%3Ac::no%0A→ mend\n",
    ],
    ...["##[error]x", "a##[set-env name=PATH;]b", "a\r::error::x", "a\u2028::error::x", "\u001b[2Ka", "\u0085::x"].map(
      (hostile): [string, (log: Log) => void, string] => [
        `a file called ${JSON.stringify(hostile)} stays a name`,
        (log) => log.error("no", "mend", { title: hostile, at: { file: hostile, line: 1 } }),
        `::error title=${shownAs(hostile)},file=${shownAs(hostile)},line=1::no%0A→ mend\n`,
      ],
    ),
    [
      "a debug message is no command either",
      (log) => log.debug("a\n::x::##[y]"),
      "::debug::a%0A:\u200b:x::##\u200b[y]\n",
    ],
    ["a per cent sign stays one", (log) => log.notice("50%0A done"), "::notice::50%250A done\n"],
    ["a group folds its lines", (log) => log.group("base", ["one", "two"]), "::group::base\none\ntwo\n::endgroup::\n"],
    ["a secret is hidden from now on", (log) => log.mask("hunter2"), "::add-mask::hunter2\n"],
    ["an empty secret would hide everything", (log) => log.mask(""), ""],
  ])("%s", (_, say, expected) => {
    expect(said(say)).toBe(expected);
  });

  test.each(["::error::not ours", "a\n::stop-commands::x", "##[group]x"])("hostile text %j is no command", (text) => {
    const lines = said((log) => log.info(text)).split("\n");
    expect(lines.filter((line) => /^\s*(?:::|##\[)/.test(line))).toEqual([]);
  });
});
