/** The input `workdir`: a checkout in a folder of the workspace, such as actions/checkout makes by its `path`. */
import { posix } from "node:path";
import { UserError } from "../../errors.ts";
import { didYouMeanText } from "../../lib/did-you-mean.ts";
import { followLinks, isWithin } from "../../lib/local-paths.ts";
import { plainLine, shortened } from "../../lib/plain-text.ts";
import type { FileLooks, Files } from "../../ports.ts";

/**
 * The folder that `workdir` names, absolute: where all paths of inputs and of the config file start.
 * @throws UserError where it is none, or is outside of the workspace.
 */
export async function workdirIn(
  workspace: string,
  workdir: string | undefined,
  files: Pick<Files, "list"> & FileLooks,
): Promise<string> {
  const path = posix.resolve(workspace, workdir ?? ".");
  if (workdir === undefined || path === posix.resolve(workspace)) return workspace;
  const [root, followed] = await Promise.all([followLinks(workspace, files), followLinks(path, files)]);
  if (followed === undefined) throw refused(workdir, "leads through symbolic links in a circle", nameOne);
  if (!isWithin(path, posix.resolve(workspace)) || !isWithin(followed.real, root?.real ?? workspace)) {
    const where = followed.real === path ? "" : `leads to ${plainLine(followed.real)}, which `;
    throw refused(workdir, `${where}is outside of the workspace, ${workspace}`, nameOne);
  }
  const found = await files.look(Buffer.from(followed.real));
  if (found === undefined) {
    const there = ((await files.list(workspace)) ?? []).filter(({ kind }) => kind === "directory");
    throw refused(
      workdir,
      "is not there",
      nameOne +
        didYouMeanText(
          workdir,
          there.map(({ name }) => name),
        ),
    );
  }
  if (found.kind !== "directory") throw refused(workdir, "is not a folder", nameOne);
  return path;
}

const nameOne = "name the folder of the checkout, which is the `path` of actions/checkout, relative to the workspace";

function refused(workdir: string, why: string, hint: string): UserError {
  return new UserError(`the input "workdir" is ${shortened(plainLine(workdir), 200)}, which ${why}`, {
    hint,
    input: { name: "workdir", line: 1 },
  });
}
