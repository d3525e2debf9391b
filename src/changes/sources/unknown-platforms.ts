/** What platforms that nobody knows before the build may be, for the paths that a Dockerfile makes of them. */
import { anyPath, anyText, hasUnknown, maybeText } from "../../catalog/dockerfile/shell/any-text.ts";
import { normalSource } from "./sources.ts";

/** Values of the arguments that BuildKit sets itself, by name. */
export type PlatformArguments = ReadonlyMap<string, string>;

/**
 * All combinations of an operating system with or without a version and an architecture with or without a variant
 * (BuildKit, dockerfile2llb/platform.go; containerd/platforms, `FormatAll`), for the target and for the machine that builds.
 * Only parts that one of the names can distinguish are varied.
 */
export function unknownPlatforms(names: ReadonlySet<string>): readonly PlatformArguments[] {
  return combined(["TARGET", "BUILD"].map((prefix) => forms(prefix, names)));
}

function forms(prefix: string, names: ReadonlySet<string>): readonly PlatformArguments[] {
  const has = (part: string): boolean => names.has(prefix + part);
  const variants = has("VARIANT") || has("PLATFORM") ? ["", anyText] : [""];
  const versions = has("OSVERSION") ? ["", anyText] : [""];
  return variants.flatMap((variant) =>
    versions.map(
      (version) =>
        new Map([
          [`${prefix}PLATFORM`, [anyText, anyText, ...(variant === "" ? [] : [variant])].join("/")],
          [`${prefix}OS`, anyText],
          [`${prefix}OSVERSION`, version],
          [`${prefix}ARCH`, anyText],
          [`${prefix}VARIANT`, variant],
        ]),
    ),
  );
}

function combined(all: readonly (readonly PlatformArguments[])[]): readonly PlatformArguments[] {
  return all.reduce<readonly PlatformArguments[]>(
    (before, next) => before.flatMap((one) => next.map((other) => new Map([...one, ...other]))),
    [new Map()],
  );
}

/**
 * A source of COPY as patterns, of which any may hold: what nobody knows of it may be anything in one part of a path, or in all
 * parts from there on. `undefined` where it may lead anywhere.
 */
export function asPatterns(source: string): readonly string[] | undefined {
  if (!hasUnknown(source)) return [source];
  if (source.split("/").includes("..")) return undefined;
  const [known = "", ...others] = source.split(anyPath);
  // Everything below what a star takes is taken, too.
  const parts = normalSource(others.length === 0 ? known : known + anyText).split("/");
  const last = parts.length - 1;
  const choices = parts.map((part, index) =>
    index < last && isMaybe.test(part) ? [["*"], []] : [[part.replace(runs, "*")]],
  );
  if (choices.filter(({ length }) => length > 1).length > mostMaybe) return undefined;
  const all = choices.reduce<readonly (readonly string[])[]>(
    (before, next) => before.flatMap((one) => next.map((other) => [...one, ...other])),
    [[]],
  );
  return all.map((each) => each.join("/"));
}

/** Each makes twice as many patterns. */
const mostMaybe = 4;

/** Whether the first part of a path begins as a platform does: never with a dot. */
export function isVisible(source: string): boolean {
  return source.startsWith(anyText);
}

const isMaybe = new RegExp(`^${maybeText}+$`, "u");
const runs = new RegExp(`\\**[${anyText}${maybeText}](?:[${anyText}${maybeText}]|\\*)*`, "gu");
