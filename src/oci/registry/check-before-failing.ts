/** Checks what is there before a push that failed is given up: only its answer may have been lost. */
import { RegistryError } from "./registry-error.ts";

/** Nobody waits long for a check. */
export const checkTimeout = 15_000;

/** Not where the same would happen to the check, nor where the registry asks to be left alone. */
const hopeless: ReadonlySet<string> = new Set(["unauthorized", "unnamed", "tls", "rate-limited"]);

export function isWorthChecking(error: unknown): boolean {
  return error instanceof RegistryError && !hopeless.has(error.code);
}

/** A check that fails has seen nothing. */
export function unlessAborted(error: unknown): false {
  if (error instanceof RegistryError) return false;
  throw error;
}
