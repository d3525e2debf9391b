/** The variables of FROM lines (BuildKit, frontend/dockerfile/dockerfile2llb: `defaultArgs`, `buildMetaArgs`). */
import { type Platform, partsOf } from "../oci/platform.ts";
import { located } from "./dockerfile/located.ts";
import { expandWord, unsettled } from "./dockerfile/shell-lexer.ts";
import type { Dockerfile } from "./dockerfile.ts";

export interface BuildChoices {
  /** `undefined`: the last stage. */
  readonly target: string | undefined;
  /** Empty: the builder's own, which nobody knows here. */
  readonly platforms: readonly Platform[];
  /** As the user wrote them; one that holds an expression (`{{…}}`) has no value yet. */
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** What became of a text with variables: its value, or the variables that nobody knows here. */
export type Settled = { readonly text: string } | { readonly unsettled: readonly string[] };

/** Puts values in the place of variables. @throws UserError, without a place, where BuildKit would fail. */
export type Expand = (text: string) => Settled;

/** What FROM lines see when the image is built for a platform. @throws UserError where an ARG can't be expanded. */
export function globalArguments(dockerfile: Dockerfile, choices: BuildChoices, platform: Platform | undefined): Expand {
  const given = new Map(Object.entries(choices.buildArgs).map(([name, value]) => [name, givenValue(name, value)]));
  const known = new Map<string, Settled>();
  for (const [name, value] of predefined(dockerfile, choices.target, platform))
    known.set(name, given.get(name) ?? value);
  const expand: Expand = (text) => {
    const unknown = new Set<string>();
    const expanded = expandWord(text, dockerfile.escape, (name) => {
      const value = known.get(name);
      if (value === undefined || "text" in value) return value?.text;
      for (const each of value.unsettled) unknown.add(each);
      return unsettled;
    });
    return expanded === unsettled ? { unsettled: [...unknown] } : { text: expanded };
  };
  for (const { name, value, line } of dockerfile.globalArguments) {
    const settled =
      given.get(name) ??
      (value === undefined ? undefined : located({ file: dockerfile.file, line }, () => expand(value)));
    if (settled !== undefined) known.set(name, settled);
  }
  return expand;
}

function givenValue(name: string, value: string): Settled {
  return value.includes("{{") ? { unsettled: [name] } : { text: value };
}

/** The arguments that BuildKit sets itself. Those of the machine that builds are known to nobody else. */
function predefined(
  dockerfile: Dockerfile,
  target: string | undefined,
  platform: Platform | undefined,
): [string, Settled][] {
  const parts = platform === undefined ? undefined : partsOf(platform);
  const ofTarget = (name: string, value: string | undefined): [string, Settled] => [
    name,
    value === undefined ? { unsettled: [name] } : { text: value },
  ];
  const stage = target ?? dockerfile.stages.at(-1)?.name ?? "default";
  return [
    ...["BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT"].map((name) =>
      ofTarget(name, undefined),
    ),
    ofTarget("TARGETPLATFORM", platform),
    ofTarget("TARGETOS", parts?.os),
    ofTarget("TARGETOSVERSION", parts && ""),
    ofTarget("TARGETARCH", parts?.architecture),
    ofTarget("TARGETVARIANT", parts && (parts.variant ?? "")),
    ofTarget("TARGETSTAGE", stage),
  ];
}
