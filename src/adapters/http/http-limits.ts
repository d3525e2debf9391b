/** The ends that an exchange can meet from outside: its time, a standstill, the caller's signal. */
import type { HttpRequest } from "../../ports.ts";
import { errorWithCode } from "./http-error.ts";

export interface Limits {
  /** Something moved. */
  touch(): void;
  /** Nothing can move just now, which is not the other side's fault: until `touch`, a standstill is none. */
  hold(): void;
  /** @throws the reason, if the exchange was ended from outside. */
  check(): void;
  /** What to do then; the last one given counts, and is called at once where the end has come already. */
  onEnd(act: (reason: Error) => void): void;
  /** The exchange is over: nothing is waited for any more. */
  end(): void;
}

const defaultTimeout = 30_000;

export function limitsOf({ timeout = defaultTimeout, stall, signal }: HttpRequest, host: string): Limits {
  let ended: { readonly reason: unknown } | undefined;
  let act: (reason: Error) => void = () => {};
  const finish = (reason: unknown) => {
    if (ended !== undefined) return;
    ended = { reason };
    stop();
    act(reason instanceof Error ? reason : new Error(String(reason)));
  };
  const late = (what: string, milliseconds: number) => () =>
    finish(errorWithCode("ETIMEDOUT", `${what} ${host} within ${milliseconds / 1000} s`));
  const total = setTimeout(late("no whole answer from", timeout), timeout);
  let still: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(still);
    still = stall === undefined || ended ? undefined : setTimeout(late("nothing moved to or from", stall), stall);
  };
  const abort = () => finish(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  watch();
  const stop = () => {
    clearTimeout(total);
    clearTimeout(still);
    signal?.removeEventListener("abort", abort);
  };
  return {
    touch: watch,
    hold: () => clearTimeout(still),
    check() {
      if (ended !== undefined) throw ended.reason;
    },
    onEnd(given) {
      act = given;
      if (ended !== undefined) act(new Error("ended"));
    },
    end: stop,
  };
}
