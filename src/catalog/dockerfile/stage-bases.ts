/** What the FROM lines of a file stand for (BuildKit, dockerfile2llb/convert.go, `toDispatchState`). */
import { UserError } from "../../errors.ts";
import type { Dockerfile, Stage } from "./dockerfile.ts";
import type { Expand } from "./global-arguments.ts";
import { located } from "./parser/located.ts";

export type StageBase =
  | { readonly kind: "stage"; readonly stage: Stage }
  /** The reference after expansion. */
  | { readonly kind: "image"; readonly text: string; readonly unset?: readonly string[] }
  | { readonly kind: "scratch" }
  /** A named context of the stage's name replaces the stage, so that the file's stage has no effect. */
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

/** A stage above shadows an image. FROM matches its lower-case name, though `COPY --from` takes any case. */
function baseOf(stage: Stage, expand: Expand, above: ReadonlyMap<string, Stage>): StageBase {
  const settled = expand(stage.base);
  const platform = stage.platform === undefined ? undefined : expand(stage.platform);
  if (platform !== undefined && "text" in platform && platform.text === "") {
    const what = `FROM --platform=${stage.platform} names no platform`;
    throw new UserError(withoutValue(what, platform.unset), { hint: giveValue(platform.unset) });
  }
  if ("unsettled" in settled) return { kind: "unsettled", variables: settled.unsettled };
  if (settled.text === "") {
    const what = `FROM ${stage.base} names no image`;
    throw new UserError(withoutValue(what, settled.unset), { hint: giveValue(settled.unset) });
  }
  const named = above.get(settled.text);
  if (named !== undefined) return { kind: "stage", stage: named };
  return settled.text === "scratch" ? { kind: "scratch" } : { ...settled, kind: "image" };
}

/** What is wrong, because of variables that gave nothing. */
export function withoutValue(what: string, unset: readonly string[] = []): string {
  if (unset.length === 0) return what;
  return `${what}, as ${unset.join(" and ")} ${unset.length === 1 ? "has" : "have"} no value`;
}

/** How to fix that. */
export function giveValue(unset: readonly string[] = []): string {
  const [names, what] =
    unset.length === 0 ? ["the variable", "it"] : [unset.join(" and "), unset.length === 1 ? "it" : "them"];
  return `declare ${names} with ARG and a default above the first FROM, or give ${what} in build-args`;
}
