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
import { buildArgumentsOf, tagsOf } from "./image-details.ts";
import type { ImageRules } from "./run-inputs.ts";
import type { Session } from "./session.ts";

export interface Survey {
  readonly catalog: Catalog;
  readonly comparison: Comparison;
  readonly affected: ReasonsByImage;
  /** Images that the run is not about, whatever changed. */
  readonly left: ReasonsByImage;
  /** The ignore files in force, by name of the image. */
  readonly ignores: IgnoreFiles;
  readonly rulesOf: RulesOf;
  readonly configFile: string | undefined;
  readonly remarks: readonly Remark[];
}

/** What holds for the image of a name. */
export type RulesOf = (name: string) => ImageRules;

/** @throws UserError (or `Problems`) for a repository that is not in order, and for `only` that names no image. */
export async function survey(session: Session): Promise<Survey> {
  const { context, inputs, outside } = session;
  if (context.trigger.kind === "gone") {
    const comparison: Comparison = { kind: "nothing", what: context.trigger.what };
    const rulesOf = () => inputs;
    return {
      catalog: { images: [] },
      comparison,
      affected: new Map(),
      left: new Map(),
      ignores: new Map(),
      rulesOf,
      configFile: undefined,
      remarks: [],
    };
  }
  const [{ catalog, configFile, rulesOf }, comparison] = await Promise.all([readCatalog(session), compareAll(session)]);
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
    rulesOf,
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
  readonly rulesOf: RulesOf;
}

async function readCatalog(session: Session): Promise<ReadCatalog> {
  const { context, inputs, outside } = session;
  const { settings } = inputs;
  const { config, problems } = await loadConfig(context.workspace, settings.config, outside.files);
  throwProblems(problems);
  // What the file says of one image goes before the inputs, as soon as it can say so.
  const rulesOf: RulesOf = () => inputs;
  const catalog = await buildCatalog({
    root: context.workspace,
    files: outside.files,
    globs: settings.path,
    rootName: context.repo.toLowerCase(),
    config,
    inputs: settings,
    argumentsOf: (image) => buildArgumentsOf(session, image, rulesOf),
    repositoriesOf: (name, isRoot) => repositories(session, name, isRoot),
    movingTags: (name) => movingTags(session, name, rulesOf),
  });
  throwProblems([...repositoryCollisions(catalog.images), ...severalRepositories(catalog)]);
  return { catalog, configFile: config.file, rulesOf };
}

function repositories({ context, inputs }: Session, name: string, isRoot: boolean): readonly Repository[] {
  const { values, problems } = repositoriesOf(inputs.names, { context, name, isRoot });
  throwProblems(problems);
  return values;
}

/**
 * A pull request's images are taken for what their base branch would make of them: its tags move when it is merged. A tag of
 * an image's own version is none of these, so that who names it is pinned to it.
 */
function movingTags(session: Session, name: string, rulesOf: RulesOf): ReadonlySet<string> {
  const { trigger } = session.context;
  const own = tagsOf(session, name, { names: [name], rulesOf, facts: new Map() })
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
