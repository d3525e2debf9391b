/** Decides whether an image may get tags, from its checks and from what it is based on. */
import type { UserError } from "../../errors.ts";
import type { ImageScan } from "../../scan/judged.ts";
import type { CheckResult } from "./check.ts";

export type GateResult = { readonly scan?: ImageScan } & (
  | { readonly kind: "passed" }
  /** The candidate stays without a tag; the next run builds it again, until it passes. */
  | { readonly kind: "held"; readonly error: UserError }
  /** It is based on one that was held, however far up. */
  | { readonly kind: "blocked"; readonly by: string }
);

/** By name of the image. */
export type GateResults = ReadonlyMap<string, Promise<GateResult>>;

/** `parents` are those of this run that the image is based on. */
export async function gate(checking: Promise<CheckResult>, parents: GateResults): Promise<GateResult> {
  const first = await checking;
  if (first.kind === "refused") return held(first);
  const by = await blockingParent(parents);
  if (by !== undefined) return { kind: "blocked", by, ...scanOf(first) };
  // While it waited, other bytes may have come to be published: what passed for them may not pass for these.
  const last = first.again === undefined ? first : await first.again();
  return last.kind === "refused" ? held(last) : { kind: "passed", ...scanOf(last) };
}

function held(refused: Extract<CheckResult, { readonly kind: "refused" }>): GateResult {
  return { kind: "held", error: refused.error, ...scanOf(refused) };
}

function scanOf({ scan }: CheckResult): Pick<GateResult, "scan"> {
  return scan === undefined ? {} : { scan };
}

async function blockingParent(parents: GateResults): Promise<string | undefined> {
  for (const [name, result] of parents) {
    const above = await result;
    if (above.kind !== "passed") return above.kind === "blocked" ? above.by : name;
  }
  return undefined;
}
