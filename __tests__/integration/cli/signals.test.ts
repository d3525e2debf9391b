/** What becomes of a run that is asked to end while it reads a repository that is large on purpose. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "@jest/globals";

const program = resolve(import.meta.dirname, "../../../src/index.ts");

/** Node catches these signals itself until the program does. */
const tellsWhenReady = `data:text/javascript,${encodeURIComponent(
  'process.on("newListener", (name) => { if (name === "SIGTERM") process.stderr.write("ready\\n"); });',
)}`;

test("a first signal is heard, and a second one ends the process within a second", async () => {
  const folder = mkdtempSync(join(tmpdir(), "image-publish-signals-"));
  try {
    mkdirSync(join(folder, ".github"));
    const images = Array.from({ length: 8_000 }, (_, index) => `  i${index}: {context: ., file: Dockerfile}`);
    writeFileSync(join(folder, ".github/image-publish.yml"), `images:\n${images.join("\n")}\n`);
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY a b\n");
    for (const args of [
      ["init", "-qb", "main"],
      ["remote", "add", "origin", "https://github.com/o/r"],
      ["add", "-A"],
      ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "x"],
    ])
      spawnSync("git", args, { cwd: folder });
    const args = ["--import", tellsWhenReady, program, "plan", "--event", "push"];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    const exit = once(child, "exit");
    await new Promise<void>((resolve) => {
      child.stderr.on("data", (text) => String(text).includes("ready") && resolve());
    });
    await wait(300);
    child.kill("SIGTERM");
    await wait(200);
    child.kill("SIGTERM");
    const ended = await Promise.race([exit, wait(1_000, "still there")]);
    child.kill("SIGKILL");
    expect(ended).toEqual([143, null]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
