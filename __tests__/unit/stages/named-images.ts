/** What a repository's files and a step's inputs make of an event: the way from text to tags, with only the files faked. */
import type { ImageName } from "../../../src/catalog/catalog.ts";
import { anyImage } from "../../../src/catalog/names/own-places.ts";
import { readConfig } from "../../../src/config/config.ts";
import { inputs as specification } from "../../../src/config/inputs-specification.ts";
import { throwProblems } from "../../../src/errors.ts";
import { attempt } from "../../../src/lib/attempt.ts";
import { repository as imageRepository } from "../../../src/model/reference.ts";
import type { RunContext } from "../../../src/model/run-context.ts";
import { type CheckoutTrust, trusted } from "../../../src/model/trust.ts";
import type { ImageDetails } from "../../../src/plan/make-plan.ts";
import type { Processes } from "../../../src/ports.ts";
import { readImageSettings } from "../../../src/settings/image-settings.ts";
import { readRunInputs } from "../../../src/settings/run-inputs.ts";
import { buildArgumentsOf, imageDetails } from "../../../src/stages/analyze/details/image-details.ts";
import { gatherFacts } from "../../../src/stages/analyze/details/image-facts.ts";
import { catalogWith } from "../catalog/build-tree.ts";
import { memoryFiles, repository, type Tree } from "../catalog/memory-files.ts";
import { context, type Situation } from "../tags/facts.ts";

export interface Case extends Omit<Situation, "facts" | "name" | "names"> {
  readonly files: Tree;
  /** By the inputs' names. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** The step's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the forge says of the repository. */
  readonly repository?: Partial<Pick<RunContext, "description" | "license">>;
  /** The config file. */
  readonly config?: string;
  /** What buildx says of bake files: by the folder, images as `--print` gives them and variables as `--list` does. */
  readonly bake?: Readonly<
    Record<string, { readonly print: object; readonly variables: Readonly<Record<string, string>> }>
  >;
  readonly commitDate?: Date;
  readonly isAtEvent?: boolean;
  readonly trust?: CheckoutTrust;
}

export interface Named extends ImageDetails {
  readonly name: string;
  readonly warnings: readonly string[];
}

/** Every image with its details. @throws what a run would end with. */
export async function namedImages(given: Case): Promise<readonly Named[]> {
  const { files: tree, inputs = {}, config = "", bake = {}, isAtEvent = true, trust = trusted, env = {} } = given;
  const raw = { ...Object.fromEntries(specification.map(({ name }) => [name, ""])), ...inputs } as Parameters<
    typeof readRunInputs
  >[0];
  const { inputs: read, problems } = readRunInputs(raw, env);
  const files = memoryFiles(repository(tree));
  const tools = { processes: recorded(bake), env: { PATH: "/bin" }, signal: new AbortController().signal };
  const { config: said, problems: wrong } = await readConfig(config, ".github/image-publish.yml");
  const { settingsOf, problems: more } = await readImageSettings(said, read);
  throwProblems([...problems, ...wrong, ...more]);
  const session = {
    context: { ...context(given), ...given.repository },
    commitDate: given.commitDate ?? new Date("2026-06-10T22:30:00Z"),
    isAtEvent,
    gitTags: new Set<string>(),
    trust,
  };
  const namesOf = ({ publicName }: ImageName, isRoot: boolean) => ({
    knownAs: [imageRepository(isRoot ? "ghcr.io/o/r" : `ghcr.io/o/r/${publicName}`)],
    ...{
      unpushed: [],
      aliases: [],
      problems: [],
      unread: [],
      tags: { value: { moving: new Set<string>(), usual: new Set(["latest"]), exact: new Set<string>() } },
    },
  });
  const catalogInput = {
    root: "/repo",
    files,
    globs: read.settings.path,
    rootName: "app",
    config: said,
    inputs: read.settings,
    bakeTargets: [],
    bake: tools,
    byHand: undefined,
    ownPlaces: {
      ofRoot: namesOf({ name: "app", publicName: "app", variant: "dockerfile" }, true),
      ofAny: namesOf(anyImage, false),
      forgePlace: imageRepository("ghcr.io/o/r"),
    },
    forgeHost: "ghcr.io",
  };
  const { concerns, ...catalog } = await catalogWith(namesOf, catalogInput, (image) =>
    attempt(() => buildArgumentsOf(session, image, settingsOf)),
  );
  throwProblems(concerns.map(({ problem }) => problem));
  const { facts, problems: unread } = await gatherFacts(
    catalog.images,
    (name) => settingsOf(name).rules,
    {
      root: "/repo",
      files,
      bake: tools,
    },
    new Map(),
  );
  for (const problem of unread.values()) throw problem;
  const details = imageDetails(session, {
    cache: "none",
    cacheAccess: { restriction: undefined, push: true, service: true },
    names: catalog.images.map(({ publicName }) => publicName),
    settingsOf,
    facts,
  });
  return catalog.images.map((image) => {
    const own = details(image);
    return { name: image.name, ...own, warnings: own.remarks.map(({ message }) => message) };
  });
}

/** The tags of each image. */
export async function tagsByImage(given: Case): Promise<Readonly<Record<string, readonly string[]>>> {
  const images = await namedImages(given);
  return Object.fromEntries(images.map(({ name, tags }) => [name, tags.tags.map(({ tag }) => tag)]));
}

/** The tags of the only image. */
export async function tagsOfOne(given: Case): Promise<readonly string[]> {
  const [only, ...others] = Object.values(await tagsByImage(given));
  if (only === undefined || others.length > 0) throw new Error("there is not exactly one image");
  return only;
}

function recorded(bake: NonNullable<Case["bake"]>): Processes {
  return {
    async run(_, args, { cwd = "" }) {
      const said = bake[cwd.replace(/^\/repo\/?/, "") || "."];
      const listed = Object.entries(said?.variables ?? {}).map(([name, value]) => ({ name, value }));
      const json = JSON.stringify(args.some((each) => each.startsWith("--list")) ? listed : said?.print);
      return { code: 0, stdout: new TextEncoder().encode(json), stderr: "" };
    },
  };
}
