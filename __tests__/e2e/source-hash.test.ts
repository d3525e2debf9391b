/** The source hash hangs on the bytes that docker would see, and on nothing that git makes of them: real repositories. */
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { hashOf } from "../integration/changes/hashing.ts";
import { type Repository, Workplace } from "../integration/changes/repository.ts";

const place = new Workplace();
afterAll(() => place.remove());

interface File {
  readonly kind: "plain" | "executable" | "link";
  readonly text: string;
}

/** How a file came to lie where it lies. */
type Way = "committed" | "staged" | "changed" | "untracked" | "ignored" | "hidden" | "sparse";

const name = fc.constantFrom("a", "b", "src", "x y", "ü", "line\nend", '"');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const file: fc.Arbitrary<File> = fc.record({
  kind: fc.constantFrom("plain", "executable", "link"),
  text: fc.constantFrom("1", "2\n", "3\r\n4\r\n", "$Id$\n"),
});
const way = fc.constantFrom<Way>("committed", "staged", "changed", "untracked", "ignored", "hidden", "sparse");
const git = fc.record({
  autocrlf: fc.constantFrom("false", "input", "true"),
  fileMode: fc.boolean(),
  /** Committed, and deleted since. */
  deleted: fc.array(path, { maxLength: 2 }),
});

/** No path is both a file and a folder. */
function tree(entries: readonly (readonly [string, File])[]): ReadonlyMap<string, File> {
  const files = new Map<string, File>();
  for (const [each, value] of entries) {
    const clashes = [...files.keys()].some((other) => other.startsWith(`${each}/`) || each.startsWith(`${other}/`));
    if (!clashes) files.set(each, value);
  }
  return files;
}

function put({ folder }: Repository, at: string, { kind, text }: File): void {
  const full = join(folder, "images/app", at);
  mkdirSync(dirname(full), { recursive: true });
  rmSync(full, { force: true });
  if (kind === "link") symlinkSync(text.trim(), full);
  else writeFileSync(full, text);
  if (kind === "executable") chmodSync(full, 0o755);
}

/** A repository whose working tree holds these files, whatever git knows of them. */
function repository(
  files: ReadonlyMap<string, File>,
  ways: readonly Way[],
  {
    autocrlf,
    fileMode,
    deleted,
  }: { readonly autocrlf: string; readonly fileMode: boolean; readonly deleted: readonly string[] },
): Repository {
  const made = place.alone();
  made.git("config", "core.autocrlf", autocrlf);
  made.git("config", "core.fileMode", String(fileMode));
  const wayOf = new Map([...files.keys()].map((each, index) => [each, ways[index % ways.length] ?? "committed"]));
  const those = (...which: readonly Way[]) =>
    [...files].filter(([each]) => which.includes(wayOf.get(each) ?? "committed"));
  const gone = [
    ...tree([...files, ...deleted.map((each): [string, File] => [each, { kind: "plain", text: "gone" }])]),
  ].filter(([each]) => !files.has(each));
  for (const [each, value] of [...gone, ...those("committed")]) put(made, each, value);
  for (const [each] of those("changed", "hidden", "sparse")) put(made, each, { kind: "plain", text: "before" });
  made.commit();
  for (const [each] of gone) rmSync(join(made.folder, "images/app", each));
  for (const [each, value] of those("staged")) put(made, each, value);
  made.git("add", "--all", ".");
  const tracked = (which: Way) => those(which).map(([each]) => `images/app/${each}`);
  if (tracked("hidden").length > 0) made.git("update-index", "--assume-unchanged", "--", ...tracked("hidden"));
  if (tracked("sparse").length > 0) made.git("update-index", "--skip-worktree", "--", ...tracked("sparse"));
  for (const [each, value] of those("changed", "hidden", "sparse", "untracked", "ignored")) put(made, each, value);
  const ignored = those("ignored").map(([each]) => `/images/app/${each.replace(/[\n"].*/s, "*")}`);
  writeFileSync(join(made.folder, ".git/info/exclude"), `${ignored.join("\n")}\n`);
  put(made, "Dockerfile", { kind: "plain", text: "FROM scratch\nCOPY src a* /\n" });
  put(made, ".dockerignore", { kind: "plain", text: "b\nsrc/b\n!src/b/src\n" });
  return made;
}

const sketches = [{ name: "app", text: "FROM scratch\nCOPY src a* /\n" }];

/** What of the files docker would see, told apart from the matchers under test. */
function isSeen(at: string, files: ReadonlyMap<string, File>): boolean {
  const parts = at.split("/");
  const isWhole = [...files].some(([each, { kind }]) => kind === "link" && (each === "src" || each === "a"));
  if (parts[0] === "b") return false;
  if (parts[0] === "src" && parts[1] === "b" && parts[2] !== "src") return false;
  return isWhole || parts[0] === "src" || parts[0] === "a";
}

const runs = { numRuns: 25, seed: Number(process.env.IMAGE_PUBLISH_SEED ?? 20_261_121) };
/** Each run calls git some thirty times. */
const patience = 120_000;

test(
  "equal whenever the bytes are equal, however they came to lie there",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(path, file), { maxLength: 8 }).map(tree),
        fc.array(way, { minLength: 1, maxLength: 8 }),
        fc.array(way, { minLength: 1, maxLength: 8 }),
        git,
        git,
        async (files, some, others, one, other) => {
          const first = await hashOf(repository(files, some, one), sketches);
          expect(await hashOf(repository(files, others, other), sketches)).toBe(first);
        },
      ),
      runs,
    );
  },
  patience,
);

test(
  "another one whenever a file differs that docker would see, and only then",
  async () => {
    const entries = fc.array(fc.tuple(path, file), { minLength: 1, maxLength: 8 }).map(tree);
    await fc.assert(
      fc.asyncProperty(entries, fc.nat(), fc.option(file), way, git, async (files, which, to, how, settings) => {
        const [at = "", before] = [...files][which % files.size] ?? [];
        fc.pre(JSON.stringify(before) !== JSON.stringify(to) && before?.kind !== "link" && to?.kind !== "link");
        const after = new Map(
          [...files].flatMap(([each, value]) =>
            each !== at ? [[each, value] as const] : to === null ? [] : [[each, to] as const],
          ),
        );
        const first = await hashOf(repository(files, [how], settings), sketches);
        const second = await hashOf(repository(after, [how], settings), sketches);
        expect(second !== first).toBe(isSeen(at, files));
      }),
      runs,
    );
  },
  patience,
);
