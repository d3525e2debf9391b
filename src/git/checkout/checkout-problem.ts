/** The reason why a checkout has no usable commit, from the content of its folder and git's messages. */
import { explain, UserError } from "../../errors.ts";
import { plainLine } from "../../lib/plain-text.ts";

/** What is at the place of the checkout. */
export interface CheckoutPlace {
  /** The folder, absolute. */
  readonly workspace: string;
  /** The same with all symlinks followed. */
  readonly real: string;
  /** The runner's workspace, likewise; `undefined` at a command line. */
  readonly runner: string | undefined;
  /** What is called `.git` in it. */
  readonly git: "folder" | "file" | undefined;
  /** Whether there is anything in it; `undefined` where there is no such folder. */
  readonly isEmpty: boolean | undefined;
  /** Folders in it, however deep, that are checkouts, relative. */
  readonly checkouts: readonly string[];
  /** Whether there are files in it, outside of these. */
  readonly hasFiles: boolean;
  /** What `git --version` prints; `undefined` where there is no git. */
  readonly version: string | undefined;
  /** The id that HEAD leads to, though there may be no such commit; `undefined` before the first. */
  readonly head: string | undefined;
}

/** Who can fix it: a workflow by its steps, a person at a command line by commands. */
export type Asker = "workflow" | "command-line";

/** @param failure what git was asked for, and what it answered. */
export function unreadableCheckout(place: CheckoutPlace, failure: UserError, asker: Asker): UserError {
  const { workspace, git, isEmpty, version } = place;
  const inWorkflow = asker === "workflow";
  const because = (message: string, hint: string): UserError => new UserError(message, { hint, cause: failure });
  const text = explain(failure);
  if (isEmpty === undefined)
    return because(
      `${workspace} holds no git checkout, as there is no such folder`,
      inWorkflow ? checkOutFirst : goIntoOne,
    );
  if (version === undefined && /was not found/.test(text)) {
    return because(
      "git is not installed, and without it the checkout can't be read",
      inWorkflow
        ? "install git before `uses: actions/checkout` (a container's image may lack it), which downloads files without their history otherwise"
        : "install git, or add its folder to PATH",
    );
  }
  const around = /dubious ownership in repository at '(.+)'/.exec(text)?.[1];
  if (around !== undefined && place.real.startsWith(`${around}/`))
    return belowRoot(workspace, around, place.runner, failure);
  if (/dubious ownership|unsafe repository|permission denied/i.test(text))
    return because(`git may not read the checkout in ${workspace}`, failure.hint);
  if (git === undefined && !isInside(text)) return noRepository(place, because, inWorkflow);
  if (version !== undefined && isOld(version)) return because(tooOld(version), newerGit);
  if (/unknown repository extension|expected git repo version/i.test(text))
    return because(`git ${versionIn(version)} can't read the repository in ${workspace}`, failure.hint);
  const lost = git === "file" ? /not a git repository: (.+)/.exec(text)?.[1] : undefined;
  if (lost !== undefined) {
    return because(
      `${workspace}/.git leads to ${plainLine(lost)}, which is not there`,
      inWorkflow
        ? "check out with actions/checkout, or bring the repository of this worktree or submodule along with it"
        : "run `git worktree repair` in the repository that this is a worktree of, or clone anew",
    );
  }
  if (/not a git repository|invalid gitfile/i.test(text))
    return because(`${workspace}/.git is not a valid git repository`, inWorkflow ? checkOutAgain : "clone it anew");
  if (place.head !== undefined)
    return because(
      `the commit ${place.head.slice(0, 7)} that is checked out in ${workspace} is missing from its repository`,
      inWorkflow ? checkOutAgain : "fetch it, or clone anew",
    );
  if (/needed a single revision/i.test(text) && inWorkflow && place.checkouts.length > 0)
    return because(
      `the repository in ${workspace} has no commit, but there are checkouts in ${foldersShown(place.checkouts)}`,
      workdirOf(place.checkouts),
    );
  if (/needed a single revision/i.test(text))
    return because(
      "the repository has no commit yet",
      inWorkflow
        ? "push a first commit, and check it out with actions/checkout before this step"
        : "commit what there is, and run the command again",
    );
  return because(`${workspace} holds no git checkout that can be read`, failure.hint);
}

/**
 * Relative paths would start at the wrong folder, and no change would be one of an image.
 * @param runner where `workdir` starts, symlinks followed: the runner's workspace, or a command line's folder; `undefined` if unknown.
 */
export function belowRoot(workspace: string, root: string, runner: string | undefined, cause?: unknown): UserError {
  const set =
    runner === undefined || root === runner
      ? "leave `workdir` empty"
      : root.startsWith(`${runner}/`)
        ? `set \`workdir: ${plainLine(root.slice(runner.length + 1))}\``
        : `set GITHUB_WORKSPACE to ${plainLine(root)}, or check out in the workspace with actions/checkout`;
  return new UserError(
    `${plainLine(workspace)} is a folder of the repository in ${plainLine(root)}, and not its root`,
    {
      hint: `${set}; choose the images below it with \`path\``,
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

/** A repository without files, or git's own folder. */
export function noWorkTree(workspace: string, isBare: boolean, asker: Asker): UserError {
  const what = isBare ? "is a bare repository, which has no files" : "is in git's own folder, and not a checkout";
  return new UserError(`${plainLine(workspace)} ${what}`, { hint: asker === "workflow" ? checkOutFirst : goIntoOne });
}

function noRepository(
  { workspace, hasFiles, checkouts, version }: CheckoutPlace,
  because: (message: string, hint: string) => UserError,
  inWorkflow: boolean,
): UserError {
  if (!inWorkflow) return because(`${workspace} isn't a git checkout`, goIntoOne);
  if (checkouts.length > 0) {
    const elsewhere = foldersShown(checkouts);
    return because(`${workspace} holds no git checkout itself, but in ${elsewhere}`, workdirOf(checkouts));
  }
  if (!hasFiles) return because(`${workspace} holds no git checkout`, checkOutFirst);
  if (version !== undefined && isOld(version)) {
    return because(
      `${workspace} holds files without .git: actions/checkout downloads them without their history where git is older than 2.18, and this is ${versionIn(version)}`,
      newerGit,
    );
  }
  return because(
    `${workspace} holds files without .git, and so no commit`,
    "put `uses: actions/checkout` before this step; if it is there, install git 2.18 or newer before it, and don't delete .git",
  );
}

function foldersShown(checkouts: readonly string[]): string {
  return checkouts.slice(0, 5).map(plainLine).join(", ");
}

function workdirOf(checkouts: readonly string[]): string {
  return checkouts.length === 1
    ? `set \`workdir: ${foldersShown(checkouts)}\``
    : `set \`workdir\` to the one that images are built from: ${foldersShown(checkouts)}`;
}

/** Git found a repository around the folder. */
function isInside(text: string): boolean {
  return /needed a single revision/i.test(text);
}

function tooOld(version: string): string {
  return `git ${versionIn(version)} is too old to read the checkout`;
}

function versionIn(version: string | undefined): string {
  return /\d+(?:\.\d+)+/.exec(version ?? "")?.[0] ?? "of an unknown version";
}

/** Below what actions/checkout itself needs. */
function isOld(version: string): boolean {
  const [major = 0, minor = 0] = versionIn(version).split(".").map(Number);
  return major < 2 || (major === 2 && minor < 18);
}

const checkOutFirst = "put `uses: actions/checkout` before this step";
const checkOutAgain = "check the repository out again, with `uses: actions/checkout` before this step";
const goIntoOne = "change to the folder of one, and run the command again";
const newerGit = "install git 2.18 or newer before `uses: actions/checkout`";
