/** The names that the code of `src/` gives to things. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "../..");

export interface Identifier {
  /** Relative to the repository's root. */
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

export function identifiersOfRepository(): readonly Identifier[] {
  return globSync("src/**/*.ts", { cwd: root }).flatMap((file) =>
    identifiersOfCode(file, readFileSync(join(root, file), "utf8")),
  );
}

/** What a file declares: types, functions, variables, parameters and properties; not what it uses. */
export function identifiersOfCode(file: string, content: string): readonly Identifier[] {
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
  const found: Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isDeclared(node))
      found.push({
        file,
        line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
        name: node.text,
      });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isDeclared(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    "name" in parent &&
    parent.name === node &&
    !ts.isPropertyAccessExpression(parent) &&
    !ts.isImportSpecifier(parent) &&
    !ts.isShorthandPropertyAssignment(parent)
  );
}
