/** Looking at what is there, before something that failed is given up: its answer may have been lost. */
import { RegistryError } from "./registry-error.ts";

/** Nobody waits long for a look. */
export const lookTimeout = 15_000;

/** Not where the same would happen to the look, nor where the registry asks to be left alone. */
const hopeless: ReadonlySet<string> = new Set(["unauthorized", "unnamed", "tls", "rate-limited"]);

export function isWorthLooking(error: unknown): boolean {
  return error instanceof RegistryError && !hopeless.has(error.code);
}

/** A look that fails has seen nothing. */
export function unlessAborted(error: unknown): false {
  if (error instanceof RegistryError) return false;
  throw error;
}
