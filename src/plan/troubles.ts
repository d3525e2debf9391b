/**
 * What becomes of images that can't be planned: those that the run is about make it fail, the others are reported. Where no image
 * can be planned, no run does anything, and each fails by all of them. Pure.
 */
import type { Catalog } from "../catalog/catalog.ts";
import { type Concern, concernsOnce, type TroubledImage } from "../catalog/graph/troubled.ts";
import type { Reason } from "../model/reason.ts";
import type { ReasonsByImage } from "./needed.ts";

export interface Trouble extends TroubledImage {
  /** The run is about it, or about an image that waits for it. */
  readonly fails: boolean;
  /** Why nothing is done for it. */
  readonly reasons: readonly Reason[];
}

export interface TroublesInput {
  /** The images that are in order. */
  readonly catalog: Pick<Catalog, "images">;
  readonly troubled: readonly TroubledImage[];
  /** By the event, of all images. */
  readonly affected: ReasonsByImage;
  /** Images that the run is not about, whatever changed. */
  readonly left: ReasonsByImage;
}

export function troublesOf({ catalog, troubled, affected, left }: TroublesInput): readonly Trouble[] {
  const isNoneInOrder = catalog.images.length === 0;
  const isMeant = (name: string) => isNoneInOrder || (affected.has(name) && !left.has(name));
  const byName = new Map(troubled.map((each) => [each.image.name, each]));
  const failing = new Set<string>();
  for (const { image } of troubled) {
    if (!isMeant(image.name)) continue;
    // Whoever waits for somebody fails by that one.
    for (let name: string | undefined = image.name; name !== undefined && !failing.has(name); ) {
      failing.add(name);
      name = byName.get(name)?.waitsFor;
    }
  }
  return troubled.map((each) => {
    const { name } = each.image;
    // Nobody asked for the images between an image that the run is about and the problem.
    const fails = failing.has(name);
    return { ...each, fails, reasons: [...(fails ? [] : (left.get(name) ?? [])), ...whyNot(each, fails)] };
  });
}

function whyNot({ problems, waitsFor }: TroubledImage, isFailing: boolean): readonly Reason[] {
  const fails = isFailing ? { fails: true as const } : {};
  if (problems.length === 0 && waitsFor !== undefined) return [{ kind: "waits-for", image: waitsFor, ...fails }];
  return problems.map(({ message }) => ({ kind: "problem", detail: message.split("\n", 1)[0] ?? "", ...fails }));
}

export interface QuietProblem extends Pick<Concern, "problem"> {
  /** The file that can't be read, with all of its images. */
  readonly file: string | undefined;
  /** Names of the images that it concerns. */
  readonly images: readonly string[];
  /** Names of those that depend on them. */
  readonly waiting: readonly string[];
}

/** The problems that a run doesn't fail by, each once. */
export function quietProblems(troubles: readonly Trouble[]): readonly QuietProblem[] {
  const quiet = troubles.filter(({ fails }) => !fails);
  const reported = new Set(troubles.flatMap(({ fails, problems }) => (fails ? problems : [])));
  const concerns = quiet.flatMap(({ image, problems }) =>
    problems.filter((each) => !reported.has(each)).map((problem) => ({ problem, images: [image.name] })),
  );
  const isFile = new Set(quiet.flatMap(({ kind, image }) => (kind === "file" ? [image.name] : [])));
  return concernsOnce(concerns).map(({ problem, images = [] }) => ({
    problem,
    file: images.find((name) => isFile.has(name)),
    images: images.filter((name) => !isFile.has(name)),
    waiting: waitingFor(images, quiet),
  }));
}

function waitingFor(names: readonly string[], troubles: readonly Trouble[]): readonly string[] {
  const found = new Set(names);
  // Some wait for others that wait.
  for (const name of found) {
    for (const { image, waitsFor } of troubles) if (waitsFor === name) found.add(image.name);
  }
  return [...found].slice(names.length);
}
