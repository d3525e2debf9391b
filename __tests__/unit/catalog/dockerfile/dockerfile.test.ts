import { describe, expect, test } from "@jest/globals";
import { type Dockerfile, declaredArguments, readDockerfile } from "../../../../src/catalog/dockerfile/dockerfile.ts";
import type {
  CopyInstruction,
  Instruction,
  RunInstruction,
} from "../../../../src/catalog/dockerfile/parser/instruction.ts";
import { UserError } from "../../../../src/errors.ts";

const read = (text: string): Dockerfile => readDockerfile(new TextEncoder().encode(text), "images/base/Dockerfile");

const instructions = (text: string): readonly Instruction[] => read(`FROM a\n${text}`).stages[0]?.instructions ?? [];

const copies = (text: string): readonly CopyInstruction[] => instructions(text).filter((each) => each.kind === "copy");

const runs = (text: string): readonly RunInstruction[] => instructions(text).filter((each) => each.kind === "run");

function problemOf(text: string): UserError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error("it was accepted");
}

describe("stages", () => {
  const bases = (text: string) => read(text).stages.map(({ base, name, line }) => [base, name, line]);

  test.each<[string, string, (string | number | undefined)[][]]>([
    ["a plain FROM", "FROM debian:13\n", [["debian:13", undefined, 1]]],
    [
      "a name, kept in lower case",
      "from a As Build\nFROM Build",
      [
        ["a", "build", 1],
        ["Build", undefined, 2],
      ],
    ],
    ["a byte order mark", "\ufeffFROM a", [["a", undefined, 1]]],
    [
      "line ends of Windows",
      "FROM a\r\nRUN x\r\nFROM b\r\n",
      [
        ["a", undefined, 1],
        ["b", undefined, 3],
      ],
    ],
    ["comments and blank lines above", "# hello\n\n  # x\n\tFROM a\n", [["a", undefined, 4]]],
    ["a FROM over several lines, with a comment among them", "FROM \\\n# why\n\n  a \\ \n AS b", [["a", "b", 1]]],
    ["a backtick as escape", "# escape=`\nFROM `\n a\nRUN c:\\", [["a", undefined, 2]]],
    ["an escape directive that comes too late", "# hello\n# escape=`\nFROM a\nRUN x \\\nFROM b", [["a", undefined, 3]]],
    [
      "a doubled escape, which continues nothing",
      "FROM a\nRUN x \\\\\nFROM b",
      [
        ["a", undefined, 1],
        ["b", undefined, 3],
      ],
    ],
    [
      "a FROM inside a heredoc",
      "FROM a\nRUN cat <<EOF\nFROM b\nEOF\nFROM c",
      [
        ["a", undefined, 1],
        ["c", undefined, 5],
      ],
    ],
    ["a heredoc with a file descriptor", "FROM a\nRUN cat 3<<EOF\nFROM b\nEOF\n", [["a", undefined, 1]]],
    [
      "a heredoc word inside quotes, which is none",
      "FROM a\nRUN echo '<<EOF'\nFROM b",
      [
        ["a", undefined, 1],
        ["b", undefined, 3],
      ],
    ],
    [
      "a here-string, which is none",
      "FROM a\nRUN cat <<<EOF\nFROM b",
      [
        ["a", undefined, 1],
        ["b", undefined, 3],
      ],
    ],
    [
      "a heredoc word in JSON form, which is none",
      'FROM a\nRUN ["x", "<<EOF"]\nFROM b',
      [
        ["a", undefined, 1],
        ["b", undefined, 3],
      ],
    ],
    [
      "two heredocs on a line",
      "FROM a\nRUN cat <<A <<-B\nFROM x\nA\nFROM y\n\tB\nFROM c",
      [
        ["a", undefined, 1],
        ["c", undefined, 7],
      ],
    ],
    ["a heredoc of a trigger", "FROM a\nONBUILD RUN <<EOF\nFROM b\nEOF\n", [["a", undefined, 1]]],
  ])("%s", (_, text, expected) => {
    expect(bases(text)).toEqual(expected);
  });

  test("the platform stays as written", () => {
    expect(read("FROM --platform=$BUILDPLATFORM a").stages[0]?.platform).toBe("$BUILDPLATFORM");
  });
});

describe("arguments", () => {
  test("those above the first FROM stand apart from those of a stage", () => {
    const dockerfile = read('ARG A=1 B C="x y"\nARG D=\nFROM a\nARG E=$A F\n');
    expect(dockerfile.globalArguments).toEqual([
      { name: "A", value: "1", line: 1 },
      { name: "B", value: undefined, line: 1 },
      { name: "C", value: '"x y"', line: 1 },
      { name: "D", value: "", line: 2 },
    ]);
    expect([...declaredArguments(dockerfile)]).toEqual(["A", "B", "C", "D", "E", "F"]);
  });

  test("ENV has two forms", () => {
    expect(instructions('ENV A some words\nENV B=1 C="2 3"')).toMatchObject([
      { variables: [{ name: "A", value: "some words" }] },
      {
        variables: [
          { name: "B", value: "1" },
          { name: "C", value: '"2 3"' },
        ],
      },
    ]);
  });
});

describe("COPY and ADD", () => {
  test.each<[string, string, Partial<CopyInstruction>]>([
    ["several sources", "COPY a b* ./c/", { sources: ["a", "b*"], destination: "./c/", from: undefined }],
    ["a stage", "COPY --from=build --link /x /y", { from: "build", sources: ["/x"], destination: "/y" }],
    ["JSON with blanks", 'COPY ["a b", "c"]', { sources: ["a b"], destination: "c" }],
    ["what only begins like JSON", "COPY [a b", { sources: ["[a"], destination: "b" }],
    ["a quoted flag", 'COPY --from="build" a b', { from: "build" }],
    [
      "flags that exclude",
      "COPY --parents --exclude=*.md --exclude=x a b",
      { keepsParents: true, excludes: ["*.md", "x"] },
    ],
    ["a switch that is off", "COPY --parents=false a b", { keepsParents: false }],
    ["--, after which nothing is a flag", "COPY -- --from=x b", { from: undefined, sources: ["--from=x"] }],
    [
      "a heredoc beside a file",
      "COPY <<EOF a /x/\nhello\nEOF",
      {
        sources: ["a"],
        heredocs: [{ name: "EOF", body: "hello\n", expands: true, ignoresTabs: false }],
      },
    ],
    [
      "a quoted heredoc",
      'ADD <<-"E" /x\n\ta\n\tE',
      {
        keyword: "ADD",
        heredocs: [{ name: "E", body: "\ta\n", expands: false, ignoresTabs: true }],
      },
    ],
    ["a flag that nobody knows yet", "COPY --frobnicate a b", { unknown: ["--frobnicate"], sources: ["a"] }],
  ])("%s", (_, text, expected) => {
    expect(copies(text)).toMatchObject([expected]);
  });
});

describe("RUN", () => {
  test.each<[string, string, Partial<RunInstruction["mounts"][number]>[]]>([
    ["none", "RUN make", []],
    [
      "a bind mount by default",
      "RUN --mount=from=build,source=/x,target=/y make",
      [{ type: "bind", from: "build", source: "/x", target: "/y" }],
    ],
    [
      "several, over several lines",
      "RUN --mount=type=cache,dst=/c \\\n  # why\n  --mount=type=bind,from=b,src=s make",
      [
        { type: "cache", from: undefined, target: "/c" },
        { type: "bind", from: "b", source: "s" },
      ],
    ],
    ["keys in any case", "RUN --mount=TYPE=Bind,From=b make", [{ type: "bind", from: "b" }]],
    [
      "a field with a comma in quotes",
      String.raw`RUN --mount=\"source=a,b\",from=c make`,
      [{ source: "a,b", from: "c" }],
    ],
    ["a variable as source, kept", "RUN --mount=source=$DIR make", [{ source: "$DIR" }]],
    ["a key that nobody knows yet", "RUN --mount=from=b,colour=red make", [{ from: "b", unknown: ["colour"] }]],
  ])("%s", (_, text, expected) => {
    expect(runs(text)).toMatchObject([{ mounts: expected }]);
  });
});

describe("what isn't understood is said to be so", () => {
  const doubts = (text: string) => {
    const { doubts: general, stages } = read(text);
    return [...general, ...stages.flatMap((stage) => stage.doubts)].map(({ what, at }) => `${what} at ${at.line}`);
  };

  test.each([
    ["an instruction of a newer frontend", "FROM a\nFROBNICATE x", ["FROBNICATE at 2"]],
    ["a flag of a newer frontend", "FROM a\nRUN --gpu x", ["--gpu at 2"]],
    ["a trigger that makes no sense", "FROM a\nONBUILD COPY x", ["ONBUILD COPY at 2"]],
    ["another frontend", "# syntax=example.com/own:1\nFROM a", ["the frontend example.com/own:1 at 1"]],
    [
      "another frontend, whose language is another",
      "# syntax=example.com/own:1\nbuild: true",
      ["the frontend example.com/own:1 at 1"],
    ],
    [
      "another frontend, said as in C",
      "// syntax=example.com/own:1\nFROM a",
      ["the frontend example.com/own:1 at 1", "// at 1"],
    ],
    ["Docker's own frontend is understood", "# syntax=docker/dockerfile:1.7-labs\nFROM a", []],
    ["and by its full name, after a shebang", "#!/usr/bin/env x\n# syntax=docker.io/docker/dockerfile:1\nFROM a", []],
  ])("%s", (_, text, expected) => {
    expect(doubts(text)).toEqual(expected);
  });
});

describe("what BuildKit refuses is an error with its line", () => {
  test.each([
    ["an empty file", "", undefined, "is empty"],
    ["a file of comments", "# nothing\n", undefined, "has no FROM"],
    ["an instruction above FROM", "ARG A\nRUN x\nFROM a", 2, "RUN is above the first FROM"],
    ["FROM without an image", "FROM", 1, "FROM takes one image"],
    ["FROM with too much", "FROM a b c", 1, "FROM takes one image"],
    ["a stage named by a number", "FROM a AS 1", 1, "can't be a stage's name"],
    ["a heredoc that doesn't end", "FROM a\nRUN <<EOF\nx", 2, "<<EOF is never closed"],
    ["COPY without destination", "FROM a\n\nCOPY x", 3, "needs a source and a destination"],
    ["a flag twice", "FROM a\nCOPY --from=a --from=b x y", 2, "--from twice"],
    ["a switch that is a word", "FROM a\nCOPY --link=maybe x y", 2, '"maybe"'],
    ["a variable in a mount's from", "FROM a\nRUN --mount=from=$X x", 2, "which can't contain a variable"],
    ["JSON of other things than strings", "FROM a\nRUN [1]", 2, "something else than strings"],
    ["ENV without a value", "FROM a\nENV A", 2, "ENV A has no value"],
    ["ONBUILD FROM", "FROM a\nONBUILD FROM b", 2, "FROM"],
    ["two escape directives", "# escape=`\n# escape=`\nFROM a", 2, "twice"],
    ["an escape that can't be", "# escape=x\nFROM a", 1, "can't be the escape character"],
    ["a line of 64 KiB", `FROM a\nRUN ${"x".repeat(65_540)}`, 2, "longer than"],
    ["SHELL without JSON", "FROM a\nSHELL sh", 2, "JSON"],
  ])("%s", (_, text, line, message) => {
    const problem = problemOf(text);
    expect(problem.message).toContain(message);
    expect(problem.at).toEqual({ file: "images/base/Dockerfile", ...(line === undefined ? {} : { line }) });
    expect(problem.hint).not.toBe("");
  });
});
