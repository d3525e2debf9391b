/** The option `--workflow`: the inputs of the step of a workflow that uses this action, at a command line. */
import { posix } from "node:path";
import { inputs as specification } from "../../config/inputs-specification.ts";
import { byPlace, LateProblems, Problems, throwProblems, UserError } from "../../errors.ts";
import { didYouMeanText } from "../../lib/did-you-mean.ts";
import { plainLine } from "../../lib/plain-text.ts";
import { parseTree, type Tree } from "../../lib/yaml/yaml-tree.ts";
import type { Files } from "../../ports.ts";
import { findStep, type JobStep } from "../../workflow/find-step.ts";
import type { StepWarning } from "../../workflow/not-run.ts";
import { placeOfInput, type StepInput, stepInputs } from "../../workflow/step-inputs.ts";
import type { Outside } from "../outside.ts";
import { type SimulatedEvent, simulatedContext } from "./simulated-context.ts";

export interface WorkflowStep {
  readonly tree: Tree;
  readonly step: JobStep;
}

const folders = [".github/workflows", ".forgejo/workflows", ".gitea/workflows"];

/** @param given a path from `folder`, or the name of a workflow of the repository. @throws UserError, or `Problems` */
export async function readWorkflowStep(
  given: string,
  folder: string,
  files: Pick<Files, "read" | "list">,
): Promise<WorkflowStep> {
  const paths = [given, ...(given.includes("/") ? [] : folders.map((each) => `${each}/${given}`))].map((path) =>
    posix.normalize(path),
  );
  const contents = await Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(path, folder, files) })));
  const found = contents.find(({ bytes }) => bytes !== undefined);
  if (found === undefined) throw await noWorkflow(given, folder, files);
  const { tree, problems } = await parseTree(new TextDecoder().decode(found.bytes), found.path);
  throwProblems(problems);
  if (tree === undefined) {
    throw new UserError(`${found.path} is empty`, {
      hint: "name a workflow with a step of this action",
      at: { file: found.path },
    });
  }
  return { tree, step: findStep(tree, found.path, await ownActionIn(folder, files)) };
}

/** Whether the action of a `uses` is this one, in a workflow of that checkout. */
export async function ownActionIn(folder: string, files: Pick<Files, "read">): Promise<(uses: string) => boolean> {
  const own = await isActionItself(folder, files);
  return (uses) => isOwnAction(uses, own);
}

/** What a step gives, as one event has it. */
export interface GivenInputs {
  /** Those that count. */
  readonly inputs: readonly StepInput[];
  /** The value of an input; `undefined` where the step has none, or the command line decides. */
  value(name: string): string | undefined;
  /** The input `ref`: at a command line it is about the event. */
  readonly ref: string | undefined;
  readonly problems: readonly UserError[];
}

/** What the command line decides: the checkout is where it is run. */
const decidedHere = ["command", "dry-run", "workdir"];

/**
 * Reports what is not known, and what the step does that a plan doesn't show.
 * @param options inputs that are given at the command line.
 * @throws UserError where there is no checkout.
 */
export async function inputsOfStep(
  { tree, step }: WorkflowStep,
  event: SimulatedEvent,
  folder: string,
  options: ReadonlySet<string>,
  outside: Outside,
): Promise<GivenInputs> {
  // The command reports the same about the checkout when it runs.
  const quiet = { ...outside, log: { ...outside.log, warning() {}, notice() {} } };
  const context = await simulatedContext(event, folder, quiet);
  const overridden = new Set([...decidedHere, ...options]);
  const { inputs, warnings, problems } = stepInputs(tree, step, context, specification, overridden);
  const command = inputs.find(({ name }) => name === "command");
  for (const { message, hint, at } of [...otherCommand(command), ...warnings])
    outside.log.warning(message, hint, { at });
  const counting = inputs.filter(({ name }) => !overridden.has(name));
  const textOf = (name: string) => counting.find((each) => each.name === name)?.text;
  return {
    inputs: counting,
    // The input `ref` is about the event, as the option is.
    value: (name) => (name === "ref" ? undefined : textOf(name)),
    ref: textOf("ref") || undefined,
    problems,
  };
}

/** A plan is of a publication, whatever the step does. */
function otherCommand(command: StepInput | undefined): readonly StepWarning[] {
  const word = command?.text.trim() ?? "";
  if (command === undefined || publishing.has(word)) return [];
  const message = `the step has \`command: ${word}\`, which publishes nothing: this plan shows what \`publish\` would do with its inputs`;
  return [{ message: plainLine(message), hint: `run image-publish ${word} for what the step does`, at: command.at }];
}

const publishing: ReadonlySet<string> = new Set(["", "publish", "plan", "build", "finalize"]);

/** A folder isn't a workflow. */
async function readFile(path: string, folder: string, files: Pick<Files, "read" | "list">) {
  const isFolder = (await files.list(posix.resolve(folder, path)).catch(() => undefined)) !== undefined;
  return isFolder ? undefined : files.read(posix.resolve(folder, path));
}

async function noWorkflow(given: string, folder: string, files: Pick<Files, "list">): Promise<UserError> {
  const lists = await Promise.all(folders.map(async (each) => (await files.list(posix.resolve(folder, each))) ?? []));
  const names = lists.flat().flatMap(({ name }) => (/\.ya?ml$/.test(name) ? [name] : []));
  const there = names.length === 0 ? "" : `: ${names.join(", ")}`;
  return new UserError(`--workflow: there is no file "${given}"`, {
    hint: `name a workflow of this repository${there}${meantWorkflow(posix.basename(given), names)}`,
  });
}

/** A name may be without its ending. */
function meantWorkflow(given: string, names: readonly string[]): string {
  const whole = names.find((name) => name.replace(/\.ya?ml$/, "").toLowerCase() === given.toLowerCase());
  return whole === undefined ? didYouMeanText(given, names) : `; did you mean "${whole}"?`;
}

/** `./` is this action in its own repository. */
async function isActionItself(folder: string, files: Pick<Files, "read">): Promise<boolean> {
  const bytes = await files.read(posix.join(folder, "action.yml"));
  return bytes !== undefined && /^name: image-publish$/m.test(new TextDecoder().decode(bytes));
}

function isOwnAction(uses: string, isActionItself: boolean): boolean {
  if (uses.startsWith("./")) return (isActionItself && /^\.\/$/.test(uses)) || /\/image-publish\/?$/i.test(uses);
  return /(?:^|\/)image-publish@/i.test(uses);
}

/** The same problems, those with inputs of the step where these are. */
export function placedInStep(error: unknown, inputs: readonly StepInput[]): unknown {
  if (error instanceof Problems) {
    const problems = byPlace(error.problems.map((each) => placed(each, inputs)));
    return error instanceof LateProblems ? new LateProblems(problems) : new Problems(problems);
  }
  return error instanceof UserError ? placed(error, inputs) : error;
}

function placed(error: UserError, inputs: readonly StepInput[]): UserError {
  const at = placeOfInput(inputs, error.input);
  if (at === undefined || error.input === undefined || error.at !== undefined) return error;
  return new UserError(error.message, { hint: error.hint, at, cause: error.cause, input: error.input });
}
