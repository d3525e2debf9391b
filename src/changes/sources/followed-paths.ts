/** What a build reads of its local contexts (BuildKit, dockerfile2llb/convert.go: `ctxPaths`, from which come its "follow paths"). */

import type { DockerfileImage, Via } from "../../catalog/catalog.ts";
import type { Dockerfile, Doubt, Stage } from "../../catalog/dockerfile/dockerfile.ts";
import { globalExpand, globalValues, type Settled } from "../../catalog/dockerfile/global-arguments.ts";
import type { Instruction } from "../../catalog/dockerfile/parser/instruction.ts";
import { located } from "../../catalog/dockerfile/parser/located.ts";
import type { RunMount } from "../../catalog/dockerfile/parser/mounts.ts";
import { allowance, spend } from "../../catalog/dockerfile/shell/allowance.ts";
import { hasUnknown } from "../../catalog/dockerfile/shell/any-text.ts";
import { basesOf, type StageBase } from "../../catalog/dockerfile/stage-bases.ts";
import {
  afterInstruction,
  expandIn,
  type StageVariables,
  startingVariables,
  type VariableSources,
} from "../../catalog/dockerfile/stage-variables.ts";
import { carriedOut, type DockerfileSurroundings, needing, sourceStage } from "../../catalog/dockerfile/stages.ts";
import { contextKey } from "../../catalog/graph/named-contexts.ts";
import type { SourceLocation } from "../../errors.ts";
import { attempt } from "../../lib/attempt.ts";
import { atOnce } from "../../lib/pause.ts";
import type { Platform } from "../../model/platform.ts";
import { narrows, normalSource } from "./sources.ts";
import { asPatterns, isVisible, type PlatformArguments, unknownPlatforms } from "./unknown-platforms.ts";

/** What is read of one context. */
export type ContextReads =
  /** In the form of `normalSource`, all of them narrowing; sorted. */
  | {
      readonly kind: "paths";
      readonly sources: readonly string[];
      /** The sources that take nothing whose name begins with a dot at the context's root, though a star is there. */
      readonly visible?: readonly string[];
    }
  /** All of it; with a doubt where the build probably reads less, but the part is unknown. */
  | { readonly kind: "whole"; readonly doubt: Doubt | undefined };

export interface FollowedPaths {
  readonly main: ContextReads;
  /** Of directories that are named contexts, by the context's name. */
  readonly named: ReadonlyMap<string, ContextReads>;
  /** What instructions name in the main context, also where all of it is read; the whole context itself is none of it. */
  readonly copied: readonly CopiedPath[];
}

export interface CopiedPath {
  readonly written: string;
  /** In the form of `normalSource`, with a star for what isn't known before the build. */
  readonly pattern: string;
  /** The path before its first wildcard; `.` where it begins with one. */
  readonly start: string;
  readonly at: SourceLocation;
}

/**
 * What the stages that the target needs read, all wanted platforms together. Pure: neither files nor registries are asked. An
 * image from outside is taken to have no ONBUILD. @throws UserError with file and line for variables that take too much work.
 */
export function followedPaths(image: DockerfileImage, around: DockerfileSurroundings): FollowedPaths {
  return atOnce(following(image, around));
}

/** The same, saying where a pause may be made: there may be very many instructions. */
export function* following(image: DockerfileImage, around: DockerfileSurroundings): Generator<void, FollowedPaths> {
  const directories = image.contexts.flatMap((each) => (each.kind === "directory" ? [each.name] : []));
  const reads: Reads = {
    main: startReading(),
    named: new Map(directories.map((name) => [name, startReading()])),
    copied: new Map(),
  };
  const [doubt] = image.dockerfile.doubts;
  if (doubt !== undefined) {
    for (const each of [reads.main, ...reads.named.values()]) each.takeAll(doubt);
  } else {
    const { platforms } = image;
    for (const each of platforms.length === 0 ? [undefined] : platforms) {
      const [first = new Map()] = unknownPlatforms(new Set());
      const names = yield* readFor(image, { platform: each, assumed: first }, around, reads);
      for (const assumed of unknownPlatforms(names).slice(1))
        yield* readFor(image, { platform: each, assumed }, around, reads);
    }
  }
  return {
    main: reads.main.result(),
    named: new Map([...reads.named].map(([name, reading]) => [name, reading.result()])),
    copied: [...reads.copied.values()],
  };
}

interface Reads {
  readonly main: Reading;
  readonly named: ReadonlyMap<string, Reading>;
  readonly copied: Map<string, CopiedPath>;
}

/** Gathers what is read of one context. */
interface Reading {
  take(use: Use, expanded: Settled, at: SourceLocation): void;
  takeAll(doubt: Doubt | undefined): void;
  result(): ContextReads;
}

function startReading(): Reading {
  const sources = new Set<string>();
  const hidden = new Set<string>();
  let whole: { readonly doubt: Doubt | undefined } | undefined;
  const takeAll = (doubt: Doubt | undefined): void => {
    // That all is read for sure says more than a doubt.
    if (whole === undefined || doubt === undefined) whole = { doubt };
  };
  return {
    takeAll,
    take({ source, doubt }, expanded, at) {
      const patterns = "text" in expanded ? asPatterns(expanded.text)?.map(normalSource) : undefined;
      if (doubt !== undefined) takeAll({ what: doubt, at });
      else if (patterns === undefined || !("text" in expanded))
        takeAll({ what: `${source}, whose value is not known before the build`, at });
      else if (patterns.includes(".")) takeAll(undefined);
      else if (patterns.every(narrows)) {
        for (const each of patterns) sources.add(each);
        if (!isVisible(normalSource(expanded.text))) for (const each of patterns) hidden.add(each);
      } else takeAll({ what: `the pattern ${source}`, at });
    },
    result() {
      if (whole !== undefined) return { kind: "whole", ...whole };
      const visible = [...sources].filter((each) => !hidden.has(each)).sort();
      return { kind: "paths", sources: [...sources].sort(), ...(visible.length === 0 ? {} : { visible }) };
    },
  };
}

/** A platform of the image, and what is assumed of those that nobody knows. */
interface ReadPlatform {
  readonly platform: Platform | undefined;
  readonly assumed: PlatformArguments;
}

/** @returns the names of the arguments that the instructions may take, which don't depend on what is assumed. */
function* readFor(
  image: DockerfileImage,
  { platform, assumed }: ReadPlatform,
  around: DockerfileSurroundings,
  reads: Reads,
): Generator<void, ReadonlySet<string>> {
  const { dockerfile, buildArgs } = image;
  const { file } = dockerfile;
  const globals = globalValues(dockerfile, image, platform);
  // A file's use of a value that it may never get isn't an error.
  const filled = attempt(() => globalValues(dockerfile, image, platform, assumed));
  const variables = "value" in filled ? filled.value : globals;
  const sources: VariableSources = { dockerfile, buildArgs, globals: variables, work: allowance() };
  const bases = basesOf(dockerfile, globalExpand(dockerfile, globals), around.isContext);
  const needs = yield* needing(dockerfile, { ...image, platforms: platform === undefined ? [] : [platform] }, around);
  const after = new Map<Stage, StageVariables>();
  const names = globalNames(dockerfile);
  // A context that stands for the target itself is all there is.
  if (needs.stages.length === 0) for (const { text } of needs.uses) namedReading(text, reads)?.takeAll(undefined);
  for (const stage of needs.stages) {
    namedReading(baseName(bases[stage.index], bases), reads)?.takeAll(undefined);
    if (bases[stage.index]?.kind === "unsettled") {
      const doubt = { what: `FROM ${stage.base}`, at: { file, line: stage.line } };
      for (const each of reads.named.values()) each.takeAll(doubt);
    }
    for (const doubt of stage.doubts) for (const each of [reads.main, ...reads.named.values()]) each.takeAll(doubt);
    let variables = startingVariables(bases[stage.index], after);
    for (const { instruction, file: from } of carriedOut(stage, bases, file, around)) {
      yield;
      const at = { file: from, line: instruction.line };
      located(at, () => {
        spend(sources.work, 1);
        if (instruction.kind === "arg") for (const { name } of instruction.arguments) names.add(name);
        for (const use of usesOf(instruction)) {
          // What is taken from a stage, or an image, is no file of a context.
          const reading =
            use.from === undefined ? reads.main : namedReading(contextOf(use.from, use.via, bases, dockerfile), reads);
          const expanded = expandIn(variables, use.source, sources);
          reading?.take(use, expanded, at);
          if (use.from === undefined && "text" in expanded) addCopied(reads.copied, use.source, expanded.text, at);
        }
        variables = afterInstruction(variables, instruction, sources);
      });
    }
    after.set(stage, variables);
  }
  return names;
}

/** Above the first FROM, what BuildKit sets itself needs no ARG of its own. */
function globalNames({ globalArguments }: Dockerfile): Set<string> {
  return new Set(globalArguments.flatMap(({ value = "" }) => value.match(/(?:TARGET|BUILD)[A-Z]+/g) ?? []));
}

/** Without named contexts the search is skipped: an invalid reference is found by an error, which takes its time. */
function namedReading(name: string, { named }: Reads): Reading | undefined {
  return named.size === 0 || name === "" ? undefined : named.get(contextKey(name));
}

function addCopied(copied: Reads["copied"], source: string, text: string, at: SourceLocation): void {
  const written = hasUnknown(text) ? source : text;
  for (const pattern of (asPatterns(text) ?? []).map(normalSource)) {
    const parts = pattern.split("/");
    const wild = parts.findIndex((part) => /[*?[\\]/.test(part));
    const start = parts.slice(0, wild < 0 ? undefined : wild).join("/") || ".";
    if (pattern !== ".") copied.set(pattern, copied.get(pattern) ?? { written, pattern, start, at });
  }
}

/** The name that may be a context's, which may also override a stage; empty for a stage. */
function contextOf(from: string, via: Via, bases: readonly StageBase[], { stages }: Dockerfile): string {
  const stage = sourceStage(stages, from, via);
  if (stage === undefined) return from;
  const base = bases[stage.index];
  return base?.kind === "replaced" ? base.text : "";
}

/** The name that may be a context's; empty for a stage, and for what is not settled. */
function baseName(base: StageBase | undefined, bases: readonly StageBase[]): string {
  if (base?.kind === "image") return base.text;
  return base?.kind === "stage" && bases[base.stage.index]?.kind === "replaced" ? (base.stage.name ?? "") : "";
}

/** Something that an instruction takes from a context, or from elsewhere by that name. */
interface Use {
  readonly from: string | undefined;
  readonly via: Via;
  /** As written. */
  readonly source: string;
  /** Why the source alone doesn't say what is taken. */
  readonly doubt?: string;
}

function usesOf(instruction: Instruction): readonly Use[] {
  if (instruction.kind === "run") return instruction.mounts.flatMap(mountUse);
  if (instruction.kind !== "copy") return [];
  const { from, sources, keepsParents, keyword } = instruction;
  const local = sources.filter((source) => keyword === "COPY" || !/^https?:\/\//.test(source));
  return local.map((source) => ({
    from,
    via: "COPY --from",
    source,
    ...(keepsParents ? { doubt: `${keyword} --parents` } : {}),
  }));
}

/**
 * A cache may begin as a copy of something. A mount whose type depends on a variable may be any; the others take
 * nothing.
 */
function mountUse({ type, from, source = "" }: RunMount): readonly Use[] {
  const takes = type === "bind" || (type === "cache" && from !== undefined) || type.includes("$");
  return takes ? [{ from, via: "RUN --mount", source }] : [];
}
