/** Whether the files that are checked out are the repository's own, so that they may decide what its workflows decide. */
import type { Commit } from "./run-context.ts";

/**
 * A checkout is trusted when its commit is in the history of the repository that the event is about, or is the user's own on
 * a laptop. A fork's commit never is, whatever the event (docs/threat-model.md).
 */
export type CheckoutTrust = { readonly kind: "trusted" } | UntrustedCheckout;

export interface UntrustedCheckout {
  readonly kind: "untrusted";
  /** A clause: "the checkout holds 1234567, which is the head of a fork's pull request". */
  readonly why: string;
  /** What is checked out. */
  readonly head: Commit;
  /** The one open pull request with that head, where payload or API name it. */
  readonly pullRequest: number | undefined;
}

export const trusted: CheckoutTrust = { kind: "trusted" };
