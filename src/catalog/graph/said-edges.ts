/**
 * Dependencies that aren't in a Dockerfile: those of `depends`, and of contexts where the Dockerfile isn't fully
 * understood.
 */
import { type SourceLocation, UserError } from "../../errors.ts";
import { didYouMeanText } from "../../lib/did-you-mean.ts";
import { fileTargetNamed } from "../bake/file-targets.ts";
import type { FileTarget, ParentEdge } from "../catalog.ts";
import type { Dockerfile } from "../dockerfile/dockerfile.ts";
import type { Needs } from "../dockerfile/stages.ts";
import { type DeclaredDockerfile, type DeclaredImage, mostSuggested } from "../layout/declared-images.ts";
import type { Concern } from "./troubled.ts";

/** The edges of an image beside those of its Dockerfile. */
export function declaredEdges(
  image: DeclaredDockerfile,
  dockerfile: Dockerfile,
  needs: Needs,
  parents: readonly ParentEdge[],
): readonly ParentEdge[] {
  const has = new Set(parents.map(({ contextName }) => contextName));
  const contexts = isUnderstood(dockerfile, needs) ? [] : [...image.contexts.values()];
  return [
    ...contexts.flatMap(({ to, at }): readonly ParentEdge[] => {
      // Defaults may name the image that they are for.
      if (to.kind !== "image" || has.has(to.name) || to.image === image.name) return [];
      return [{ parent: to.image, contextName: to.name, via: "build-contexts", at }];
    }),
    ...dependsEdges(image),
  ];
}

/** Those of `depends`: all that a Nix file has. */
export function dependsEdges({ depends }: DeclaredImage): readonly ParentEdge[] {
  return depends.map(({ value, at }) => ({ parent: value, contextName: undefined, via: "depends", at }));
}

function isUnderstood({ doubts }: Dockerfile, { stages, unsettled }: Needs): boolean {
  return doubts.length === 0 && unsettled.length === 0 && stages.every((stage) => stage.doubts.length === 0);
}

/** The names of images whose `depends` or `target:` context names no image. */
export function namingUnknown(images: readonly DeclaredImage[]): readonly string[] {
  const known = new Set(images.map(({ name }) => name));
  return images
    .filter(({ depends, contexts }) => {
      const named = [...contexts.values()].flatMap(({ to }) => (to.kind === "image" ? [to.image] : []));
      return [...depends.map(({ value }) => value), ...named].some((each) => !known.has(each));
    })
    .map(({ name }) => name);
}

/**
 * A problem, with the images that it concerns, for each name of `depends` and of a `target:` context that isn't an
 * image.
 * @param isTroubled whether an image of a name is missing because of a problem that is reported already.
 */
export function unknownImages(
  images: readonly DeclaredImage[],
  isTroubled: (name: string) => boolean,
  fileTargets: readonly FileTarget[],
): readonly Concern[] {
  const names = images.map(({ name }) => name);
  const known = new Set(names);
  const problems = images.flatMap(({ name, depends, contexts }) => [
    ...depends.map(({ value, at }) => ({ name, value, at, what: `the image "${name}" depends on "${value}"` })),
    ...[...contexts.values()].flatMap(({ to, at }) =>
      to.kind === "image"
        ? [{ name, value: to.image, at, what: `the build context "${to.name}" of "${name}" is target:${to.image}` }]
        : [],
    ),
  ]);
  // Defaults say the same of every image: once is enough.
  const wrong = Map.groupBy(
    problems.filter(({ value }) => !known.has(value) && !isTroubled(value)),
    ({ value, at }) => JSON.stringify([value, at]),
  );
  return [...wrong.values()].flatMap((same, index) => {
    const [first] = same;
    if (first === undefined) return [];
    const { value, at, what } = first;
    const target = fileTargetNamed(value, fileTargets);
    const like = index < mostSuggested ? didYouMeanText(value, names) : "";
    const hint = `name an image of this repository${like}`;
    const problem =
      target === undefined
        ? new UserError(`${what}, and there is no such image`, { hint, at })
        : givesFiles(what, target, at);
    return [{ problem, images: same.map(({ name }) => name) }];
  });
}

function givesFiles(what: string, { target, file }: FileTarget, at: SourceLocation): UserError {
  return new UserError(`${what}, which gives files and no image (${file})`, {
    hint: `name it in the contexts of the image's own target in a bake file, as in "target:${target}", or give it an output of type=image`,
    at,
  });
}
