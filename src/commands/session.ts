/** What every command works with: the run, what the user wrote, and the parts that talk to the outside on its behalf. */
import type { Checkout } from "../changes/checkout.ts";
import { type ForgeHistory, openForgeHistory } from "../changes/forge-history.ts";
import { type Git, openGit } from "../changes/git.ts";
import { GitFailure } from "../changes/git-command.ts";
import { openGitTree } from "../changes/git-tree.ts";
import { type Commit, forgeRegistry, type RunContext, repositoryUrl } from "../context/run-context.ts";
import { type CheckoutTrust, contextOfUntrusted, trusted } from "../context/trust.ts";
import { explain, UserError } from "../errors.ts";
import { type CredentialStore, credentialStore } from "../oci/credentials.ts";
import { dockerConfigFolder } from "../oci/docker-config.ts";
import { type RegistryClient, registryClient } from "../oci/registry-client.ts";
import { actFor } from "./act-for.ts";
import { checkoutTrust } from "./checkout-trust.ts";
import { eventContext } from "./event-context.ts";
import { knownGitTags } from "./git-tags.ts";
import { loginsOf, namedHosts, nameRegistry } from "./logins.ts";
import type { Outside } from "./outside.ts";
import type { RunInputs } from "./run-inputs.ts";
import { untrustedBase } from "./untrusted-base.ts";

export interface Session {
  /** With the commit that is checked out, which is what is built. */
  readonly context: RunContext;
  readonly inputs: RunInputs;
  readonly outside: Outside;
  readonly git: Git;
  readonly checkout: Checkout;
  readonly commitDate: Date;
  /** The commit that the event is about, or that `ref` names. */
  readonly eventCommit: Commit;
  /** The checkout holds the event's commit, so that tags that move may follow. */
  readonly isAtEvent: boolean;
  /** Whether the files of the checkout may decide what the workflow decides. */
  readonly trust: CheckoutTrust;
  /** The commit whose files decide where those of an untrusted checkout may not; `undefined` where it is unknown. */
  readonly base: Commit | undefined;
  /** What the event's own repository has. */
  readonly history: ForgeHistory;
  /** Git tags that no branch may take the names of, as `tagText` writes them: where a branch's tags are wanted. */
  readonly gitTags: ReadonlySet<string>;
  /** A folder of this command's own, absolute. */
  readonly folder: string;
}

export interface SessionOptions {
  /** What neither event nor checkout tell stays unknown. */
  readonly offline?: boolean;
  /** The context is that of an event that didn't happen, as on a laptop. */
  readonly isSimulated?: boolean;
}

/** @throws UserError where there is no checkout. */
export async function openSession(
  given: RunContext,
  inputs: RunInputs,
  outside: Outside,
  { offline = false, isSimulated = false }: SessionOptions = {},
): Promise<Session> {
  const { env, processes, signal, random } = outside;
  const { workspace } = given;
  // Whose commit is checked out follows from what happened, not from what is simulated, nor from the ref that is acted for.
  const event = isSimulated ? await happened(outside) : given;
  const { serverUrl, apiUrl } = event ?? given;
  const options = { processes, workspace, env, serverUrl, token: inputs.settings.token, signal };
  const git = openGit(options);
  const suffix = Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, "0");
  const folder = `${given.temp}/image-publish-${suffix}`;
  // A deleted ref or a closed pull request needs no checkout, as nothing is done.
  const isGone = given.trigger.kind === "gone";
  const head = isGone ? given.commit : await headOf(git, workspace);
  const history = openForgeHistory({
    ...options,
    repositoryUrl: repositoryUrl(event ?? given),
    folder: `${folder}-history`,
    files: outside.files,
  });
  const meant = await actFor(inputs.settings.ref, given, head, git);
  const isAtEvent = await holdsEvent(meant, head, git);
  const { command } = inputs.settings;
  const [facts, gitTags] = await Promise.all([
    offline ? meant : forgeFacts(meant, inputs.settings.token, git, outside),
    knownGitTags(isAtEvent ? meant : undefined, git, outside, offline || (command !== "publish" && command !== "plan")),
  ]);
  const { defaultBranch, isPrivate } = facts;
  const questions = { git, history, forge: outside.forge(apiUrl, inputs.settings.token) };
  const asked = event && { ...event, defaultBranch, commit: (await git.resolve(event.commit)) ?? event.commit };
  // A deleted ref or a closed pull request decides nothing, unless a command line acts for another event.
  const trust = asked === undefined || isGone ? trusted : await checkoutTrust(asked, head, questions);
  const atHead = { ...meant, commit: head, defaultBranch, isPrivate };
  return {
    context: trust.kind === "trusted" ? atHead : contextOfUntrusted(atHead, trust),
    inputs,
    outside,
    git,
    checkout: { git: openGitTree(options), files: outside.files, workspace },
    commitDate: isGone ? given.startedAt : await git.committedAt(head),
    eventCommit: meant.commit,
    isAtEvent,
    trust,
    base: trust.kind === "trusted" || asked === undefined ? undefined : await untrustedBase(asked, history),
    history,
    gitTags,
    folder,
  };
}

/** What a command line is run for: nothing where it isn't run by a workflow, as on a laptop, whose checkout is the user's own. */
async function happened(outside: Outside): Promise<RunContext | undefined> {
  return outside.env.GITHUB_EVENT_NAME ? eventContext(outside) : undefined;
}

/**
 * The registries' client, with docker's logins, the inputs' for the hosts that the workflow names, and the job's own.
 * @param pushed the hosts that images are pushed to: for an untrusted checkout the only ones that see any login.
 */
export async function openRegistry(
  { context, inputs, outside, trust }: Session,
  pushed: ReadonlySet<string>,
  signal: AbortSignal = outside.signal,
): Promise<{ readonly registry: RegistryClient; readonly credentials: CredentialStore }> {
  const { env, processes, files, http, clock, random } = outside;
  const folder = dockerConfigFolder(env);
  const path = `${folder}/config.json`;
  const bytes = folder === undefined ? undefined : await files.read(path);
  const named = namedHosts(inputs, context);
  const credentials = credentialStore({
    config: bytes === undefined ? undefined : { text: new TextDecoder().decode(bytes), path },
    env,
    processes,
    logins: loginsOf(inputs.settings, { hosts: [...named], forge: forgeRegistry(context), actor: context.actor }),
    only: trust.kind === "untrusted" ? pushed : undefined,
  });
  const remedy = (host: string): string | undefined => (named.has(host) ? undefined : nameRegistry(host));
  const registry = registryClient({ http, clock, random, signal, credentials: credentials.find, remedy });
  return { registry, credentials };
}

async function headOf(git: Git, workspace: string): Promise<Commit> {
  try {
    return await git.head();
  } catch (cause) {
    if (!(cause instanceof GitFailure)) throw cause;
    throw new UserError(`${workspace} holds no git checkout`, {
      hint: "put `uses: actions/checkout` before this step",
      cause,
    });
  }
}

/**
 * A tag's event may name the tag's own object; a pull request's checkout may be its head or the merge of it, and is neither where
 * `pull_request_target` runs on the base branch.
 */
async function holdsEvent({ trigger, commit }: RunContext, head: Commit, git: Git): Promise<boolean> {
  if (trigger.kind === "gone") return true;
  if (trigger.kind === "pull-request") {
    return head === trigger.headCommit || (await git.parents(head)).includes(trigger.headCommit);
  }
  return head === commit || (await git.resolve(commit)) === head;
}

/** What the payload doesn't tell: from the forge's API where it answers, the branch else from the remote. */
async function forgeFacts(
  { owner, repo, defaultBranch, isPrivate, trigger, apiUrl }: RunContext,
  token: string | undefined,
  git: Git,
  { forge, log }: Outside,
): Promise<Pick<RunContext, "defaultBranch" | "isPrivate">> {
  if (defaultBranch !== undefined || trigger.kind === "gone") return { defaultBranch, isPrivate };
  try {
    const known = await forge(apiUrl, token).repository(owner, repo);
    if (known !== undefined) return known;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.debug(explain(error));
  }
  return { defaultBranch: await remoteDefault(git), isPrivate };
}

async function remoteDefault(git: Git): Promise<string | undefined> {
  try {
    return (await git.remoteDefault())?.branch;
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}
