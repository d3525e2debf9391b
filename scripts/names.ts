/**
 * Looks for exported things of `src/` that share a name, and for files in different folders that do: a name has one meaning.
 * What a file only passes on is no second thing.
 */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = join(import.meta.dirname, "..");

/** A name, and where it is given. */
export interface Place {
  readonly name: string;
  readonly place: string;
}

/** What a file declares and exports, each name once (a type and a value that share one are one thing). */
export function exportsOf(file: string, content: string): readonly Place[] {
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
  const names = new Map<string, string>();
  const add = (node: ts.Node | undefined): void => {
    if (node === undefined || !ts.isIdentifier(node) || names.has(node.text)) return;
    names.set(node.text, `${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`);
  };
  const imported = new Set<string>();
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) for (const name of namesOfImport(statement)) imported.add(name);
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier === undefined && isNamed(statement.exportClause))
      for (const { name, propertyName } of statement.exportClause.elements)
        if (!imported.has((propertyName ?? name).text)) add(name);
    if (!ts.canHaveModifiers(statement) || !isExported(statement)) continue;
    if (ts.isVariableStatement(statement)) for (const { name } of statement.declarationList.declarations) add(name);
    else if ("name" in statement) add(statement.name as ts.Node);
  }
  return [...names].map(([name, place]) => ({ name, place }));
}

function isNamed(clause: ts.NamedExportBindings | undefined): clause is ts.NamedExports {
  return clause !== undefined && ts.isNamedExports(clause);
}

function namesOfImport({ importClause }: ts.ImportDeclaration): readonly string[] {
  const bindings = importClause?.namedBindings;
  return bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : [];
}

function isExported(statement: ts.HasModifiers): boolean {
  return ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** A line for each name that several places give. */
export function sharedNames(places: readonly Place[]): readonly string[] {
  const byName = Map.groupBy(places, ({ name }) => name);
  return [...byName]
    .filter(([, all]) => all.length > 1)
    .map(([name, all]) => `${name}: ${all.map(({ place }) => place).join(", ")}`)
    .sort();
}

/** Prints what it finds. @returns whether there is nothing. */
export function checkNames(): boolean {
  const files = globSync("src/**/*.ts", { cwd: root }).sort();
  const found = [
    ...sharedNames(files.flatMap((file) => exportsOf(file, readFileSync(join(root, file), "utf8")))),
    // A command's file has the name of its verb.
    ...sharedNames(
      files.filter((file) => !file.startsWith("src/commands/")).map((file) => ({ name: basename(file), place: file })),
    ),
  ];
  for (const each of found) process.stdout.write(`${each}\n`);
  if (found.length > 0) process.stdout.write(`${found.length} names have several meanings: give each thing its own\n`);
  return found.length === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = checkNames() ? 0 : 1;
