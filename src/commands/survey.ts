/** What is there, and what of it the event affects: the stages up to the plan. */
import { type BuiltCatalog, buildCatalog } from "../catalog/build-catalog.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { loadConfig } from "../catalog/config.ts";
import { affectedImages, describeDeleted } from "../changes/affected.ts";
import { type Comparison, compare } from "../changes/comparison.ts";
import { type IgnoreFiles, readIgnoreFiles } from "../changes/ignore-files.ts";
import type { Reason } from "../changes/reason.ts";
import { selectImages } from "../changes/select.ts";
import type { RunContext } from "../context/run-context.ts";
import { throwProblems, UserError } from "../errors.ts";
import type { Repository } from "../oci/reference.ts";
import type { ReasonsByImage } from "../plan/needed.ts";
import type { Remark } from "../report/run-result.ts";
import { tagText } from "../tags/finish-tag.ts";
import { repositoriesOf, repositoryCollisions } from "../tags/image-names.ts";
import { readReleaseTag } from "../tags/release-tag.ts";
import { besidesByHand, imageByHand } from "./image-by-hand.ts";
import { buildArgumentsOf, tagsOf } from "./image-details.ts";
import { type ImageSettings, readImageSettings, type SettingsOf } from "./image-settings.ts";
import type { Session } from "./session.ts";

export interface Survey {
  readonly catalog: Catalog;
  readonly comparison: Comparison;
  readonly affected: ReasonsByImage;
  /** Images that the run is not about, whatever changed. */
  readonly left: ReasonsByImage;
  /** The ignore files in force, by name of the image. */
  readonly ignores: IgnoreFiles;
  readonly settingsOf: SettingsOf;
  readonly configFile: string | undefined;
  readonly remarks: readonly Remark[];
}

/** @throws UserError (or `Problems`) for a repository that is not in order, and for `only` that names no image. */
export async function survey(session: Session): Promise<Survey> {
  const { context, inputs, outside } = session;
  if (context.trigger.kind === "gone") {
    const comparison: Comparison = { kind: "nothing", what: context.trigger.what };
    const { settingsOf } = readImageSettings({ file: undefined, images: [], defaults: {} }, inputs);
    return {
      catalog: { images: [] },
      comparison,
      affected: new Map(),
      left: new Map(),
      ignores: new Map(),
      settingsOf,
      configFile: undefined,
      remarks: [],
    };
  }
  const [{ catalog, configFile, settingsOf }, comparison] = await Promise.all([
    readCatalog(session),
    compareAll(session),
  ]);
  const ignores = await readIgnoreFiles(catalog.images, context.workspace, outside.files);
  const { affected, deleted } = affectedImages({
    catalog,
    comparison,
    ignores,
    only: inputs.settings.only,
    config: configFile,
  });
  const released = releasedImage(context, catalog);
  return {
    catalog,
    comparison,
    affected: new Map([...affected].filter(([name]) => released === undefined || released === name)),
    left: leftOut(catalog, inputs.settings.only, released),
    ignores,
    settingsOf,
    configFile,
    remarks: [...catalog.notes, ...deleted.map(describeDeleted)],
  };
}

/** `rebuild: always` takes everything, whatever changed. */
function compareAll({ context, git, inputs }: Session): Promise<Comparison> {
  if (inputs.settings.rebuild === "always")
    return Promise.resolve({ kind: "everything", because: { kind: "asked-for" } });
  return compare(context, git);
}

/** The images that neither `only` nor the git tag means. */
function leftOut(catalog: Catalog, only: readonly string[], released: string | undefined): ReasonsByImage {
  const selected = selectImages(catalog, only);
  const left = new Map<string, readonly Reason[]>();
  for (const { name } of catalog.images) {
    if (!selected.has(name)) left.set(name, [{ kind: "not-chosen", detail: "`only` doesn't name it" }]);
    else if (released !== undefined && released !== name) {
      left.set(name, [{ kind: "not-chosen", detail: `the git tag releases ${released} alone` }]);
    }
  }
  return left;
}

/** The one image that a git tag such as `app-v1.2.3` releases; `undefined`: all. */
function releasedImage({ ref }: RunContext, { images }: Catalog): string | undefined {
  if (ref.kind !== "tag") return undefined;
  return readReleaseTag(
    ref.name,
    images.map(({ name }) => name),
  ).image;
}

interface ReadCatalog {
  readonly catalog: BuiltCatalog;
  readonly configFile: string | undefined;
  readonly settingsOf: SettingsOf;
}

async function readCatalog(session: Session): Promise<ReadCatalog> {
  const { context, inputs, outside } = session;
  const { settings } = inputs;
  const { config, problems } = await loadConfig(context.workspace, settings.config, outside.files);
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
  return { catalog, configFile: config.file, settingsOf };
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

function severalRepositories({ images }: Catalog): readonly UserError[] {
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
