/** Git tags that release one image of several: `app/v1.2.3`, `app-v1.2.3`, `app@1.2.3`. */

export interface ReleaseTag {
  /** The image that the tag releases; `undefined`: all of them. */
  readonly image: string | undefined;
  /** The tag without the image's name: what the rules see. */
  readonly tag: string;
}

/**
 * Tells which image a git tag releases. The longest name that fits wins (`app-web-v1.2.3` is of `app-web` rather than
 * `app`); what follows the name must be a version, so that any other tag releases all images.
 */
export function readReleaseTag(tag: string, names: readonly string[]): ReleaseTag {
  const image = names
    .filter((name) => tag.startsWith(name) && versionAfterName.test(tag.slice(name.length)))
    .reduce<string | undefined>(
      (best, name) => (best === undefined || name.length > best.length ? name : best),
      undefined,
    );
  return { image, tag: image === undefined ? tag : tag.slice(image.length + 1) };
}

const versionAfterName = /^[/@-]v?\d+(?:\.\d+)*(?:[-+._].*)?$/;
