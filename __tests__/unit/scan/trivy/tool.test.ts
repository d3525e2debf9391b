import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { findTool, type ToolDependencies } from "../../../../src/scan/trivy/tool.ts";
import { limited } from "../../lib/http/limited.ts";
import { stillClock } from "../../oci/still-clock.ts";
import { memory, program, type Reply, scriptedHttp, writtenLog } from "./outside.ts";

const good = "the archive";
const sha256 = createHash("sha256").update(good).digest("hex");
const url = "https://example.com/trivy.tar.gz";
const kept = "/tools/image-publish-trivy/1.2.3/linux-x64/trivy.tar.gz";

interface Situation {
  readonly onPath?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly replies?: readonly Reply[];
  readonly machine?: string;
}

function situation({ onPath, files = {}, replies = [{ status: 200, body: good }], machine = "linux/x64" }: Situation) {
  const log = writtenLog();
  const http = scriptedHttp(...replies);
  const system = memory(files);
  const clock = stillClock();
  const ran: string[] = [];
  const processes = program((args, name) => {
    ran.push([name, ...args].join(" "));
    if (name !== "trivy") return {};
    if (onPath === undefined) throw new UserError("trivy was not found", { hint: "install it" });
    return { stdout: onPath };
  });
  const deps: ToolDependencies = limited({
    processes,
    http,
    files: system,
    log,
    clock,
    machine,
    random: () => 0,
    signal: new AbortController().signal,
    env: { PATH: "/bin", RUNNER_TOOL_CACHE: "/tools" },
    folder: "/run",
    release: { version: "1.2.3", archives: { "linux/x64": { url, sha256 } } },
  });
  return { find: async () => (await findTool(deps)).program, log, http, system, clock, ran };
}

test.each(["0.70.0", "0.69.3", "0.69.7", "0.69.40", "1.0.69.4"])(
  "a trivy %s on PATH is run as it is",
  async (version) => {
    const { find, http } = situation({ onPath: `Version: ${version}\n` });
    expect(await find()).toBe("trivy");
    expect(http.urls).toEqual([]);
  },
);

test.each([
  ["0.69.4, as which a malicious program was published,", "Version: 0.69.4\n", 1],
  ["0.69.5", "Version: 0.69.5\n", 1],
  ["0.69.6", "Version: 0.69.6\nVulnerability DB:\n  Version: 2\n", 1],
  ["v0.69.6", "Version: v0.69.6\n", 1],
  ["0.69.5 with build metadata", "Version: 0.69.5+exp\n", 1],
  ["0.69.5 as a prerelease", "Version: 0.69.5-SNAPSHOT-abc\n", 1],
  ["something else of that name", "usage: trivy\n", 0],
])("%s is not run", async (_, onPath, warnings) => {
  const { find, log } = situation({ onPath });
  expect(await find()).toBe("/run/trivy");
  expect(log.warnings.length).toBe(warnings);
});

test("the pinned one is downloaded once, and unpacked for every run from what was checked", async () => {
  const first = situation({
    replies: [
      { status: 302, location: "/elsewhere" },
      { status: 200, body: good },
    ],
  });
  expect(await first.find()).toBe("/run/trivy");
  expect(first.http.urls).toEqual([url, "https://example.com/elsewhere"]);
  expect(first.ran.at(-1)).toBe("tar -xzf - -C /run trivy");
  expect([...first.system.tree.keys()]).toEqual([kept]);
  const second = situation({ files: { [kept]: good } });
  await second.find();
  expect(second.http.urls).toEqual([]);
});

test("what was changed in the tool cache is thrown away, said, and downloaded again", async () => {
  const { find, system, log } = situation({ files: { [kept]: "evil" } });
  await find();
  expect(system.tree.get(kept)?.toString()).toBe(good);
  expect(log.warnings).toEqual([expect.stringContaining("is not the one that was put there")]);
});

test("what is not the pinned archive is neither kept nor run", async () => {
  const { find, system, ran } = situation({ replies: [{ status: 200, body: "evil" }] });
  await expect(find()).rejects.toThrow(/is not what it was: its sha256 is/);
  expect(system.tree.size).toBe(0);
  expect(ran).toEqual(["trivy --version"]);
});

test.each<[string, readonly Reply[], number]>([
  ["a server that holds back", [429, { status: 200, body: good }], 1],
  ["a server in trouble", [503, 500, { status: 200, body: good }], 2],
  ["a connection that breaks", [new Error("ECONNRESET"), { status: 200, body: good }], 1],
])("%s is asked again", async (_, replies, waits) => {
  const { find, clock } = situation({ replies });
  expect(await find()).toBe("/run/trivy");
  expect(clock.slept.length).toBe(waits);
});

test.each<[string, readonly Reply[], RegExp, number]>([
  ["is not there", [404], /the answer was 404/, 1],
  ["stays in trouble", [503], /the answer was 503/, 4],
  ["can't be reached", [new Error("connect ECONNREFUSED")], /connect ECONNREFUSED/, 4],
  ["leads in a circle", [{ status: 302, location: url }], /without end/, 6],
])("an archive that %s is an error with a remedy", async (_, replies, message, requests) => {
  const { find, http } = situation({ replies });
  await expect(find()).rejects.toThrow(message);
  await expect(find()).rejects.toMatchObject({ hint: expect.stringContaining("PATH") });
  expect(http.urls.length).toBe(2 * requests);
});

test("a machine that nothing is pinned for needs a trivy of its own", async () => {
  const { find } = situation({ machine: "linux/riscv64" });
  await expect(find()).rejects.toMatchObject({ hint: expect.stringContaining("PATH") });
});
