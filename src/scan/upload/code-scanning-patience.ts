import type { Clock, CodeScanningAnswer } from "../../ports.ts";

export interface UploadPatience {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly signal?: AbortSignal | undefined;
}

const attempts = 5;
/** Milliseconds; doubled each time. */
const firstWait = 1000;
/** Past it there is no use in waiting: a job costs money. */
const longestAskedFor = 60_000;

/**
 * Asks again where nothing answered, where it was the server's fault, and where it was too much at once, at least as late as
 * the server asks. @returns what the last answer was.
 */
export async function persistently<T>(
  question: () => Promise<CodeScanningAnswer<T>>,
  { clock, random, signal }: UploadPatience,
): Promise<CodeScanningAnswer<T>> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await question();
    if (answer.kind === "answer" || attempt === attempts) return answer;
    const { status, retryAfter } = answer;
    const isTransient = retryAfter !== undefined || status === undefined || status === 429 || status >= 500;
    if (!isTransient || (retryAfter ?? 0) > longestAskedFor) return answer;
    await clock.sleep((retryAfter ?? 0) + Math.round(firstWait * 2 ** (attempt - 1) * (0.5 + random() / 2)), signal);
  }
}
