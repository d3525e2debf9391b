/** From what the repository and the user say of images to the catalog of this run. */
import { type BuiltCatalog, buildCatalog } from "../catalog/build-catalog.ts";
import { loadConfig } from "../catalog/config.ts";
import { throwProblems, UserError } from "../errors.ts";
import type { Repository } from "../oci/reference.ts";
import type { Files } from "../ports.ts";
import { tagText } from "../tags/finish-tag.ts";
import { repositoriesOf, repositoryCollisions } from "../tags/image-names.ts";
import { besidesByHand, imageByHand } from "./image-by-hand.ts";
import { buildArgumentsOf, tagsOf } from "./image-details.ts";
import { type ImageSettings, readImageSettings, type SettingsOf } from "./image-settings.ts";
import type { Session } from "./session.ts";

export interface ReadCatalog {
  readonly catalog: BuiltCatalog;
  readonly settingsOf: SettingsOf;
}

/** @param configFiles where the config file is read from. @throws UserError, or `Problems`. */
export async function readCatalog(session: Session, configFiles: Pick<Files, "read">): Promise<ReadCatalog> {
  const { context, inputs, outside } = session;
  const { settings } = inputs;
  const { config, problems } = await loadConfig(context.workspace, settings.config, configFiles);
  const { settingsOf, problems: more } = readImageSettings(config, inputs);
  const byHand = imageByHand(settings);
  throwProblems([...problems, ...more, ...(byHand === undefined ? [] : besidesByHand(settings, config))]);
  const catalog = await buildCatalog({
    root: context.workspace,
    files: outside.files,
    globs: settings.path,
    rootName: context.repo.toLowerCase(),
    config,
    inputs: settings,
    bakeTargets: settings.bakeTarget,
    bake: outside,
    byHand,
    isDockerfileOnly: settings.variant === "dockerfile",
    argumentsOf: (image) => buildArgumentsOf(session, image, settingsOf),
    repositoriesOf: (name, isRoot) => repositories(session, settingsOf(name).names, name, isRoot),
    movingTags: (name) => movingTags(session, settingsOf, name),
  });
  throwProblems([...repositoryCollisions(catalog.images), ...severalRepositories(catalog)]);
  return { catalog, settingsOf };
}

function repositories(
  { context }: Session,
  lines: ImageSettings["names"],
  name: string,
  isRoot: boolean,
): readonly Repository[] {
  const { values, problems } = repositoriesOf(lines, { context, name, isRoot });
  throwProblems(problems);
  return values;
}

/**
 * A pull request's images are taken for what their base branch would make of them: its tags move when it is merged. A tag of
 * an image's own version is none of these, so that who names it is pinned to it.
 */
function movingTags(session: Session, settingsOf: SettingsOf, name: string): ReadonlySet<string> {
  const { trigger } = session.context;
  const own = tagsOf(session, name, { names: [name], rulesOf: settingsOf, facts: new Map() })
    .tags.filter(({ moves }) => moves)
    .map(({ tag }) => tag);
  return new Set([...own, "latest", ...(trigger.kind === "pull-request" ? [tagText(trigger.baseRef)] : [])]);
}

function severalRepositories({ images }: BuiltCatalog): readonly UserError[] {
  const one = images.find((image) => image.repositories.length > 1);
  if (one === undefined) return [];
  return [
    new UserError(
      `${one.name} would be pushed to ${one.repositories.join(" and ")}; this version pushes an image to one`,
      {
        hint: "leave one line in `images`",
      },
    ),
  ];
}
