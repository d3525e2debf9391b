/** Warns about a git tag that releases no image, though it is written as the release of one. */
import type { Catalog } from "../../../catalog/catalog.ts";
import type { Settings } from "../../../config/inputs.ts";
import { UserError } from "../../../errors.ts";
import type { Remark } from "../../../model/remark.ts";
import type { SettingsOf } from "../../../settings/image-settings.ts";
import type { RunInputs } from "../../../settings/run-inputs.ts";
import {
  exampleOf,
  type MisnamedRelease,
  misnamedRelease,
  whoseRelease,
} from "../../../tags/versions/misnamed-release.ts";
import { isOfSome, type ReleaseNames } from "../../../tags/versions/release-tag.ts";
import { releaseNames } from "./image-details.ts";
import { type DatedRun, imageRelease } from "./image-release.ts";

/**
 * Nothing where the tag releases an image that is published. @throws UserError for a typo, unless the run is about some of the
 * repository's images alone: then the image may be among the others.
 */
export function misnamedRemarks(
  catalog: Catalog,
  run: DatedRun & { readonly inputs: Pick<RunInputs, "settings"> },
  settingsOf: SettingsOf,
): readonly Remark[] {
  const { context, inputs } = run;
  if (context.ref.kind !== "tag") return [];
  const { name: tag } = context.ref;
  const releases = releaseNames(catalog, settingsOf);
  const released = catalog.images.filter(
    (image) => imageRelease(run, image, settingsOf(image.publicName), releases)?.kind === "released",
  );
  if (released.length > 0) {
    const isPublished = released.some(({ repositories }) => repositories.length > 0);
    return isPublished || !isOfSome(tag, releases) ? [] : [unpublished(tag, released[0]?.publicName ?? "")];
  }
  const isNarrow = isNarrowed(inputs.settings);
  const misnamed = misnamedRelease(tag, releases);
  if (misnamed === undefined) return isNarrow || catalog.images.length === 0 ? [] : [unlike(tag, releases)];
  if (misnamed.kind === "no-image" && misnamed.isTypo && !isNarrow) throw typo(tag, misnamed, releases);
  return [ofMisnamed(tag, misnamed, releases)];
}

type NoImage = Extract<MisnamedRelease, { readonly kind: "no-image" }>;

function typo(tag: string, { name, nearest, instead }: NoImage, releases: ReleaseNames): UserError {
  return new UserError(`the git tag ${tag} names no image: did you mean "${instead}" instead of "${name}"?`, {
    hint: `delete the git tag and push one like ${exampleOf(nearest, releases)}; if "${name}" is right, set \`release-tag\` in the config file to how releases are named`,
  });
}

function ofMisnamed(tag: string, misnamed: MisnamedRelease, releases: ReleaseNames): Remark {
  const what = `nothing is released: the git tag ${tag} looks like a release of ${whoseRelease(misnamed, releases)}`;
  if (misnamed.kind !== "no-image") {
    return {
      message: what,
      hint: `push a git tag like ${exampleOf(misnamed.name, releases)}, or set \`release-tag\` in the config file to how its releases are named`,
    };
  }
  return {
    message: `${what}. The nearest name is "${misnamed.nearest}", and \`release-tag\` in the config file sets how releases are named`,
    hint: `name a release of "${misnamed.nearest}" ${exampleOf(misnamed.nearest, releases)}; if ${tag} is a release of other images here, give \`tags\` a rule with \`match\` that fits it`,
  };
}

function unpublished(tag: string, name: string): Remark {
  return {
    message: `nothing is released: the git tag ${tag} is a release of "${name}" alone, which is not published`,
    hint: "set `publish: true` for it in the config file, or push a git tag that names a published image",
  };
}

/** How many forms a message lists. */
const mostForms = 3;

function unlike(tag: string, releases: ReleaseNames): Remark {
  const forms = [...new Set(releases.names.map((name) => exampleOf(name, releases)))];
  const more = forms.length > mostForms ? ", …" : "";
  return {
    message: `nothing is released: the git tag ${tag} doesn't match how any image's releases are named`,
    hint: `push a git tag like ${forms.slice(0, mostForms).join(", ")}${more}, or add its form to \`release-tag\` in the config file`,
  };
}

function isNarrowed({ path, only, config, bakeTarget }: Settings): boolean {
  return path.length > 0 || only.length > 0 || config !== undefined || bakeTarget.length > 0;
}
