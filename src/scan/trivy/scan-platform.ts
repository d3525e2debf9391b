/** One platform of an image: a run of Trivy, and what it found. */

import { posix } from "node:path";
import { UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import type { Platform } from "../../model/platform.ts";
import type { Finished } from "../../ports.ts";
import type { PlatformScan, ScanOptions, ScanSubject } from "../scanner.ts";
import { javaArchives } from "./database/database-kind.ts";
import { readReport } from "./report.ts";
import type { ScanSession } from "./scan-session.ts";
import type { TrivyServer } from "./server.ts";
import { longestRun, runTrivy, trivyError } from "./trivy-invocation.ts";
import { makeView } from "./view.ts";

export interface PlatformSubject extends Pick<ScanSubject, "name" | "source" | "options"> {
  readonly platform: Platform;
  readonly digest: Digest;
}

/** @throws UserError when it can't be scanned */
export async function scanPlatform(subject: PlatformSubject, session: ScanSession): Promise<PlatformScan> {
  const { files, fresh, reports, workspace } = session;
  const { name, platform, digest, options } = subject;
  const about = `${name} (${platform}) could not be scanned`;
  const raw = fresh("report");
  try {
    await scan([...(await sourceArguments(subject, session)), ...optionArguments(options)], raw, about, session);
    await ignoreByOthers(options, raw, about, session);
    const bytes = await files.read(raw);
    if (bytes === undefined) throw new UserError(`${about}: Trivy left no report`, { hint: "run again" });
    const sourceOf = (path: string): string => pathIn(workspace, path);
    const { kept, ...read } = readReport(bytes, platform, sourceOf);
    const report = `${reports}/${fileName(`${name}-${platform}-${digest.slice(7, 19)}`)}.json`;
    await files.write(report, JSON.stringify(kept));
    return { platform, digest, ...read, report };
  } finally {
    // It may hold secrets.
    await files.remove(raw).catch(() => undefined);
  }
}

const always: readonly string[] = [
  ...["--scanners", "vuln,secret", "--format", "json", "--show-suppressed", "--quiet", "--no-progress"],
  ...["--skip-db-update", "--skip-java-db-update", "--offline-scan", "--timeout", `${longestRun}m`],
];

async function scan(what: readonly string[], output: string, about: string, session: ScanSession): Promise<void> {
  const args = ["image", ...always, "--cache-dir", session.cache, "--output", output, ...what];
  let ended = await onServer(args, session);
  if (ended.code !== 0 && lacksJavaDatabase.test(ended.stderr)) {
    await session.database(javaArchives);
    ended = await onServer(args, session);
  }
  if (ended.code !== 0) throw trivyError(about, ended);
}

/** Once more, on another server, where this one ended meanwhile (as a machine short of memory ends it): it takes every scan along. */
async function onServer(args: readonly string[], session: ScanSession): Promise<Finished> {
  const trivy = await session.trivy();
  const run = (server: TrivyServer): Promise<Finished> =>
    runTrivy(trivy, [...args, ...server.arguments], server.environment);
  const server = await session.server();
  const ended = await run(server);
  if (ended.code === 0 || (await server.isUp())) return ended;
  await server.stop();
  return run(await session.server());
}

/** How Trivy asks for it: in vain, since every database is ours to fetch, once. */
const lacksJavaDatabase = /Java DB.*first run/;

async function sourceArguments(subject: PlatformSubject, session: ScanSession): Promise<readonly string[]> {
  const { source, digest } = subject;
  if (source.kind === "registry") return ["--image-src", "remote", `${source.repository}@${digest}`];
  const view = session.fresh("view");
  await makeView(source.folder, digest, view, session.files);
  return ["--input", view];
}

/** Trivy takes one ignore file alone; what the others take out of its report is asked for afterwards. */
function optionArguments({ ignoreFiles: [first], vex }: ScanOptions): readonly string[] {
  return [...(first === undefined ? [] : ["--ignorefile", first]), ...vex.flatMap((each) => ["--vex", each])];
}

async function ignoreByOthers(
  { ignoreFiles: [, ...others] }: ScanOptions,
  report: string,
  about: string,
  session: ScanSession,
): Promise<void> {
  for (const file of others) {
    const output = session.fresh("ignored");
    const args = [
      "convert",
      "--format",
      "json",
      "--show-suppressed",
      "--quiet",
      "--ignorefile",
      file,
      "--output",
      output,
    ];
    const ended = await runTrivy(await session.trivy(), [...args, report]);
    if (ended.code !== 0) throw trivyError(about, ended);
    await session.files.remove(report);
    await session.files.move(output, report);
  }
}

function pathIn(folder: string, path: string): string {
  const relative = posix.relative(folder, path);
  return relative.startsWith("../") ? path : relative;
}

/** Letters of names of images alone, so that it is one file in the folder whatever the name. */
function fileName(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^\.+/, "");
}
