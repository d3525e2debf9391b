/** Where comments stand in files of which no more is known than their language, by the file's name. */

export interface Comments {
  /** Where a comment begins on a line; its end where it has none. */
  startIn(line: string): number;
  /** Comments of several lines: what opens and what closes them. */
  readonly blocks: readonly Block[];
}

interface Block {
  readonly open: RegExp;
  readonly close: string;
}

const template: Block = { open: /\{\{-?\s*\/\*/g, close: "*/" };
const markup: Block = { open: /<!--/g, close: "-->" };
// Not `src/**/*.ts`.
const slashStar: Block = { open: /(?<![^\s(),;:={}[\]])\/\*/g, close: "*/" };

const usual = /(?<!\S)(?:#|\/\/)|\{\{-?\s*\/\*|<!--/;
const blocks = [template, markup];

/** Shells, and YAML's scripts and templates, in which `;` and `--` are no comments. */
export const shellComments: Comments = withLines(usual, blocks);

const languages: readonly (readonly [extensions: string, comments: Comments])[] = [
  ["sh bash zsh fish ksh mk env md markdown txt.j2 yaml yml", shellComments],
  [
    "ini cfg conf cnf inf desktop reg el lisp clj cljs edn scm rkt asm s service container pod kube socket timer",
    withLines(/(?<!\S)(?:#|\/\/|;)|\{\{-?\s*\/\*|<!--/, [...blocks, slashStar, { open: /#\|/g, close: "|#" }]),
  ],
  [
    "sql lua hs elm adb ads vhd vhdl purs dhall",
    withLines(/(?<!\S)(?:#|\/\/)|(?<![^\s;,)])--|\{\{-?\s*\/\*|<!--/, [
      ...blocks,
      slashStar,
      { open: /--\[\[/g, close: "]]" },
      { open: /\{-/g, close: "-}" },
    ]),
  ],
  ["bat cmd", withLines(/(?<!\S)(?:#|\/\/)|^\s*(?:@?rem\b|::)/i, blocks)],
  ["properties", withLines(/(?<!\S)(?:#|\/\/)|^\s*!/, blocks)],
  ["tex erl hrl m", withLines(/(?<!\S)(?:#|\/\/|%)/, blocks)],
  ["vb vbs bas", withLines(/(?<!\S)(?:#|\/\/|')/, blocks)],
  ["ps1 psm1 psd1", withLines(usual, [...blocks, { open: /<#/g, close: "#>" }])],
  ["ml mli pas", withLines(usual, [...blocks, { open: /\(\*/g, close: "*)" }])],
];

/** Of a language that isn't known, what a line begins with. */
const unknown = withLines(/(?<!\S)(?:#|\/\/)|^\s*(?:;|--(?=\s|\[|$))|\{\{-?\s*\/\*|<!--/, [...blocks, slashStar]);

/** @param file its name, with or without folders */
export function commentsOf(file: string): Comments {
  const base = file.slice(file.lastIndexOf("/") + 1);
  const extension = /\.([^.]+)$/.exec(base)?.[1]?.toLowerCase() ?? "";
  if (/^(?:GNU)?makefile|^justfile|^\.env\b/i.test(base)) return shellComments;
  return languages.find(([extensions]) => extensions.split(" ").includes(extension))?.[1] ?? unknown;
}

/** Comments of several lines, each to its end, in order; those that nothing closes are none. */
export function blockComments(
  text: string,
  comments: Comments,
): readonly { readonly start: number; readonly end: number }[] {
  return comments.blocks
    .flatMap(({ open, close }) => closedBlocks(text, open, close))
    .toSorted((one, other) => one.start - other.start);
}

function closedBlocks(text: string, open: RegExp, close: string) {
  const found: { readonly start: number; readonly end: number }[] = [];
  let last = 0;
  for (const { 0: opening, index } of text.matchAll(open)) {
    if (index < last) continue;
    const end = text.indexOf(close, index + opening.length);
    if (end < 0) break;
    last = end + close.length;
    found.push({ start: index, end: last });
  }
  return found;
}

function withLines(line: RegExp, ofBlocks: readonly Block[]): Comments {
  return { startIn: (text) => line.exec(text)?.index ?? text.length, blocks: ofBlocks };
}
