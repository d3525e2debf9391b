/** Which Trivy is run: the user's own where there is one on PATH, else the pinned release. */
import { UserError } from "../../errors.ts";
import { plainLine, shortened } from "../../lib/plain-text.ts";
import type { Processes } from "../../ports.ts";
import { type ArchiveDependencies, verifiedArchive } from "./archive.ts";
import { isPoisoned, type TrivyRelease } from "./release.ts";

export interface ToolDependencies extends ArchiveDependencies {
  readonly processes: Processes;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** System and architecture as Node calls them: `linux/x64`. */
  readonly machine: string;
  /** The run's own, absolute, there already. */
  readonly folder: string;
  readonly release: TrivyRelease;
}

export interface Tool {
  readonly program: string;
  readonly version: string;
}

/** The program to run. @throws UserError when there is none for this machine, or it can't be had */
export async function findTool(deps: ToolDependencies): Promise<Tool> {
  const own = await versionOnPath(deps);
  if (own !== undefined && !isPoisoned(own)) {
    deps.log.info(`Trivy ${own} from PATH scans`);
    return { program: "trivy", version: own };
  }
  if (own !== undefined) {
    const hint = "remove it from the runner, and change the secrets of every job that ran it (CVE-2026-33634)";
    deps.log.warning(
      `the Trivy on PATH calls itself ${own}, and malicious programs were published as that version`,
      hint,
    );
  }
  const program = await unpacked(deps);
  deps.log.info(`Trivy ${deps.release.version} scans`);
  return { program, version: deps.release.version };
}

async function versionOnPath({ processes, env, folder, signal }: ToolDependencies): Promise<string | undefined> {
  const minimal = { PATH: env.PATH ?? "", HOME: folder };
  const run = processes.run("trivy", ["--version"], { cwd: folder, env: minimal, timeout: 60_000, signal });
  const ended = await run.catch((error: unknown) => {
    // Not there, or not to be started.
    if (error instanceof UserError) return undefined;
    throw error;
  });
  const [, version] = /^Version: *(\S+)/m.exec(new TextDecoder().decode(ended?.stdout)) ?? [];
  return version === undefined ? undefined : shortened(plainLine(version), 40);
}

/** Checked and unpacked for this run alone: a program in the tool cache is never run as it is. */
async function unpacked(deps: ToolDependencies): Promise<string> {
  const { release, machine, folder, env, processes, signal } = deps;
  const archive = release.archives[machine];
  if (archive === undefined) {
    throw new UserError(`this machine (${machine}) has no pinned Trivy`, {
      hint: "put a trivy of your own on PATH, or set `scan: false`",
    });
  }
  const root = env.RUNNER_TOOL_CACHE || `${env.XDG_CACHE_HOME || `${env.HOME || folder}/.cache`}/image-publish`;
  const kept = `${root}/image-publish-trivy/${release.version}/${machine.replace("/", "-")}/trivy.tar.gz`;
  const input = await verifiedArchive(archive, kept, deps);
  const minimal = { PATH: env.PATH ?? "" };
  const args = ["-xzf", "-", "-C", folder, "trivy"];
  const { code, stderr } = await processes.run("tar", args, { env: minimal, input, timeout: 120_000, signal });
  if (code !== 0) {
    throw new UserError(`Trivy could not be unpacked: ${shortened(plainLine(stderr), 300)}`, {
      hint: `look at the space on the disk that holds ${folder}`,
    });
  }
  return `${folder}/trivy`;
}
