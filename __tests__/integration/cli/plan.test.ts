/** The command line itself, on a machine that has git and nothing else, in front of a network that only counts who calls. */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Repository, Workplace } from "../changes/repository.ts";

const workplace = new Workplace();
const bin = mkdtempSync(join(tmpdir(), "only-git-"));
let calls = 0;
let network: Server;
let repository: Repository;
/** The first start, after which the others find the compiled program. */
let first: Ended;

beforeAll(async () => {
  symlinkSync(execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim(), join(bin, "git"));
  network = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  await new Promise<void>((done) => network.listen(0, "127.0.0.1", done));
  const address = network.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  repository = workplace.alone();
  const pushed = repository.start({
    "images/base/Dockerfile": "FROM alpine\n",
    "images/web/Dockerfile": `FROM 127.0.0.1:${port}/o/r/base\nCOPY page /\n`,
  });
  repository.point("refs/remotes/origin/main", pushed);
  repository.setRemote(`http://127.0.0.1:${port}/o/r.git`);
  repository.commit({ "images/web/page": "new\n" });
  first = await run(["plan"]);
}, 60_000);
afterAll(() => {
  network.close();
  workplace.remove();
  rmSync(bin, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** @param ci the variables that a runner sets */
function run(
  args: readonly string[],
  cwd = repository.folder,
  ci: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const index = join(import.meta.dirname, "../../../src/index.ts");
  const compiled = join(workplace.folder, "compiled");
  const env = { PATH: bin, HOME: "/nonexistent", NODE_NO_WARNINGS: "1", NODE_COMPILE_CACHE: compiled, ...ci };
  return new Promise((done) => {
    execFile(process.execPath, [index, ...args], { cwd, env }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
    });
  });
}

describe("image-publish plan", () => {
  test("needs git and no network, whatever event is asked about", async () => {
    const [release, pull] = await Promise.all([
      run(["plan", "--ref", "v1.2.3", "--json"]),
      run(["plan", "--event", "pull_request", "--base", "HEAD~1", "--explain", "web"]),
    ]);
    for (const { code, err } of [first, release, pull]) expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(first.out).toContain("Plan: build 1 of 2 images");
    expect(JSON.parse(release.out)).toMatchObject({ schema: 1, ref: "refs/tags/v1.2.3" });
    expect(pull.out).toContain("images/web/page was added in line 1");
    expect(calls).toBe(0);
  }, 60_000);

  test("in a workflow trusts the checkout as the action would, whatever event is asked about", async () => {
    const ci = {
      GITHUB_EVENT_NAME: "workflow_run",
      GITHUB_REF: "refs/heads/main",
      GITHUB_REPOSITORY: "o/r",
      GITHUB_SERVER_URL: "http://127.0.0.1:1",
      GITHUB_WORKSPACE: repository.folder,
    };
    const asked = ["plan", "--event", "push", "--base", "HEAD~1"];
    const [own, foreign] = await Promise.all([
      run(asked, repository.folder, { ...ci, GITHUB_SHA: repository.git("rev-parse", "HEAD") }),
      run(asked, repository.folder, { ...ci, GITHUB_SHA: repository.git("rev-parse", "HEAD~1") }),
    ]);
    expect(own).toMatchObject({ code: 0, err: "" });
    expect(foreign.err).toMatch(/is checked out, and whether a branch or a tag of o\/r contains it is unknown/);
  }, 60_000);

  test("says what it misses, and ends red", async () => {
    const empty = join(workplace.folder, "empty");
    mkdirSync(empty);
    const unborn = workplace.alone();
    const [none, nothing] = await Promise.all([run(["plan"], empty), run(["plan"], unborn.folder)]);
    expect(none).toMatchObject({ code: 1, out: "", err: expect.stringContaining("isn't a git checkout") });
    expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining("the repository has no commit yet") });
  }, 60_000);

  test("shows how it is used", async () => {
    const { code, out } = await run(["--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: image-publish COMMAND/);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  }, 60_000);
});
