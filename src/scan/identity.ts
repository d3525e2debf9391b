/** Which findings are the same one in two images, on two platforms and in two runs. Pure. */
import { type Finding, findingKey, placedKey } from "./finding.ts";

/** Names for the findings of one platform: copies at places that differ in versions alone are numbered from the second one on. */
export function identities(findings: readonly Finding[]): ReadonlyMap<Finding, string> {
  const named = [...byPlace(findings)].flatMap(([key, places]) =>
    inOrder(places).flatMap(([, copies], index) =>
      copies.map((finding) => [finding, index === 0 ? key : `${key}\0${index + 1}`] as const),
    ),
  );
  return new Map(named);
}

export interface Compared {
  readonly known: ReadonlySet<Finding>;
  readonly gone: readonly Finding[];
}

/**
 * Of what one platform has, what it had before, and what it no longer has. A finding at the same place is the same one; of the others
 * as many are as there were copies at places that differ in versions alone.
 */
export function compared(now: readonly Finding[], before: readonly Finding[]): Compared {
  const [placesNow, placesBefore] = [byPlace(now, eachSecret(now)), byPlace(before, eachSecret(before))];
  const known = [...placesNow].flatMap(([key, places]) => same(places, placesBefore.get(key)));
  const kept = new Set([...placesBefore].flatMap(([key, places]) => same(places, placesNow.get(key))));
  return { known: new Set(known), gone: before.filter((each) => !kept.has(each)) };
}

/** By place, as the image has it. */
type Places = ReadonlyMap<string, readonly Finding[]>;

function byPlace(
  findings: readonly Finding[],
  placeOf: (finding: Finding) => string = placedKey,
): ReadonlyMap<string, Places> {
  const groups = Map.groupBy(findings, findingKey);
  return new Map([...groups].map(([key, copies]) => [key, Map.groupBy(copies, placeOf)]));
}

/** A second key in a file is another leak, while a package of two versions is one finding there: a place for each, in its lines' order. */
function eachSecret(findings: readonly Finding[]): (finding: Finding) => string {
  const secrets = findings.filter((each) => each.kind === "secret");
  const places = [...Map.groupBy(secrets, placedKey)].flatMap(([place, some]) =>
    some
      .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
      .map((each, index): [Finding, string] => [each, index === 0 ? place : `${place}\0${index + 1}`]),
  );
  const placeOf = new Map(places);
  return (finding) => placeOf.get(finding) ?? placedKey(finding);
}

/** The findings of `places` that have a counterpart among the others. */
function same(places: Places, others: Places = new Map()): readonly Finding[] {
  const moved = inOrder(places).filter(([place]) => !others.has(place));
  const free = [...others.keys()].filter((place) => !places.has(place)).length;
  const unmoved = [...places].filter(([place]) => others.has(place));
  return [...unmoved, ...moved.slice(0, free)].flatMap(([, copies]) => copies);
}

function inOrder(places: Places): readonly (readonly [string, readonly Finding[]])[] {
  return [...places].sort(([a], [b]) => (a < b ? -1 : 1));
}
