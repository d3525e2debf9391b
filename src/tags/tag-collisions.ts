/** Tags that several images of one repository would have: one would replace the other. Pure. */
import { UserError } from "../errors.ts";
import { someOf } from "../lib/text/some-of.ts";
import type { RuleOutcome } from "../model/image-tags.ts";
import type { Repository } from "../model/reference.ts";

/** What one event gives one image. */
export interface TagsOfEvent {
  /** The image's own name, which the catalog has once. */
  readonly image: string;
  /** As a sentence has it: "a push to main". */
  readonly event: string;
  readonly repositories: readonly Repository[];
  readonly outcomes: readonly Pick<RuleOutcome, "rule" | "place" | "gave">[];
}

export interface TagCollision {
  readonly images: readonly string[];
  readonly problem: UserError;
}

interface Claim {
  readonly image: string;
  readonly event: string;
  readonly reference: string;
  readonly rule: string;
}

/** Images that share several tags are one collision: the first that is found is named. */
export function tagCollisions(all: readonly TagsOfEvent[]): readonly TagCollision[] {
  const claims = all.flatMap(claimsOf);
  const shared = [...Map.groupBy(claims, ({ event, reference }) => `${event}\n${reference}`).values()]
    .map((each) => ({ claims: each, images: [...new Set(each.map(({ image }) => image))].sort() }))
    .filter(({ images }) => images.length > 1)
    .sort((one, other) => other.images.length - one.images.length);
  const found: { readonly images: ReadonlySet<string>; readonly claims: readonly Claim[] }[] = [];
  for (const { images, claims: each } of shared) {
    const isKnown = found.some((known) => images.every((image) => known.images.has(image)));
    if (!isKnown) found.push({ images: new Set(images), claims: each });
  }
  return found.map((each) => ({ images: [...each.images], problem: problemOf([...each.images], each.claims) }));
}

function claimsOf({ image, event, repositories, outcomes }: TagsOfEvent): readonly Claim[] {
  return outcomes.flatMap(({ rule, place, gave }) =>
    gave === undefined
      ? []
      : repositories.map((repository) => ({
          ...{ image, event, reference: `${repository}:${gave.tag}` },
          rule: `\`${rule}\`${place === undefined ? "" : ` (${place})`}`,
        })),
  );
}

function problemOf(images: readonly string[], claims: readonly Claim[]): UserError {
  const [first] = claims;
  const rules = [...new Set(claims.map(({ rule }) => rule))];
  const all = images.length === 2 ? "would both have" : "would all have";
  return new UserError(
    `the images ${someOf(images, { most: 20, last: "and" })} ${all} the tag ${first?.reference} on ${first?.event}, by ${someOf(rules, { most: 3, last: "and" })}`,
    {
      hint: `give each image its own tags in the config file: a suffix or prefix (\`flavor: suffix=-${images.at(-1)},onlatest=true\`), \`tags\` of its own, or a rule with \`enable\`; or give each its own repository: put {{name}} into \`images\``,
    },
  );
}
