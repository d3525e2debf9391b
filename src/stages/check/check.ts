/**
 * A check: whether an image may get tags. Everything between a candidate and its tags has this shape, so that the decision
 * knows none of them by name.
 */
import type { UserError } from "../../errors.ts";
import type { Candidate } from "../../model/candidate.ts";
import type { Repository } from "../../model/reference.ts";
import type { Block, Blocks, CheckName } from "../../results/run-result.ts";
import type { ImageScan } from "../../scan/judged.ts";

/** What a check looks at: what this run built, or what another one pushed. */
export type Checkable = Pick<Candidate, "digest" | "layout" | "platforms" | "bases"> & {
  /** Where it is, where that isn't the image's first repository. */
  readonly repository?: Repository;
};

export type CheckResult =
  | {
      readonly kind: "passed";
      readonly scan?: ImageScan;
      /** Checks again, right before the image is tagged, what may have changed by then. */
      readonly again?: () => Promise<CheckResult>;
    }
  | RefusedCheck;

export interface RefusedCheck {
  readonly kind: "refused";
  readonly by: Blocks;
  readonly scan?: ImageScan;
}

/** It rejects where it can't be carried out: the image may get no tags, and that is a failure. */
export type Check = (candidate: Checkable) => Promise<CheckResult>;

export const passed: CheckResult = { kind: "passed" };

export function refused(check: CheckName, error: UserError): RefusedCheck {
  return { kind: "refused", by: [{ check, error }] };
}

/** All of them, so that a person reads everything that is wrong at once. */
export function sideBySide(...checks: readonly Check[]): Check {
  return async (candidate) => combined(await Promise.all(checks.map((check) => check(candidate))));
}

/** One after the other until one refuses: the cheap ones first. */
export function oneByOne(...checks: readonly Check[]): Check {
  return async (candidate) => {
    const results: CheckResult[] = [];
    for (const check of checks) {
      const result = await check(candidate);
      results.push(result);
      if (result.kind === "refused") break;
    }
    return combined(results);
  };
}

function combined(results: readonly CheckResult[]): CheckResult {
  const [scan] = results.flatMap((each) => each.scan ?? []);
  const found = scan === undefined ? {} : { scan };
  const [first, ...others] = results.flatMap((each): readonly Block[] => (each.kind === "refused" ? each.by : []));
  if (first !== undefined) return { kind: "refused", by: [first, ...others], ...found };
  const later = results.flatMap((each) => (each.kind === "passed" && each.again !== undefined ? [each.again] : []));
  if (later.length === 0) return { kind: "passed", ...found };
  return { kind: "passed", ...found, again: async () => combined(await Promise.all(later.map((again) => again()))) };
}
