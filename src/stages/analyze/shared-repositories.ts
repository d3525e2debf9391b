/** Images that share a repository must not share a tag: neither on this event nor on those that usually follow. */
import type { Image } from "../../catalog/catalog.ts";
import type { Concern } from "../../catalog/graph/troubled.ts";
import type { NamedDeclaration } from "../../catalog/names/given-names.ts";
import { usualEvents } from "../../context/usual-events.ts";
import { mapped } from "../../lib/pause.ts";
import { trusted } from "../../model/trust.ts";
import { repositoriesOf } from "../../tags/image-names.ts";
import { type TagsOfEvent, tagCollisions } from "../../tags/tag-collisions.ts";
import { type Naming, releaseNames, tagsOf } from "./details/image-details.ts";
import { type FactsReader, gatherFacts } from "./details/image-facts.ts";
import type { NamingRules } from "./name-images.ts";

/** @param images as far as they could be read */
export async function sharedTags(
  named: readonly NamedDeclaration[],
  images: readonly Image[],
  rules: NamingRules,
  reader: FactsReader,
): Promise<readonly Concern[]> {
  const sharing = sharersOf(named);
  if (sharing.length === 0) return [];
  const { run, settingsOf } = rules;
  const sharers = new Set(sharing.map(({ image }) => image.name));
  const there = images.filter(({ name }) => sharers.has(name));
  // A file that can't be read is a problem of its image, which others report.
  const { facts } = await gatherFacts(there, (name) => settingsOf(name).rules, reader, new Map());
  const names = releaseNames({ images: named.map(({ image }) => image) }, settingsOf);
  const sources = { ...names, rulesOf: settingsOf, facts };
  const events: readonly { readonly what: string; readonly run: Naming }[] = [
    ...usualEvents(run.context).map(({ what, context }) => ({
      what,
      run: { ...run, context, isAtEvent: true, trust: trusted },
    })),
    { what: "this event", run },
  ];
  const given = await mapped(sharing, ({ image }) =>
    events.map(({ what, run: asIf }): TagsOfEvent => {
      const facts = { context: asIf.context, name: image.publicName, isRoot: image.isRoot };
      const repositories = repositoriesOf(settingsOf(image.publicName).names, facts).values;
      return { image: image.name, event: what, repositories, outcomes: tagsOf(asIf, image, sources).outcomes };
    }),
  );
  return tagCollisions(given.flat()).map(({ images: of, problem }) => ({ problem, images: of }));
}

/** The published images that have a repository in common, in whichever run. */
function sharersOf(named: readonly NamedDeclaration[]): readonly NamedDeclaration[] {
  const published = named.filter(({ isPublished, names }) => isPublished && "value" in names.tags);
  const places = published.flatMap((each) =>
    [...each.names.knownAs, ...each.names.unpushed].map((place) => [place, each] as const),
  );
  const sharing = [...Map.groupBy(places, ([place]) => place).values()]
    .map((all) => all.map(([, each]) => each))
    .filter((all) => new Set(all.map(({ image }) => image.publicName)).size > 1);
  return [...new Set(sharing.flat())];
}
