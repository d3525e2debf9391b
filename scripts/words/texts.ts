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

/** The strings, templates and comments of a file in TypeScript, each line apart. */
export function textsOfCode(file: string, content: string): readonly Text[] {
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const found: Text[] = [];
  const comments = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node))
      found.push(...lines(file, lineAt(node.getStart(source)), withoutCode(node.text)));
    const around = [
      ...(ts.getLeadingCommentRanges(content, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(content, node.end) ?? []),
    ];
    for (const range of around) {
      if (comments.has(range.pos)) continue;
      comments.add(range.pos);
      found.push(...lines(file, lineAt(range.pos), withoutCode(content.slice(range.pos, range.end))));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** What stands in backticks, in blocks of code and in addresses is nobody's prose. The lines stay. */
export function withoutCode(text: string): string {
  const blank = (code: string): string => code.replace(/[^\n]/g, " ");
  return text
    .replace(/^```[\s\S]*?^```/gm, blank)
    .replace(/`[^`\n]*`/g, blank)
    .replace(/(?<=\])\([^)]*\)/g, blank)
    .replace(/https?:\/\/\S+/g, blank);
}

function lines(file: string, first: number, text: string): readonly Text[] {
  return text.split("\n").map((line, index) => ({ file, line: first + index, text: line }));
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}
