/** Images of this repository that a base may turn out to be, once it is known for which platform is built. */
import { UserError } from "../../errors.ts";
import { pause } from "../../lib/pause.ts";
import { platform } from "../../model/platform.ts";
import type { Image, ParentEdge, UnsettledBase } from "../catalog.ts";
import type { Dockerfile } from "./dockerfile.ts";
import { type BuildChoices, globalArguments } from "./global-arguments.ts";
import type { OutsideUse } from "./stages.ts";

/** Those that builders are, and that images are made for. */
const usual = ["amd64", "arm64", "arm/v7", "arm/v6", "386", "ppc64le", "s390x", "riscv64"].map((each) =>
  platform(`linux/${each}`),
);

/**
 * The bases for each of the usual platforms, of references that depend on a platform; none if they also depend on
 * something else.
 */
export async function possibleUses(
  dockerfile: Dockerfile,
  choices: BuildChoices,
  bases: readonly UnsettledBase[],
): Promise<readonly OutsideUse[]> {
  const stages = new Set(dockerfile.stages.flatMap(({ name }) => name ?? []));
  const uses = new Map<string, OutsideUse>();
  for (const target of choices.platforms.length === 0 ? usual : choices.platforms) {
    for (const builder of usual) {
      await pause();
      const expand = globalArguments(dockerfile, { ...choices, builder }, target);
      for (const { text, via, at } of bases) {
        const settled = expand(text);
        if ("text" in settled && !stages.has(settled.text))
          uses.set(`${at.line} ${settled.text}`, { text: settled.text, via, at });
      }
    }
  }
  return [...uses.values()];
}

/** The images with the edges that may be there, by name of the image; one that would close a circle can't be. */
export function withPossibleEdges(
  images: readonly Image[],
  possible: ReadonlyMap<string, readonly ParentEdge[]>,
): readonly Image[] {
  if (possible.size === 0) return images;
  const parents = new Map(images.map(({ name, parents: own }) => [name, own]));
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set([from]);
    for (const each of seen) for (const { parent } of parents.get(each) ?? []) seen.add(parent);
    return seen.has(to);
  };
  for (const name of [...possible.keys()].sort()) {
    for (const edge of possible.get(name) ?? []) {
      const own = parents.get(name);
      const isThere = own?.some(
        ({ parent, contextName }) => parent === edge.parent && contextName === edge.contextName,
      );
      if (own === undefined || isThere || reaches(edge.parent, name)) continue;
      parents.set(name, [...own, edge]);
    }
  }
  return images.map((image) => ({ ...image, parents: parents.get(image.name) ?? [] }));
}

/** Pairs of an image whose base nobody knows and one that it may be. */
const mostPairs = 500_000;

/** Where more would have to be compared than a run has time for. */
export function tooManyUnsettled(images: readonly Image[]): readonly UserError[] {
  const count = images.filter(({ unsettled }) => unsettled.length > 0).length;
  if (count * images.length <= mostPairs) return [];
  const what = `${count} of ${images.length} images have a base that depends on the platform to build for`;
  return [
    new UserError(`${what}, and each may be any other image: that is more than can be compared`, {
      hint: "set `platforms`, or name these bases without TARGETARCH and the like",
    }),
  ];
}
