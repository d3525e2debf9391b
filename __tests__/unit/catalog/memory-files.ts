import type { DirectoryEntry, Files } from "../../../src/ports.ts";

/** Files by absolute path; a content of `{ symlink: … }` stands for a symlink, which reads as missing. */
export type Tree = Readonly<Record<string, string | { readonly symlink: string }>>;

/** A file system in memory, with its directories made of the paths. */
export function memoryFiles(tree: Tree): Pick<Files, "list" | "read"> & { readonly listed: readonly string[] } {
  const listed: string[] = [];
  return {
    listed,
    async read(path) {
      const content = tree[path];
      return typeof content === "string" ? new TextEncoder().encode(content) : undefined;
    },
    async list(path) {
      listed.push(path);
      const prefix = path === "/" ? "/" : `${path.replace(/\/$/, "")}/`;
      const entries = new Map<string, DirectoryEntry>();
      for (const [file, content] of Object.entries(tree)) {
        if (!file.startsWith(prefix)) continue;
        const [name = "", ...below] = file.slice(prefix.length).split("/");
        const kind = below.length > 0 ? "directory" : typeof content === "string" ? "file" : "symlink";
        entries.set(name, { name, kind });
      }
      return entries.size === 0 ? undefined : [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

/** Puts a repository's files below `/repo`. */
export function repository(files: Tree): Tree {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`/repo/${path}`, content]));
}
