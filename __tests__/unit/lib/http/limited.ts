import { type RateLimiter, rateLimiter } from "../../../../src/lib/http/rate-limiter.ts";
import type { Clock } from "../../../../src/ports.ts";

/** A client's parts with the limiter of a process of their own. */
export function limited<T extends { readonly clock: Clock; readonly random: () => number }>(
  parts: T,
): T & { readonly limiter: RateLimiter } {
  return { ...parts, limiter: rateLimiter(parts) };
}
