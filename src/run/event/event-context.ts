/** The context of the event in the environment. */
import { readContext } from "../../context/read-context.ts";
import type { RunContext } from "../../model/run-context.ts";
import type { Outside } from "../outside.ts";

/** @throws UserError (or `Problems`) for variables and payloads that are missing or malformed. */
export async function eventContext({
  env,
  files,
  clock,
}: Pick<Outside, "env" | "files" | "clock">): Promise<RunContext> {
  const path = env.GITHUB_EVENT_PATH;
  const bytes = path ? await files.read(path) : undefined;
  const payload = bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  return readContext({ env, payload, now: clock.now() });
}
