/** Decides whether an image may get tags, from its checks and from what it is based on. Reports only show what is decided here. */
import type { Blocks } from "../../results/run-result.ts";
import type { ImageScan, SeenFinding } from "../../scan/judged.ts";
import { bringerOf } from "../../scan/origin.ts";
import type { CheckResult, RefusedCheck } from "./check.ts";

export type GateResult = { readonly scan?: ImageScan } & (
  | { readonly kind: "passed" }
  /** The candidate stays without a tag; the next run builds it again, until it passes. */
  | { readonly kind: "blocked"; readonly by: Blocks }
  /** It is based on one that doesn't pass, however far up. */
  | { readonly kind: "skipped"; readonly parent: string }
  /** A check could not be carried out. */
  | { readonly kind: "failed"; readonly error: unknown }
  /** The run was canceled. */
  | { readonly kind: "canceled" }
);

/** By name of the image, those that others are based on before these. */
export type GateResults = ReadonlyMap<string, Promise<GateResult>>;

/** @param ancestors all images of this run that the image is based on, however far up. Never rejects. */
export async function gate(
  checking: Promise<CheckResult>,
  ancestors: GateResults,
  signal: AbortSignal,
): Promise<GateResult> {
  try {
    return await decide(await checking, ancestors);
  } catch (error) {
    return signal.aborted && error === signal.reason ? { kind: "canceled" } : { kind: "failed", error };
  }
}

async function decide(first: CheckResult, ancestors: GateResults): Promise<GateResult> {
  const above = await settled(ancestors);
  if (first.kind === "refused") return refusedResult(first, above);
  const [parent] = above.filter(([, { kind }]) => kind !== "passed");
  if (parent?.[1].kind === "canceled") return { kind: "canceled", ...scanOf(first) };
  if (parent !== undefined) return { kind: "skipped", parent: parent[0], ...scanOf(first) };
  // While it waited, another image may have come to be published: what passed compared with that one may not pass now.
  const last = first.again === undefined ? first : await first.again();
  return last.kind === "refused" ? refusedResult(last, above) : { kind: "passed", ...scanOf(last) };
}

type Above = readonly (readonly [name: string, GateResult])[];

/** A check that finds nothing but what a blocked image above brings is left to that one. */
function refusedResult(refused: RefusedCheck, above: Above): GateResult {
  const blocking = new Map(above.map(([name, result]) => [name, findingsOf(result)]));
  const named = refused.by.map((block) => ({
    block,
    bringers: (block.because ?? []).map((each) => bringerOf(each, (name) => blocking.get(name) ?? [])),
  }));
  const own = named.filter(({ bringers }) => bringers.length === 0 || bringers.includes(undefined));
  const [first, ...others] = own.map(({ block }) => block);
  const [parent] = named.flatMap(({ bringers }) => bringers.filter((name) => name !== undefined));
  const scan = scanOf(refused);
  if (first === undefined && parent !== undefined) return { kind: "skipped", parent, ...scan };
  return { kind: "blocked", by: first === undefined ? refused.by : [first, ...others], ...scan };
}

function findingsOf(result: GateResult): readonly SeenFinding[] {
  return result.kind === "blocked" ? result.by.flatMap(({ findings = [] }) => findings) : [];
}

async function settled(results: GateResults): Promise<Above> {
  return Promise.all([...results].map(async ([name, result]) => [name, await result] as const));
}

function scanOf({ scan }: CheckResult): Pick<GateResult, "scan"> {
  return scan === undefined ? {} : { scan };
}
