import { UserError } from "../errors.ts";
import type { RunContext } from "../model/run-context.ts";
import type { CommandResult } from "../results/command-result.ts";
import type { Outside } from "../run/outside.ts";
import { openSession, type Session } from "../run/session.ts";
import type { RunInputs } from "../settings/run-inputs.ts";
import { bump } from "./bump.ts";
import { type PlanView, plan } from "./plan.ts";
import { publish } from "./publish.ts";
import { scan } from "./scan.ts";

/** Runs the command that the inputs name. @throws UserError for what keeps it from starting. */
export async function runCommand(
  inputs: RunInputs,
  context: RunContext,
  outside: Outside,
  asked: PlanView = {},
): Promise<CommandResult> {
  const { dryRun } = inputs.settings;
  const isSimulated = asked.simulated === true;
  const command = dryRun ? dryRunOf(inputs.settings.command, isSimulated) : inputs.settings.command;
  const session = await openSession(context, inputs, outside, {
    offline: isSimulated && command === "plan",
    isSimulated,
  });
  return commandOf(command, asked)(session);
}

/** What changes nothing in a command's place. @throws UserError where there is no such thing. */
function dryRunOf(command: RunInputs["settings"]["command"], isCommandLine: boolean): RunInputs["settings"]["command"] {
  if (command === "publish" || command === "plan") return "plan";
  if (command === "bump") return command;
  if (isCommandLine) {
    throw new UserError(`${command} has no --dry-run`, {
      hint: "leave it out; `image-publish plan` shows what an event would do and changes nothing",
    });
  }
  throw new UserError(`there is no dry run of \`command: ${command}\``, {
    hint: "write `command: plan`, which shows what the event would do and changes nothing",
  });
}

function commandOf(
  name: RunInputs["settings"]["command"],
  view: PlanView,
): (session: Session) => Promise<CommandResult> {
  switch (name) {
    case "publish":
      return publish;
    case "plan":
      return (session) => plan(session, view);
    case "bump":
      return bump;
    case "scan":
      return scan;
    default:
      throw new UserError(`this version of image-publish has no command "${name}" yet`, {
        hint: "write publish, plan, scan or bump",
      });
  }
}
