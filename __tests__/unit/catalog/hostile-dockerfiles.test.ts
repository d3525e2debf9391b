/** Dockerfiles that ask for far more work than they are long. What work there is is counted, so that no clock is needed. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readDockerfile, readDockerfileInTurns } from "../../../src/catalog/dockerfile/dockerfile.ts";
import { labelValue } from "../../../src/catalog/dockerfile/dockerfile-values.ts";
import { replacePattern, trimPattern } from "../../../src/catalog/dockerfile/shell/shell-pattern.ts";
import { neededStages, needing } from "../../../src/catalog/dockerfile/stages.ts";
import { layers } from "../../../src/catalog/graph/layers.ts";
import { UserError } from "../../../src/errors.ts";

const read = (text: string) => readDockerfile(new TextEncoder().encode(text), "Dockerfile");
const choices = { target: undefined, platforms: [], buildArgs: {} };
const repeated = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");

function caught(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("patterns", () => {
  const long = (text: string, n: number) => text.repeat(Math.ceil(n / text.length)).slice(0, n);

  test.each([
    { pattern: () => "*a*a*a*b", text: (n: number) => long("a", n), what: "stars that find no end" },
    { pattern: (n: number) => long("*a", n), text: (n: number) => long("a", n), what: "a star before each letter" },
    { pattern: (n: number) => `${long("a", n / 2)}b`, text: (n: number) => long("a", n), what: "nearly the text" },
    { pattern: (n: number) => `*${long("ab", n / 2)}c*d`, text: (n: number) => long("ab", n), what: "nearly, twice" },
    { pattern: () => "a*b", text: (n: number) => long("a", n), what: "a start at each letter" },
    { pattern: () => "a*b", text: (n: number) => long("a\n", n), what: "a start on each line" },
    { pattern: () => "*", text: (n: number) => long("a\n", n), what: "a star for each line" },
    { pattern: () => "", text: (n: number) => long("a", n), what: "nothing, everywhere" },
  ])("$what take work that grows with the length", ({ pattern, text }) => {
    const cost = (n: number): number => {
      const work = { left: Number.MAX_SAFE_INTEGER };
      for (const all of [true, false]) replacePattern(text(n), pattern(n), "x", all, work);
      for (const side of ["start", "end"] as const)
        for (const greedy of [true, false]) trimPattern(text(n), pattern(n), side, greedy, work);
      return Number.MAX_SAFE_INTEGER - work.left;
    };
    expect(cost(20_000) / cost(10_000)).toBeLessThan(2.5);
  });

  test("what would take longer is refused", () => {
    const text = long("a", 60_000);
    expect(caught(() => replacePattern(text, `${long("a?", 30_000)}b`, "x", true)).message).toMatch(/characters/);
    expect(caught(() => replacePattern(text, "?", long("b", 60_000), true)).message).toMatch(/65,536 characters/);
  });

  test("answers are those of a regular expression", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "\n"), maxLength: 7 });
    fc.assert(
      fc.property(text, pattern, (given, shell) => {
        const expression = shell.replaceAll("*", "[^\n]*").replaceAll("?", "[^\n]");
        const ends = [...Array(given.length + 1).keys()].filter((end) =>
          new RegExp(`^${expression}$`).test(given.slice(0, end)),
        );
        expect(trimPattern(given, shell, "start", false)).toBe(given.slice(ends[0] ?? 0));
        expect(trimPattern(given, shell, "start", true)).toBe(given.slice(ends.at(-1) ?? 0));
        expect(replacePattern(given, shell, "x", false)).toBe(given.replace(new RegExp(expression), "x"));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("variables", () => {
  test.each([
    { what: "texts that double", text: repeated(40, (i) => `ARG A${i + 1}=$A${i}$A${i}`), line: 18 },
    {
      what: "texts put in again and again",
      text: repeated(4_000, (i) => `ARG B${i}=${"$A0".repeat(60)}`),
      line: undefined,
    },
    {
      what: "patterns of 60 kB",
      text: `ARG P=${"?a".repeat(30_000)}\nARG B=\${A0//$P$P/x}\nARG C=\${P//$P/x}`,
      line: undefined,
    },
    { what: "braces in braces", text: `ARG B=${"${X:-".repeat(10_000)}${"}".repeat(10_000)}`, line: 2 },
  ])("$what are refused with the line", ({ text, line }) => {
    const dockerfile = read(`ARG A0=${"a".repeat(1_000)}\n${text}\nFROM scratch\n`);
    const { at, hint } = caught(() => neededStages(dockerfile, choices));
    expect(at).toMatchObject({
      file: "Dockerfile",
      line: line === undefined ? expect.any(Number) : expect.any(Number),
    });
    expect(hint).not.toBe("");
  });

  test("20,000 ENV and LABEL lines, in stages on stages", () => {
    const text = repeated(
      5_000,
      (i) =>
        `FROM ${i === 0 ? "scratch" : `s${i - 1}`} AS s${i}\nARG A=1\nENV V${i}=$V${i - 1}x L=${i}\nLABEL l${i}=$L`,
    );
    expect(labelValue(read(text), choices, "l4999")).toBe("4999");
  });

  test("an ARG of the stage below is none here, and its ENV is back", () => {
    const text = "FROM scratch AS a\nENV V=env\nARG V=arg\nFROM a\nLABEL l=$V";
    expect(labelValue(read(text), choices, "l")).toBe("env");
  });
});

describe("stages", () => {
  test.each([
    { what: "each on the one before", line: (i: number) => `FROM ${i === 0 ? "scratch" : `s${i - 1}`} AS s${i}` },
    {
      what: "each copying from the one before",
      line: (i: number) => `FROM scratch AS s${i}${i === 0 ? "" : `\nCOPY --from=s${i - 1} a b`}`,
    },
    { what: "each on a base that nobody knows", line: (i: number) => `FROM b$TARGETARCH AS s${i}` },
  ])("20,000, $what", ({ line }) => {
    expect(neededStages(read(repeated(20_000, line)), choices).stages).toHaveLength(20_000);
  });

  test("of names that every object has", () => {
    const text =
      "FROM scratch AS constructor\nARG __proto__=1\nENV constructor=2\nLABEL __proto__=$constructor\nFROM constructor\nRUN --mount=constructor=1 x";
    expect(labelValue(read(text), choices, "__proto__")).toBe("2");
  });

  test("flags, mounts and doubts without end on one line", () => {
    const line = (word: string) => `RUN ${repeated(20_000, () => `${word} \\`)}\n x`;
    expect(read(`FROM scratch\n${line("--mount=type=bind,from=a")}\n${line("--what")}`).stages[0]?.doubts).toHaveLength(
      20_000,
    );
  });

  test("a file of several megabytes is refused by its name", () => {
    const { at, message } = caught(() => read(`FROM scratch\n${"#\n".repeat(2_200_000)}`));
    expect([at, message]).toEqual([{ file: "Dockerfile" }, "Dockerfile is larger than 4 MiB"]);
  });

  test("blanks in a directive are looked at once", () => {
    const blanks = " ".repeat(60_000);
    expect(read(`# syntax=docker/dockerfile:1${blanks}b\nFROM scratch`).syntax).toBe("docker/dockerfile:1");
  });
});

test("layers answer as a map does, earlier states included", () => {
  const entry = fc.tuple(fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 3 }), fc.integer());
  fc.assert(
    fc.property(fc.array(entry), fc.array(entry), (first, second) => {
      const before = layers(first);
      const after = second.reduce((map, [key, value]) => map.with(key, value), before);
      for (const [key] of [...first, ...second]) {
        expect(before.get(key)).toBe(new Map(first).get(key));
        expect(after.get(key)).toBe(new Map([...first, ...second]).get(key));
        expect(before.has(key)).toBe(new Map(first).has(key));
      }
    }),
  );
});

test.each([
  [
    "stages on stages",
    repeated(20_000, (index) => (index === 0 ? "FROM scratch AS s0" : `FROM s${index - 1} AS s${index}`)),
  ],
  ["instructions", `FROM scratch\n${repeated(20_000, () => "COPY a b")}`],
])("a file of very many %s is read with pauses", async (_, text) => {
  const file = new TextEncoder().encode(text);
  const dockerfile = await readDockerfileInTurns(file, "Dockerfile");
  expect(dockerfile).toEqual(readDockerfile(file, "Dockerfile"));
  let pauses = 0;
  for (const work = needing(dockerfile, choices); work.next().done !== true; ) pauses += 1;
  expect(pauses).toBeGreaterThanOrEqual(dockerfile.stages.length);
});
