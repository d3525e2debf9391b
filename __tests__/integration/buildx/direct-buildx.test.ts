import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { systemFiles } from "../../../src/adapters/files.ts";
import { childProcesses } from "../../../src/adapters/processes.ts";
import { directBuildx } from "../../../src/buildx/builder/direct-buildx.ts";
import { NotStarted, UserError } from "../../../src/errors.ts";
import type { Processes } from "../../../src/ports.ts";

/** A file or link below `root`, made when it is wanted. */
type Made = () => void;

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "direct-buildx-")));
  const says = 'echo "plugin of $DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: $*, KEPT=$KEPT"';
  make(script("config/cli-plugins/docker-buildx", says));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const elf = "\x7fELF";
const machO = "\u{cf}\u{fa}\u{ed}\u{fe}";
const clientSize = 25 * 1024 * 1024;

function make(...files: readonly Made[]): void {
  for (const each of files) each();
}

function inRoot(path: string): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  return join(root, path);
}

function file(path: string, content: string, { mode = 0o755, size = content.length } = {}): Made {
  return () => {
    writeFileSync(inRoot(path), content, "latin1");
    truncateSync(join(root, path), size);
    chmodSync(join(root, path), mode);
  };
}

const script = (path: string, line: string): Made => file(path, `#!/bin/sh\n${line}\n`);

/** As large as docker's client, though nothing is in it. */
const client = (path: string): Made => file(path, elf, { size: clientSize });

const link =
  (path: string, to: string): Made =>
  () =>
    symlinkSync(to, inRoot(path));

function buildx(folders: readonly string[], processes: Processes = childProcesses) {
  const PATH = folders.map((each) => (each === "" || each === "." ? each : join(root, each))).join(":");
  const env = { PATH, DOCKER_CONFIG: join(root, "config") };
  const { run } = directBuildx({ processes, files: systemFiles, env }, join(root, "workspace"));
  const started = async (...args: readonly string[]) => {
    const { stdout } = await run("docker", args, { env: { ...env, KEPT: "yes" } });
    return new TextDecoder().decode(stdout).trim();
  };
  return { run, started };
}

test.each<{ when: string; files: readonly Made[]; folders?: readonly string[] }>([
  { when: "docker is its own client", files: [client("bin/docker")] },
  { when: "docker is a link to its client", files: [client("opt/docker"), link("bin/docker", "../opt/docker")] },
  { when: "docker is macOS's", files: [file("bin/docker", machO, { size: clientSize })] },
  {
    when: "a wrapper comes later on PATH",
    files: [client("bin/docker"), script("other/docker", "")],
    folders: ["bin", "other"],
  },
  {
    when: "a wrapper may not be executed",
    files: [file("other/docker", "#!/bin/sh\n", { mode: 0o644 }), client("bin/docker")],
    folders: ["other", "bin"],
  },
  {
    when: "a folder is called docker",
    files: [file("other/docker/x", ""), client("bin/docker")],
    folders: ["other", "bin"],
  },
])("the plugin is started as docker starts it, where $when", async ({ files, folders = ["bin"] }) => {
  make(...files);
  expect(await buildx(folders).started("buildx", "build", "a b", ".")).toBe(
    "plugin of docker: buildx build a b ., KEPT=yes",
  );
});

const says = 'echo "docker: $*"';

test.each<{ when: string; files: readonly Made[]; folders?: readonly string[] }>([
  { when: "a script stands on PATH", files: [script("bin/docker", says)] },
  {
    when: "a script stands before the client",
    files: [script("other/docker", says), client("bin/docker")],
    folders: ["other", "bin"],
  },
  {
    when: "docker is a link to a script",
    files: [script("opt/docker", says), link("bin/docker", "../opt/docker")],
  },
  { when: "a script has no first line", files: [file("bin/docker", `${says}\n`)] },
  {
    when: "a script is as large as the client",
    files: [file("bin/docker", `#!/bin/sh\n${says}\nexit\n`, { size: clientSize })],
  },
  {
    when: "docker is a link to a program of another name",
    files: [script("opt/podman", says), link("bin/docker", "../opt/podman")],
  },
])("docker is started, where $when", async ({ files, folders = ["bin"] }) => {
  make(...files);
  expect(await buildx(folders).started("buildx", "version")).toBe("docker: buildx version");
});

/** What is started, and what a plugin does. */
function recorded(error?: Error) {
  const started: string[] = [];
  const processes: Processes = {
    async run(program, args) {
      started.push([program.replace(`${root}/`, ""), ...args].join(" "));
      if (program !== "docker" && error !== undefined) throw error;
      return { code: 0, stdout: new Uint8Array(), stderr: "" };
    },
  };
  return { started, processes };
}

test.each<{ when: string; files: readonly Made[]; folders?: readonly string[] }>([
  {
    when: "docker is a small program, as wrappers are",
    files: [file("bin/docker", elf, { size: 8 * 1024 * 1024 })],
  },
  {
    when: "docker is a link to a large program of another name",
    files: [client("opt/snap"), link("bin/docker", "../opt/snap")],
  },
  { when: "PATH begins with where docker is started", files: [client("bin/docker")], folders: ["", "bin"] },
  { when: "PATH begins with a relative folder", files: [client("bin/docker")], folders: [".", "bin"] },
  { when: "docker is a link in a circle, and no other is there", files: [link("bin/docker", "docker")] },
  { when: "docker isn't on PATH", files: [], folders: ["none"] },
])("docker decides, where $when", async ({ files, folders = ["bin"] }) => {
  make(...files);
  const { started, processes } = recorded();
  await buildx(folders, processes).started("buildx", "version");
  expect(started).toEqual(["docker buildx version"]);
});

test("other commands of docker, and other programs, are started as they are", async () => {
  make(client("bin/docker"));
  const { started, processes } = recorded();
  const { run } = buildx(["bin"], processes);
  await run("docker", ["run", "buildx"], { env: {} });
  await run("git", ["buildx"], { env: {} });
  expect(started).toEqual(["docker run buildx", "git buildx"]);
});

test.each([
  {
    when: "can't be started",
    error: new NotStarted("may not be executed", { hint: "" }),
    after: ["docker buildx version"],
  },
  { when: "takes too long", error: new UserError("did not end", { hint: "" }), after: [] },
])("a plugin that $when: docker is started only if nothing has run", async ({ error, after }) => {
  make(client("bin/docker"));
  const { started, processes } = recorded(error);
  await buildx(["bin"], processes)
    .started("buildx", "version")
    .catch(() => {});
  expect(started).toEqual(["config/cli-plugins/docker-buildx buildx version", ...after]);
});

test("docker starts a plugin of the workspace, if anything does", async () => {
  make(client("bin/docker"));
  rmSync(join(root, "config/cli-plugins/docker-buildx"));
  make(link("config/cli-plugins/docker-buildx", "../../workspace/buildx"));
  make(script("workspace/buildx", "echo from the workspace"));
  const { started, processes } = recorded();
  await buildx(["bin"], processes).started("buildx", "version");
  expect(started).toEqual(["docker buildx version"]);
});
