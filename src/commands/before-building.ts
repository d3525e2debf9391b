/** What is looked at before anything is built, and needs neither a builder nor a registry: a plan shows it as well. */
import { Problems, UserError } from "../errors.ts";
import type { Session } from "../run/session.ts";
import { tagAffixes } from "../settings/tag-affixes.ts";
import { checkPins } from "../stages/bump/check-pins.ts";
import type { Planning } from "../stages/plan/plan-run.ts";

/** Everything in the repository for which `publish` would not start. */
export async function problemsBeforeBuilding(
  { plan, scanning, surveyed }: Pick<Planning, "plan" | "scanning" | "surveyed">,
  { inputs, context, checkoutFiles }: Pick<Session, "inputs" | "context" | "checkoutFiles">,
): Promise<readonly UserError[]> {
  const made = plan.images.flatMap(({ kind, name }) => (kind === "skip" ? [] : [name]));
  const images = new Map(surveyed.catalog.images.map((image) => [image.name, image]));
  const styleOf = (name: string) => {
    const image = images.get(name);
    return image === undefined ? {} : tagAffixes(image, surveyed.settingsOf(image.publicName).flavor);
  };
  const found = await Promise.all([
    problemsOf(() => scanning.checkFiles(made)),
    problemsOf(() => checkPins(inputs.settings.checkPins, plan, context, checkoutFiles, styleOf)),
  ]);
  return found.flat();
}

/** What a check throws, as data. */
export async function problemsOf(check: () => Promise<void>): Promise<readonly UserError[]> {
  try {
    await check();
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error instanceof Problems ? error.problems : [error];
  }
}
