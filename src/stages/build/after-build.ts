/** What is done with an image once it is good: loaded into the engine, its provenance signed. */
import { type LoadDependencies, loadImage } from "../../buildx/load.ts";
import type { Settings } from "../../config/inputs.ts";
import { explain, UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import { digestOf } from "../../model/digest.ts";
import { tagText } from "../../model/image-tags.ts";
import type { Repository } from "../../model/reference.ts";
import { type RunContext, repositoryUrl } from "../../model/run-context.ts";
import type { CheckoutTrust } from "../../model/trust.ts";
import type { CredentialStore } from "../../oci/login/credentials.ts";
import type { PlannedBuild, PlannedImage } from "../../plan/plan.ts";
import type { Attest, Log } from "../../ports.ts";
import type { ImageResult } from "../../results/run-result.ts";
import { loggedIn } from "../../run/child-logins.ts";
import type { Outside } from "../../run/outside.ts";
import { untrustedTags } from "../../tags/rules/untrusted-tags.ts";

export interface AfterBuild {
  /** `undefined`: the input `load` is not set. */
  readonly load: LoadDependencies | undefined;
  /** `undefined`: the input `attest` is not set. */
  readonly attest: ((subjects: readonly Repository[], sha256: string) => Promise<string | undefined>) | undefined;
  readonly context: RunContext;
  readonly trust: CheckoutTrust;
  readonly log: Pick<Log, "info">;
  readonly signal: AbortSignal;
}

/** The result with what was done, or a failure in its place. What is good stays so where the run is cancelled. */
export async function afterBuild(result: ImageResult, deps: AfterBuild): Promise<ImageResult> {
  if (result.outcome !== "published" && result.outcome !== "built" && result.outcome !== "promoted") return result;
  const { planned } = result;
  try {
    const [loaded] = await Promise.all([
      load(result, deps),
      // What another run made is another run's to sign.
      result.outcome === "published" && !result.isFound ? attest(planned, result.candidate.digest, deps) : undefined,
    ]);
    return loaded === undefined ? result : { ...result, loaded };
  } catch (error) {
    if (deps.signal.aborted) return result;
    if (!(error instanceof UserError)) throw error;
    const made = "candidate" in result ? { candidate: result.candidate } : {};
    return { planned, outcome: "failed", error, ...made, ...(result.scan && { scan: result.scan }) };
  }
}

type Good = Extract<ImageResult, { readonly outcome: "published" | "built" | "promoted" }>;

async function load(result: Good, { load: deps, context, trust, log }: AfterBuild) {
  const { planned } = result;
  if (deps === undefined || planned.kind === "skip") return undefined;
  const candidate = "candidate" in result ? result.candidate : { ...result.image, layout: undefined };
  const names = localNames(planned, context, trust);
  const { platform } = await loadImage(planned.name, candidate, planned.repositories[0], names, deps);
  log.info(`${planned.name}: loaded into the engine as ${names.join(", ")} (${platform})`);
  return names;
}

/**
 * The references by which later steps find an image in the engine: with the tags that this run gives it; where it gives none
 * (a pull request) with that of the pull request, the branch or the git tag. An image without repository has its own name.
 */
export function localNames(
  { name, repositories, tags }: Pick<PlannedBuild, "name" | "repositories" | "tags">,
  { trigger, ref }: Pick<RunContext, "trigger" | "ref">,
  trust: CheckoutTrust,
): readonly string[] {
  const isPreview = trust.kind === "untrusted" && trigger.kind !== "pull-request";
  const otherwise = trigger.kind === "pull-request" ? `pr-${trigger.number}` : tagText(ref.name) || "local";
  const without = isPreview ? untrustedTags(trust, "").map(({ tag }) => tag) : [otherwise];
  const all = tags.length === 0 ? without : tags.map(({ tag }) => tag);
  return (repositories.length === 0 ? [name] : repositories).flatMap((each) => all.map((tag) => `${each}:${tag}`));
}

async function attest(
  { name, repositories }: PlannedImage,
  digest: Digest,
  { attest: sign, context, log }: AfterBuild,
): Promise<void> {
  if (sign === undefined) return;
  try {
    const id = await sign(repositories, digest.slice("sha256:".length));
    const page = id === undefined ? "" : `: ${repositoryUrl(context)}/attestations/${id}`;
    log.info(`${name}: its provenance is signed${page}`);
  } catch (cause) {
    throw new UserError(`${name} is published, and its provenance could not be signed: ${explain(cause)}`, {
      hint: "run again; if it fails again, check the job's `permissions: id-token: write` and `attestations: write`",
      cause,
    });
  }
}

/**
 * What signs, checked before anything is built. @throws UserError where the job may not sign, or GitHub can't verify it.
 */
export function signer(
  attest: Attest,
  context: Pick<RunContext, "serverUrl" | "isPrivate">,
  token: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): NonNullable<AfterBuild["attest"]> {
  const { serverUrl, isPrivate } = context;
  if (!/^https:\/\/(?:github\.com|[a-z0-9-]+\.ghe\.com)$/.test(serverUrl)) {
    throw new UserError(`\`attest\` signs by GitHub, and ${serverUrl} is none`, {
      hint: "set `attest: false`; `provenance` and `sbom` are attested by the build itself, wherever it runs",
    });
  }
  if (!env.ACTIONS_ID_TOKEN_REQUEST_URL || !env.ACTIONS_ID_TOKEN_REQUEST_TOKEN) {
    throw new UserError("`attest` needs an identity of the job, and it has no right to one", {
      hint: "give the job `permissions: id-token: write` and `attestations: write`, beside those it has",
    });
  }
  if (token === undefined) {
    throw new UserError("`attest` keeps what it signs on GitHub, and there is no `token` for that", {
      hint: "leave `token` at its default, and give the job `permissions: attestations: write`",
    });
  }
  return (repositories, sha256) =>
    attest(
      repositories.map((name) => ({ name, sha256 })),
      { token, isPublic: isPrivate === false },
    );
}

export interface LoadingRun extends Pick<AfterBuild, "context" | "trust"> {
  readonly inputs: { readonly settings: Pick<Settings, "load"> };
  readonly outside: Outside;
  /** The run's own, absolute. */
  readonly folder: string;
}

/** Loads what got tags without having been built, where the input `load` is set; to be called without a build session. */
export async function loadPublished(
  result: ImageResult,
  { context, inputs, outside, folder, trust }: LoadingRun,
  credentials: CredentialStore,
): Promise<ImageResult> {
  const { files, env, log, signal } = outside;
  if (!inputs.settings.load || result.outcome !== "promoted") return result;
  const login = `${folder}/docker-${digestOf(result.planned.name).slice(-8)}`;
  try {
    const environment = (await loggedIn(await credentials.forChildren(), { files, env, folder: login }))();
    const load = { ...outside, environment, temp: folder };
    return await afterBuild(result, { load, attest: undefined, context, trust, log, signal });
  } finally {
    await files.remove(login);
  }
}
