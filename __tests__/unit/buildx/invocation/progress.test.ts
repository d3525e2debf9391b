import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { followBuild, liveLine } from "../../../../src/buildx/invocation/progress.ts";
import { parseStatus, type Vertex } from "../../../../src/buildx/invocation/rawjson.ts";
import { shortLine } from "../../../../src/buildx/invocation/short-line.ts";
import { anyText } from "../../any-text.ts";
import { follow, streamLines } from "../stream.ts";

const vertex: Vertex = {
  id: "v",
  name: "[2/3] RUN make",
  started: 1_000,
  completed: undefined,
  cached: false,
  error: undefined,
};
const status = (vertexes: readonly Partial<Vertex>[], text = "") => ({
  vertexes: vertexes.map((each) => ({ ...vertex, ...each })),
  statuses: [],
  logs: text === "" ? [] : [{ vertex: "v", text }],
  warnings: [],
});

describe("a line of the stream", () => {
  test.each<[string, string]>([
    ["an error at the end", "ERROR: failed to build"],
    ["a line that is cut off", '{"vertexes":[{"digest":"sha'],
    ["nothing", ""],
    ["JSON that is no object", "[1]"],
  ])("%s is no status", (_, line) => {
    expect(parseStatus(line)).toBeUndefined();
  });

  test("what has another shape is left out", () => {
    expect(
      parseStatus('{"vertexes":[null,{"digest":7,"started":"soon"}],"logs":{},"warnings":[{"short":1,"range":[{}]}]}'),
    ).toEqual({
      vertexes: [{ id: "", name: "", started: undefined, completed: undefined, cached: false, error: undefined }],
      statuses: [],
      logs: [],
      warnings: [{ message: "", detail: "", url: undefined, line: undefined }],
    });
  });

  test("no line throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string().map((each) => `{${each}`),
        ),
        (line) => void parseStatus(line),
      ),
    );
  });
});

describe("what became of a build", () => {
  test("all from cache", () => {
    const { progress } = follow(streamLines("cached"));
    expect(progress.steps()).toEqual({ cached: 2, executed: 0 });
    expect(progress.lines()).toEqual([
      "   cached  [linux/amd64 2/2] RUN echo hello && uname -m",
      "   cached  [linux/arm64 2/2] RUN echo hello && uname -m",
    ]);
    expect(progress.failed("")).toBeUndefined();
    expect(progress.current()).toBeUndefined();
  });

  test("a command failed on one platform, and the other was given up", () => {
    const { progress, text } = follow(streamLines("command-failed"));
    expect(progress.steps()).toEqual({ cached: 0, executed: 0 });
    expect(
      progress
        .lines()
        .map((line) => line.slice(0, 9).trim())
        .sort(),
    ).toEqual(["FAILED", "stopped"]);
    expect(progress.failed(text.join("\n"))).toMatchObject({
      name: expect.stringMatching(/^\[linux\/a\w+ 2\/2\] RUN for i in 1 2 3; do echo line \$i; done/),
      output: ["line 1", "line 2", "line 3", "red", "::error::x"],
    });
  });

  test("a cache that could not be read is not what failed", () => {
    const { progress, text } = follow(streamLines("cache-unreachable"));
    expect(progress.failed(text.join("\n"))?.name).toBe("exporting cache to registry");
  });

  test("lint warnings come with their lines, each once", () => {
    const { progress } = follow([...streamLines("lint"), ...streamLines("lint")]);
    expect(progress.warnings().map(({ message, line }) => [line, message.split(":")[0]])).toEqual([
      [1, "FromAsCasing"],
      [2, "MaintainerDeprecated"],
      [3, "LegacyKeyValueFormat"],
      [3, "SecretsUsedInArgOrEnv"],
    ]);
    expect(progress.warnings()[0]).toMatchObject({
      url: expect.stringContaining("from-as-casing"),
      detail: expect.stringMatching(/^The 'as'/),
    });
  });
});

describe("a step", () => {
  test.each<[string, Partial<Vertex>[], number, number, string | undefined]>([
    ["that runs is the current one", [{}], 0, 0, "[2/3] RUN make"],
    ["that ended ran", [{}, { completed: 3_500 }], 0, 1, undefined],
    ["that was cached did not", [{}, { completed: 1_001, cached: true }], 1, 0, undefined],
    [
      "that looked for a cached result and then ran",
      [{ completed: 1_001 }, { started: 1_002 }],
      0,
      0,
      "[2/3] RUN make",
    ],
    ["that failed did not run to its end", [{ completed: 2_000, error: "exit code: 1" }], 0, 0, undefined],
    [
      "of BuildKit's own is no step of the image",
      [{ name: "[internal] load 1/1 x", completed: 2_000 }],
      0,
      0,
      undefined,
    ],
    [
      "that fetches the base counts neither way",
      [{ name: "[1/3] FROM docker.io/library/debian:13@sha256:abc", completed: 2_000 }],
      0,
      0,
      undefined,
    ],
    [
      "of a stage with a name is one",
      [{ name: "[linux/arm64 build-1 2/3] COPY . .", completed: 2_000 }],
      0,
      1,
      undefined,
    ],
  ])("%s", (_, vertexes, cached, executed, current) => {
    const progress = followBuild();
    for (const each of vertexes) progress.add(status([each]));
    expect(progress.steps()).toEqual({ cached, executed });
    expect(progress.current()).toBe(current);
  });

  test("is listed with the time it took, from its first start", () => {
    const progress = followBuild();
    progress.add(status([{ completed: 1_001 }]));
    progress.add(
      status([
        { started: 1_002, completed: 13_400 },
        { id: "w", name: "[3/3] RUN test", started: 14_000 },
      ]),
    );
    expect(progress.lines()).toEqual(["     12 s  [2/3] RUN make", "  stopped  [3/3] RUN test"]);
  });

  test("keeps the last lines of what it wrote, however it came in pieces", () => {
    const progress = followBuild();
    for (const piece of ["li", "ne\r\n10%\r", "50%\r100%\nun", "\u001b[31mfinished\u001b[0m"])
      progress.add(status([{}], piece));
    progress.add(status([{ error: "broken" }]));
    expect(progress.failed("broken")?.output).toEqual(["line", "100%", "unfinished"]);
  });

  test("can't fill the memory with what it writes", () => {
    const progress = followBuild();
    for (let index = 0; index < 1_000; index++) progress.add(status([{}], `${index}\n`));
    for (let index = 0; index < 100; index++) progress.add(status([{}], "x".repeat(10_000)));
    progress.add(status([{ error: "broken" }]));
    const output = progress.failed("broken")?.output ?? [];
    expect(output.length).toBeLessThanOrEqual(40);
    expect(output.at(-2)).toBe("999");
    expect(Math.max(...output.map((line) => line.length))).toBeLessThanOrEqual(300);
  });
});

describe("what people read", () => {
  test("a long build is told of in a line", () => {
    expect(liveLine("base", "[linux/amd64 3/7] RUN make", 84.7)).toBe("base: [linux/amd64 3/7] RUN make (85 s)");
  });

  test("text of a build is one line without anything that steers a terminal or hides text", () => {
    fc.assert(
      fc.property(anyText(), fc.integer({ min: 1, max: 50 }), (text, limit) => {
        const line = shortLine(text, limit);
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
        expect([...line].length).toBeLessThanOrEqual(limit);
      }),
    );
    expect(shortLine("\u001b[1;31mred\u001b[0m\nnext\u202e")).toBe("red next\\u202e");
  });
});
