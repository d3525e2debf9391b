// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what a shell would expand stays as it is
/** What files of build arguments hold, in all their forms. */
import { describe, expect, test } from "@jest/globals";
import { readArgumentFile } from "../../../src/config/argument-file.ts";
import { formatLocation } from "../../../src/errors.ts";

async function read(text: string | Uint8Array, file = "build.env") {
  const { values, problems } = await readArgumentFile(Buffer.from(text), file);
  return {
    values: Object.fromEntries(values),
    problems: problems.map(({ message, at }) => `${at && formatLocation(at)}: ${message}`),
  };
}

describe("lines", () => {
  test.each<{ readonly text: string; readonly is: Readonly<Record<string, string>> }>([
    { text: "", is: {} },
    { text: "\n \n# all\n   # comments\n", is: {} },
    { text: "A=1\nB=2", is: { A: "1", B: "2" } },
    { text: "\ufeffA=1\r\nB=2\r\n", is: { A: "1", B: "2" } },
    { text: "A=1\nA=2\n", is: { A: "2" } },
    { text: "A=\nB=", is: { A: "", B: "" } },
    { text: "export A=1\n  export\tB=2", is: { A: "1", B: "2" } },
    { text: "  A=1  \nB = 2", is: { A: "1", B: "2" } },
    { text: "A=b=c==", is: { A: "b=c==" } },
    { text: "A=1 # one\nB=a#b\nC=#c\nD= # none", is: { A: "1", B: "a#b", C: "#c", D: "" } },
    { text: "A='1' # one\nB=\"a # b\"#c", is: { A: "1", B: "a # b#c" } },
    { text: "A='a b'\nB=\"a b\"\nC=a\\ b\nD=a b", is: { A: "a b", B: "a b", C: "a b", D: "a b" } },
    { text: "A=''\nB=\"\"", is: { A: "", B: "" } },
    { text: "A=a'b c'\"d e\"f", is: { A: "ab cd ef" } },
    { text: 'A=\'\\n"$\'\nB="\\n\\"\\$\\`\\\\\'"', is: { A: '\\n"$', B: "\\n\"$`\\'" } },
    { text: "A='one\ntwo'\nB=\"one\ntwo\"\nC=3", is: { A: "one\ntwo", B: "one\ntwo", C: "3" } },
    { text: 'A=one\\\ntwo\nB="one\\\ntwo"', is: { A: "onetwo", B: "onetwo" } },
    { text: "A=$B\nC=${D:-x}\nE=$(date)\nF=`date`", is: { A: "$B", C: "${D:-x}", E: "$(date)", F: "`date`" } },
    { text: 'A="$B ${C}"\nD={{version}}', is: { A: "$B ${C}", D: "{{version}}" } },
    { text: "A=http://x/?a=1&b=2;c\nB=~/data\nC=:cached", is: { A: "http://x/?a=1&b=2;c", B: "~/data", C: ":cached" } },
    { text: "#!/bin/sh\nA=1", is: { A: "1" } },
    { text: "a.b-c_D1=ü€😀", is: { "a.b-c_D1": "ü€😀" } },
    { text: "__proto__=1\nconstructor=2", is: JSON.parse('{"__proto__":"1","constructor":"2"}') },
  ])("$text", async ({ text, is }) => {
    expect(await read(text)).toEqual({ values: is, problems: [] });
    expect(await read(text, "build-args/cpu.conf")).toEqual({ values: is, problems: [] });
  });

  test.each<{ readonly text: string; readonly says: readonly string[] }>([
    { text: "A=1\n  B\nC=3", says: ["build.env:2:3: build.env: this line assigns nothing"] },
    { text: "export A", says: ["build.env:1:1: build.env: this line assigns nothing"] },
    {
      text: "A+=1\n1A=2\n=3",
      says: [1, 2, 3].map((line) => `build.env:${line}:1: build.env: this line assigns nothing`),
    },
    { text: "set -e\nA=1", says: ["build.env:1:1: build.env: this line assigns nothing"] },
    { text: "A='b\nC=1", says: ["build.env:1:3: build.env: a quote is never closed"] },
    { text: 'A=1\nB="b\\"\n', says: ["build.env:2:3: build.env: a quote is never closed"] },
    {
      text: "A=it's\nB=isn't",
      says: ["build.env:1:5: build.env: a quote is never closed", "build.env:2:6: build.env: a quote is never closed"],
    },
    { text: "A='b' c", says: ["build.env:1:7: build.env: there is text after a quoted value"] },
  ])("$text", async ({ text, says }) => {
    expect((await read(text)).problems).toEqual(says);
  });

  test("a file of something else has few problems, none with its text", async () => {
    const { problems } = await read("secret text\n".repeat(5000));
    expect(problems).toHaveLength(10);
    expect(problems.join()).not.toContain("secret");
  });
});

describe("JSON and YAML", () => {
  test.each<{ readonly file: string; readonly text: string; readonly is: Readonly<Record<string, string>> }>([
    {
      file: "a.json",
      text: '{"A": "1", "B": 1.10, "C": true, "D": null, "E": ""}',
      is: { A: "1", B: "1.10", C: "true", D: "", E: "" },
    },
    { file: "a.JSON", text: '\ufeff{\n\t"A": "x\\u00fc\\n\\"",\r\n\t"B": "$X"\n}\n', is: { A: 'xü\n"', B: "$X" } },
    { file: "a.json", text: "{}", is: {} },
    { file: "versions", text: '\n  {"A": "1"}', is: { A: "1" } },
    { file: ".env", text: '{"A": "1"}', is: { A: "1" } },
    {
      file: "a.yml",
      text: "A: 8.10\nB: yes\nC: 'x y' # z\nD:\nE: |\n  one\n  two\n",
      is: { A: "8.10", B: "yes", C: "x y", D: "", E: "one\ntwo\n" },
    },
    { file: "a.yaml", text: "", is: {} },
    { file: "a.yaml", text: "# nothing\n", is: {} },
    { file: "a.yaml", text: "{A: 1, B: 2}", is: { A: "1", B: "2" } },
    { file: "versions", text: "---\nA: 1\n", is: { A: "1" } },
    { file: "versions", text: "# all\nA: 1\nB: http://x\n", is: { A: "1", B: "http://x" } },
    { file: "versions", text: "A=b: c\n", is: { A: "b: c" } },
  ])("$file: $text", async ({ file, text, is }) => {
    expect(await read(text, file)).toEqual({ values: is, problems: [] });
  });

  test.each<{ readonly file: string; readonly text: string; readonly says: RegExp }>([
    { file: "a.json", text: '{"A": {"B": 1}}', says: /^a\.json:1:7: the value of "A" is a map/ },
    { file: "a.json", text: '{\n\t"A": "1",\n\t"B": [1]\n}', says: /^a\.json:3:7: the value of "B" is a list/ },
    { file: "a.json", text: "[1]", says: /^a\.json:1:1: a\.json isn't a map/ },
    { file: "a.json", text: '{"A": 1,}', says: /^a\.json: a\.json is not valid JSON/ },
    { file: "a.json", text: "", says: /^a\.json: a\.json is not valid JSON/ },
    { file: "a.json", text: "A=1", says: /not valid JSON/ },
    { file: "a.yml", text: "A:\n  B: 1\n", says: /^a\.yml:2:3: the value of "A" is a map/ },
    { file: "a.yml", text: "A=1\n", says: /^a\.yml:1:1: a\.yml isn't a map/ },
    { file: "a.yml", text: "A: 1\nA: 2\n", says: /^a\.yml:2:1: .*unique/ },
    { file: "a.yml", text: "A: [\n", says: /^a\.yml:1:\d+: a\.yml isn't valid YAML/ },
  ])("$file: $text", async ({ file, text, says }) => {
    expect((await read(text, file)).problems).toEqual([expect.stringMatching(says)]);
  });
});

describe("what is no text of a sensible size", () => {
  test.each([
    { what: "too large", bytes: Buffer.from(`A=${"x".repeat(100_000)}`), says: /too large/ },
    { what: "binary", bytes: Buffer.from("A=1\0"), says: /not a text/ },
    { what: "not UTF-8", bytes: Buffer.from([0x41, 0x3d, 0xff]), says: /not a text/ },
    { what: "UTF-16", bytes: Buffer.from("\ufeffA=1", "utf16le"), says: /not a text/ },
  ])("$what", async ({ bytes, says }) => {
    expect((await read(bytes)).problems).toEqual([expect.stringMatching(says)]);
  });
});
