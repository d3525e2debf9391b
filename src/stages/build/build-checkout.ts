/** What builds are made from: the checkout, or a copy of it where git's own folder holds a credential. */
import { posix } from "node:path";
import { cleanCheckout } from "../../buildx/clean-checkout.ts";
import { type GitFolderDependencies, gitCredentialFiles } from "../../buildx/git-credentials.ts";
import { takesGit } from "../../changes/sources/context-files.ts";
import type { ImageInputs } from "../../changes/sources/image-inputs.ts";
import { UserError } from "../../errors.ts";
import { followLinks, isWithin } from "../../lib/local-paths.ts";
import type { Remark } from "../../model/remark.ts";
import type { RunContext } from "../../model/run-context.ts";
import type { CheckoutTrust } from "../../model/trust.ts";
import type { Plan, PlannedBuild } from "../../plan/plan.ts";
import type { Outside } from "../../run/outside.ts";
import { contextFolder } from "../../run/session-paths.ts";

export interface BuildCheckout {
  /** Where paths of the plan start, absolute. */
  readonly workspace: string;
  readonly remarks: readonly Remark[];
  /** Never rejects. */
  readonly remove: () => Promise<void>;
}

export interface CheckoutRun {
  readonly outside: Outside;
  readonly context: Pick<RunContext, "workspace">;
  readonly trust: CheckoutTrust;
  /** The run's own, absolute. */
  readonly folder: string;
}

/**
 * A credential enters no build of an untrusted checkout, and every other one with a warning, where a build takes git's folder
 * at all. @throws UserError where the checkout can't be copied.
 */
export async function openBuildCheckout(
  { images }: Plan,
  inputs: ReadonlyMap<string, ImageInputs>,
  { outside, context, trust, folder }: CheckoutRun,
): Promise<BuildCheckout> {
  const { workspace } = context;
  const builds = images.filter((image) => image.kind === "build");
  const { PATH = "", HOME = "/" } = outside.env;
  const deps = { ...outside, environment: { PATH, HOME, GIT_CONFIG_NOSYSTEM: "1" } };
  const asIs: BuildCheckout = { workspace, remarks: [], remove: async () => {} };
  if (trust.kind === "trusted") return { ...asIs, remarks: await credentialRemarks(builds, inputs, workspace, deps) };
  for (const build of builds) await checkElsewhere(build, workspace, deps);
  const secret = await gitCredentialFiles(workspace, deps);
  if (!secret.some((path) => builds.some((build) => reaches(build, path, workspace)))) return asIs;
  const copy = `${folder}/checkout`;
  outside.log.info(
    `git's own folder holds a credential (${listed(secret, workspace)}): images are built from a copy of the checkout without it; \`persist-credentials: false\` at actions/checkout saves the copy`,
  );
  await cleanCheckout(workspace, secret, copy, deps);
  return { ...asIs, workspace: copy, remove: () => outside.files.remove(copy).catch(() => {}) };
}

/** Whether a file is in a folder that BuildKit is given, or where Nix may read it. */
function reaches({ variant, context, dockerfile, contexts }: PlannedBuild, file: string, workspace: string): boolean {
  if (variant === "nix") return true;
  const named = contexts.flatMap((each) => (each.kind === "directory" ? [each.path] : []));
  const folders = [context, posix.dirname(dockerfile), ...named];
  return folders.some((folder) => isWithin(file, posix.join(workspace, folder)));
}

/** What an input names is not copied. @throws UserError where it holds a credential of git's. */
async function checkElsewhere(
  { name, at, contexts }: PlannedBuild,
  workspace: string,
  deps: GitFolderDependencies,
): Promise<void> {
  for (const each of contexts) {
    const path = each.kind === "elsewhere" ? contextFolder(each.value) : undefined;
    const folder = path === undefined ? undefined : await followLinks(posix.resolve(workspace, path), deps.files);
    const [secret] = folder === undefined ? [] : await gitCredentialFiles(folder.real, deps);
    if (secret === undefined) continue;
    throw new UserError(
      `the build context "${each.name}" of ${name}, ${path}, includes ${secret}, which holds a credential that no build of an untrusted checkout gets`,
      { hint: "set `persist-credentials: false` at actions/checkout, or name a folder without .git", at },
    );
  }
}

async function credentialRemarks(
  builds: readonly PlannedBuild[],
  inputs: ReadonlyMap<string, ImageInputs>,
  workspace: string,
  deps: GitFolderDependencies,
): Promise<readonly Remark[]> {
  const taking = builds.filter(({ name }) => inputs.get(name)?.contexts.some(takesGit));
  if (taking.length === 0) return [];
  const secret = await gitCredentialFiles(workspace, deps);
  if (secret.length === 0) return [];
  const names = taking.map(({ name }) => name);
  const who = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  return [
    {
      message: `the build of ${who} includes .git with a credential: ${listed(secret, workspace)}`,
      hint: "set `persist-credentials: false` at actions/checkout, or add .git to .dockerignore",
    },
  ];
}

function listed(files: readonly string[], workspace: string): string {
  const shown = files.slice(0, 3).map((path) => posix.relative(workspace, path));
  return files.length > shown.length ? `${shown.join(", ")}, …` : shown.join(", ");
}
