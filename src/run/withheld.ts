/** What the build of an untrusted checkout doesn't get, and what the run reports of it. */
import type { BuildSecrets } from "../buildx/invocation/secrets.ts";
import { parseSshAgent, sshValue } from "../model/buildflags/ssh-agent.ts";
import type { Remark } from "../model/remark.ts";
import type { RunContext } from "../model/run-context.ts";
import type { CheckoutTrust, UntrustedCheckout } from "../model/trust.ts";
import type { RunInputs } from "../settings/run-inputs.ts";
import { untrustedTags } from "../tags/rules/untrusted-tags.ts";

export interface GivenSecrets extends Omit<BuildSecrets, "values"> {
  /** Values of `--ssh`. */
  readonly ssh: readonly string[];
}

interface WithheldRun {
  readonly inputs: RunInputs;
  readonly trust: CheckoutTrust;
  readonly context: Pick<RunContext, "trigger">;
}

/** The build's secrets and agents: none for an untrusted checkout, whose Dockerfiles would decide what becomes of them. */
export function givenSecrets({ inputs, trust }: Pick<WithheldRun, "inputs" | "trust">): GivenSecrets {
  if (trust.kind === "untrusted") return { arguments: [], environment: {}, ssh: [] };
  return { ...inputs.secrets, ssh: inputs.settings.ssh.map(({ text }) => sshValue(parseSshAgent(text))) };
}

/** What a reader of the run has to know of an untrusted checkout. A fork's pull request alone is nothing unusual. */
export function untrustedRemarks({ inputs, trust, context }: WithheldRun): readonly Remark[] {
  if (trust.kind === "trusted") return [];
  const { push, attest, bump } = inputs.settings;
  const isPullRequest = context.trigger.kind === "pull-request";
  const secrets = inputs.secrets.arguments.length + inputs.settings.ssh.length;
  const withheld = [
    ...(secrets > 0 ? ["build secrets"] : []),
    ...(attest && !isPullRequest ? ["signature"] : []),
    ...(bump !== "off" && !isPullRequest ? ["pull requests that move pins"] : []),
  ];
  const without = withheld.length === 0 ? "" : ` It gets no ${withheld.join(", no ")}.`;
  if (isPullRequest) {
    if (withheld.length === 0) return [];
    return [
      {
        message: `this checkout is untrusted: ${trust.why}.${without}`,
        hint: "move what needs secrets to `push`, after the merge",
      },
    ];
  }
  const pushed = push === "untrusted" && trust.neverPushed !== true;
  const [sha = "", pr] = untrustedTags(trust, "").map(({ tag }) => `\`${tag}\``);
  const how = pushed
    ? `Its images are pushed as ${pr === undefined ? `${sha} only; no one open pull request has this head` : `${sha} and ${pr} only`}.`
    : "It is built and scanned like a pull request, and nothing is pushed.";
  const value = push === "true" ? " `push: true` means `auto` here." : "";
  return [
    { message: `this checkout is untrusted: ${trust.why}. ${how}${value}${without}`, hint: remedyOf(trust, pushed) },
  ];
}

function remedyOf({ isUnknown }: UntrustedCheckout, pushed: boolean): string {
  if (isUnknown === true)
    return "run it again, or check the network and that `token` may read the repository's contents";
  return pushed
    ? "nothing needs to be done where this is a preview of a fork; docs/forks.md says when there is a tag `pr-N`"
    : "check out the event's own commit, or a commit that a branch or tag of this repository contains; `push: untrusted` pushes previews of forks";
}
