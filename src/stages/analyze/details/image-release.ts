/** What the git tag of a run means to an image, by the rules that hold for it. */
import type { ImageName } from "../../../catalog/catalog.ts";
import type { RunContext } from "../../../model/run-context.ts";
import type { ImageRules } from "../../../settings/run-inputs.ts";
import { expressionValues } from "../../../tags/derive-tags.ts";
import { isEnabled } from "../../../tags/rules/run-rule.ts";
import { readEvent } from "../../../tags/tag-event.ts";
import { releaseOfImage } from "../../../tags/versions/misnamed-release.ts";
import type { GitTagMeaning, ReleaseNames } from "../../../tags/versions/release-tag.ts";

export interface DatedRun {
  readonly context: RunContext;
  readonly commitDate: Date;
}

/** `undefined` where the run is for no git tag. @throws UserError for what a rule's `enable` or pattern does wrong. */
export function imageRelease(
  { context, commitDate }: DatedRun,
  { publicName: name, variant }: Pick<ImageName, "publicName" | "variant">,
  { rules, variables }: Pick<ImageRules, "rules" | "variables">,
  all: ReleaseNames,
): GitTagMeaning | undefined {
  if (context.ref.kind !== "tag") return undefined;
  const facts = { ...all, context, commitDate, name, variant, variables };
  return releaseOfImage(context.ref.name, name, all, {
    rules,
    isEnabled: (rule) => isEnabled(rule, expressionValues(facts, readEvent(facts))),
  });
}
