import { expect, test } from "@jest/globals";
import { runCommand } from "../../../src/commands/run-command.ts";

test.each(["scan"])("`dry-run` with `command: %s` is refused before anything is done", async (command) => {
  const asked = runCommand({ settings: { command, dryRun: true } } as never, {} as never, {} as never);
  await expect(asked).rejects.toMatchObject({ hint: expect.stringContaining("command: plan") });
});
