/** Images for Windows, which BuildKit on Linux can't build. */
import { UserError } from "../../errors.ts";
import { partsOf } from "../../model/platform.ts";
import { formatReference, type Reference } from "../../model/reference.ts";
import { type Image, recipeOf } from "../catalog.ts";

/** Why an image can't be built where it is one for Windows. */
export function windowsProblems(image: Image): readonly UserError[] {
  const platform = image.platforms.find((each) => partsOf(each).os === "windows");
  const base = image.bases.find(({ via, reference }) => via === "FROM" && isOfWindows(reference));
  if (base === undefined && platform === undefined) return [];
  const why = base === undefined ? `its platform is ${platform}` : `it is based on ${formatReference(base.reference)}`;
  return [
    new UserError(`"${image.name}" is an image for Windows, which is not supported: ${why}`, {
      hint: 'exclude its directory with ! in the input "path", or with "exclude" in its pattern, and build it in a job on Windows',
      at: base?.at ?? { file: recipeOf(image) },
    }),
  ];
}

/** Microsoft's own bases, and the tags of official images that are based on them. */
function isOfWindows({ repository, tag }: Reference): boolean {
  const isMicrosofts =
    /^(?:mcr\.microsoft\.com\/windows(?:\/|$)|docker\.io\/microsoft\/(?:nanoserver|windowsservercore)$)/;
  return isMicrosofts.test(repository) || /(?:^|[-_.])(?:nanoserver|windowsservercore)(?:[-_.]|$)/.test(tag ?? "");
}
