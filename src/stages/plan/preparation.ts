/** What the commands have in common before they decide anything: the repository surveyed, its registries, its scanner at hand. */
import { isPossiblePinFile } from "../../bump/pins/pin-reader.ts";
import type { PullRequestSettings } from "../../bump/pull-request/proposal.ts";
import { pathList } from "../../catalog/layout/path-glob.ts";
import { splitRepository } from "../../model/reference.ts";
import type { CredentialStore } from "../../oci/login/credentials.ts";
import type { RegistryClient } from "../../oci/registry/registry-client.ts";
import { pushes } from "../../plan/pushes.ts";
import type { History } from "../../publish/guard.ts";
import type { Forge } from "../../results/run-result.ts";
import { openHistory } from "../../run/commit-history.ts";
import { forgePage } from "../../run/event/forge-page.ts";
import { openRegistry } from "../../run/open-registry.ts";
import { recordRules } from "../../run/record-rules.ts";
import type { Session } from "../../run/session.ts";
import { pullRequestSettings } from "../../settings/bump-settings.ts";
import type { TagSources } from "../analyze/details/image-details.ts";
import { tagSources } from "../analyze/details/tag-sources.ts";
import { splitBy } from "../analyze/parted.ts";
import { type Survey, survey } from "../analyze/survey.ts";
import { openScanning, type Scanning } from "../check/scanning.ts";
import { runIdentity } from "./run-identity.ts";

export interface Preparation {
  readonly surveyed: Survey;
  readonly sources: TagSources;
  /** Whether what is built is pushed. */
  readonly push: boolean;
  readonly registry: RegistryClient;
  readonly credentials: CredentialStore;
  readonly history: Omit<History, "published">;
  readonly scanning: Scanning;
  readonly forge: Forge | undefined;
  readonly bumping: Bumping;
}

/** How pins follow. It is read before anything is pushed, so that a mistake in it is reported in time. */
export interface Bumping {
  readonly pullRequests: PullRequestSettings;
  /** Whether the pins of a file follow, if it may pin. */
  isWanted(path: string): boolean;
}

export interface PreparationOptions {
  /** Whether tags are wanted of all images, or of those alone that the event may have built. */
  readonly all: (push: boolean) => boolean;
  /** The name of an image whose tags are wanted in any case. */
  readonly about?: string | undefined;
  /** Ends what is asked of registries. */
  readonly signal?: AbortSignal;
}

/** @throws UserError (or `Problems`) when the repository or the inputs are not in order. */
export async function prepare(session: Session, { all, about, signal }: PreparationOptions): Promise<Preparation> {
  const { event, inputs } = session;
  const found = await survey(session);
  const { bump } = inputs.settings;
  const bumping: Bumping = {
    pullRequests: pullRequestSettings(found.bump),
    isWanted: typeof bump === "string" ? isPossiblePinFile : pathList(bump, isPossiblePinFile),
  };
  const push = pushes(event, inputs.settings.push, session.trust);
  const { sources, problems } = await tagSources(session, found, { all: all(push), about });
  const surveyed = { ...found, ...splitBy(found, problems) };
  const hosts = surveyed.catalog.images.flatMap((image) =>
    image.repositories.map((each) => splitRepository(each).host),
  );
  const { registry, credentials } = await openRegistry(session, new Set(hosts), signal);
  const history = openHistory(session);
  const scanning = openScanning({
    ...session,
    naming: session,
    identity: runIdentity(session),
    records: recordRules(session),
    ...{ surveyed, sources, registry, history, credentials },
  });
  return {
    surveyed,
    sources,
    push,
    registry,
    credentials,
    history,
    scanning,
    forge: forgePage(session.context),
    bumping,
  };
}
