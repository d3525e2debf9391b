/** What a run says of a git tag that is written as the release of one image, and names none. */
import type { Catalog } from "../catalog/catalog.ts";
import { UserError } from "../errors.ts";
import type { Settings } from "../inputs/settings.ts";
import type { Remark } from "../report/run-result.ts";
import { misnamedRelease, releaseOfImage } from "../tags/misnamed-release.ts";
import { releaseNames } from "./image-details.ts";
import type { SettingsOf } from "./image-settings.ts";
import type { Session } from "./session.ts";

/**
 * Nothing where the tag releases any image. @throws UserError for a typo, unless the run is about some of the repository's images
 * alone: then the image may be among the others.
 */
export function misnamedRemarks(
  catalog: Catalog,
  { context, inputs }: Pick<Session, "context" | "inputs">,
  settingsOf: SettingsOf,
): readonly Remark[] {
  if (context.ref.kind !== "tag") return [];
  const { name: tag } = context.ref;
  const releases = releaseNames(catalog, settingsOf);
  const isReleased = releases.names.some(
    (name) => releaseOfImage(tag, name, releases, settingsOf(name).rules).kind === "released",
  );
  const misnamed = isReleased ? undefined : misnamedRelease(tag, releases);
  if (misnamed === undefined) return [];
  const { name, nearest, isTypo } = misnamed;
  if (isTypo && !isNarrowed(inputs.settings)) {
    throw new UserError(`the git tag ${tag} names no image: did you mean "${nearest}" instead of "${name}"?`, {
      hint: `delete the git tag and push it with the image's name; if "${name}" is right, set \`release-tag\` in the config file to how releases are named`,
    });
  }
  return [
    {
      message: `nothing is released: the git tag ${tag} is written as a release of "${name}", which is no image: the nearest is "${nearest}", and \`release-tag\` sets how releases are named`,
      hint: "if it is a release of images here, set `release-tag` in the config file, or give `tags` a rule with `match`",
    },
  ];
}

function isNarrowed({ path, only, config, bakeTarget }: Settings): boolean {
  return path.length > 0 || only.length > 0 || config !== undefined || bakeTarget.length > 0;
}
