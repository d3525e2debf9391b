/** What the ARGs above the first FROM feed: whole references, tags, digests, or parts that can't be distinguished. */

import type { Dockerfile, Stage } from "../../../catalog/dockerfile/dockerfile.ts";
import { globalArguments } from "../../../catalog/dockerfile/global-arguments.ts";
import { attempt } from "../../../lib/attempt.ts";
import { type Reference, type Repository, tryReference } from "../../../model/reference.ts";
import type { PinDoubt } from "../read-pin.ts";
import { unquoted } from "./dockerfile-lines.ts";

export interface FedArguments {
  /** FROM lines whose tag or digest, or both, are an ARG each: `FROM repo:$TAG@$DIGEST`. */
  readonly parts: readonly FedPart[];
  /** FROM lines whose reference is put together in any other way. */
  readonly composed: readonly FedWhole[];
  /** Why the value of an ARG can't be changed, as a clause; `undefined` where it can. */
  doubtOf(argument: string): PinDoubt | undefined;
}

export interface FedPart {
  readonly repository: Repository;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

export interface FedWhole {
  readonly line: number;
  readonly written: string;
  /** What it comes to, by the defaults. */
  readonly reference: Reference;
}

export function fedArguments(dockerfile: Dockerfile): FedArguments {
  const { globalArguments: globals, stages } = dockerfile;
  const feeds = new Map<string, Set<Repository>>();
  const tangled = new Map<string, number>();
  const parts: FedPart[] = [];
  const composed: FedWhole[] = [];
  const defaultOf = (name: string): string => globals.find((each) => each.name === name)?.value ?? "";
  const tangle = (text: string, line: number): void => {
    for (const name of variablesOf(text)) {
      if (tangled.has(name)) continue;
      tangled.set(name, line);
      tangle(defaultOf(name), line);
    }
  };
  for (const stage of stages) {
    const variables = variablesOf(stage.base);
    const part = partOf(stage.base);
    const isPlain = variables.every((name) => !defaultOf(name).includes("$"));
    if (variables.length === 0 || (isPlain && wholly.test(unquoted(stage.base)))) continue;
    if (part !== undefined && isPlain) {
      parts.push(part);
      for (const name of variables) feeds.set(name, (feeds.get(name) ?? new Set()).add(part.repository));
      continue;
    }
    tangle(stage.base, stage.line);
    const reference = expanded(dockerfile, stage);
    if (reference !== undefined) composed.push({ line: stage.line, written: stage.base, reference });
  }
  return {
    parts,
    composed,
    doubtOf(name) {
      const line = tangled.get(name);
      if (line !== undefined)
        return { why: `${name} is only a part of the image in line ${line}`, remedy: oneArgument };
      if ((feeds.get(name)?.size ?? 0) > 1)
        return { why: `${name} feeds different images`, remedy: "give each an ARG of its own" };
      const declared = globals.filter((each) => each.name === name).length;
      return declared > 1 ? { why: `${name} is declared more than once`, remedy: "keep one ARG" } : undefined;
    },
  };
}

/** What to do with a reference that is put together. */
export const oneArgument = "hold the whole reference in one ARG";

const wholly = /^\$(?:\w+|\{\w+\})$/;

/** `repo:$TAG`, `repo@$DIGEST` or both. */
function partOf(base: string): FedPart | undefined {
  const variable = "\\$(?:(\\w+)|\\{(\\w+)\\})";
  const match = new RegExp(`^([^$@]+?)(?::${variable})?(?:@${variable})?$`).exec(unquoted(base));
  const [, name = "", tag, tagInBraces, digest, digestInBraces] = match ?? [];
  const reference = tryReference(name);
  if (reference === undefined || reference.tag !== undefined) return undefined;
  return { repository: reference.repository, tag: tag ?? tagInBraces, digest: digest ?? digestInBraces };
}

function variablesOf(text: string): readonly string[] {
  return [...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name = ""]) => name);
}

function expanded(dockerfile: Dockerfile, { base }: Stage): Reference | undefined {
  const settled = attempt(() => {
    const expand = globalArguments(dockerfile, { target: undefined, platforms: [], buildArgs: {} }, undefined);
    return expand(base);
  });
  return "value" in settled && "text" in settled.value ? tryReference(settled.value.text) : undefined;
}
