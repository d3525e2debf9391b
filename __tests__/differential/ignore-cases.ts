/** Ignore files by chance, and paths that they may match. */
import fc from "fast-check";

const oneOf = (...texts: readonly string[]) => fc.constantFrom(...texts);

const inTurn = (...parts: readonly fc.Arbitrary<string>[]) => fc.tuple(...parts).map((all) => all.join(""));

const between = (separator: string, parts: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(parts, { minLength: 1, maxLength }).map((all) => all.join(separator));

const plain = [
  ...[
    "a",
    "a",
    "a",
    "b",
    "b",
    "foo",
    "bar.md",
    "x.md",
    ".md",
    "foo+bar",
    "(x)",
    "a b",
    "Foo",
    "é",
    "数",
    ".git",
    "a-b",
  ],
  ...["foo.md.txt", "9", "_"],
];
const name = oneOf(...plain);
const anyName = oneOf(...plain, "a^b", "c$", "{a}", "!x", "#h", "]", "[", "a\\b", "\n", "|", "x|y");

/** Pieces of patterns as people write them. */
const tame = oneOf(
  "*",
  "*",
  "**",
  "?",
  "a",
  "b",
  "foo",
  ".md",
  "x",
  "[a-z]",
  "[^a]",
  "+",
  "(x)",
  "é",
  "-",
  ".git",
  "***",
);

/** Pieces on which Go's two readers of patterns, and ours, may well differ. */
const wild = oneOf(
  ...["[!a]", "[]", "[a", "]", "\\*", "\\a", "\\", "\\d", "\\.", "(", ")", "^", "$", "{", "}", "|", "..", " ", "[*]"],
  ...[
    "[?]",
    "[a*b]",
    "[-a]",
    "[a-]",
    "[\\]]",
    "[[:alpha:]]",
    "[b-a]",
    "!",
    "#",
    "[.]",
    "[\\w]",
    "[a^]",
    "[^^]",
    "[**]",
  ],
  ...["\\[", "[é-数]", "{1,2}", "a|b", "\ufeff", "\u00a0", "[/]", "[^/]", "\\n", "\\pL", "[\\d-z]", "[+--]"],
);

/** Lines that begin with one of these, and go on with such names, and names that are made of such pieces. */
function lines(starts: readonly string[], names: fc.Arbitrary<string>, piece: fc.Arbitrary<string>) {
  const part = fc.oneof(
    { weight: 2, arbitrary: fc.constant("**") },
    { weight: 4, arbitrary: names },
    { weight: 4, arbitrary: between("", piece, 3) },
  );
  return inTurn(
    oneOf(...Array<string>(17).fill(""), ...starts),
    oneOf("", "", "", "!", "! "),
    oneOf("", "", "", "", "", "", "", "", "/", "./", "../", "//"),
    fc.oneof({ weight: 3, arbitrary: part }, { weight: 2, arbitrary: between("/", part, 3) }),
    oneOf("", "", "", "", "", "", "", "", "", "/", "/.", " ", "/**", "/*", "\r", "/ "),
  );
}

export interface IgnoreCase {
  readonly file: string;
  readonly paths: readonly string[];
}

function ignoreCases(line: fc.Arbitrary<string>): fc.Arbitrary<IgnoreCase> {
  const path = between("/", fc.oneof({ weight: 4, arbitrary: name }, { weight: 1, arbitrary: anyName }), 4);
  return fc.record({ file: between("\n", line, 4), paths: fc.array(path, { minLength: 4, maxLength: 12 }) });
}

export const tameIgnores = ignoreCases(lines(["#", " ", "\t"], name, tame));

export const wildIgnores = ignoreCases(lines(["#", " ", "\u00a0", "\ufeff", "\u0085"], anyName, fc.oneof(tame, wild)));
