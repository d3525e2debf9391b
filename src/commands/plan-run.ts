/** From the session to the plan: surveys the repository, asks the registry what is needed of it, and decides. */
import type { Image } from "../catalog/catalog.ts";
import { repositoryUrl } from "../context/run-context.ts";
import { UserError } from "../errors.ts";
import type { CredentialStore } from "../oci/credentials.ts";
import type { Digest } from "../oci/digest.ts";
import { isTag, splitRepository, type Tag } from "../oci/reference.ts";
import type { Registry, RegistryClient } from "../oci/registry-client.ts";
import { RegistryError } from "../oci/registry-error.ts";
import { makePlan } from "../plan/make-plan.ts";
import { parentsToLookUp, type ReasonsByImage, toBuild } from "../plan/needed.ts";
import type { Plan } from "../plan/plan.ts";
import { pushes } from "../plan/pushes.ts";
import type { Clock } from "../ports.ts";
import type { History } from "../publish/guard.ts";
import { publishedDigest } from "../publish/published.ts";
import type { Lately } from "../publish/standing.ts";
import type { Forge, Remark } from "../report/run-result.ts";
import { variantSuffix } from "../tags/flavor.ts";
import { tagText } from "../tags/image-tags.ts";
import { type Converged, converge, isRebuild } from "./converge.ts";
import { openHistory } from "./history.ts";
import type { CacheKind } from "./image-cache.ts";
import { imageDetails, releaseNames, type TagSources, tagsOf } from "./image-details.ts";
import { gatherFacts } from "./image-facts.ts";
import { openRegistry, type Session } from "./session.ts";
import { type Survey, survey } from "./survey.ts";

export interface Planning {
  readonly plan: Plan;
  readonly surveyed: Survey;
  readonly sources: TagSources;
  /** Where it was written. */
  readonly planPath: string;
  readonly remarks: readonly Remark[];
  readonly registry: RegistryClient;
  readonly history: Omit<History, "published">;
  /** How images that are built were built the last time. */
  readonly lately: ReadonlyMap<string, Lately>;
  readonly credentials: CredentialStore;
  readonly forge: Forge | undefined;
}

export interface PlanOptions {
  /** Whether the registries are asked what they hold: a run that can't be without it, one that can, or one without a network. */
  readonly ask: "must" | "may" | "nobody";
  /** The name of an image that is asked about in particular: what its tags are made of is known though it isn't built. */
  readonly about?: string | undefined;
}

/**
 * Plans what the event asks for, and writes the plan into the session's folder. @throws UserError (or `Problems`) when the
 * repository or the inputs are not in order, or a registry that has to be asked doesn't answer. Without asking, parents that
 * this run doesn't build are taken for published, their digests unknown.
 */
export async function planRun(session: Session, { ask, about }: PlanOptions): Promise<Planning> {
  const { context, inputs, outside, folder } = session;
  const { settings } = inputs;
  const surveyed = await survey(session);
  const { catalog, comparison, settingsOf } = surveyed;
  const push = pushes(context, settings.push);
  const hosts = catalog.images.flatMap((image) => image.repositories.map((each) => splitRepository(each).host));
  const asking = new AbortController();
  const { registry, credentials } = await openRegistry(
    session,
    [...new Set(hosts)],
    AbortSignal.any([outside.signal, asking.signal]),
  );
  const remarks: Remark[] = [...surveyed.remarks, ...(push ? checkoutRemarks(session) : [])];
  const converges = ask !== "nobody" && push && settings.converge && context.trigger.kind !== "pull-request";
  const sources = await tagSources(session, surveyed, { all: converges, about });
  const movingTagsOnly = context.trigger.kind === "schedule";
  const detailing = { cache: cacheKind(session, catalog.images.length > 0), push, ...sources, settingsOf };
  const history = openHistory(session);
  const asked = await standings(converges, async () => {
    const details = imageDetails(session, { ...detailing, remark: () => {} });
    return converge(session, surveyed, { registry, history, details, movingTagsOnly });
  });
  const { affected, left, promoted, lately } = asked ?? { ...surveyed, promoted: new Map(), lately: new Map() };
  const published = asked?.published ?? (await parentsOf(affected, ask));
  remarks.push(...(asked?.remarks ?? []));
  const told = new Set<string>();
  const details = imageDetails(session, {
    ...detailing,
    remark: (remark) => {
      if (!told.has(remark.message)) remarks.push(remark);
      told.add(remark.message);
    },
  });
  const plan = makePlan({
    event: context.eventName,
    ref: context.ref.full,
    commit: context.commit,
    base: comparison.kind === "files" ? comparison.base : undefined,
    catalog,
    affected,
    left,
    published,
    promoted,
    hashes: surveyed.hashes,
    push,
    fresh: isRebuild(session),
    movingTagsOnly,
    details,
  });
  const planPath = `${folder}/plan.json`;
  await outside.files.makeDirectory(folder);
  await outside.files.write(planPath, `${JSON.stringify(plan, undefined, 2)}\n`);
  const done = { registry, credentials, history, lately, forge: forgeOf(session) };
  return { plan, surveyed, sources, planPath, remarks, ...done };

  /** `undefined`: the event's diff alone counts. */
  async function standings(isWanted: boolean, wanted: () => Promise<Converged>): Promise<Converged | undefined> {
    if (!isWanted) return undefined;
    try {
      return await (ask === "must" ? wanted() : withinPatience(wanted(), outside.clock));
    } catch (error) {
      if (ask === "must" || !(error instanceof RegistryError)) throw error;
      asking.abort(error);
      remarks.push({
        message: `what is published is not considered, as the registry can't be asked: ${error.message}`,
        hint: error.hint,
      });
      return undefined;
    }
  }

  async function parentsOf(building: ReasonsByImage, whom: PlanOptions["ask"]) {
    const parents = parentsToLookUp(catalog, building);
    if (whom !== "must") return new Map(parents.map(({ name }) => [name, null]));
    return lookUp(parents, sources, session, registry, push, remarks);
  }
}

/** How long a plan that can do without waits for registries, in milliseconds. */
const patience = 20_000;

async function withinPatience<T>(work: Promise<T>, clock: Clock): Promise<T> {
  const ended = new AbortController();
  const late = clock.sleep(patience, ended.signal).then(() => {
    throw new RegistryError("unavailable", `there was no answer within ${patience / 1000} s`, { hint: "run again" });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    ended.abort();
    late.catch(() => {});
    work.catch(() => {});
  }
}

/** What the tags of all images are made of that this run may build, or look for in a registry. */
async function tagSources(
  session: Session,
  { catalog, affected, settingsOf, hashes }: Survey,
  { all, about }: { readonly all: boolean; readonly about: string | undefined },
): Promise<TagSources> {
  const { context, outside } = session;
  const needed = toBuild(catalog, affected, new Map());
  const images = catalog.images.filter(({ name }) => needed.has(name) || name === about || all);
  const reader = { root: context.workspace, files: outside.files, bake: outside };
  return {
    ...releaseNames(catalog, settingsOf),
    rulesOf: settingsOf,
    facts: await gatherFacts(images, (name) => settingsOf(name).rules, reader, hashes),
  };
}

/**
 * Digests of published parents that this run doesn't build. Where the registry definitely has none the parent is built; where
 * it can't be asked a run that pushes ends here, and one that doesn't builds the parent.
 */
async function lookUp(
  parents: readonly Image[],
  sources: TagSources,
  session: Session,
  registry: Registry,
  push: boolean,
  remarks: Remark[],
): Promise<ReadonlyMap<string, Digest>> {
  const found = await Promise.all(
    parents.map(async (image): Promise<readonly (readonly [string, Digest])[]> => {
      const [repository] = image.repositories;
      if (repository === undefined) return [];
      try {
        const published = await publishedDigest(registry, repository, tagsToFollow(session, image, sources));
        return published === undefined ? [] : [[image.name, published]];
      } catch (error) {
        if (!(error instanceof UserError) || push) throw error;
        const message = `${repository} can't be asked for what is published, so ${image.name} is built too: ${error.message}`;
        remarks.push({ message, hint: error.hint });
        return [];
      }
    }),
  );
  return new Map(found.flat());
}

/** Tags under which the published parent of an image is looked for: this run's own moving tags, then the lines it came from. */
function tagsToFollow(session: Session, image: Image, sources: TagSources): readonly Tag[] {
  const { trigger, defaultBranch } = session.context;
  const own = tagsOf(session, image, sources)
    .tags.filter(({ moves }) => moves)
    .map(({ tag }) => tag);
  const base = trigger.kind === "pull-request" ? [trigger.baseRef] : [];
  const branches = [...base, ...(defaultBranch === undefined ? [] : [defaultBranch])];
  const ending = variantSuffix(image, sources.rulesOf(image.publicName).flavor);
  const usual = [...branches.map(tagText), "latest"].map((tag) => `${tag}${ending}`);
  return [...new Set([...own, ...usual])].filter(isTag);
}

/** What the cache is where nobody says. */
function cacheKind({ outside }: Session, isNeeded: boolean): CacheKind {
  return isNeeded && outside.hasCacheService() ? "gha" : "none";
}

function checkoutRemarks({ isAtEvent, context }: Session): readonly Remark[] {
  const commit = context.commit.slice(0, 7);
  const elsewhere = {
    message: `the checkout holds ${commit}, which is not the event's commit: it gets no tag of ${context.ref.full}`,
    hint: "check out the event's own commit",
  };
  const noDefault = {
    message:
      "nothing tells the repository's default branch, so that no push is one of it, and `latest` stays where it is",
    hint: "give `token` the right to read the repository, or let the checkout keep its remote",
  };
  return [
    ...(isAtEvent ? [] : [elsewhere]),
    ...(context.defaultBranch === undefined && context.ref.kind === "branch" ? [noDefault] : []),
  ];
}

/** Gitea and Forgejo are told by the address of their API. */
function forgeOf({ context }: Session): Forge | undefined {
  if (context.owner === "local" && context.runUrl === undefined) return undefined;
  const kind = context.apiUrl.endsWith("/api/v1") ? "forgejo" : "github";
  return { kind, repositoryUrl: repositoryUrl(context) };
}
