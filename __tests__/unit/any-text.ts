import fc from "fast-check";

/**
 * Any code point but surrogates, as fast-check's own unit `binary`: that one builds a table of all 1.1 million when it is
 * first used, in each file again, which takes longer than the tests.
 */
const codePoint = fc.nat(0x10ffff - 0x800).map(
  (index) => String.fromCodePoint(index < 0xd800 ? index : index + 0x800),
  (text) => {
    if (typeof text !== "string" || [...text].length !== 1) throw new Error("no single character");
    const point = text.codePointAt(0) ?? 0;
    return point < 0xd800 ? point : point - 0x800;
  },
);

/** Text of any characters. */
export function anyText(
  length: { readonly minLength?: number; readonly maxLength?: number } = {},
): fc.Arbitrary<string> {
  return fc.string({ ...length, unit: codePoint });
}
