/** Warns about a checkout of another ref than the run's. */
import type { Catalog } from "../../catalog/catalog.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { Remark } from "../../model/remark.ts";
import { type RunContext, refText } from "../../model/run-context.ts";
import type { Plan } from "../../plan/plan.ts";
import type { CheckoutElsewhere } from "../../run/checkout/act-for.ts";
import { type Naming, type TagSources, tagsOf } from "./details/image-details.ts";

interface CheckedOutRun extends Naming {
  /** With the ref that the run is about. */
  readonly event: RunContext;
  readonly elsewhere: CheckoutElsewhere | undefined;
}

/** One remark with the tags that images would have at the ref's own commit. An untrusted checkout has remarks of its own. */
export function elsewhereRemarks(
  { images: ofPlan }: Pick<Plan, "images">,
  catalog: Catalog,
  run: CheckedOutRun,
  sources: TagSources,
): readonly Remark[] {
  const { elsewhere, event, trust } = run;
  if (elsewhere === undefined || trust.kind === "untrusted") return [];
  const planned = new Set(ofPlan.flatMap(({ name, kind }) => (kind === "skip" ? [] : [name])));
  const withheld = catalog.images.flatMap((image) => {
    if (!planned.has(image.name) || image.repositories.length === 0) return [];
    const given = new Set(tagsOf(run, image, sources).tags.map(({ tag }) => tag));
    const wanted = tagsOf({ ...run, context: event, isAtEvent: true }, image, sources).tags;
    const left = wanted.flatMap(({ tag }) => (given.has(tag) ? [] : [tag]));
    return left.length === 0 ? [] : [{ name: image.name, tags: left.join(", ") }];
  });
  const byTags = Map.groupBy(withheld, ({ tags }) => tags);
  const [only, ...others] = byTags.keys();
  const listed = [...byTags].map(([tags, images]) => `${someOf(images, { write: ({ name }) => name })}: ${tags}`);
  const all = others.length === 0 ? only : someOf(listed);
  const which = all === undefined ? "" : ` (${all})`;
  const message = `no tags of ${refText(event.ref)}${which}: ${event.commit.slice(0, 7)} is checked out, ${elsewhere.why}`;
  return [{ message, hint: elsewhere.hint }];
}
