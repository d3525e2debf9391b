/** Which paths a run opens: where they lead counts, and what a workflow names. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { systemFiles } from "../../../src/adapters/files.ts";
import { guardedFiles, localPaths, type NamedPath, type PathUse } from "../../../src/lib/local-paths.ts";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "paths-")));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const links: Readonly<Record<string, string>> = {
  "work/repo/file-out": "/etc/hostname",
  "work/repo/folder-out": "../../bait",
  "work/repo/up": "..",
  "work/repo/inside": "images/web",
  "work/repo/sibling": "../other",
  "work/repo/to-git": ".git/config",
  "work/repo/to-run": "../../temp/image-publish-1/docker",
  "work/repo/named": "../../named/secret",
  "work/repo/circle": "circle",
  "work/repo/missing-out": "../../bait/not-there",
  "work/repo/long/way": "../inside",
  alias: "work",
};
const files = [
  "work/repo/images/web/Dockerfile",
  "work/repo/.git/config",
  "work/other/file",
  "bait/secret",
  "named/secret",
  "temp/image-publish-1/docker/config.json",
];

for (const file of files) {
  mkdirSync(dirname(join(scratch, file)), { recursive: true });
  writeFileSync(join(scratch, file), `content of ${file}`);
}
for (const [path, target] of Object.entries(links)) {
  mkdirSync(dirname(join(scratch, path)), { recursive: true });
  symlinkSync(target, join(scratch, path));
}

const checkout = join(scratch, "work/repo");
const why = "the checkout holds 1234567, which is the head of a fork's pull request";

function rules(kind: "trusted" | "untrusted", named: readonly NamedPath[] = []) {
  const boundary = kind === "trusted" ? join(scratch, "work") : checkout;
  const untrusted = kind === "trusted" ? undefined : why;
  const own = [join(scratch, "temp/image-publish-1")];
  return localPaths({ checkout, boundary, untrusted, named, own }, systemFiles);
}

async function problem(
  path: string,
  kind: "trusted" | "untrusted",
  { named, ...use }: Partial<PathUse> & { readonly named?: readonly NamedPath[] } = {},
): Promise<string | undefined> {
  const refusal = await rules(kind, named).refusal(path, { what: "the path", ...use });
  expect(refusal?.hint).not.toBe("");
  return refusal?.message.replaceAll(scratch, "S");
}

describe("a path without a word of the workflow", () => {
  test.each([
    { path: "images/web/Dockerfile", trusted: "fine", untrusted: "fine" },
    { path: "inside/Dockerfile", trusted: "fine", untrusted: "fine" },
    { path: "long/way/Dockerfile", trusted: "fine", untrusted: "fine" },
    { path: "not/there", trusted: "fine", untrusted: "fine" },
    { path: ".", trusted: "fine", untrusted: "fine" },
    { path: "images/../inside/..", trusted: "fine", untrusted: "fine" },
    { path: "../other/file", trusted: "fine", untrusted: "is outside of the checkout" },
    { path: "sibling/file", trusted: "fine", untrusted: "leads to S/work/other/file" },
    { path: "..", trusted: "fine", untrusted: "is outside of the checkout" },
    { path: "up/up", trusted: "fine", untrusted: "is outside of the checkout" },
    { path: "file-out", trusted: "leads to /etc/hostname", untrusted: "leads to /etc/hostname" },
    { path: "folder-out/secret", trusted: "leads to S/bait/secret", untrusted: "leads to S/bait/secret" },
    { path: "missing-out", trusted: "leads to S/bait/not-there", untrusted: "leads to S/bait/not-there" },
    { path: "folder-out/../work/repo", trusted: "fine", untrusted: "fine" },
    { path: "../../bait/secret", trusted: "is outside of the workspace", untrusted: "is outside of the checkout" },
    { path: "/etc/passwd", trusted: "is outside of the workspace", untrusted: "is outside of the checkout" },
    { path: "/proc/self/environ", trusted: "is outside of the workspace", untrusted: "is outside of the checkout" },
    { path: "/proc/self/cwd/x", trusted: "leads to", untrusted: "leads to" },
    { path: "circle", trusted: "leads to itself", untrusted: "leads to itself" },
    { path: "to-run/config.json", trusted: "holds logins", untrusted: "holds logins" },
    { path: ".git/config", trusted: "fine", untrusted: "git's own folder" },
    { path: "to-git", trusted: "fine", untrusted: "git's own folder" },
    { path: ".git", trusted: "fine", untrusted: "git's own folder" },
  ])("$path", async ({ path, trusted, untrusted }) => {
    for (const [kind, expected] of [
      ["trusted", trusted],
      ["untrusted", untrusted],
    ] as const) {
      const said = await problem(path, kind);
      if (expected === "fine") expect(said).toBeUndefined();
      else expect(said).toContain(expected);
      if (kind === "untrusted" && said !== undefined && /outside|git's/.test(said)) expect(said).toContain(why);
    }
  });

  test("the checkout may be reached by a symlink itself", async () => {
    const aliased = join(scratch, "alias/repo");
    const paths = localPaths({ checkout: aliased, boundary: aliased, untrusted: why, named: [], own: [] }, systemFiles);
    expect(await paths.refusal("images/web", { what: "it" })).toBeUndefined();
    expect(await paths.resolve("inside", { what: "it" })).toBe(join(checkout, "images/web"));
    expect((await paths.refusal("folder-out", { what: "it" }))?.message).toContain("is outside of the checkout");
  });
});

describe("a path that an input names", () => {
  const [secret, link] = [join(scratch, "named/secret"), join(checkout, "named")];
  test.each([
    { when: "it, exactly", path: secret, setting: "secret-files", named: secret, untrusted: "fine" },
    {
      when: "a relative form of it",
      path: "../../named/secret",
      setting: "cache-from",
      named: secret,
      untrusted: "fine",
    },
    { when: "what is above it", path: secret, setting: "build-contexts", named: dirname(secret), untrusted: "outside" },
    { when: "what is beside it", path: secret, setting: "build-contexts", named: `${secret}s`, untrusted: "outside" },
    { when: "a link of the checkout", path: "named", setting: "secret-files", named: link, untrusted: "leads to" },
  ] as const)("$when", async ({ path, setting, named, untrusted }) => {
    const use = { setting, named: [{ setting, path: named }] };
    const said = await problem(path, "untrusted", use);
    if (untrusted === "fine") expect(said).toBeUndefined();
    else expect(said).toContain(untrusted);
  });

  test("a link of a trusted checkout leads where the workflow wants it", async () => {
    const named = [{ setting: "context", path: "folder-out" }] as const;
    expect(await problem("folder-out", "trusted", { setting: "context", named })).toBeUndefined();
    expect(await problem("folder-out/secret", "trusted", { named })).toBeUndefined();
  });

  test("what is named as a secret's file is none of an untrusted checkout's contexts", async () => {
    const named = [{ setting: "secret-files", path: secret }] as const;
    expect(await problem(secret, "untrusted", { setting: "build-contexts", named })).toContain("outside");
    expect(await problem("named", "untrusted", { named })).toContain("outside");
  });
});

describe("the run's own folder", () => {
  test.each(["..", "../..", "/", "../../temp", "../../temp/image-publish-1", "../../temp/image-publish-1/docker"])(
    "%s is no context, whoever names it",
    async (path) => {
      const use = { setting: "build-contexts", isWhole: true, named: [{ setting: "build-contexts", path }] } as const;
      const said = await problem(path, "trusted", use);
      if (path === "..") expect(said).toBeUndefined();
      else expect(said).toContain("the folder of this run, which holds logins");
    },
  );
});

test("files of the checkout are read where they may lead, and the error says where that is", async () => {
  const guarded = guardedFiles(systemFiles, checkout, rules("untrusted"));
  expect(Buffer.from((await guarded.read(join(checkout, "inside/Dockerfile"))) ?? []).toString()).toContain(
    "content of",
  );
  expect(await guarded.read(join(checkout, "not/there"))).toBeUndefined();
  for (const path of ["file-out", "folder-out/secret", "to-git", "../other/file"]) {
    await expect(guarded.read(join(checkout, path))).rejects.toMatchObject({ message: expect.stringContaining(why) });
  }
  await expect(guarded.list(join(checkout, "folder-out"))).rejects.toMatchObject({ at: { file: "folder-out" } });
});

test("many paths that are asked about together are judged as each alone, and no folder on their ways is looked at twice", async () => {
  const use = { what: "it" };
  const asked = ["images/web", "images/web/Dockerfile", "folder-out", "up", "circle", "inside", "missing-out"];
  const alone = await Promise.all(asked.map((path) => rules("untrusted").refusal(path, use)));
  const looked: string[] = [];
  const look = async (path: Uint8Array) => {
    looked.push(Buffer.from(path).toString());
    return systemFiles.look(path);
  };
  const own = [join(scratch, "temp/image-publish-1")];
  const paths = localPaths({ checkout, boundary: checkout, untrusted: why, named: [], own }, { look });
  const all = await paths.refusals(asked.map((path) => ({ path, use })));
  expect(all.map((each) => each?.message)).toEqual(alone.map((each) => each?.message));
  expect(all.filter((each) => each !== undefined).length).toBe(4);
  expect(new Set(looked).size).toBe(looked.length);
});
