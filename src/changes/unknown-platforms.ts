/** What platforms that nobody knows before the build may be, for the paths that a Dockerfile makes of them. */
import { anyText } from "../catalog/dockerfile/any-text.ts";

/** Values of the arguments that BuildKit sets itself, by name. */
export type PlatformArguments = ReadonlyMap<string, string>;

/**
 * All combinations of an operating system with or without a version and an architecture with or without a variant
 * (BuildKit, dockerfile2llb/platform.go; containerd/platforms, `FormatAll`), for the target and for the machine that builds.
 * Only what one of the names can tell apart is taken apart.
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

/** A source of COPY as a pattern: what nobody knows of it may be anything in one part of a path. */
export function asPattern(source: string): string {
  return source.includes(anyText) ? source.replace(runs, "*") : source;
}

/** Whether the first part of a path begins as a platform does: never with a dot. */
export function isVisible(source: string): boolean {
  return source.startsWith(anyText);
}

const runs = new RegExp(`\\**${anyText}(?:${anyText}|\\*)*`, "gu");
