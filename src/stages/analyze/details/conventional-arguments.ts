/** Build arguments that Dockerfiles declare by convention, given without anybody asking: BUILD_DATE, VCS_REF and VERSION. */
import type { DockerfileImage, Image } from "../../../catalog/catalog.ts";
import { declaredArguments, type Stage } from "../../../catalog/dockerfile/dockerfile.ts";
import type { Argument } from "../../../catalog/dockerfile/parser/instruction.ts";
import { neededStages } from "../../../catalog/dockerfile/stages.ts";
import type { ImageTags } from "../../../model/image-tags.ts";
import type { RunContext } from "../../../model/run-context.ts";
import type { Rule } from "../../../tags/rules/rule.ts";

export interface ConventionalFacts {
  readonly context: Pick<RunContext, "commit" | "ref" | "startedAt">;
  readonly commitDate: Date | undefined;
  readonly tags: ImageTags;
  readonly rules: readonly Rule[];
}

const names = ["BUILD_DATE", "VCS_REF", "VERSION"] as const;

/**
 * Values for those that the image's Dockerfile declares and `build-args` doesn't give: the commit's date and id and, where a
 * git tag releases the image under an exact version, that version.
 */
export function conventionalArguments(image: Image, facts: ConventionalFacts): Readonly<Record<string, string>> {
  if (image.variant === "nix") return {};
  const declared = declaredArguments(image.dockerfile);
  if (!names.some((name) => declared.has(name))) return {};
  const { context, commitDate, tags, rules } = facts;
  const values: Readonly<Record<(typeof names)[number], string | undefined>> = {
    BUILD_DATE: (commitDate ?? context.startedAt).toISOString(),
    VCS_REF: context.commit,
    VERSION: context.ref.kind === "tag" && takesVersion(image, rules) ? releasedVersion(tags) : undefined,
  };
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = values[name];
      return value === undefined || !isFree(image, name) ? [] : [[name, value] as const];
    }),
  );
}

/**
 * Whether a release puts its version into the image by `ARG VERSION`, so that bytes of another version are not its own. Not
 * where the ARG holds a version that the user wrote there: that of a tool, of the base, or the image's own, from which a rule
 * makes tags.
 */
export function takesVersion(image: Image, rules: readonly Rule[]): boolean {
  if (image.variant === "nix") return false;
  const isSource = rules.some(
    (rule) => rule.type === "version" && rule.from.some((source) => source.kind === "arg" && source.name === "VERSION"),
  );
  return !isSource && isFree(image, "VERSION") && !declarations(image, "VERSION").some(isWritten);
}

/** The version that a release is called by: exact, and one with a number. */
function releasedVersion({ tags, version }: ImageTags): string | undefined {
  const isExact = tags.some(({ tag, moves }) => tag === version && !moves);
  return version !== undefined && isExact && /^v?\d/.test(version) ? version : undefined;
}

/** Declared where the build sees it, given no value by the user, and without effect on what the image is based on. */
function isFree(image: DockerfileImage, name: string): boolean {
  if (Object.hasOwn(image.buildArgs, name) || declarations(image, name).length === 0) return false;
  const { globalArguments, stages } = image.dockerfile;
  const used = new RegExp(`\\$\\{?${name}\\b`);
  const texts = [...globalArguments.map(({ value }) => value), ...stages.flatMap((each) => [each.base, each.platform])];
  return !texts.some((text) => text !== undefined && used.test(text));
}

/** The ARGs of a name above the first FROM and in the stages that the target needs. */
function declarations(image: DockerfileImage, name: string): readonly Argument[] {
  const contexts = new Set([
    ...image.contexts.map((each) => each.name),
    ...image.parents.map((each) => each.contextName),
  ]);
  const { stages } = neededStages(image.dockerfile, image, {
    isContext: (each) => contexts.has(each),
    triggersOf: () => [],
  });
  return [...image.dockerfile.globalArguments, ...stages.flatMap(argumentsIn)].filter((each) => each.name === name);
}

function argumentsIn({ instructions }: Stage): readonly Argument[] {
  return instructions.flatMap((each) => (each.kind === "arg" ? each.arguments : []));
}

/** A default that says more than that somebody else will say: `1.2`, `3.19-slim`, `$OTHER`; `dev` and `0.0.0` don't. */
function isWritten({ value = "" }: Argument): boolean {
  return value.includes("$") || /^["']?v?(?=.*[1-9])\d/.test(value);
}
