/** Images that can't be planned: one problem keeps what it concerns from being planned, and what depends on that. Pure. */
import type { SourceLocation, UserError } from "../../errors.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import type { Image } from "../catalog.ts";
import type { Dockerfile } from "../dockerfile/dockerfile.ts";

/** A problem, with the names of the images that it concerns; `undefined`: all of them. */
export interface Concern {
  readonly problem: UserError;
  readonly images?: readonly string[] | undefined;
}

export interface TroubledImage {
  /** As far as it is known. */
  readonly image: Image;
  /** `file`: no image but a file that says which images there are, and can't be read; its name is the file. */
  readonly kind: "image" | "file";
  /** What it is built from is unknown: nothing but its entry or its bake file says anything of it. */
  readonly isUnplaced: boolean;
  /** Its own; empty for an image that waits. */
  readonly problems: readonly UserError[];
  /** The image that it depends on and that is troubled; `undefined` for one with problems of its own. */
  readonly waitsFor: string | undefined;
}

/**
 * The images that depend, directly or not, on one that is troubled, each with the one that it waits for.
 * @param troubled names of images with problems of their own
 * @param dependenciesOf the names of all images that one depends on, or may depend on
 */
export function waitingImages(
  images: readonly Image[],
  troubled: ReadonlySet<string>,
  dependenciesOf: (image: Image) => readonly string[],
): ReadonlyMap<string, string> {
  const waiting = new Map<string, string>();
  if (troubled.size === 0) return waiting;
  const dependents = new Map<string, string[]>();
  for (const image of images) {
    for (const each of dependenciesOf(image)) {
      const there = dependents.get(each);
      if (there === undefined) dependents.set(each, [image.name]);
      else there.push(image.name);
    }
  }
  const open = new Set(troubled);
  for (const name of open) {
    for (const each of dependents.get(name) ?? []) {
      if (troubled.has(each) || waiting.has(each)) continue;
      waiting.set(each, name);
      open.add(each);
    }
  }
  return waiting;
}

/** Replaces a Dockerfile that can't be read: it may contain anything. */
export function unreadDockerfile(file: RepositoryPath, at: SourceLocation = { file }): Dockerfile {
  const doubts = [{ what: "a Dockerfile with a mistake", at }];
  return { file, syntax: undefined, escape: "\\", globalArguments: [], stages: [], doubts };
}

/** The same file without its bases: to find what it reads though a base is unknown. */
export function withoutBases(dockerfile: Dockerfile): Dockerfile {
  const names = new Set(dockerfile.stages.flatMap(({ name }) => name ?? []));
  return {
    ...dockerfile,
    stages: dockerfile.stages.map((stage) => ({
      ...stage,
      platform: undefined,
      base: names.has(stage.base.toLowerCase()) ? stage.base : "scratch",
    })),
  };
}

/** Problems with the same message are one problem, which concerns the images of all. */
export function concernsOnce(concerns: readonly Concern[]): readonly Concern[] {
  const same = Map.groupBy(concerns, ({ problem }) => JSON.stringify([problem.at, problem.message]));
  return [...same.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const isOfAll = alike.some(({ images }) => images === undefined);
    return [
      { problem: first.problem, images: isOfAll ? undefined : [...new Set(alike.flatMap((e) => e.images ?? []))] },
    ];
  });
}
