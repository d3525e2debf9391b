/** A bare repository, by git's own plumbing. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Identity {
  readonly name: string;
  readonly email: string;
}

export interface FileEntry {
  readonly path: string;
  readonly mode: string;
  readonly content: Uint8Array | string;
}

export interface LoggedCommit {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: { readonly email: string; readonly date: string };
  readonly committer: { readonly email: string; readonly date: string };
}

export type GitStore = ReturnType<typeof gitStore>;

const base = {
  PATH: process.env.PATH ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.org",
};

/** @param there an existing one, to read; without it a new one is made. */
export function gitStore(there?: string) {
  const folder = there ?? mkdtempSync(join(tmpdir(), "image-publish-forge-"));
  let clock = 1_767_225_600;
  const raw = (args: readonly string[], input: Uint8Array | string = "", env: Record<string, string> = {}): Buffer =>
    execFileSync("git", args, {
      cwd: folder,
      env: { ...base, GIT_DIR: folder, ...env },
      input,
      stdio: ["pipe", "pipe", "pipe"],
    });
  const git = (args: readonly string[], input?: Uint8Array | string, env?: Record<string, string>): string =>
    raw(args, input, env).toString().trimEnd();
  const quietly = (args: readonly string[]): string | undefined => {
    try {
      return git(args);
    } catch {
      return undefined;
    }
  };
  if (there === undefined) raw(["init", "--quiet", "--bare", "--initial-branch=main"]);

  return {
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    /** Becomes as another one is, but for what was not there. */
    follow: (other: string) =>
      git(["fetch", "--quiet", "--prune", "--update-head-ok", other, "+refs/heads/*:refs/heads/*"]),
    ref: (name: string) => quietly(["rev-parse", "--verify", "--quiet", `${name}^{commit}`]),
    setRef(name: string, to: string | undefined): void {
      git(to === undefined ? ["update-ref", "-d", name] : ["update-ref", name, to]);
    },
    treeOf: (commit: string) => quietly(["rev-parse", "--verify", "--quiet", `${commit}^{tree}`]),
    isObject: (oid: string) => quietly(["cat-file", "-e", oid]) !== undefined,
    /** `undefined`: it is not there. */
    file(
      commit: string,
      path: string,
    ): { readonly mode: string; readonly oid: string; readonly bytes: Uint8Array } | undefined {
      const [, mode, type, oid] = /^(\d+) (\w+) (\w+)\t/.exec(quietly(["ls-tree", commit, "--", path]) ?? "") ?? [];
      if (mode === undefined || oid === undefined || type !== "blob") return undefined;
      return { mode, oid, bytes: new Uint8Array(raw(["cat-file", "blob", oid])) };
    },
    /** A tree like another, with these files in it. */
    tree(like: string | undefined, files: readonly FileEntry[]): string {
      const env = { GIT_INDEX_FILE: join(folder, `index-${clock++}`) };
      if (like !== undefined) git(["read-tree", like], "", env);
      const lines = files.map(({ path, mode, content }) => {
        return `${mode} ${git(["hash-object", "-w", "--stdin"], content)}\t${path}\n`;
      });
      git(["update-index", "--add", "--index-info"], lines.join(""), env);
      return git(["write-tree"], "", env);
    },
    commit(tree: string, parents: readonly string[], message: string, author: Identity, committer = author): string {
      clock += 60;
      return git(["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent])], message, {
        GIT_AUTHOR_NAME: author.name,
        GIT_AUTHOR_EMAIL: author.email,
        GIT_AUTHOR_DATE: `${clock} +0000`,
        GIT_COMMITTER_NAME: committer.name,
        GIT_COMMITTER_EMAIL: committer.email,
        GIT_COMMITTER_DATE: `${clock} +0000`,
      });
    },
    contains: (head: string, commit: string) => quietly(["merge-base", "--is-ancestor", commit, head]) !== undefined,
    /** What the second has and the first has not, oldest first. */
    between(from: string, to: string): readonly LoggedCommit[] {
      const format = "--format=%H%x00%P%x00%ae%x00%aI%x00%ce%x00%cI%x00%B%x01";
      return git(["log", "--reverse", format, `${from}..${to}`])
        .split("\u0001")
        .filter((each) => each.trim() !== "")
        .map((each) => {
          const [oid = "", parents = "", ae = "", aI = "", ce = "", cI = "", message = ""] = each
            .trimStart()
            .split("\0");
          return {
            oid,
            parents: parents.split(" ").filter(Boolean),
            message: message.trimEnd(),
            author: { email: ae, date: aI },
            committer: { email: ce, date: cI },
          };
        });
    },
    /** The tree of a merge; `undefined` where there are conflicts. */
    merge: (ours: string, theirs: string) => quietly(["merge-tree", "--write-tree", ours, theirs])?.split("\n")[0],
  };
}
