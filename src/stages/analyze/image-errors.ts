/** What is remarked of errors that concern single images, and that the run goes on after. */

import { messageOf, type UserError } from "../../errors.ts";
import type { Remark } from "../../model/remark.ts";
import { oneRemark } from "../../model/remark.ts";

export interface ImageError {
  readonly image: string;
  readonly error: UserError;
}

/**
 * One remark for each remedy.
 * @param one the message for a single image. @param several the message for that many images, whose errors follow.
 */
export function errorRemarks<T extends ImageError>(
  all: readonly T[],
  one: (each: T) => string,
  several: (count: number) => string,
): readonly Remark[] {
  return [...Map.groupBy(all, ({ error }) => error.hint)].flatMap(([hint, alike]) =>
    oneRemark(alike, {
      one: (each) => ({ message: one(each), hint }),
      several: (listed, { length }) => ({ message: `${several(length)}: ${listed}`, hint }),
      item: ({ image, error }) => `${image} (${messageOf(error)})`,
    }),
  );
}
