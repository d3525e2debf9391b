/** The input `check-pins`: before a release is built, files must name its version. */
import { posix } from "node:path";
import { findPins } from "../../bump/pins/find-pins.ts";
import { longestPinFile } from "../../bump/pins/pin-file.ts";
import { type ReleasedImage, stalePins } from "../../bump/pins/stale-pins.ts";
import type { TagStyle } from "../../bump/versions/tag-form.ts";
import { type GlobPart, listedPathGlobs, pathList } from "../../catalog/layout/path-glob.ts";
import { eachOnce, formatLocation, throwProblems, UserError } from "../../errors.ts";
import { onlyExcludes } from "../../lib/glob-list.ts";
import type { RunContext } from "../../model/run-context.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Files } from "../../ports.ts";
import { tagLiterals } from "../../settings/tag-literals.ts";
import type { Planning } from "../plan/plan-run.ts";

/**
 * Does nothing where no git tag releases anything.
 * @param styleOf how the tags of an image are written.
 * @throws UserError (or `Problems`), each with file and line, for pins that name another version, and for a glob under which
 * nothing names a version of a released image.
 */
export async function checkPins(
  globs: readonly string[],
  plan: Plan,
  { ref, workspace }: Pick<RunContext, "ref" | "workspace">,
  files: Pick<Files, "read" | "list">,
  styleOf: (name: string) => TagStyle = () => ({}),
): Promise<void> {
  const released = plan.images.flatMap((image) => releasedImage(image, styleOf(image.name)));
  if (globs.length === 0 || ref.kind !== "tag" || released.length === 0) return;
  const repositories = new Set(released.flatMap((image) => image.repositories));
  if (onlyExcludes(globs)) throw nothingNamed(globs);
  const isListed = pathList(globs, () => false);
  const named = globs.flatMap(listedPathGlobs).filter(({ isExclusion }) => !isExclusion);
  const checked = await Promise.all(
    named.map(async ({ text: glob, parts }) => {
      const there = await matching(parts, workspace, ".", files);
      const paths = there.filter(isListed);
      const pins = await Promise.all(paths.map((path) => pinsOf(path, workspace, repositories, files)));
      return pins.every((each) => each.length === 0)
        ? [nothingThere(glob, there.length, paths.length)]
        : stalePins(pins.flat(), released);
    }),
  );
  // Several globs may mean one file.
  throwProblems(fewer(eachOnce(checked.flat())));
}

/** How the tags of each image are written, by the image's name. */
export function tagStyles({
  catalog,
  settingsOf,
}: Pick<Planning["surveyed"], "catalog" | "settingsOf">): (name: string) => TagStyle {
  const images = new Map(catalog.images.map((image) => [image.name, image]));
  return (name) => {
    const image = images.get(name);
    return image === undefined ? {} : { literals: tagLiterals(image, settingsOf(image.publicName)) };
  };
}

/** More than a few pins of one mistake and one remedy are one problem, at the first of them. */
function fewer(problems: readonly UserError[]): readonly UserError[] {
  const groups = Map.groupBy(problems, ({ message, hint }) => JSON.stringify([message, hint]));
  return [...groups.values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined || some.length <= mostAlone) return some;
    const places = some.flatMap(({ at }) => (at === undefined ? [] : [formatLocation(at)]));
    const shown = places.slice(0, mostPlaces).map((place) => `  ${place}`);
    const more = places.length - shown.length;
    const message = [
      `${first.message}, at ${some.length} places:`,
      ...shown,
      ...(more > 0 ? [`  and ${more} more`] : []),
    ];
    return [new UserError(message.join("\n"), { hint: first.hint, ...(first.at && { at: first.at }) })];
  });
}

const mostAlone = 3;
const mostPlaces = 35;

function releasedImage(image: Plan["images"][number], style: TagStyle): readonly ReleasedImage[] {
  if (!("tags" in image) || image.version === null) return [];
  const { name, repositories, version, tags } = image;
  return [{ name, repositories, version, tags: tags.map(({ tag }) => tag), style }];
}

async function pinsOf(
  path: string,
  root: string,
  repositories: Parameters<typeof findPins>[2],
  files: Pick<Files, "read">,
) {
  const bytes = await files.read(posix.join(root, path));
  if (bytes === undefined || bytes.length > longestPinFile) return [];
  return findPins(new TextDecoder().decode(bytes), path, repositories);
}

/** The files under a folder that the parts of a glob name, sorted. */
async function matching(
  [part, ...rest]: readonly GlobPart[],
  root: string,
  folder: string,
  files: Pick<Files, "list">,
): Promise<readonly string[]> {
  if (part === undefined) return [];
  const entries = (await files.list(posix.join(root, folder))) ?? [];
  const found = await Promise.all(
    entries.map(async ({ name, kind }): Promise<readonly string[]> => {
      const path = posix.join(folder, name);
      if (part.kind === "any-depth") {
        if (kind === "file") return rest.length === 0 ? [path] : [];
        const below = kind === "directory" && name !== ".git" && name !== "node_modules";
        return below ? matching([part, ...rest], root, path, files) : [];
      }
      if (part.kind === "name" ? part.name !== name : !part.matches(name)) return [];
      if (rest.length === 0) return kind === "file" ? [path] : [];
      return kind === "directory" ? matching(rest, root, path, files) : [];
    }),
  );
  const here = part.kind === "any-depth" ? await matching(rest, root, folder, files) : [];
  return [...here, ...found.flat()].sort();
}

function nothingNamed(globs: readonly string[]): UserError {
  return new UserError(`\`check-pins\` only excludes files: ${globs.join(", ")}`, {
    hint: "name the files to check before what to exclude from them",
  });
}

function nothingThere(glob: string, there: number, left: number): UserError {
  const what =
    there === 0
      ? "there is no such file"
      : left === 0
        ? "every such file is excluded"
        : "nothing there names a version of an image of this release";
  return new UserError(`\`check-pins\` names ${glob}, and ${what}`, {
    hint: "correct the glob, or take it out",
  });
}
