import { expect, test } from "@jest/globals";
import { systemClock } from "../../../src/adapters/clock.ts";

test("a sleep ends, and an abort ends it sooner with its reason", async () => {
  await systemClock.sleep(1);
  const controller = new AbortController();
  const sleeping = systemClock.sleep(60_000, controller.signal);
  controller.abort(new Error("cancelled"));
  await expect(sleeping).rejects.toThrow("cancelled");
  await expect(systemClock.sleep(60_000, controller.signal)).rejects.toThrow("cancelled");
});
