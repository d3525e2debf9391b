/** Whether a run knows all images of the repository, so that one that it doesn't know is one that was removed. */
import type { RunContext } from "../../../model/run-context.ts";
import type { RunInputs } from "../../../settings/run-inputs.ts";
import type { SplitCatalog } from "../../analyze/parted.ts";

interface KnowingRun {
  readonly inputs: Pick<RunInputs, "settings">;
  readonly context: Pick<RunContext, "trigger">;
}

export function knowsAllImages(run: KnowingRun, { troubled }: Pick<SplitCatalog, "troubled">): boolean {
  // Which images are in a file that can't be read is unknown.
  return isAboutAll(run) && troubled.every(({ kind }) => kind === "image");
}

/** Another step may publish what this run leaves out on request. */
function isAboutAll({ inputs, context }: KnowingRun): boolean {
  const { only, variant, path, bakeTarget, config, context: ofOne, file, target, buildContexts } = inputs.settings;
  const lists = [only, path, bakeTarget, buildContexts].every(({ length }) => length === 0);
  const single = [variant, config, ofOne, file, target].every((each) => each === undefined);
  return lists && single && context.trigger.kind !== "pull-request";
}
