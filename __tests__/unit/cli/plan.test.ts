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
let usage: Ended;

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
  usage = await run(["--help"]);
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

function run(args: readonly string[], cwd = repository.folder): Promise<Ended> {
  const index = join(import.meta.dirname, "../../../src/index.ts");
  const compiled = join(workplace.folder, "compiled");
  const env = { PATH: bin, HOME: "/nonexistent", NODE_NO_WARNINGS: "1", NODE_COMPILE_CACHE: compiled };
  return new Promise((done) => {
    execFile(process.execPath, [index, ...args], { cwd, env }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
    });
  });
}

describe("image-publish plan", () => {
  test("needs git and no network, whatever event is asked about", async () => {
    const asked = [
      ["plan"],
      ["plan", "--event", "pull_request", "--base", "HEAD~1"],
      ["plan", "--ref", "v1.2.3", "--json"],
      ["plan", "--explain", "web"],
    ];
    const ended = await Promise.all(asked.map((args) => run(args)));
    expect(ended.map(({ code, err }) => ({ code, err }))).toEqual(asked.map(() => ({ code: 0, err: "" })));
    expect(ended[0]?.out).toContain("Plan: build 1 of 2 images");
    expect(JSON.parse(ended[2]?.out ?? "")).toMatchObject({ schema: 1, ref: "refs/tags/v1.2.3" });
    expect(ended[3]?.out).toContain("images/web/page was added in line 1");
    expect(calls).toBe(0);
  }, 60_000);

  test("says what it misses, and ends red", async () => {
    const empty = join(workplace.folder, "empty");
    mkdirSync(empty);
    const unborn = workplace.alone();
    const [none, nothing, option] = await Promise.all([
      run(["plan"], empty),
      run(["plan"], unborn.folder),
      run(["plan", "--explian", "web"]),
    ]);
    expect(none).toMatchObject({ code: 1, out: "", err: expect.stringContaining("is no git checkout") });
    expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining("there is no commit here yet") });
    expect(option).toMatchObject({ code: 1, err: expect.stringContaining("did you mean --explain?") });
  }, 60_000);

  test("shows how it is used", () => {
    const { code, out } = usage;
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: image-publish COMMAND/);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });
});
