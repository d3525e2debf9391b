/** Finds comments in files of which only the language is known, by the file's name. */

export interface Comments {
  /** Where a comment begins on a line; its end where it has none. */
  startIn(line: string): number;
  /** Comments of several lines: what opens and what closes them. */
  readonly blocks: readonly Block[];
}

interface Block {
  readonly open: RegExp;
  readonly close: RegExp;
  /** Another may begin within one, and ends before it. */
  readonly isNested?: true;
}

const template: Block = { open: /\{\{-?\s*\/\*/g, close: /\*\//g };
const markup: Block = { open: /<!--/g, close: /-->/g };
// Not a shell's `${#name}`.
const jinja: Block = { open: /(?<!\$)\{#(?=[\s-])/g, close: /#\}/g };
const tags: Block = { open: /<%(?:#|--)/g, close: /%>/g };
// Not `src/**/*.ts`.
const slashStar: Block = { open: /(?<![^\s(),;:={}[\]])\/\*/g, close: /\*\//g };
const parenthesisStar: Block = { open: /\(\*/g, close: /\*\)/g, isNested: true };

const usual = /(?<!\S)(?:#|\/\/)|\{\{-?\s*\/\*|<!--/;
const blocks = [template, markup, jinja];

/** Shells, and YAML's scripts and templates, in which `;` and `--` are no comments. */
export const shellComments: Comments = withLines(usual, blocks);

const languages: readonly (readonly [extensions: string, comments: Comments])[] = [
  ["sh bash zsh fish ksh mk env md markdown txt.j2 yaml yml", shellComments],
  [
    "ini cfg conf cnf inf desktop reg el lisp clj cljs edn scm rkt asm s service container pod kube socket timer",
    withLines(/(?<!\S)(?:#|\/\/|;)|\{\{-?\s*\/\*|<!--/, [...blocks, slashStar, { open: /#\|/g, close: /\|#/g }]),
  ],
  [
    "sql lua hs elm adb ads vhd vhdl purs dhall",
    withLines(/(?<!\S)(?:#|\/\/)|(?<![^\s;,)])--|\{\{-?\s*\/\*|<!--/, [
      ...blocks,
      slashStar,
      { open: /--\[\[/g, close: /\]\]/g },
      { open: /\{-/g, close: /-\}/g, isNested: true },
    ]),
  ],
  ["bat cmd", withLines(/(?<!\S)(?:#|\/\/)|(?:^|&)\s*@?rem\b|^\s*::/i, blocks)],
  ["rb rake gemspec ru", withLines(usual, [...blocks, { open: /^=begin\b/gm, close: /^=end\b/gm }])],
  ["pl pm pod t", withLines(usual, [...blocks, { open: /^=[a-z]\w*/gm, close: /^=cut\b/gm }])],
  ["adoc asciidoc asc", withLines(usual, [...blocks, { open: /^\/{4,}[ \t]*$/gm, close: /^\/{4,}[ \t]*$/gm }])],
  [
    "rst rest",
    withLines(/\{\{-?\s*\/\*|<!--/, [
      ...blocks,
      { open: /^([ \t]*)\.\.(?:[ \t]+(?![^\n]*::|_|\[|\|)|$)/gm, close: /\n(?=\S)|$(?![\s\S])/g },
    ]),
  ],
  ["vim vimrc", withLines(/(?<!\S)#|^\s*"/, blocks)],
  ["f for f77 f90 f95 f03 f08", withLines(/(?<!\S)(?:#|!)|^[cC*](?=\s)/, blocks)],
  ["rs kt kts swift scala sc d", withLines(usual, [...blocks, { ...slashStar, isNested: true }])],
  ["jl", withLines(usual, [...blocks, { open: /#=/g, close: /=#/g, isNested: true }])],
  ["cmake", withLines(usual, [...blocks, { open: /#\[\[/g, close: /\]\]/g }])],
  ["hbs handlebars mustache", withLines(usual, [...blocks, { open: /\{\{~?!/g, close: /\}\}/g }])],
  ["liquid", withLines(usual, [...blocks, { open: /\{%-?\s*comment\b/g, close: /endcomment\s*-?%\}/g }])],
  ["properties", withLines(/(?<!\S)(?:#|\/\/)|^\s*!/, blocks)],
  ["tex erl hrl m", withLines(/(?<!\S)(?:#|\/\/|%)/, blocks)],
  ["vb vbs bas", withLines(/(?<!\S)(?:#|\/\/|')/, blocks)],
  ["ps1 psm1 psd1", withLines(usual, [...blocks, { open: /<#/g, close: /#>/g }])],
  ["ml mli", withLines(usual, [...blocks, parenthesisStar])],
  ["pas pp dpr dpk lpr", withLines(usual, [...blocks, parenthesisStar, { open: /\{(?!\$)/g, close: /\}/g }])],
];

/** Of a language that isn't known, what a line begins with. */
const unknown = withLines(/(?<!\S)(?:#|\/\/)|^\s*(?:;|--(?=\s|\[|$))|\{\{-?\s*\/\*|<!--/, [...blocks, tags, slashStar]);

/** @param file its name, with or without folders */
export function commentsOf(file: string): Comments {
  const base = file.slice(file.lastIndexOf("/") + 1);
  const extension = /\.([^.]+)$/.exec(base)?.[1]?.toLowerCase() ?? "";
  if (/^\.?vimrc$/i.test(base)) return commentsOf("a.vim");
  if (/^(?:GNU)?makefile|^justfile|^\.env\b/i.test(base)) return shellComments;
  return languages.find(([extensions]) => extensions.split(" ").includes(extension))?.[1] ?? unknown;
}

/** Comments of several lines, each to its end, in order; those that nothing closes are none. */
export function blockComments(text: string, comments: Comments): readonly CommentSpan[] {
  return comments.blocks
    .flatMap((block) => closedBlocks(text, block))
    .toSorted((one, other) => one.start - other.start);
}

interface CommentSpan {
  readonly start: number;
  readonly end: number;
}

function closedBlocks(text: string, { open, close, isNested }: Block): readonly CommentSpan[] {
  if (isNested) return outermost(nestedBlocks(text, open, close));
  const found: CommentSpan[] = [];
  const closing = new RegExp(close);
  let last = 0;
  for (const { 0: opening, index } of text.matchAll(open)) {
    if (index < last) continue;
    closing.lastIndex = index + opening.length;
    const match = closing.exec(text);
    if (match === null) break;
    last = match.index + match[0].length;
    found.push({ start: index, end: last });
  }
  return found;
}

function nestedBlocks(text: string, open: RegExp, close: RegExp): readonly CommentSpan[] {
  const opened = [...text.matchAll(open)].map(({ index }) => ({ at: index, end: undefined }));
  const closed = [...text.matchAll(close)].map(({ 0: { length }, index }) => ({ at: index, end: index + length }));
  const starts: number[] = [];
  return [...opened, ...closed]
    .toSorted((one, other) => one.at - other.at)
    .flatMap(({ at, end }) => {
      if (end === undefined) starts.push(at);
      const start = end === undefined ? undefined : starts.pop();
      return start === undefined || end === undefined ? [] : [{ start, end }];
    });
}

function outermost(spans: readonly CommentSpan[]): readonly CommentSpan[] {
  let last = 0;
  return spans
    .toSorted((one, other) => one.start - other.start)
    .filter(({ start, end }) => {
      if (start < last) return false;
      last = end;
      return true;
    });
}

function withLines(line: RegExp, ofBlocks: readonly Block[]): Comments {
  return { startIn: (text) => line.exec(text)?.index ?? text.length, blocks: ofBlocks };
}
