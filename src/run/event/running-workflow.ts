/** Mistakes in inputs of the step that runs are shown in its workflow's file, where the checkout has that as it runs. */
import { posix } from "node:path";
import type { RawInputs } from "../../config/inputs-specification.ts";
import { problemsIn, UserError } from "../../errors.ts";
import { gitCommand } from "../../git/git-command.ts";
import { followLinks } from "../../lib/local-paths.ts";
import { parseTree } from "../../lib/yaml/yaml-tree.ts";
import { isCommit } from "../../model/run-context.ts";
import type { CommandResult } from "../../results/command-result.ts";
import { placeOfInput, type StepInput } from "../../workflow/step-inputs.ts";
import { writtenInputs } from "../../workflow/written-inputs.ts";
import type { Outside } from "../outside.ts";
import { ownActionIn, placedInStep } from "./workflow-step.ts";

type Parts = Pick<Outside, "env" | "files" | "processes">;

/** The same problems, those with inputs where these are. */
export async function placedProblems(error: unknown, raw: RawInputs, outside: Parts): Promise<unknown> {
  const isAbout = (each: unknown) => each instanceof UserError && each.input !== undefined && each.at === undefined;
  return problemsIn(error).some(isAbout) ? placedInStep(error, await inputsIn(raw, outside)) : error;
}

/** The same failures, those by inputs where these are. */
export async function placedFailures(
  failures: CommandResult["failures"],
  raw: RawInputs,
  outside: Parts,
): Promise<CommandResult["failures"]> {
  if (failures.every(({ input, at }) => input === undefined || at !== undefined)) return failures;
  const inputs = await inputsIn(raw, outside);
  return failures.map((failure) => {
    const at = failure.at ?? placeOfInput(inputs, failure.input);
    return at === undefined ? failure : { ...failure, at };
  });
}

/** None where anything is in the way: the problems are reported without places then. */
function inputsIn(raw: RawInputs, outside: Parts): Promise<readonly StepInput[]> {
  return readInputs(raw, outside).catch(() => []);
}

async function readInputs(raw: RawInputs, outside: Parts): Promise<readonly StepInput[]> {
  const { env, files } = outside;
  const path = workflowPath(env);
  if (path === undefined || !env.GITHUB_WORKSPACE) return [];
  const folders = [env.GITHUB_WORKSPACE, posix.resolve(env.GITHUB_WORKSPACE, raw.workdir)];
  for (const folder of new Set(folders)) {
    const bytes = await asItRuns(folder, path, outside);
    if (bytes === undefined) continue;
    const { tree } = await parseTree(new TextDecoder().decode(bytes), path);
    const isThisAction = await ownActionIn(folder, files);
    return tree === undefined
      ? []
      : writtenInputs(tree, { job: env.GITHUB_JOB || undefined, values: raw, isThisAction });
  }
  return [];
}

/** From `owner/repo/.github/workflows/publish.yml@refs/heads/main`; another repository's workflow isn't in the checkout. */
function workflowPath({ GITHUB_WORKFLOW_REF: ref = "", GITHUB_REPOSITORY: own }: Parts["env"]): string | undefined {
  const [, repository, path = ""] = /^([^/]+\/[^/]+)\/([^@]+\.ya?ml)@/.exec(ref) ?? [];
  const isPlain = path !== "" && posix.normalize(path) === path && !path.startsWith("../");
  return isPlain && repository?.toLowerCase() === own?.toLowerCase() ? path : undefined;
}

/** The file in the checkout, where it is that of the commit whose workflow runs, as far as the runner says which that is. */
async function asItRuns(folder: string, path: string, { env, files, processes }: Parts) {
  const [root, followed] = await Promise.all([
    followLinks(folder, files),
    followLinks(posix.join(folder, path), files),
  ]);
  if (root === undefined || followed?.real !== posix.join(root.real, path)) return undefined;
  const bytes = await files.read(followed.real);
  const commit = env.GITHUB_WORKFLOW_SHA;
  if (bytes === undefined || !commit) return bytes;
  if (!isCommit(commit)) return undefined;
  const git = gitCommand({
    processes,
    workspace: folder,
    realWorkspace: root.real,
    env,
    serverUrl: "",
    token: undefined,
  });
  const { stdout } = await git.local(["cat-file", "blob", `${commit}:${path}`]);
  return Buffer.compare(bytes, stdout) === 0 ? bytes : undefined;
}
