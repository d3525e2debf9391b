import { expect, test } from "@jest/globals";
import { readFields, unquoteLine } from "../../../../src/tags/text/csv.ts";

test.each([
  ["fields", "a,b=c, d ", ["a", "b=c", " d "]],
  ["empty ones", "a,,b,", ["a", "", "b", ""]],
  ["quoted with a comma", String.raw`type=match,"pattern=\d{1,3}"`, ["type=match", String.raw`pattern=\d{1,3}`]],
  ["a quote written twice", 'a,"say ""hi"""', ["a", 'say "hi"']],
  [
    "quoted as a whole, as the reference needs it",
    String.raw`"type=match,""pattern=\d{1,3}"""`,
    ["type=match", String.raw`pattern=\d{1,3}`],
  ],
  ["quoted as a whole without need", '"type=raw,value=x"', ["type=raw", "value=x"]],
  ["blanks around quotes", 'a , "b,c" ,d', ["a ", "b,c", "d"]],
  ["quotes in an expression", 'type=raw,value={{date "YYYY"}}', ["type=raw", 'value={{date "YYYY"}}']],
])("%s", (_, line, fields) => {
  expect(readFields(line)).toEqual(fields);
});

test.each(['a,b"c"', 'a,"b', '"a"b', 'value="a,b"'])("%s has quotes that don't fit", (line) => {
  expect(() => readFields(line)).toThrow("don't enclose a whole field");
});

test("a label's line loses only quotes around the whole", () => {
  expect(unquoteLine('"a=b, ""c"""')).toBe('a=b, "c"');
  expect(unquoteLine('a="b", c')).toBe('a="b", c');
});
