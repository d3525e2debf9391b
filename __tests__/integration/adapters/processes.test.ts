import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "@jest/globals";
import { childProcesses, childProcessesWith } from "../../../src/adapters/processes.ts";

const { run } = childProcesses;
const node = (script: string, options: Partial<Parameters<typeof run>[2]> = {}) =>
  run(process.execPath, ["-e", script], { env: {}, ...options });
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A line reader that lets a test wait for a line. */
function firstLine(): { onLine: (line: string) => void; line: Promise<string> } {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { onLine: resolve, line: promise };
}

/** What has ended may stay as a zombie where nobody waits for it. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}

test("the exit code and both outputs, whatever the code", async () => {
  const ended = await node('console.log("out"); console.error("err"); process.exitCode = 3');
  expect({ ...ended, stdout: text(ended.stdout) }).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
});

test("arguments reach the program as they are", async () => {
  const args = ["$(id)", "a b", "`x`", "; rm", "'\"", "é\n"];
  const ended = await run(process.execPath, ["-p", "JSON.stringify(process.argv.slice(1))", "--", ...args], {
    env: {},
  });
  expect(JSON.parse(text(ended.stdout))).toEqual(args);
});

test("the environment is what is given and nothing else", async () => {
  const ended = await run("/usr/bin/env", [], { env: { A: "b" } });
  expect(text(ended.stdout)).toBe("A=b\n");
});

test("input goes in, also to a program that does not read it", async () => {
  expect(text((await node("process.stdin.pipe(process.stdout)", { input: "hällo" })).stdout)).toBe("hällo");
  expect((await node("", { input: new Uint8Array(1_000_000) })).code).toBe(0);
});

test("the working directory", async () => {
  const cwd = realpathSync(tmpdir());
  expect(text((await node("process.stdout.write(process.cwd())", { cwd })).stdout)).toBe(cwd);
});

describe("lines", () => {
  const bytes = JSON.stringify([..."one\ntwö\r\n\nthrée".split("")].map((each) => each));
  test.each([
    ["at once", `process.stdout.write(${bytes}.join(""))`],
    [
      "byte by byte",
      `const all = Buffer.from(${bytes}.join("")); let at = 0;
       const next = () => at < all.length && process.stdout.write(all.subarray(at, ++at), () => setTimeout(next, 1)); next()`,
    ],
  ])("written %s come whole", async (_, script) => {
    const lines: string[] = [];
    await node(script, { onLine: (line) => lines.push(line) });
    expect(lines).toEqual(["one", "twö", "", "thrée"]);
  });

  test("of stdout and stderr are told apart", async () => {
    const lines: string[] = [];
    await node('console.log("a"); console.error("b")', { onLine: (line, stream) => lines.push(`${stream} ${line}`) });
    expect(lines.sort()).toEqual(["stderr b", "stdout a"]);
  });

  test("of many megabytes are cut, and the next one is whole", async () => {
    const lines: string[] = [];
    await node('console.log("x".repeat(9 << 20)); console.log("next")', { onLine: (line) => lines.push(line) });
    expect(lines.map(({ length }) => length)).toEqual([4 * 1024 * 1024, 4]);
  });

  test("a reader that fails ends the program", async () => {
    const onLine = () => {
      throw new Error("reader failed");
    };
    await expect(node('console.log("x"); setInterval(() => {}, 1000)', { onLine })).rejects.toThrow("reader failed");
  });
});

test("of a long stderr the end is kept", async () => {
  const ended = await node('process.stderr.write("a".repeat(5 << 20) + "end")');
  expect(ended.stderr).toHaveLength(1024 * 1024);
  expect(ended.stderr).toMatch(/aend$/);
});

describe("what cannot be started", () => {
  test.each([
    ["a program that is not there", "no-such-program", {}, "no-such-program was not found", "install no-such-program"],
    ["a file that is no program", "/etc/passwd", {}, "/etc/passwd may not be executed", "permissions"],
    [
      "a directory that is not there",
      process.execPath,
      { cwd: "/no/such" },
      "there is no such directory",
      "checked out",
    ],
  ])("%s", async (_, program, options, message, hint) => {
    await expect(run(program, [], { env: { PATH: "/usr/bin" }, ...options })).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  test.each([
    ["an argument", ["a\0b"], {}, 'the argument "a\\u0000b"'],
    ["a variable, whose value may be a secret", [], { env: { SECRET: "s3cret\0" } }, "the variable SECRET"],
    ["a folder", [], { cwd: "/tmp/\0" }, 'the folder "/tmp/\\u0000"'],
  ])("what holds a NUL character: %s", async (_, args, options, what) => {
    await expect(run("docker", args, { env: {}, ...options })).rejects.toMatchObject({
      name: "UserError",
      message: `docker can't be given ${what}: it holds a NUL character`,
    });
  });

  test("programs are looked up in the PATH that is given", async () => {
    await expect(run("node", [], { env: { PATH: "/nowhere" } })).rejects.toThrow("node was not found");
  });
});

describe("ending", () => {
  test("a signal's number is in the exit code", async () => {
    expect((await node('process.kill(process.pid, "SIGTERM")')).code).toBe(143);
  });

  test("an abort ends the program and what it started, and rejects with the reason", async () => {
    const controller = new AbortController();
    const started = firstLine();
    const script = `
      const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
      child.on("spawn", () => console.log(child.pid)); setInterval(() => {}, 1000)`;
    const running = node(script, { signal: controller.signal, onLine: started.onLine });
    const grandchild = Number(await started.line);
    controller.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow("cancelled");
    expect(isRunning(grandchild)).toBe(false);
  });

  test("what was aborted before is not started", async () => {
    const signal = AbortSignal.abort(new Error("cancelled"));
    await expect(run("no-such-program", [], { env: {}, signal })).rejects.toThrow("cancelled");
  });

  test("a program that takes too long is ended", async () => {
    await expect(node("setInterval(() => {}, 1000)", { timeout: 200 })).rejects.toThrow(/did not end within/);
  });

  test("a program that does not heed TERM is killed", async () => {
    const controller = new AbortController();
    const started = firstLine();
    const script = 'process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 1000)';
    const running = childProcessesWith(100).run(process.execPath, ["-e", script], {
      env: {},
      signal: controller.signal,
      onLine: started.onLine,
    });
    const pid = Number(await started.line);
    controller.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow("cancelled");
    expect(isRunning(pid)).toBe(false);
  });

  test("output that others hold open after its end is waited for, but not for ever", async () => {
    const script = `
      const { spawn } = require("node:child_process");
      const left = spawn("sleep", ["600"], { stdio: "inherit", detached: true });
      left.on("spawn", () => { console.log(left.pid); process.exit(0); })`;
    const { code, stdout } = await childProcessesWith(100).run(process.execPath, ["-e", script], {
      env: { PATH: process.env.PATH ?? "" },
    });
    const left = Number(text(stdout));
    expect({ code, isRunning: isRunning(left) }).toEqual({ code: 0, isRunning: true });
    process.kill(left);
  });
});
