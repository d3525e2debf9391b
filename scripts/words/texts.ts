/** The texts that people read in this repository: strings and comments of the code, pages, the action's description. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "../..");

export interface Text {
  /** Relative to the repository's root. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Of `src/`, the docs, README.md and action.yml, code spans and blocks of code left out. */
export function textsOfRepository(): readonly Text[] {
  const code = globSync("src/**/*.ts", { cwd: root }).flatMap((file) => textsOfCode(file, read(file)));
  const pages = [
    ...globSync("docs/**/*.md", { cwd: root }),
    ...globSync("src/**/README.md", { cwd: root }),
    "README.md",
  ];
  return [
    ...code,
    ...pages.flatMap((file) => lines(file, 1, withoutCode(read(file)))),
    ...lines("action.yml", 1, withoutCode(read("action.yml"))),
  ];
}

/** The strings, templates (each value in them is a word) and comments of a file in TypeScript, each line apart. */
export function textsOfCode(file: string, content: string): readonly Text[] {
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const found = new Map<number, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && !isPath(node)) found.set(node.getStart(source), node.text);
    if (ts.isTemplateExpression(node)) found.set(node.getStart(source), textOfTemplate(node));
    const parts = node.getChildren(source);
    if (parts.length === 0)
      for (const { pos, end } of commentsAround(content, node)) found.set(pos, content.slice(pos, end));
    parts.forEach(visit);
  };
  visit(source);
  return [...found]
    .sort(([one], [other]) => one - other)
    .flatMap(([position, text]) => lines(file, lineAt(position), withoutCode(text)));
}

function isPath(node: ts.Node): boolean {
  return ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent);
}

function textOfTemplate({ head, templateSpans }: ts.TemplateExpression): string {
  return [head.text, ...templateSpans.map(({ literal }) => literal.text)].join(word);
}

/** The comments before and after a token. */
function commentsAround(content: string, token: ts.Node): readonly ts.CommentRange[] {
  return [
    ...(ts.getLeadingCommentRanges(content, token.getFullStart()) ?? []),
    ...(ts.getTrailingCommentRanges(content, token.end) ?? []),
  ];
}

/** What is in the place of code and values, so that the words around it are seen as in a sentence. */
const word = "X";

/** Without code spans, blocks of code and addresses, which are nobody's prose. The lines stay. */
export function withoutCode(text: string): string {
  const blank = (code: string): string => code.replace(/[^\n]/g, " ");
  return text
    .replace(/^```[\s\S]*?^```/gm, blank)
    .replace(/`[^`\n]*`/g, word)
    .replace(/(?<=\])\([^)]*\)/g, blank)
    .replace(/https?:\/\/\S+/g, word);
}

function lines(file: string, first: number, text: string): readonly Text[] {
  return text.split("\n").map((line, index) => ({ file, line: first + index, text: line }));
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}
