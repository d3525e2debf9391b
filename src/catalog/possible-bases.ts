/** Images of this repository that a base may turn out to be, once it is known for which platform is built. */
import { platform } from "../oci/platform.ts";
import { pause } from "../pause.ts";
import type { Image, ParentEdge, UnsettledBase } from "./catalog.ts";
import type { Dockerfile } from "./dockerfile.ts";
import { type BuildChoices, globalArguments } from "./global-arguments.ts";
import type { OutsideUse } from "./stages.ts";

/** Those that builders are, and that images are made for. */
const usual = ["amd64", "arm64", "arm/v7", "arm/v6", "386", "ppc64le", "s390x", "riscv64"].map((each) =>
  platform(`linux/${each}`),
);

/** What bases that hang on a platform name for each of the usual ones; nothing where they hang on something else too. */
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
  const reaches = (from: string, to: string, seen: Set<string>): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return (parents.get(from) ?? []).some(({ parent }) => reaches(parent, to, seen));
  };
  for (const name of [...possible.keys()].sort()) {
    for (const edge of possible.get(name) ?? []) {
      const own = parents.get(name);
      const isThere = own?.some(
        ({ parent, contextName }) => parent === edge.parent && contextName === edge.contextName,
      );
      if (own === undefined || isThere || reaches(edge.parent, name, new Set())) continue;
      parents.set(name, [...own, edge]);
    }
  }
  return images.map((image) => ({ ...image, parents: parents.get(image.name) ?? [] }));
}
