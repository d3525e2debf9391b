import { type SourceLocation, UserError } from "../../../errors.ts";

/** Runs `action`; a `UserError` of it that names no place gets `at`. */
export function located<T>(at: SourceLocation, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError) || error.at !== undefined) throw error;
    throw new UserError(error.message, { hint: error.hint, at, cause: error.cause });
  }
}
