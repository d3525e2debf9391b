/** Secrets and agents that builds are given, looked at before anything is built: buildx complains of them image by image. */
import { posix } from "node:path";
import { largestSecret } from "../../buildx/invocation/secrets.ts";
import { throwProblems, UserError } from "../../errors.ts";
import { followLinks } from "../../lib/local-paths.ts";
import { formatSize } from "../../lib/quantities.ts";
import { problemAt, type SourcedLine } from "../../lib/text/sourced-line.ts";
import { parseSshAgent } from "../../model/buildflags/ssh-agent.ts";
import type { RunContext } from "../../model/run-context.ts";
import type { CheckoutTrust } from "../../model/trust.ts";
import type { FileLook } from "../../ports.ts";
import type { Outside } from "../../run/outside.ts";
import type { RunInputs } from "../../settings/run-inputs.ts";

export interface SecretsRun {
  readonly inputs: Pick<RunInputs, "settings">;
  readonly context: Pick<RunContext, "workspace">;
  readonly outside: Pick<Outside, "files" | "env">;
  readonly trust: CheckoutTrust;
}

/** An untrusted checkout gets none. @throws UserError (or `Problems`), each with its input and line. */
export async function checkSecretSources({
  inputs: { settings },
  context: { workspace },
  outside,
  trust,
}: SecretsRun): Promise<void> {
  if (trust.kind === "untrusted") return;
  const kindOf = async (path: string): Promise<FileLook["kind"] | "missing"> => {
    const found = await followLinks(posix.resolve(workspace, path), outside.files);
    return (found && (await outside.files.look(Buffer.from(found.real)))?.kind) ?? "missing";
  };
  const sizeOf = async (path: string): Promise<number> =>
    (await outside.files.read(posix.resolve(workspace, path)))?.length ?? 0;
  const secrets = settings.secretFiles.map(async (line) => {
    const path = line.text.slice(line.text.indexOf("=") + 1).trim();
    const kind = await kindOf(path);
    return placed(line, secretProblem(path, kind, kind === "file" ? await sizeOf(path) : 0));
  });
  const agents = settings.ssh.map(async (line) => {
    const { paths } = parseSshAgent(line.text);
    if (paths.length === 0) return outside.env.SSH_AUTH_SOCK ? [] : [problemAt(line, noAgent())];
    const kinds = await Promise.all(paths.map(kindOf));
    return paths.flatMap((path, index) => (kinds[index] === "missing" ? [problemAt(line, noKey(path))] : []));
  });
  throwProblems((await Promise.all([...secrets, ...agents])).flat());
}

function placed(line: SourcedLine, problem: UserError | undefined): readonly UserError[] {
  return problem === undefined ? [] : [problemAt(line, problem)];
}

function secretProblem(path: string, kind: FileLook["kind"] | "missing", size: number): UserError | undefined {
  if (kind === "missing") {
    return new UserError(`there is no file "${path}"`, {
      hint: "correct the path, which starts at the repository's root, or write the file in a step before this one",
    });
  }
  if (kind === "directory") {
    return new UserError(`"${path}" is a folder`, { hint: "name the file that contains the secret" });
  }
  if (size <= largestSecret) return undefined;
  return new UserError(`"${path}" has ${formatSize(size)}, and a secret may have ${formatSize(largestSecret)}`, {
    hint: "give a smaller file",
  });
}

function noAgent(): UserError {
  return new UserError("no SSH agent is running, as SSH_AUTH_SOCK is not set", {
    hint: "start an agent before this step, or name its socket or a key: default=PATH",
  });
}

function noKey(path: string): UserError {
  return new UserError(`there is no "${path}"`, { hint: "name the socket of an agent, or files of keys" });
}
