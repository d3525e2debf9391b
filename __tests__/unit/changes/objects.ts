/** Writes commits as git keeps them: each object a file of its own, named by its hash (git book, "Git Objects"). */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";

/** A file's content, a symlink's target, or nothing for a file that goes. */
export type Change = string | { readonly link: string } | undefined;

/** Files by their paths. */
export type Tree = ReadonlyMap<string, Exclude<Change, undefined>>;

/** @returns the commit's id. */
export function writeCommit(gitFolder: string, tree: Tree, parents: readonly string[]): string {
  const who = "a <a@example.org> 1767225600 +0000";
  const lines = [
    `tree ${writeTree(gitFolder, tree)}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${who}`,
    `committer ${who}`,
  ];
  return writeObject(gitFolder, "commit", Buffer.from(`${lines.join("\n")}\n\nchange\n`));
}

function writeTree(gitFolder: string, files: Tree): string {
  const entries: { readonly sortedBy: Buffer; readonly mode: string; readonly name: string; readonly id: string }[] =
    [];
  const folders = new Map<string, Map<string, Exclude<Change, undefined>>>();
  for (const [path, content] of files) {
    const [name = "", ...rest] = path.split("/");
    if (rest.length > 0) {
      const folder = folders.get(name) ?? new Map();
      folders.set(name, folder.set(rest.join("/"), content));
      continue;
    }
    const isLink = typeof content !== "string";
    const id = writeObject(gitFolder, "blob", Buffer.from(isLink ? content.link : content));
    entries.push({ sortedBy: Buffer.from(name), mode: isLink ? "120000" : "100644", name, id });
  }
  for (const [name, content] of folders) {
    entries.push({ sortedBy: Buffer.from(`${name}/`), mode: "40000", name, id: writeTree(gitFolder, content) });
  }
  entries.sort((one, other) => one.sortedBy.compare(other.sortedBy));
  const rows = entries.map(({ mode, name, id }) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]),
  );
  return writeObject(gitFolder, "tree", Buffer.concat(rows));
}

function writeObject(gitFolder: string, kind: "blob" | "tree" | "commit", content: Buffer): string {
  const bytes = Buffer.concat([Buffer.from(`${kind} ${content.length}\0`), content]);
  const id = createHash("sha1").update(bytes).digest("hex");
  const file = join(gitFolder, "objects", id.slice(0, 2), id.slice(2));
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, deflateSync(bytes));
  }
  return id;
}
