/** What builds are made from, where git's own folder holds a credential; with real git and real files. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { systemFiles } from "../../../../src/adapters/files.ts";
import { childProcesses } from "../../../../src/adapters/processes.ts";
import type { ImageInputs } from "../../../../src/changes/sources/image-inputs.ts";
import { type CheckoutTrust, trusted } from "../../../../src/model/trust.ts";
import type { Plan, PlannedBuild } from "../../../../src/plan/plan.ts";
import { type CheckoutRun, openBuildCheckout } from "../../../../src/stages/build/build-checkout.ts";
import { plannedBuild } from "../../../unit/buildx/planned.ts";
import { sha } from "../../../unit/tags/facts.ts";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "build-checkout-")));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;

const fork: CheckoutTrust = { kind: "untrusted", why: "a fork wrote it", head: sha, pullRequest: 7 };
const bait = "AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Z2hzX2JhaXQ=";
const files = { "images/app/Dockerfile": "FROM scratch\n", Dockerfile: "FROM scratch\n", file: "1\n" };

function git(folder: string, ...args: readonly string[]): void {
  const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { env });
}

/** A checkout as actions/checkout leaves one, with or without the job's credential. */
function checkout(hasCredential: boolean): string {
  count += 1;
  const folder = join(scratch, `checkout-${count}`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  git(folder, "init", "--quiet");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "One");
  if (hasCredential) git(folder, "config", "http.https://github.com/.extraheader", bait);
  return folder;
}

const whole: PlannedBuild = { ...plannedBuild, context: ".", dockerfile: "Dockerfile" };
const below: PlannedBuild = plannedBuild;
const named = (path: string): PlannedBuild["contexts"][number] =>
  ({ kind: "directory", name: "src", path }) as PlannedBuild["contexts"][number];
const elsewhere = (value: string): PlannedBuild["contexts"][number] =>
  ({ kind: "elsewhere", name: "src", value }) as PlannedBuild["contexts"][number];

interface Situation {
  readonly trust: CheckoutTrust;
  readonly builds?: readonly PlannedBuild[];
  readonly hasCredential?: boolean;
  /** Images of whose context git's own folder is part. */
  readonly takingGit?: readonly string[];
}

async function opened({ trust, builds = [whole], hasCredential = true, takingGit = [] }: Situation) {
  const workspace = checkout(hasCredential);
  const lines: string[] = [];
  const outside = {
    processes: childProcesses,
    files: systemFiles,
    env: { PATH: process.env.PATH, HOME: scratch },
    log: { info: (line: string) => void lines.push(line) },
    signal: new AbortController().signal,
  };
  const run = { outside, context: { workspace }, trust, folder: `${workspace}-run` } as unknown as CheckoutRun;
  const context = (target: string) => ({
    directory: { target },
    ignore: { ignores: () => false },
    followed: { kind: "whole" },
  });
  const inputs = new Map(
    builds.map(({ name }) => [name, { contexts: [context(takingGit.includes(name) ? "." : "images/app")] }]),
  ) as unknown as ReadonlyMap<string, ImageInputs>;
  const found = await openBuildCheckout({ images: builds } as unknown as Plan, inputs, run);
  return { ...found, checkout: workspace, lines };
}

describe("of a trusted checkout", () => {
  test("images are built from it as it is", async () => {
    const { workspace, checkout, remarks } = await opened({ trust: trusted });
    expect(workspace).toBe(checkout);
    expect(remarks).toEqual([]);
  });

  test("an image that takes git's folder is reported, with the file", async () => {
    const { workspace, checkout, remarks } = await opened({ trust: trusted, takingGit: ["app"] });
    expect(workspace).toBe(checkout);
    expect(remarks).toEqual([
      {
        message: "the build of app includes .git with a credential: .git/config",
        hint: "set `persist-credentials: false` at actions/checkout, or add .git to .dockerignore",
      },
    ]);
  });

  test("many such images are one remark", async () => {
    const builds = ["a", "b", "c", "d", "e"].map((name) => ({ ...whole, name }));
    const { remarks } = await opened({ trust: trusted, builds, takingGit: builds.map(({ name }) => name) });
    expect(remarks.map(({ message }) => message)).toEqual([
      "the build of a, b, c and 2 more includes .git with a credential: .git/config",
    ]);
    const three = await opened({ trust: trusted, builds: builds.slice(0, 3), takingGit: ["a", "b", "c"] });
    expect(three.remarks[0]?.message).toMatch(/^the build of a, b, c includes /);
  });

  test("without a credential nothing is reported", async () => {
    const { remarks } = await opened({ trust: trusted, hasCredential: false, takingGit: ["app"] });
    expect(remarks).toEqual([]);
  });
});

describe("of an untrusted checkout", () => {
  test.each<{ readonly when: string; readonly build: PlannedBuild; readonly isCopied: boolean }>([
    { when: "its context is the root", build: whole, isCopied: true },
    { when: "its Dockerfile is at the root", build: { ...below, dockerfile: "Dockerfile" }, isCopied: true },
    { when: "a named context is the root", build: { ...below, contexts: [named(".")] }, isCopied: true },
    { when: "Nix may read anything", build: { ...below, variant: "nix" }, isCopied: true },
    { when: "all it reads is below", build: below, isCopied: false },
    { when: "a named context is below", build: { ...below, contexts: [named("images")] }, isCopied: false },
  ])("an image is built from a copy without the credential where $when: $isCopied", async ({ build, isCopied }) => {
    const { workspace, checkout, lines, remove } = await opened({ trust: fork, builds: [build] });
    expect(workspace).toBe(isCopied ? `${checkout}-run/checkout` : checkout);
    expect(readFileSync(join(checkout, ".git/config"), "utf8")).toContain(bait);
    expect(readFileSync(join(workspace, "file"), "utf8")).toBe("1\n");
    if (isCopied) expect(readFileSync(join(workspace, ".git/config"), "utf8")).not.toContain(bait);
    expect(lines).toEqual(isCopied ? [expect.stringMatching(/a credential \(\.git\/config\): images are built/)] : []);
    await remove();
    expect(existsSync(`${checkout}-run/checkout`)).toBe(false);
    expect(existsSync(join(checkout, "file"))).toBe(true);
  });

  test("without a credential it is built as it is", async () => {
    const { workspace, checkout } = await opened({ trust: fork, hasCredential: false });
    expect(workspace).toBe(checkout);
  });

  test("what an input names elsewhere is refused where it has a credential", async () => {
    const other = checkout(true);
    const builds = [{ ...below, contexts: [elsewhere(other)] }];
    await expect(opened({ trust: fork, builds })).rejects.toMatchObject({
      message: expect.stringContaining(`the build context "src" of app, ${other}, includes ${other}/.git/config`),
    });
  });

  test.each([
    { what: "a folder without one", value: () => checkout(false) },
    { what: "a folder that isn't there", value: () => join(scratch, "nowhere") },
    { what: "an image", value: () => "docker-image://alpine" },
  ])("$what is taken", async ({ value }) => {
    const { workspace, checkout: own } = await opened({
      trust: fork,
      builds: [{ ...below, contexts: [elsewhere(value())] }],
    });
    expect(workspace).toBe(own);
  });
});
