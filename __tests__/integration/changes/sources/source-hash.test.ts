import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { childProcesses } from "../../../../src/adapters/processes.ts";
import { filesDigest } from "../../../../src/changes/sources/files-digest.ts";
import { platform } from "../../../../src/model/platform.ts";
import type { ImageSketch } from "../../../unit/changes/catalog-of.ts";
import type { Change } from "../../../unit/changes/objects.ts";
import { hashOf, survey } from "../hashing.ts";
import { remembering } from "../remembering.ts";
import { Repository, Workplace } from "../repository.ts";

const place = new Workplace();
afterAll(() => place.remove());

const files = { "images/app/Dockerfile": "FROM scratch\nCOPY . /\n", "images/app/a": "1\n", "images/app/b/c": "2\n" };

function repository(changes: Readonly<Record<string, Change>> = {}): Repository {
  const made = place.alone();
  made.start({ ...files, ...changes });
  return made;
}

const known = new Map<string, Promise<string>>();

/** The hash of a repository that nobody touched. */
function plainHash(changes: Readonly<Record<string, Change>> = {}): Promise<string> {
  const key = JSON.stringify(changes);
  const hash = known.get(key) ?? hashOf(repository(changes));
  known.set(key, hash);
  return hash;
}

function write({ folder }: Repository, path: string, text: string | Uint8Array = "x"): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}

type Edit = (repository: Repository) => unknown;

/** One repository as committed, another edited: their hashes. */
async function hashes(edit: Edit, before: Readonly<Record<string, Change>> = {}): Promise<readonly [string, string]> {
  const edited = repository(before);
  edit(edited);
  return Promise.all([plainHash(before), hashOf(edited)]);
}

describe("the hash is the same after", () => {
  test.each<[string, Edit]>([
    ["another commit", (made) => made.commit({ "README.md": "x" })],
    ["files that were touched", ({ folder }) => utimesSync(join(folder, "images/app/a"), 1, 1)],
    [
      "a change that was taken back, in part by hand",
      (made) => [write(made, "images/app/a", "2"), made.git("add", "."), write(made, "images/app/a", "1\n")],
    ],
    ["files elsewhere, tracked or not", (made) => write(made, "images/other/a")],
    [
      "a commit with the very bytes that were there",
      (made) => [made.git("rm", "--cached", "--quiet", "images/app/a"), made.commit()],
    ],
    ["bytes that git knows nothing of any more", (made) => made.git("rm", "--cached", "--quiet", "images/app/a")],
    ["an empty folder", ({ folder }) => mkdirSync(join(folder, "images/app/empty"))],
  ])("%s", async (_, edit) => {
    const [before, after] = await hashes(edit);
    expect(after).toBe(before);
  });
});

describe("the hash is another one after", () => {
  test.each<[string, Edit]>([
    ["a change", (made) => write(made, "images/app/a", "2")],
    [
      "a change of which git says nothing",
      (made) => [made.git("update-index", "--assume-unchanged", "images/app/a"), write(made, "images/app/a", "2")],
    ],
    [
      "a change of what is sparse",
      (made) => [made.git("update-index", "--skip-worktree", "images/app/a"), write(made, "images/app/a", "2")],
    ],
    [
      "a change that is staged, and taken back by hand only in the index",
      (made) => [
        write(made, "images/app/a", "2"),
        made.git("add", "."),
        made.git("update-index", "--assume-unchanged", "images/app/a"),
      ],
    ],
    ["a new file", (made) => write(made, "images/app/new")],
    ["a new file that git ignores", (made) => [write(made, ".git/info/exclude", "new"), write(made, "images/app/new")]],
    ["a file that is gone", ({ folder }) => rmSync(join(folder, "images/app/a"))],
    [
      "a file that is called otherwise",
      ({ folder }) => renameSync(join(folder, "images/app/a"), join(folder, "images/app/A")),
    ],
    ["a file that may be executed", ({ folder }) => chmodSync(join(folder, "images/app/a"), 0o755)],
    [
      "such a file where git is to overlook it",
      (made) => [made.git("config", "core.fileMode", "false"), chmodSync(join(made.folder, "images/app/a"), 0o755)],
    ],
    [
      "a file that became a symlink",
      ({ folder }) => [rmSync(join(folder, "images/app/a")), symlinkSync("b", join(folder, "images/app/a"))],
    ],
    [
      "a Dockerfile with another comment",
      (made) => made.commit({ "images/app/Dockerfile": "FROM scratch\nCOPY . /\n#\n" }),
    ],
    ["an ignore file", (made) => write(made, "images/app/.dockerignore", "# nothing\n")],
    [
      "a folder that became a symlink to the same",
      ({ folder }) => [
        renameSync(join(folder, "images/app/b"), join(folder, "images/app/d")),
        symlinkSync("d", join(folder, "images/app/b")),
      ],
    ],
    [
      "a repository that was cloned into the context",
      (made) => [
        mkdirSync(join(made.folder, "images/app/x")),
        made.git("init", "--quiet", "images/app/x"),
        write(made, "images/app/x/y"),
      ],
    ],
    [
      "names that are no text",
      ({ folder }) => writeFileSync(Buffer.concat([Buffer.from(`${folder}/images/app/`), Buffer.of(0xff)]), ""),
    ],
  ])("%s", async (_, edit) => {
    const [before, after] = await hashes(edit);
    expect(after).not.toBe(before);
  });
});

test("what is ignored by docker, or not read, is no part of it", async () => {
  const before = { "images/app/.dockerignore": "*.md\nout\n", "images/app/Dockerfile": "FROM scratch\nCOPY a out /\n" };
  const edit = (made: Repository): void => {
    for (const path of ["README.md", "out/1", "b/c"]) write(made, `images/app/${path}`);
  };
  const sketches = [{ name: "app", text: "FROM scratch\nCOPY a out /\n" }];
  const edited = repository(before);
  edit(edited);
  expect(await hashOf(edited, sketches)).toBe(await hashOf(repository(before), sketches));
  write(edited, "images/app/a", "2");
  expect(await hashOf(edited, sketches)).not.toBe(await hashOf(repository(before), sketches));
});

describe("bytes count as they lie in the working tree, not as git keeps them", () => {
  test.each<[string, string, readonly string[], string]>([
    ["line ends by autocrlf", "", ["-c", "core.autocrlf=true"], "x\r\n"],
    ["line ends by an attribute", "a eol=crlf\n", [], "x\r\n"],
    ["line ends of a whole setting", "* text=auto\n", ["-c", "core.eol=crlf"], "x\r\n"],
    ["filters", "a filter=up\n", ["-c", "filter.up.smudge=tr x y", "-c", "filter.up.clean=tr y x"], "y\n"],
    ["what a macro says", "[attr]up filter=up\na up\n", ["-c", "filter.up.smudge=tr x y"], "y\n"],
  ])("%s", async (_, attributes, options, expected) => {
    const origin = repository({ "images/app/a": "x\n", ".gitattributes": attributes.replace(/^a/m, "images/app/a") });
    const { folder } = new Repository(`${origin.folder}-clone`);
    origin.git("clone", "--quiet", ...options, origin.folder, folder);
    expect(readFileSync(join(folder, "images/app/a"), "latin1")).toBe(expected);
    // The same bytes, of which git knows nothing.
    const plain = place.alone();
    cpSync(join(folder, "images"), join(plain.folder, "images"), { recursive: true });
    expect(await hashOf({ folder })).toBe(await hashOf(plain));
    expect(await hashOf({ folder })).not.toBe(await hashOf(origin));
  });

  test("line ends that git takes out when a file is added", async () => {
    const folders = ["false", "input", "true"].map((autocrlf) => {
      const made = place.alone();
      made.git("config", "core.autocrlf", autocrlf);
      made.commit({ ...files, "images/app/a": "x\r\n" });
      return made;
    });
    const [first, ...others] = await Promise.all(folders.map((each) => hashOf(each)));
    for (const other of others) expect(other).toBe(first);
  });

  test("attributes that were others at the checkout", async () => {
    const origin = repository({ ".gitattributes": "images/app/a eol=crlf\n" });
    const { folder } = new Repository(`${origin.folder}-clone`);
    origin.git("clone", "--quiet", origin.folder, folder);
    const before = await hashOf({ folder });
    rmSync(join(folder, ".gitattributes"));
    expect(await hashOf({ folder })).toBe(before);
  });

  test("an $Id$ that is filled in", async () => {
    const origin = repository({ "images/app/a": "$Id$\n", "images/app/.gitattributes": "a ident\n" });
    const folder = `${origin.folder}-clone`;
    origin.git("clone", "--quiet", origin.folder, folder);
    expect(await hashOf({ folder })).not.toBe(await hashOf(origin));
  });
});

describe("submodules and large files", () => {
  function withSubmodule(): { readonly made: Repository; readonly inner: Repository } {
    const inner = place.alone();
    inner.start({ x: "1", "y/z": "2" });
    const made = repository();
    made.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.folder, "images/app/sub");
    made.commit();
    return { made, inner };
  }

  test("a submodule counts as the files that it brings", async () => {
    const { made } = withSubmodule();
    const before = await hashOf(made);
    rmSync(join(made.folder, "images/app/sub/.git"), { recursive: true });
    expect(before).toBe(await plainHash({ "images/app/sub/x": "1", "images/app/sub/y/z": "2" }));
  });

  test("its own dirt counts", async () => {
    const { made } = withSubmodule();
    const before = await hashOf(made);
    write(made, "images/app/sub/new");
    expect(await hashOf(made)).not.toBe(before);
  });

  test("where it is not checked out it is an empty folder", async () => {
    const { made } = withSubmodule();
    made.git("submodule", "--quiet", "deinit", "--force", "--all");
    expect(await hashOf(made)).toBe(await plainHash());
  });

  test("a pointer of Git LFS is told of", async () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n";
    const made = repository({
      "images/app/.gitattributes": "*.bin filter=lfs\n",
      "images/app/a.bin": pointer,
      "images/app/b.bin": "real",
    });
    const { incomplete } = await survey(made, [{ name: "app" }, { name: "other" }]);
    expect(incomplete.pointers).toEqual([
      { image: "app", path: "images/app/a.bin", count: 1, folders: ["images/app"] },
    ]);
  });

  test("a sparse checkout goes by what git has, and says what is missing", async () => {
    const made = repository();
    const before = await plainHash();
    made.git("sparse-checkout", "set", "--no-cone", "/*", "!/images/app/b");
    expect(await hashOf(made)).toBe(before);
    const { incomplete } = await survey(made, [{ name: "app" }]);
    expect(incomplete.absent).toEqual([{ image: "app", path: "images/app/b/c", count: 1, folders: ["images/app/b"] }]);
  });
});

describe("what is said of an image is part of it", () => {
  const app: ImageSketch = { name: "app", text: "FROM scratch AS x\nARG DECLARED\nCOPY . /\nFROM x\n" };
  const made = { folder: repository().folder, processes: remembering(childProcesses) };
  let asPlain: Promise<string> | undefined;
  const plain = () => {
    asPlain ??= hashOf(made, [app]);
    return asPlain;
  };

  test.each<[string, Partial<ImageSketch>]>([
    ["the target", { target: "x" }],
    ["the platforms", { platforms: [platform("linux/arm64")] }],
    ["a declared argument", { buildArgs: { DECLARED: "{{version}}" } }],
    ["an argument of BuildKit's own", { buildArgs: { BUILDKIT_SYNTAX: "x" } }],
    ["what is watched", { watch: [{ value: "images/app/a", at: { file: "x" } }] }],
    ["a named context", { contexts: [{ kind: "directory", name: "x", path: "images/app/b" }] }],
    ["an image in place of a name", { contexts: [{ kind: "elsewhere", name: "x", value: "docker-image://debian" }] }],
  ])("%s", async (_, more) => {
    expect(await hashOf(made, [{ ...app, ...more }])).not.toBe(await plain());
  });

  test.each<[string, Partial<ImageSketch>]>([
    ["an argument that nothing declares", { buildArgs: { OTHER: "x" } }],
    ["its name and repositories", { name: "other", directory: "images/app" }],
    ["where its line stands", { watch: [] }],
  ])("but not %s", async (_, more) => {
    expect(await hashOf(made, [{ ...app, ...more }])).toBe(await plain());
  });

  test("labels, attestations and output", async () => {
    expect(await hashOf(made, [app], () => ({ provenance: "mode=max" }))).not.toBe(await plain());
  });

  test("what it builds on", async () => {
    const child: ImageSketch = { name: "child", directory: "images/app", on: ["app"] };
    const before = await hashOf(made, [app, child]);
    expect(await hashOf(made, [{ ...app, target: "x" }, child])).not.toBe(before);
  });

  test("what it may build on, also where these may build on one another", async () => {
    const at = { file: "x" };
    const unsettled = [{ text: "$X", variables: ["X"], via: "FROM" as const, at }];
    const images = (target?: string): readonly ImageSketch[] => [
      { name: "one", directory: "images/app", unsettled },
      { ...app, name: "two", directory: "images/app", target },
      { name: "three", directory: "images/app", unsettled },
    ];
    expect(await hashOf(made, images("x"))).not.toBe(await hashOf(made, images()));
  });

  test("the commit and what describes it, where git's own folder is read", async () => {
    const root: ImageSketch = { name: "root", directory: ".", dockerfilePath: "images/app/Dockerfile", context: "." };
    const one = repository();
    const before = await hashOf(one, [root]);
    expect(await hashOf(one, [root])).toBe(before);
    one.git("tag", "v1");
    const tagged = await hashOf(one, [root]);
    one.commit();
    expect(new Set([before, tagged, await hashOf(one, [root])]).size).toBe(3);
  });
});

test("one file is one thing wherever its folder lies", async () => {
  const moved = place.alone();
  moved.start(Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace("images", "apps"), text])));
  expect(await hashOf(moved, [{ name: "app", directory: "apps/app" }])).toBe(await plainHash());
});

describe("too much to read gives no hash, and says so", () => {
  const unread = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ path: `f${index}`, content: undefined }));

  test.each([
    ["20,000 files may be read", 20_000, 1, "known"],
    ["more may not", 20_001, 1, "20001 files that git can't vouch for"],
    ["256 MiB may be read", 256, 1024 * 1024, "known"],
    ["more may not be either", 257, 1024 * 1024, "257 MiB of files that git can't vouch for"],
  ])("%s", async (_, count, size, expected) => {
    const reader = { cost: async () => size, content: async () => "100644 1" };
    const digest = await filesDigest(unread(count), 0, reader);
    expect(digest.kind === "known" ? "known" : digest.why).toBe(expected);
  });

  test("what lies outside the checkout is not known either", async () => {
    const contexts = [{ kind: "elsewhere" as const, name: "x", value: "../y" }];
    const { hashes: found } = await survey(repository(), [
      { name: "app", contexts },
      { name: "child", on: ["app"] },
    ]);
    expect([...found.values()]).toEqual(
      Array(2).fill({ kind: "unknown", why: "app is built from ../y, which lies outside the checkout" }),
    );
  });
});
