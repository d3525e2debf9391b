/** What a run says of a checkout that is not of the ref that it is about. */
import type { Catalog } from "../catalog/catalog.ts";
import { refText } from "../context/run-context.ts";
import type { Plan } from "../plan/plan.ts";
import type { Remark } from "../report/run-result.ts";
import { someOf } from "../some-of.ts";
import { type TagSources, tagsOf } from "./image-details.ts";
import type { Session } from "./session.ts";

type Checkout = Pick<Session, "context" | "event" | "commitDate" | "gitTags" | "trust" | "isAtEvent" | "elsewhere">;

/** One remark with the tags that images would have at the ref's own commit. An untrusted checkout has remarks of its own. */
export function elsewhereRemarks(
  { images }: Pick<Plan, "images">,
  catalog: Catalog,
  session: Checkout,
  sources: TagSources,
): readonly Remark[] {
  const { elsewhere, event, trust } = session;
  if (elsewhere === undefined || trust.kind === "untrusted") return [];
  const planned = new Set(images.flatMap(({ name, kind }) => (kind === "skip" ? [] : [name])));
  const byTags = new Map<string, readonly string[]>();
  for (const image of catalog.images) {
    if (!planned.has(image.name) || image.repositories.length === 0) continue;
    const given = new Set(tagsOf(session, image, sources).tags.map(({ tag }) => tag));
    const wanted = tagsOf({ ...session, context: event, isAtEvent: true }, image, sources).tags;
    const left = wanted.flatMap(({ tag }) => (given.has(tag) ? [] : [tag]));
    if (left.length > 0) byTags.set(left.join(", "), [...(byTags.get(left.join(", ")) ?? []), image.name]);
  }
  const [only, ...others] = byTags.keys();
  const all =
    others.length === 0
      ? only
      : someOf([...byTags].map(([tags, names]) => `${names.length > 1 ? someOf(names) : names}: ${tags}`));
  const which = all === undefined ? "" : ` (${all})`;
  const message = `no tags of ${refText(event.ref)}${which}: ${event.commit.slice(0, 7)} is checked out, ${elsewhere.why}`;
  return [{ message, hint: elsewhere.hint }];
}
