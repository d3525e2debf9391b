/** The variables of FROM lines (BuildKit, frontend/dockerfile/dockerfile2llb: `defaultArgs`, `buildMetaArgs`). */
import type { SourceLocation } from "../../errors.ts";
import { type Platform, partsOf } from "../../model/platform.ts";
import type { Dockerfile } from "./dockerfile.ts";
import { located } from "./parser/located.ts";
import type { Escape } from "./parser/logical-lines.ts";
import { type Allowance, allowance, spend } from "./shell/allowance.ts";
import { expandWord, unsettled } from "./shell/shell-lexer.ts";

export interface BuildChoices {
  /** `undefined`: the last stage. */
  readonly target: string | undefined;
  /** Where the target is named, if that is in a file. */
  readonly targetAt?: SourceLocation | undefined;
  /** Empty: the builder's own, which nobody knows here. */
  readonly platforms: readonly Platform[];
  /** As the user wrote them; one that holds an expression (`{{…}}`) has no value yet. */
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Of the machine that builds, where it is assumed to be known. */
  readonly builder?: Platform;
}

/** What became of a text with variables: its value, or the variables that nobody knows here. */
export type Settled =
  /** `unset`: variables that gave nothing, as they have no value or an empty one. */
  { readonly text: string; readonly unset?: readonly string[] } | { readonly unsettled: readonly string[] };

/** Replaces variables by their values. @throws UserError, without a place, where BuildKit would fail. */
export type Expand = (text: string) => Settled;

/** What FROM lines see when the image is built for a platform. @throws UserError where an ARG can't be expanded. */
export function globalArguments(dockerfile: Dockerfile, choices: BuildChoices, platform: Platform | undefined): Expand {
  return globalExpand(dockerfile, globalValues(dockerfile, choices, platform));
}

/** What FROM lines see of these variables. */
export function globalExpand(dockerfile: Dockerfile, globals: ReadonlyMap<string, Settled>): Expand {
  const work = allowance();
  return (text) => expandSettled(text, dockerfile.escape, (name) => globals.get(name), work);
}

/**
 * The variables of FROM lines, which an ARG of a stage may take over.
 * @param assumed the texts of arguments that BuildKit sets itself, where nobody knows their values.
 * @throws UserError where an ARG can't be expanded.
 */
export function globalValues(
  dockerfile: Dockerfile,
  { target, buildArgs, builder }: BuildChoices,
  platform: Platform | undefined,
  assumed: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, Settled> {
  const known = new Map<string, Settled>();
  for (const [name, value] of predefined(dockerfile, target, platform, builder)) {
    const text = "unsettled" in value ? assumed.get(name) : undefined;
    known.set(name, givenValue(buildArgs, name) ?? (text === undefined ? value : { text }));
  }
  const expand = globalExpand(dockerfile, known);
  for (const { name, value, line } of dockerfile.globalArguments) {
    const settled =
      givenValue(buildArgs, name) ??
      (value === undefined ? undefined : located({ file: dockerfile.file, line }, () => expand(value)));
    if (settled !== undefined) known.set(name, settled);
  }
  return known;
}

/** Puts in what is known of variables; `lookup` gives nothing for one that is not set. @throws UserError, without a place. */
export function expandSettled(
  text: string,
  escaper: Escape,
  lookup: (name: string) => Settled | undefined,
  work: Allowance,
): Settled {
  const unknown = new Set<string>();
  const unset = new Set<string>();
  const read = (name: string): string | undefined | typeof unsettled => {
    const value = lookup(name);
    if (value === undefined || "text" in value) {
      for (const each of value?.unset ?? (value?.text ? [] : [name])) unset.add(each);
      return value?.text;
    }
    spend(work, value.unsettled.length);
    for (const each of value.unsettled) unknown.add(each);
    return unsettled;
  };
  const expanded = expandWord(text, escaper, read, work);
  if (expanded === unsettled) return { unsettled: [...unknown] };
  return unset.size === 0 ? { text: expanded } : { text: expanded, unset: [...unset] };
}

/** The value that a build argument is given; one that holds an expression has none yet. */
export function givenValue(buildArgs: BuildChoices["buildArgs"], name: string): Settled | undefined {
  const value = Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined;
  if (value === undefined) return undefined;
  return value.includes("{{") ? { unsettled: [name] } : { text: value };
}

/** The arguments that BuildKit sets itself. Those of the machine that builds are known to nobody else. */
function predefined(
  dockerfile: Dockerfile,
  target: string | undefined,
  platform: Platform | undefined,
  builder: Platform | undefined,
): [string, Settled][] {
  const parts = platform === undefined ? undefined : partsOf(platform);
  const machine = builder === undefined ? undefined : partsOf(builder);
  const given = (name: string, value: string | undefined): [string, Settled] => [
    name,
    value === undefined ? { unsettled: [name] } : { text: value },
  ];
  const stage = target ?? dockerfile.stages.at(-1)?.name ?? "default";
  return [
    given("BUILDPLATFORM", builder),
    given("BUILDOS", machine?.os),
    given("BUILDOSVERSION", machine && ""),
    given("BUILDARCH", machine?.architecture),
    given("BUILDVARIANT", machine && (machine.variant ?? "")),
    given("TARGETPLATFORM", platform),
    given("TARGETOS", parts?.os),
    given("TARGETOSVERSION", parts && ""),
    given("TARGETARCH", parts?.architecture),
    given("TARGETVARIANT", parts && (parts.variant ?? "")),
    given("TARGETSTAGE", stage),
  ];
}
