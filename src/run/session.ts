/** What every command works with: the run, what the user wrote, and the parts that talk to the outside on its behalf. */

import { directBuildx } from "../buildx/builder/direct-buildx.ts";
import { contextElsewhere } from "../context/elsewhere.ts";
import { forgeFacts } from "../forge/github/forge-facts.ts";
import type { Checkout } from "../git/checkout/checkout.ts";
import { openCheckout } from "../git/checkout/open-checkout.ts";
import { type ForgeHistory, openForgeHistory } from "../git/forge-history.ts";
import { type Git, openGit } from "../git/git.ts";
import { openGitTree } from "../git/git-tree.ts";
import { followLinks, guardedFiles, type LocalPaths } from "../lib/local-paths.ts";
import { type Commit, type RunContext, repositoryUrl } from "../model/run-context.ts";
import { type CheckoutTrust, contextOfUntrusted, trusted } from "../model/trust.ts";
import type { Files, Processes } from "../ports.ts";
import type { RunInputs } from "../settings/run-inputs.ts";
import { buildxPrints } from "./buildx-prints.ts";
import { actFor, actForEvent, actForSimulated, type CheckoutElsewhere } from "./checkout/act-for.ts";
import { checkedOut } from "./checkout/checked-out.ts";
import { checkoutTrust } from "./checkout/checkout-trust.ts";
import { knownGitTags } from "./checkout/git-tags.ts";
import { untrustedBase } from "./checkout/untrusted-base.ts";
import { eventContext } from "./event/event-context.ts";
import { repositoryFacts } from "./event/repository-facts.ts";
import type { Outside } from "./outside.ts";
import { fromCheckout, openPaths, privateParent } from "./session-paths.ts";

export interface Session {
  /** With the commit that is checked out, which is what is built. */
  readonly context: RunContext;
  /** The same with the ref that the run is about, also where what is checked out is not of it. */
  readonly event: RunContext;
  readonly inputs: RunInputs;
  readonly outside: Outside;
  readonly git: Git;
  readonly checkout: Checkout;
  readonly commitDate: Date;
  /** The commit that the event is about, or that `ref` names if it is of the event's ref. */
  readonly eventCommit: Commit;
  /** What is checked out is of the ref that the run is about, so that tags that move may follow. */
  readonly isAtEvent: boolean;
  /** Why it is not, and what to do. */
  readonly elsewhere: CheckoutElsewhere | undefined;
  /** Whether the files of the checkout may decide what the workflow decides. */
  readonly trust: CheckoutTrust;
  /** The commit whose files decide where those of an untrusted checkout may not; `undefined` where it is unknown. */
  readonly base: Commit | undefined;
  /** What the event's own repository has. */
  readonly history: ForgeHistory;
  /** Git tags that no branch may take the names of, as `tagText` writes them: where a branch's tags are wanted. */
  readonly gitTags: ReadonlySet<string>;
  /** Which paths of the machine the run, or a child, may open. */
  readonly paths: LocalPaths;
  /** Files of the checkout, where its paths don't lead out of it. */
  readonly checkoutFiles: Pick<Files, "read" | "list">;
  /** A folder of this command's own, absolute. */
  readonly folder: string;
  /** `docker buildx` for prints. */
  readonly buildx: Processes;
}

export interface SessionOptions {
  /** What neither the event nor the checkout shows stays unknown. */
  readonly offline?: boolean;
  /** The context is that of an event that didn't happen, as on a laptop. */
  readonly isSimulated?: boolean;
}

/** @throws UserError where there is no checkout. */
export async function openSession(
  given: RunContext,
  inputs: RunInputs,
  around: Outside,
  { offline = false, isSimulated = false }: SessionOptions = {},
): Promise<Session> {
  const outside = { ...around, processes: directBuildx(around, given.workspace) };
  const { ref, token, command } = inputs.settings;
  // Whose commit is checked out follows from what happened, not from what is simulated, nor from the ref that is acted for.
  const event = isSimulated ? await happened(outside) : given;
  const folder = await runFolder(given, outside);
  const { git, checkout, history } = await openRepositories(given, event ?? given, folder, inputs, outside);
  // A deleted ref or a closed pull request needs no checkout, as nothing is done.
  const isGone = given.trigger.kind === "gone";
  const head = isGone ? given.commit : await checkedOut(git, given.workspace, outside);
  const forge = forgeFacts({ ...outside, apiUrl: (event ?? given).apiUrl, token });
  const questions = { git, history, forge };
  const { context: meant, elsewhere } =
    ref !== undefined
      ? await actFor(ref, given, head, questions)
      : isSimulated
        ? await actForSimulated(given, head, offline ? undefined : event, questions)
        : await actForEvent(given, head, git);
  const isAtEvent = elsewhere === undefined;
  const usesRemoteTags = !offline && (command === "publish" || command === "plan");
  const [{ defaultBranch, isPrivate }, gitTags] = await Promise.all([
    offline ? meant : repositoryFacts(meant, token, git, outside),
    knownGitTags(isAtEvent ? meant : undefined, git, outside, !usesRemoteTags),
  ]);
  const about = event === undefined || isGone ? undefined : await atCommit({ ...event, defaultBranch }, git);
  const trust = about === undefined ? trusted : await checkoutTrust(about, head, questions);
  const known = { ...meant, commit: head, defaultBranch, isPrivate };
  const atHead = trust.kind === "trusted" ? known : contextOfUntrusted(known, trust);
  const paths = await openPaths({
    trust,
    context: given,
    inputs,
    files: checkout.files,
    env: outside.env,
    git,
    folder,
  });
  return {
    context: isAtEvent || trust.kind === "untrusted" ? atHead : contextElsewhere(atHead),
    event: atHead,
    inputs: fromCheckout(inputs, given.workspace),
    outside,
    git,
    checkout,
    commitDate: isGone ? given.startedAt : await git.committedAt(head),
    eventCommit: meant.commit,
    isAtEvent,
    elsewhere,
    trust,
    base: trust.kind === "trusted" || about === undefined ? undefined : await untrustedBase(about, history),
    history,
    gitTags,
    paths,
    checkoutFiles: guardedFiles(checkout.files, given.workspace, paths),
    folder,
    buildx: buildxPrints(outside.processes),
  };
}

/** What a command line is run for: nothing where it isn't run by a workflow, as on a laptop, whose checkout is the user's own. */
async function happened(outside: Outside): Promise<RunContext | undefined> {
  return outside.env.GITHUB_EVENT_NAME ? eventContext(outside) : undefined;
}

/** The event of an annotated tag may name the tag's own object. */
async function atCommit(event: RunContext, git: Git): Promise<RunContext> {
  return { ...event, commit: (await git.resolve(event.commit)) ?? event.commit };
}

async function runFolder(given: RunContext, outside: Outside): Promise<string> {
  const suffix = Math.floor(outside.random() * 2 ** 32)
    .toString(16)
    .padStart(8, "0");
  return `${await privateParent(given, outside)}/image-publish-${suffix}`;
}

/** The checkout, by git and by its files, and the repository that the event is about. */
async function openRepositories(
  { workspace }: RunContext,
  event: RunContext,
  folder: string,
  { settings: { token } }: RunInputs,
  { env, processes, signal, files }: Outside,
): Promise<Pick<Session, "git" | "history"> & { readonly checkout: ReturnType<typeof openCheckout> }> {
  const realWorkspace = (await followLinks(workspace, files))?.real ?? workspace;
  const options = { processes, workspace, realWorkspace, env, serverUrl: event.serverUrl, token, signal };
  const git = openGit(options);
  return {
    git,
    checkout: openCheckout({
      git,
      tree: openGitTree(options),
      files,
      workspace,
      realWorkspace,
      folder: `${folder}/written`,
    }),
    history: openForgeHistory({
      ...options,
      repositoryUrl: repositoryUrl(event),
      folder: `${folder}-history`,
      files,
    }),
  };
}
