/** What the FROM lines of a file stand for (BuildKit, dockerfile2llb/convert.go, `toDispatchState`). */
import { UserError } from "../errors.ts";
import { located } from "./dockerfile/located.ts";
import type { Dockerfile, Stage } from "./dockerfile.ts";
import type { Expand } from "./global-arguments.ts";

export type StageBase =
  | { readonly kind: "stage"; readonly stage: Stage }
  /** The reference after expansion. */
  | { readonly kind: "image"; readonly text: string }
  | { readonly kind: "scratch" }
  /** A named context of the stage's name stands in its place; what the file says of the stage is nothing. */
  | { readonly kind: "replaced"; readonly text: string }
  | { readonly kind: "unsettled"; readonly variables: readonly string[] };

/** The base of every stage, in order. @throws UserError with the line where a base is empty or can't be expanded. */
export function basesOf(
  dockerfile: Dockerfile,
  expand: Expand,
  isContext: (name: string) => boolean,
): readonly StageBase[] {
  const above = new Map<string, Stage>();
  return dockerfile.stages.map((stage) => {
    const { name } = stage;
    const base: StageBase =
      name !== undefined && isContext(name)
        ? { kind: "replaced", text: name }
        : located({ file: dockerfile.file, line: stage.line }, () => baseOf(stage, expand, above));
    if (stage.name !== undefined) above.set(stage.name, stage);
    return base;
  });
}

/** A stage above shadows an image. It goes by its lower-case name here, though `COPY --from` takes any case. */
function baseOf(stage: Stage, expand: Expand, above: ReadonlyMap<string, Stage>): StageBase {
  const settled = expand(stage.base);
  if ("unsettled" in settled) return { kind: "unsettled", variables: settled.unsettled };
  if (settled.text === "") {
    throw new UserError(`FROM ${stage.base} names no image: the variable is empty`, {
      hint: "declare it with ARG and a default above the first FROM, or give it in build-args",
    });
  }
  const named = above.get(settled.text);
  if (named !== undefined) return { kind: "stage", stage: named };
  return settled.text === "scratch" ? { kind: "scratch" } : { kind: "image", text: settled.text };
}
