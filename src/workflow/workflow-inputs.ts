/** The defaults of a workflow's own inputs: what `inputs.name` is where nobody gives another value. */

import type { SourceLocation } from "../errors.ts";
import type { Tree } from "../lib/yaml/yaml-tree.ts";
import { entriesOf, under } from "./find-step.ts";
import type { Value, ValueMap } from "./value.ts";

/** The events that start a workflow, by name. One that others call may be started by any. */
export function eventsOf(tree: Tree | undefined): {
  readonly names: readonly string[];
  readonly at: SourceLocation | undefined;
} {
  const on = under(entriesOf(tree), "on");
  const events = on?.kind === "list" ? on.items : on?.kind === "scalar" ? [on] : [];
  const names = [
    ...entriesOf(on).map(({ key }) => key),
    ...events.flatMap((each) => ("text" in each ? each.text : [])),
  ];
  return { names, at: on?.at };
}

/** Those of `workflow_dispatch` are empty for another event, if that starts the workflow too. */
export function workflowInputs(tree: Tree | undefined, event: string): ValueMap {
  const on = under(entriesOf(tree), "on");
  const { names } = eventsOf(tree);
  const of = (name: string) => Object.fromEntries(inputsUnder(under(entriesOf(on), name)));
  const isDispatched = event === "workflow_dispatch" || !names.includes(event);
  return { ...of("workflow_call"), ...(isDispatched ? of("workflow_dispatch") : {}) };
}

function inputsUnder(event: Tree | undefined): readonly (readonly [string, Value])[] {
  return entriesOf(under(entriesOf(event), "inputs")).map(({ key, value }) => [key, defaultOf(value)]);
}

function defaultOf(input: Tree): Value {
  const entries = entriesOf(input);
  const [given, type, options] = ["default", "type", "options"].map((key) => under(entries, key));
  const kind = type?.kind === "scalar" ? type.text : "string";
  if (given?.kind === "scalar" && given.value !== null) {
    if (kind === "boolean") return given.text.toLowerCase() === "true";
    return kind === "number" ? Number(given.text) : given.text;
  }
  const first = options?.kind === "list" ? options.items[0] : undefined;
  if (kind === "choice" && first?.kind === "scalar") return first.text;
  return kind === "boolean" ? false : kind === "number" ? 0 : "";
}
