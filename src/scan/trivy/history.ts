/** The steps of an image's history, as BuildKit writes them, without what build arguments held. */
import { type Fields, fields, line, list } from "./fields.ts";

/**
 * The history of an image has `RUN |2 TOKEN=… USER=… /bin/sh -c make` where its step saw these arguments. None of them is
 * shown. An image can also state wrongly where the arguments end: then only the instruction is shown.
 */
export function stepText(createdBy: unknown): string | undefined {
  const text = line(createdBy, 2_000)?.replace(/ # buildkit(?:\.\S+)?$/, "");
  if (text === undefined) return undefined;
  const withArguments = /^(RUN )?\|\d+ (.*)$/.exec(text);
  if (withArguments === null) return text;
  const [, instruction = "", rest = ""] = withArguments;
  // The last one: an argument may hold a shell, too.
  const shell = [...rest.matchAll(/ (?=\/\S*sh(?: -\w*o \w+| -\w+)* -\w*c )/g)].at(-1)?.index;
  return `${instruction}${shell === undefined ? "" : rest.slice(shell + 1)}`.trim() || undefined;
}

/** The steps that made layers, lowest first; `undefined` where the history does not fit the layers. */
export function layerSteps(imageConfig: Fields, layers: number): readonly (string | undefined)[] | undefined {
  const steps = list(imageConfig.history).filter(({ empty_layer: isEmpty }) => isEmpty !== true);
  return steps.length === layers ? steps.map(({ created_by: createdBy }) => stepText(createdBy)) : undefined;
}

/** What a kept report has of the image's configuration: no variables, no labels, no arguments. */
export function keptConfig(imageConfig: unknown, holdsSecret: boolean): Fields {
  const { architecture, os, created, history, rootfs } = fields(imageConfig);
  const steps = list(history).map(({ created: at, created_by: createdBy, empty_layer: isEmpty }) => ({
    ...(at === undefined ? {} : { created: at }),
    ...(holdsSecret || isEmpty === true ? {} : { created_by: stepText(createdBy) ?? "" }),
    ...(isEmpty === true ? { empty_layer: true } : {}),
  }));
  return { architecture, os, created, history: steps, rootfs, config: {} };
}
