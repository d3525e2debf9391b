import type { CheckoutFacts } from "../../context/simulate-context.ts";
import type { Git } from "../git.ts";

/** What a simulated event needs to know of the checkout; nothing is asked from the network. */
export async function readCheckoutFacts(git: Git): Promise<CheckoutFacts> {
  const [workspace, head, headRef, remoteHead, originUrl] = await Promise.all([
    git.root(),
    git.head(),
    git.symbolicRef("HEAD"),
    git.symbolicRef("refs/remotes/origin/HEAD"),
    git.originUrl(),
  ]);
  const branch = nameIn(headRef, "refs/heads/");
  const defaultBranch = nameIn(remoteHead, "refs/remotes/origin/") ?? (await usualDefault(git));
  const [defaultTip, pushed] = await Promise.all([
    defaultBranch === undefined ? undefined : tipOf(git, defaultBranch),
    branch === undefined ? undefined : git.resolve(`refs/remotes/origin/${branch}`),
  ]);
  return { workspace, head, branch, originUrl, defaultBranch, defaultTip, pushed };
}

/** `main` or `master`, whichever there is; a manual clone may not know the remote's HEAD. */
async function usualDefault(git: Git): Promise<string | undefined> {
  for (const name of ["main", "master"]) {
    if ((await tipOf(git, name)) !== undefined) return name;
  }
  return undefined;
}

async function tipOf(git: Git, branch: string) {
  return (await git.resolve(`refs/remotes/origin/${branch}`)) ?? git.resolve(`refs/heads/${branch}`);
}

function nameIn(ref: string | undefined, folder: string): string | undefined {
  return ref?.startsWith(folder) ? ref.slice(folder.length) : undefined;
}
