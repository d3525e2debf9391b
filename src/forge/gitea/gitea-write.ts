/** One commit on a branch of Gitea's or Forgejo's, by the contents API, which keeps the modes of files. */
import { createHash } from "node:crypto";
import { withoutMarker } from "../../bump/pull-request/marker.ts";
import { type Commit, commit } from "../../model/run-context.ts";
import type { BranchWrite } from "../bump-forge.ts";
import { type ForgeAccess, pathPart } from "../forge-access.ts";
import type { RestPullRequest } from "./gitea-answers.ts";
import { type GiteaApi, mustBeAt } from "./gitea-api.ts";

/**
 * These forges can't move a branch backwards. One that is to be built anew is deleted and made again, which closes its pull
 * request for the moment; that it is not a person who closed it is said beforehand, in case the run ends between.
 */
export async function writeGiteaBranch(
  api: GiteaApi,
  write: BranchWrite,
  waiting: Pick<ForgeAccess, "clock" | "signal">,
): Promise<Commit> {
  const { branch, base, head, parent, pullRequest } = write;
  if (head === undefined) return await commitFiles(api, write, { branch: base, new_branch: branch });
  if (head === parent) return await commitFiles(api, write, { branch });
  const number = pullRequest?.number;
  if (pullRequest !== undefined) await api("PATCH", `pulls/${number}`, { body: withoutMarker(pullRequest.body) });
  // Last of all, as nothing keeps somebody from pushing between the question and the deletion.
  await mustBeAt(api, branch, head);
  await api("DELETE", `branches/${pathPart(branch)}`);
  if (number === undefined) return await commitFiles(api, write, { branch: base, new_branch: branch });
  await closed(api, number, waiting);
  await api("POST", "branches", { new_branch_name: branch, old_branch_name: base });
  // Whether it can be merged is found out when something is pushed to an open one.
  await api("PATCH", `pulls/${number}`, { state: "open" });
  return await commitFiles(api, write, { branch });
}

/** It is closed a moment after its branch is gone, and would be so again if it was opened before. */
async function closed(
  api: GiteaApi,
  number: number,
  { clock, signal }: Pick<ForgeAccess, "clock" | "signal">,
): Promise<void> {
  for (let waits = 0; waits < mostWaits; waits += 1) {
    const { state } = await api<RestPullRequest>("GET", `pulls/${number}`);
    if (state === "closed") return;
    await clock.sleep(wait, signal);
  }
}

const mostWaits = 50;
const wait = 200;

/** @throws ForgeError (overtaken) where a file is not as it was, as the forge compares it with `sha`. */
async function commitFiles(
  api: GiteaApi,
  { files, message, parent }: BranchWrite,
  where: { readonly branch: string; readonly new_branch?: string },
): Promise<Commit> {
  const answer = await api<{ readonly commit: { readonly sha: string } }>("POST", "contents", {
    ...where,
    message: `${message.headline}\n\n${message.body}`,
    files: files.map(({ path, before, after }) => ({
      operation: "update",
      path,
      sha: blobId(before, parent),
      content: Buffer.from(after).toString("base64"),
    })),
  });
  return commit(answer.commit.sha);
}

/** The id of the blob with this content, by the hash that the repository's commits have. */
function blobId(bytes: Uint8Array, like: Commit): string {
  const hash = createHash(like.length === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${bytes.byteLength}\0`).update(bytes).digest("hex");
}
