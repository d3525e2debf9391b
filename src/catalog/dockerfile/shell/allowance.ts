/**
 * How much work the variables of one Dockerfile may make: a few lines such as `ARG A=$B$B` or `${A//*a/b}` ask for any amount
 * of it. The limits are far above what a Dockerfile needs.
 */
import { UserError } from "../../../errors.ts";

/** What is left, in characters that are put in or looked at. */
export interface Allowance {
  left: number;
}

/** For one Dockerfile and one platform. A file of 1,000 lines with variables takes less than a hundredth. */
const whole = 4_000_000;

export function allowance(): Allowance {
  return { left: whole };
}

/** @throws UserError, without a place, where nothing is left; it does so from then on. */
export function spend(from: Allowance, characters: number): void {
  from.left -= characters;
  if (from.left >= 0) return;
  throw new UserError(`the variables of this file expand to more than ${whole.toLocaleString("en-US")} characters`, {
    hint: "use fewer or shorter variables, and patterns with fewer ? and *",
  });
}

export function isSpent({ left }: Allowance): boolean {
  return left < 0;
}
