import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { movePins } from "../../../src/bump/move-pins.ts";
import { imageNames } from "../../../src/bump/pins/names-in-files.ts";
import type { FilePins } from "../../../src/bump/pins/read-pin.ts";
import { yamlNodePins } from "../../../src/bump/pins/yaml/yaml-node-pins.ts";
import { yamlPins } from "../../../src/bump/pins/yaml/yaml-pins.ts";
import { repository } from "../../../src/model/reference.ts";
import { anyText } from "../any-text.ts";
import { app } from "./moving.ts";
import { published } from "./published.ts";

const digest = (character: string): string => `sha256:${character.repeat(64)}`;
const versions = [published({ tags: ["1.2.4", "v1.2.4"], digest: digest("a") })];

/** A comment's text: what may stand behind a number sign. */
const remark = fc.oneof(
  fc.constant(` was ${app}:1.2.3`),
  fc.constant("1.2.3"),
  fc.string({ maxLength: 12, unit: "grapheme" }).filter((text) => !/[\p{Cc}\u2028\u2029\ufeff\\`]/u.test(text)),
);
const lineEnd = fc.constantFrom("\n", "\r\n");
const quote = fc.constantFrom("", '"', "'");
const blank = fc.constantFrom(" ", "  ", "     ");

/** A file in pieces, of which one is the value. */
interface Written {
  readonly path: string;
  readonly before: string;
  readonly value: string;
  readonly wanted: string;
  readonly after: string;
}

const token = fc.constantFrom<[string, string]>(["1.2.3", "1.2.4"], ["v1.2.3", "v1.2.4"]);

const yaml: fc.Arbitrary<Written> = fc
  .record({
    token,
    end: lineEnd,
    quote,
    blank,
    remark,
    indent: fc.nat(6),
    rows: fc.array(remark, { maxLength: 4 }),
    isSplit: fc.boolean(),
    isLast: fc.boolean(),
    key: fc.constantFrom("image", "x-y", "a"),
  })
  .map(({ token: [value, wanted], end, quote: q, blank: space, remark: text, indent, rows, isSplit, isLast, key }) => {
    const lead = " ".repeat(indent);
    const noise = rows.map((row, index) => `${lead}n${index}: "1.2.3" #${row}${end}`).join("");
    const tail = isLast ? "" : `${space}#${text}${end}${lead}last: 1.2.3${end}`;
    const head = isSplit
      ? `${lead}${key}:${end}${lead}  repository: ${app}${end}${lead}  tag:${space}${q}`
      : `${lead}${key}:${space}${q}${app}:`;
    return { path: "a.yaml", before: `#${text}${end}${noise}${head}`, value, wanted, after: `${q}${tail}` };
  });

const dockerfile: fc.Arbitrary<Written> = fc
  .record({
    token,
    end: lineEnd,
    quote,
    blank,
    remark,
    rows: fc.array(remark, { maxLength: 4 }),
    isTag: fc.boolean(),
    isLast: fc.boolean(),
  })
  .map(({ token: [value, wanted], end, quote: q, blank: space, remark: text, rows, isTag, isLast }) => {
    const noise = rows.map((row) => `# x${row}${end}ARG OTHER=1.2.3${end}`).join("");
    const from = isTag ? `FROM ${app}:$BASE` : "FROM $BASE";
    const tail = `${end}#${text}${end}${from}${isLast ? "" : `${end}RUN echo ${app}:1.2.3${end}`}`;
    return {
      path: "Dockerfile",
      before: `# x${text}${end}${noise}ARG${space}BASE=${q}${isTag ? "" : `${app}:`}`,
      value,
      wanted,
      after: `${q}${tail}`,
    };
  });

test("whatever stands around it, the value alone changes, and a second time nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(yaml, dockerfile), async ({ path, before, value, wanted, after }) => {
      const encode = (text: string) => new TextEncoder().encode(text);
      const { files } = await movePins([{ path, bytes: encode(before + value + after) }], versions);
      expect(files.map((file) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(file.after))).toEqual([
        before + wanted + after,
      ]);
      expect(files[0]?.pins).toHaveLength(1);
      const again = await movePins([{ path, bytes: encode(before + wanted + after) }], versions);
      expect(again.files).toEqual([]);
      expect(again.left.map(({ kind }) => kind)).toEqual(["current"]);
    }),
    { numRuns: 200 },
  );
});

/** Pieces of YAML, without lone quotes: what looks like a comment in a text of several lines is taken for one. */
const yamlPiece = fc.constantFrom(
  ..."\n|\n|\r\n|  |    |- |a: |b:\n|image: |c| #|# |---\n|{|}|[|]|, | |\nx:\n|tag: 1.2.3|newTag: '1.2.3'\n".split("|"),
  "|\n",
  ">-\n",
  ...[`${app}:1.2.3`, `"${app}:1.2.3"`, `\nimage: ${app}:1.2.3\n`, `repository: ${app}`],
  `\n  repository: ${app}\n  tag: 1.2.3\n`,
  ...[`digest: ${digest("0")}\n`, `sha: ${"0".repeat(64)}\n`, "version: 1.2.3\n", "with:\n", `x: ${digest("0")}\n`],
  ...[`${app}:\${T:-1.2.3}`, `\\n${app}:1.2.3`, `tag: \${T:-1.2.3}\n`, `image: ${app}:1.2.$X\n`, "appTag: 1.2.3\n"],
);

test("what is found line by line, and entry by entry, is what is found in the whole as YAML", async () => {
  const names = imageNames([repository(app)]);
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(yamlPiece, { maxLength: 14 }), async (pieces) => {
      const text = pieces.join("");
      const whole = await yamlNodePins(text, 0, names);
      if (whole === undefined) return;
      compared += whole.pins.length;
      const starts = ({ pins }: FilePins) => new Set(pins.map(({ start, values }) => JSON.stringify([start, values])));
      expect(starts(await yamlPins(text, names))).toEqual(starts(whole));
    }),
    { numRuns: 1000 },
  );
  expect(compared).toBeGreaterThan(50);
});

/** Pieces of which hostile and broken files are made. */
const piece = fc.oneof(
  anyText({ maxLength: 8 }),
  fc.constantFrom(
    "\n",
    "\r\n",
    "  ",
    "- ",
    "a: ",
    "? ",
    "&a ",
    "*a",
    "<<: *a",
    "{",
    "}",
    "[",
    "]",
    "|\n",
    ">-\n",
    "---\n",
    "...\n",
    "#",
    '"',
    "'",
    "{{ x }}",
    "!!str ",
    "%TAG ! x\n",
  ),
  fc.constantFrom(
    `${app}:1.2.3`,
    `${app}@${digest("0")}`,
    `repository: ${app}\n`,
    "tag: 1.2.3\n",
    "newTag: 1.2.3\n",
    "version: 1.2.3\n",
    "digest: ",
    digest("0"),
    `sha: ${"0".repeat(64)}\n`,
    `${app}:\${T:-1.2.3}`,
    `\${T:-1.2.3}`,
    `\\n${app}:1.2.3`,
    "values: |\n",
    "with:\n",
    "/* ",
    " */",
    `ARG T=1.2.3@${digest("0")}\n`,
    "ARG T=1.2.3\n",
    `FROM ${app}:$T\n`,
    `COPY --from=${app}:1.2.3 a b\n`,
    "\\\n",
    "<<EOF\n",
  ),
);

test("no file breaks it, and none loses a byte but for its versions", async () => {
  const path = fc.constantFrom(
    "a.yaml",
    "Dockerfile",
    "devcontainer.json",
    "Chart.yaml",
    "x.sh",
    "x.sql",
    "Kustomization",
  );
  await fc.assert(
    fc.asyncProperty(path, fc.array(piece, { maxLength: 40 }), async (file, pieces) => {
      const bytes = new TextEncoder().encode(pieces.join(""));
      const { files } = await movePins([{ path: file, bytes }], versions);
      for (const { before, after } of files) {
        const neutral = (given: Uint8Array) =>
          new TextDecoder()
            .decode(given)
            .replace(/"?1\.2\.[34]"?/g, "1.2.x")
            .replace(/(?:0{64}|a{64})/g, "sha256");
        expect(neutral(after)).toBe(neutral(before));
        // Twice is the same as once.
        expect((await movePins([{ path: file, bytes: after }], versions)).files).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});

const many = (text: string, times: number): string => text.repeat(times);
test.each<[string, string, number]>([
  ["deep nesting, which is no YAML then", `${many("[", 5_000)}${app}:1.2.3 tag: x`, 1],
  [
    "aliases of aliases",
    `a0: &a0 {repository: ${app}, tag: 1.2.3}\n${Array.from({ length: 300 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}, *a${i}]}\n`).join("")}`,
    1,
  ],
  ["an alias in itself", `a: &a {<<: *a, b: *a, repository: ${app}, tag: 1.2.3}\n`, 1],
  ["open comments", `x: "${app}:1.2.3" ${many("/*", 200_000)}`, 1],
  ["one long line", `x: "${many(`${app}:1.2.3 `, 5_000)}"`, 5_000],
])("%s: read before the test runs out of time", async (_, text, pins) => {
  for (const path of ["a.yaml", "a.json", "x.sh"]) {
    const { files } = await movePins([{ path, bytes: new TextEncoder().encode(text) }], versions);
    if (path === "a.yaml") expect(files[0]?.pins).toHaveLength(pins);
  }
});
